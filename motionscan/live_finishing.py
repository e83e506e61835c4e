"""What is kept of a live run, judged and written once it is over, in a process of its own."""

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from motionscan.analysis.analyse import analyse
from motionscan.covering import frames_with_heads
from motionscan.errors import OutputError
from motionscan.live_judging import in_own_process
from motionscan.motion.pieces import cut, joined, read_piece, shifted
from motionscan.outputs.folder import flush
from motionscan.outputs.summary import Live, LiveMark, Way, build_summary, write_summary
from motionscan.outputs.tables import write_events_csv, write_signals_csv
from motionscan.records import Analysis, Damage, Motion, VideoInfo
from motionscan.scan import draw_clip, span_s
from motionscan.settings import Settings
from motionscan.video.reader import VideoReader
from motionscan.video.recorder import Recorded

RECORDING: Final = "recording.mp4"
NO_CLIP: Final = 3
"""Exit code of a process that could write everything but the annotated clip."""
_AFTER_S: Final = 1e-4
"""Times in files are rounded to whole ticks."""


@dataclass(frozen=True, slots=True)
class Run:
    """What all summaries of one live run share."""

    info: VideoInfo
    """Of what is watched."""
    started_at: str
    settings: Settings
    software: dict[str, Any]
    model_path: Path | None = None
    """Pose model that finds the heads to cover in annotated clips; None shows them."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a run that is kept in a folder of its own."""

    run: Run
    folder: Path
    """Where its recording is."""
    target: Path
    """What the folder is called once everything is in it."""
    pieces: tuple[Path | Motion, ...]
    start_s: float
    end_s: float
    recorded: Recorded | None
    draw: bool
    """Write the annotated clip too."""
    ways: tuple[Way, ...]
    marks: tuple[LiveMark, ...]
    dropped: int
    reconnects: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a run that is judged for the run's summary."""

    run: Run
    pieces: tuple[Path | Motion, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class JudgedStretch:
    """What one stretch holds, on the times of the run."""

    analysis: Analysis
    motion: Motion
    """Without its rows."""
    count: int
    span_s: float


class Finisher:
    """Has one after the other finished, each in a process of its own; ``done`` is told its exit code."""

    def __init__(self, done: Callable[["Episode | Stretch", int | None, "JudgedStretch | None"], None]) -> None:
        self._done = done
        self._jobs: list[Episode | Stretch] = []
        self._working: tuple[Episode | Stretch, BaseProcess, Connection] | None = None

    def add(self, job: Episode | Stretch) -> None:
        """Have something finished once all before it are."""
        self._jobs.append(job)

    @property
    def pending(self) -> int:
        """How much is not finished."""
        return len(self._jobs) + (self._working is not None)

    def needed(self) -> set[Path]:
        """The files that are still to be read."""
        return {piece for job in self._jobs for piece in job.pieces if isinstance(piece, Path)}

    def work(self, timeout_s: float = 0.0) -> None:
        """Take note of what is finished, waiting for it so long, and begin the next."""
        if self._working is not None:
            job, process, line = self._working
            result = None
            if line.poll(timeout_s):
                result = _received(line)
                process.join()
            if process.is_alive():
                return
            process.join()
            code = process.exitcode
            process.close()
            line.close()
            self._working = None
            self._done(job, code, result)
        if self._jobs:
            job = self._jobs.pop(0)
            line, theirs = multiprocessing.Pipe(duplex=False)
            work = finish_episode if isinstance(job, Episode) else judge_stretch
            self._working = (job, in_own_process(work, job, theirs), line)
            theirs.close()


def _received(line: Connection) -> "JudgedStretch | None":
    """What a process gave; None when it ended without."""
    try:
        given: JudgedStretch | None = line.recv()
    except EOFError:
        return None
    return given


def finish_episode(episode: Episode, line: Connection) -> None:
    """Judge the stretch, write its tables, clip and summary, and give the folder its name; ``line`` gets nothing."""
    start_s, end_s = _bounds(episode)
    motion = shifted(cut(_measured(episode.pieces), start_s - _AFTER_S, end_s + _AFTER_S), -start_s)
    analysis = analyse(motion, episode.run.settings.analysis)
    folder, info = episode.folder, episode.run.info
    write_events_csv(analysis, folder / "events.csv")
    write_signals_csv(motion, analysis, folder / "signals.csv")
    drawn = True
    if episode.recorded is not None:
        with VideoReader(folder / RECORDING, episode.run.settings.video) as reader:
            began = datetime.fromisoformat(episode.run.started_at) + timedelta(seconds=start_s)
            info = replace(reader.info, recorded_at=began.isoformat(timespec="seconds"))
            drawn = not episode.draw or _drawn(reader, motion, analysis, episode)
    summary = build_summary(
        info,
        len(motion.t_s),
        span_s(motion),
        Damage(),
        analysis,
        motion.view,
        episode.ways,
        episode.run.settings,
        episode.run.software,
        {},
        Live(
            started_at=episode.run.started_at,
            start_s=round(start_s, 3),
            dropped_count=episode.dropped,
            reconnect_count=episode.reconnects,
            marks=tuple(_shifted(mark, -start_s) for mark in episode.marks),
        ),
    )
    write_summary(summary, folder / "summary.json")
    flush(folder)
    folder.rename(episode.target)
    if not drawn:
        sys.exit(NO_CLIP)


def _drawn(reader: VideoReader, motion: Motion, analysis: Analysis, episode: Episode) -> bool:
    """Write the annotated clip; False when there is no room for it, because the rest is worth having without it."""
    run, target = episode.run, episode.folder / "annotated.mp4"
    sound_from = episode.folder / RECORDING if reader.info.has_audio else None
    try:
        with frames_with_heads(reader, run.model_path, run.settings) as frames:
            draw_clip(frames, target, reader, motion, analysis, run.settings, sound_from)
    except OutputError:
        return False
    return True


def judge_stretch(stretch: Stretch, line: Connection) -> None:
    """Judge the stretch and send the result."""
    motion = cut(_measured(stretch.pieces), stretch.start_s, stretch.end_s)
    analysis = replace(analyse(motion, stretch.run.settings.analysis), traces_px={}, skin_px={}, tracked=None)
    judged = JudgedStretch(analysis, cut(motion, 0, 0), len(motion.t_s), span_s(motion) if len(motion.t_s) else 0.0)
    line.send(judged)


def _measured(pieces: Sequence[Path | Motion]) -> Motion:
    return joined([read_piece(piece) if isinstance(piece, Path) else piece for piece in pieces])


def _bounds(episode: Episode) -> tuple[float, float]:
    """Times of the first and last picture: of the recording where there is one, so that pictures and rows agree."""
    recorded = episode.recorded
    if recorded is None:
        return episode.start_s, episode.end_s
    return recorded.start_s, recorded.end_s


def _shifted(mark: LiveMark, by_s: float) -> LiveMark:
    return LiveMark(t_s=round(mark.t_s + by_s, 3), kind=mark.kind)
