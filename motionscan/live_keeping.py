"""What of a live run is kept: measurements in pieces, and a folder for each time that something was found."""

import queue
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from motionscan.errors import OutputError
from motionscan.live_disk import Disk
from motionscan.live_finishing import NO_CLIP, RECORDING, Episode, Finisher, JudgedStretch, Run, Stretch
from motionscan.live_parts import KeepingOptions
from motionscan.motion.pieces import write_piece
from motionscan.outputs.summary import LiveMark
from motionscan.records import Motion
from motionscan.settings import LiveSettings
from motionscan.video.recorder import Recorded, Recorder

WORKING: Final = ".rows"
"""Folder of the measurements; it goes when the run is over."""
UNFINISHED: Final = ".unfinished"
"""End of the name of a folder that is still being written, or that was left when the program was killed."""

_QUIET: Final = "quiet"
_AFTER_S: Final = 1e-6
"""What is spilled next begins so much after the last time that was."""
_HELD: Final = 60
"""Pieces kept in memory at most, when the disk is full: five minutes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Measurements on the disk, or in memory where there is no room."""

    held: Path | Motion
    start_s: float
    end_s: float
    size: tuple[int, int]


@dataclass(slots=True)
class _Current:
    """The episode that is being recorded."""

    number: int
    folder: Path
    label: str
    start_s: float
    last_s: float
    file_wanted: bool
    recorded: Recorded | None = None
    marks: list[LiveMark] = field(default_factory=list)


