"""What a person at the terminal sees: a bar while it works, one line when it is done."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer

from motionscan.progress import Progress, ProgressObserver

STAGE_WORDS: Final = {"measure": "measuring", "clip": "writing the clip"}

_LOOK_S: Final = 0.1
"""Nobody reads a number that changes faster."""

CountObserver = Callable[[int, int | None], Any]
"""Called with what is done and what there is in all."""


def shown(text: str) -> str:
    """``text`` on one line and without characters that steer a terminal.

    >>> shown("a\\x1b[31m\\nb")
    'a?[31m?b'
    """
    return "".join(char if char.isprintable() else "?" for char in text)


def say(text: str, to_stderr: bool = False) -> None:
    """Print one line."""
    typer.echo(shown(text), err=to_stderr)


def speed_words(frames: int, video_s: float, elapsed_s: float) -> str:
    """How fast it goes: times real time, and pictures a second.

    >>> speed_words(300, 10.0, 5.0)
    '2.0 x real time, 60 fps'
    """
    if elapsed_s <= 0:
        return ""
    return f"{video_s / elapsed_s:.1f} x real time, {frames / elapsed_s:.0f} fps"


@contextmanager
def video_progress(name: str, wanted: bool) -> Iterator[ProgressObserver | None]:
    """Show a bar with pictures, speed and time left on stderr while the block runs, when a person looks there."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    with _bar("frames") as bar:
        yield _VideoObserver(bar, shown(name))


@contextmanager
def count_progress(name: str, unit: str, wanted: bool) -> Iterator[CountObserver | None]:
    """Show a bar for something that counts ``unit`` on stderr while the block runs, when a person looks there."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    with _bar(unit) as bar:
        task = bar.add_task(shown(name), total=None, speed="")
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _VideoObserver:
    """Turns progress reports into a bar for each stage."""

    def __init__(self, bar: Any, name: str) -> None:
        self._bar = bar
        self._name = name
        self._task: Any = None
        self._stage = ""
        self._started_s = 0.0
        self._first_s = 0.0
        self._looked_s = -math.inf

    def __call__(self, progress: Progress) -> None:
        now_s = time.monotonic()
        if progress.stage != self._stage:
            self._begin(progress, now_s)
        elif now_s - self._looked_s < _LOOK_S:
            return
        self._looked_s = now_s
        speed = speed_words(progress.frames, progress.t_s - self._first_s, now_s - self._started_s)
        self._bar.update(
            self._task, completed=progress.t_s, total=progress.total_s, frames=progress.frames, speed=speed
        )

    def _begin(self, progress: Progress, now_s: float) -> None:
        if self._task is not None:
            self._bar.update(self._task, visible=False)
        self._stage, self._started_s, self._first_s = progress.stage, now_s, progress.t_s
        words = f"{self._name}: {STAGE_WORDS[progress.stage]}"
        self._task = self._bar.add_task(words, total=None, frames=0, speed="")


def _bar(unit: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    count = "{task.fields[frames]} frames" if unit == "frames" else "{task.completed:,.0f} " + unit
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn(count),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
