"""What a person at the terminal sees of a batch: a bar and the running names, or plain lines in a pipe."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from motionscan.outputs.terminal import say, shown
from motionscan.progress import BatchObserver

_NAMES: Final = 3
"""Running names that fit on a line."""
_NAME_CHARS: Final = 24
_BAR_WIDTH: Final = 40
_LOOK_LINE_S: Final = 10.0
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def left_words(seconds: float) -> str:
    """How long something takes, roughly.

    >>> [left_words(s) for s in (8.2, 75, 3700, 200_000)]
    ['8 s', '1 min 15 s', '1 h 1 min', '55 h 33 min']
    """
    whole = round(seconds)
    if whole >= _HOUR_S:
        return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"
    return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s" if whole >= _MINUTE_S else f"{whole} s"


@contextmanager
def batch_progress(quiet: bool) -> Iterator[BatchObserver]:
    """An observer that shows how a batch gets on, on stderr, while the block runs."""
    if quiet:
        yield _Quiet()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.console import Console
        from rich.live import Live

        shows = _Screen()
        console = Console(stderr=True)
        with Live(get_renderable=shows.picture, console=console, refresh_per_second=4, transient=True) as live:
            shows.above = lambda text: live.console.print(shown(text), markup=False, highlight=False)
            yield shows


class _Quiet(BatchObserver):
    """Tells failures only."""

    def ended(self, video: str, length_s: float, findings: int, error: str | None) -> None:
        if error is not None:
            say(_failed_line(video, error), to_stderr=True)


class _Tally(BatchObserver):
    """Counts; subclasses show."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.kind = "look"
        self.ready = self.total = self.done = self.failed = self.findings = 0
        self.done_s = self.total_s = 0.0
        self.started_s = time.monotonic()
        self.running: dict[str, tuple[float, float]] = {}
        """Length and share done of each video that somebody works on."""

    def planned(self, kind: Literal["look", "scan"], ready: int, lengths_s: Sequence[float]) -> None:
        with self._lock:
            self.kind, self.ready, self.total, self.total_s = kind, ready, len(lengths_s), sum(lengths_s)
            self.done, self.done_s, self.started_s = 0, 0.0, time.monotonic()

    def started(self, video: str, length_s: float) -> None:
        with self._lock:
            self.running[video] = (length_s, 0.0)

    def moved(self, video: str, share: float) -> None:
        with self._lock:
            if video in self.running:
                self.running[video] = (self.running[video][0], share)

    def left(self, video: str) -> None:
        with self._lock:
            self.running.pop(video, None)

    def ended(self, video: str, length_s: float, findings: int, error: str | None) -> None:
        with self._lock:
            self.done += 1
            self.done_s += length_s
            self.findings += findings
            self.failed += error is not None

    def left_s(self) -> float | None:
        """Time that the rest will take, by seconds of video; None while nobody can tell."""
        with self._lock:
            now_s = self.done_s + sum(length_s * share for length_s, share in self.running.values())
            elapsed_s = time.monotonic() - self.started_s
            if now_s <= 0 or elapsed_s <= 0:
                return None
            return max(self.total_s - now_s, 0.0) * elapsed_s / now_s

    def counts(self) -> str:
        """``3/40 videos, 2 findings, 1 failed, 5 min 2 s left``."""
        if self.kind == "look":
            return f"looked at {self.done}/{self.total} new files"
        left_s = self.left_s()
        left = "" if left_s is None else f", {left_words(left_s)} left"
        ready = f", {self.ready} done before" if self.ready else ""
        return f"{self.done}/{self.total} videos{ready}, {self.findings} findings, {self.failed} failed{left}"


class _Lines(_Tally):
    """A line for each video, as in a log; no more than one in ``_LOOK_LINE_S`` while files are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._line_s = time.monotonic()

    def found(self, videos: int, skipped: int) -> None:
        say(f"{videos} videos found, {skipped} other files left out", to_stderr=True)

    def ended(self, video: str, length_s: float, findings: int, error: str | None) -> None:
        super().ended(video, length_s, findings, error)
        now_s = time.monotonic()
        if self.kind == "look":
            if now_s - self._line_s > _LOOK_LINE_S:
                self._line_s = now_s
                say(self.counts(), to_stderr=True)
            return
        said = f"{Path(video).name}: {findings} findings" if error is None else _failed_line(video, error)
        say(f"{said} [{self.counts()}]", to_stderr=True)


class _Screen(_Tally):
    """A bar, the counts, and what is worked on; failures stay above it."""

    above: Callable[[str], Any]

    def ended(self, video: str, length_s: float, findings: int, error: str | None) -> None:
        super().ended(video, length_s, findings, error)
        if error is not None:
            self.above(_failed_line(video, error))

    def picture(self) -> Any:
        """What stands on the screen now."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        with self._lock:
            done = self.done + sum(share for _, share in self.running.values())
            names = [shown(Path(video).name)[:_NAME_CHARS] for video in list(self.running)[:_NAMES]]
        bar = ProgressBar(total=max(self.total, 1), completed=min(done, self.total), width=_BAR_WIDTH)
        return Group(Text(self.counts()), bar, Text(", ".join(names), style="dim"))


def _failed_line(video: str, error: str) -> str:
    name = Path(video).name
    return error if error.startswith(f"{name}:") else f"{name}: {error}"