class Keeper:
    """Decides what is recorded and has it finished; used by the measuring thread only.

    Attributes:
        results: the judged stretches, in order.
    """

    def __init__(self, out: Path, options: KeepingOptions, live: LiveSettings, say: Callable[[str, str], None]) -> None:
        self._out = out
        self._options = options
        self._live = live
        self._say = say
        self._recorder: Recorder | None = None
        self._run: Run | None = None
        self._current: _Current | None = None
        self._awaiting: list[tuple[_Current, float, dict[str, Any]]] = []
        self._ended: queue.SimpleQueue[Recorded] = queue.SimpleQueue()
        self._pieces: list[Piece] = []
        self._finisher = Finisher(self._done)
        self._disk = Disk(out, options.max_bytes, live, say)
        self._number = 0
        self._stretch_start_s = 0.0
        self.results: list[JudgedStretch] = []
        self.spilled_s = -_AFTER_S
        (out / WORKING).mkdir(parents=True, exist_ok=True)

    # ------------------------------------------------------------ what comes in
    def begin(self, run: Run, recorder: Recorder | None) -> None:
        """A source is open; the recorder fits its pictures."""
        self._run, self._recorder = run, recorder

    def release(self) -> None:
        """The recorder has ended; what it has not told by now it never will."""
        self._recorder = None
        self._take_ended()
        for current, _, _ in self._awaiting:
            current.file_wanted = False
        self._take_ended()

    def ended(self, recorded: Recorded) -> None:
        """Take note that a file has ended; may be called from another thread."""
        self._ended.put(recorded)

    def spill(self, motion: Motion) -> None:
        """Put measurements on the disk."""
        if not len(motion.t_s):
            return
        start_s, end_s = float(motion.t_s[0]), float(motion.t_s[-1])
        path = self._out / WORKING / f"{round(1000 * start_s):010d}.npz"
        held: Path | Motion = path
        try:
            write_piece(motion, path)
        except OutputError:
            path.unlink(missing_ok=True)
            self._disk.say_once("rows", "the disk is full: measurements are kept in memory; free some space")
            held = motion
        self._pieces.append(Piece(held, start_s, end_s, (motion.width_px, motion.height_px)))
        self._drop_from_memory()
        self.spilled_s = end_s

    def _drop_from_memory(self) -> None:
        """Memory has an end, too."""
        held = [piece for piece in self._pieces if not isinstance(piece.held, Path)]
        if len(held) > _HELD:
            self._pieces.remove(held[0])

    def active(self, label: str, since_s: float, now_s: float) -> None:
        """Something is found, or a key was pressed: keep it, with what came before."""
        current = self._current
        if current is not None:
            current.last_s = max(current.last_s, now_s)
            if current.label == _QUIET:
                current.label = label
            return
        self._start(label, since_s - self._options.pre_s, now_s)

    def mark(self, mark: LiveMark) -> None:
        """Keep a mark with the episode that it falls into."""
        if self._current is not None:
            self._current.marks.append(mark)

    # ------------------------------------------------------------ as time goes on
    def tick(self, now_s: float, *, busy: bool, told: dict[str, Any]) -> None:
        """Look after everything; ``busy`` while a finding is open or a recording was asked for."""
        self._take_ended()
        self._look_after_disk(now_s)
        current = self._current
        if current is not None:
            quiet = current.label == _QUIET
            over = not busy and not quiet and now_s >= current.last_s + self._options.post_s
            if over or now_s - current.start_s >= self._live.longest_s:
                self.close_episode(now_s, told)
                if busy:
                    self._start(current.label, now_s, now_s)
        if self._current is None and self._options.record == "all" and self._disk.may_film(quiet=True):
            self._start(_QUIET, now_s, now_s)
        self._finisher.work()

    def close_episode(self, now_s: float, told: dict[str, Any]) -> None:
        """End the episode in hand; its measurements up to now must be spilled."""
        current, self._current = self._current, None
        if current is None:
            return
        if current.file_wanted and self._recorder is not None and current.recorded is None:
            self._recorder.stop()
        self._awaiting.append((current, now_s, told))
        self._take_ended()

    def close_stretch(self, end_s: float) -> None:
        """Have everything until then judged for the run's summary."""
        pieces = self._between(self._stretch_start_s, end_s)
        if self._run is not None and pieces:
            self._finisher.add(Stretch(self._run, pieces, self._stretch_start_s, end_s))
        self._stretch_start_s = end_s

    def stretch_is_long(self, now_s: float) -> bool:
        """Whether it is time for ``close_stretch``."""
        return self._current is None and now_s - self._stretch_start_s >= self._live.stretch_s + self._options.pre_s

    @property
    def next_s(self) -> float:
        """From when on measurements are still to be spilled."""
        return self.spilled_s + _AFTER_S

    @property
    def recording(self) -> bool:
        """Whether pictures are being written now."""
        return self._current is not None and self._current.file_wanted

    @property
    def pending(self) -> int:
        """How much is still to be finished."""
        return len(self._awaiting) + self._finisher.pending

    def finish_one(self, timeout_s: float) -> None:
        """Wait a while for what is being finished."""
        self._take_ended()
        self._finisher.work(timeout_s)

    def clean(self) -> None:
        """Remove the measurements: the run is over and summed up."""
        shutil.rmtree(self._out / WORKING, ignore_errors=True)

    # ------------------------------------------------------------ episodes
    def _start(self, label: str, since_s: float, now_s: float) -> None:
        self._number += 1
        folder = self._out / f"{self._number:03d}{UNFINISHED}"
        try:
            folder.mkdir()
        except OSError as error:
            self._disk.say_once("full", f"{folder.name}: cannot be made ({error.strerror}); nothing more is recorded")
            return
        wanted = self._options.record != "none" and self._recorder is not None
        wanted = wanted and self._disk.may_film(quiet=label == _QUIET)
        self._current = _Current(self._number, folder, label, max(0.0, since_s), now_s, wanted)
        if wanted and self._recorder is not None:
            self._recorder.start(folder / RECORDING, since_s)
            self._say("recording", f"recording {self._number:03d}")

    def _take_ended(self) -> None:
        while not self._ended.empty():
            recorded = self._ended.get()
            owner = next((c for c in self._all() if c.folder == recorded.path.parent), None)
            if owner is None:
                continue
            owner.recorded, owner.file_wanted = recorded, owner.file_wanted and recorded.error is None
            if recorded.error is not None:
                self._disk.say_once("full", f"recording {owner.number:03d} stopped: {recorded.error}; free space")
        ready = [row for row in self._awaiting if not row[0].file_wanted or row[0].recorded is not None]
        self._awaiting = [row for row in self._awaiting if row not in ready]
        for current, end_s, told in ready:
            self._finish(current, end_s, told)

    def _all(self) -> list[_Current]:
        return [*(row[0] for row in self._awaiting), *([self._current] if self._current else [])]

    def _finish(self, current: _Current, end_s: float, told: dict[str, Any]) -> None:
        pieces = self._between(current.start_s - 2 * self._live.keyframe_s, end_s)
        if self._run is None or not pieces:
            return
        recorded = current.recorded if current.recorded and current.recorded.count else None
        name = current.folder.name.removesuffix(UNFINISHED)
        self._finisher.add(
            Episode(
                run=self._run,
                folder=current.folder,
                target=self._out / f"{name}_{current.label}",
                pieces=pieces,
                start_s=current.start_s,
                end_s=end_s,
                recorded=recorded,
                draw=current.label != _QUIET,
                marks=tuple(current.marks),
                **told,
            )
        )

    def _between(self, start_s: float, end_s: float) -> tuple[Path | Motion, ...]:
        """The pieces that hold a stretch, as far as their pictures have the size of those before its end."""
        found = [p for p in self._pieces if p.end_s >= start_s and p.start_s <= end_s]
        return tuple(p.held for p in found if p.size == found[-1].size)

    def _done(self, job: Episode | Stretch, code: int | None, result: JudgedStretch | None) -> None:
        """Something was finished; ``code`` is that of its process."""
        if isinstance(job, Episode):
            self._episode_done(job, code)
            return
        if result is None:
            self._say("failed", "a stretch of the run could not be judged")
        else:
            self.results.append(result)
        needed = self._finisher.needed()
        old = [p for p in self._pieces if p.end_s < min(job.end_s, self._oldest_s()) and p.held not in needed]
        for piece in old:
            if isinstance(piece.held, Path):
                piece.held.unlink(missing_ok=True)
        self._pieces = [p for p in self._pieces if not any(p is gone for gone in old)]

    def _episode_done(self, job: Episode, code: int | None) -> None:
        if code not in (0, NO_CLIP):
            self._say("failed", f"{job.folder.name}: its summary could not be written; the recording is there")
            return
        without = ", without its annotated clip: the disk is full" if code == NO_CLIP else ""
        self._say("kept", f"kept {job.target.name}{without}")

    def _oldest_s(self) -> float:
        """From when on measurements may still be asked for."""
        starts = [current.start_s - 2 * self._live.keyframe_s for current in self._all()]
        return min([self.spilled_s - self._options.pre_s - 2 * self._live.piece_s, *starts])

    def _look_after_disk(self, now_s: float) -> None:
        self._disk.check(now_s)
        current = self._current
        if current is None or not current.file_wanted or self._recorder is None or current.recorded is not None:
            return
        if not self._disk.may_film(quiet=current.label == _QUIET):
            self._recorder.stop()
            current.file_wanted = current.label != _QUIET
