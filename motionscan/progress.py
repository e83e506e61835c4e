"""How far a long job is, for whoever watches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a long job stands; handed to the observer that the caller gave."""

    stage: Literal["measure", "clip"]
    frames: int
    t_s: float
    total_s: float | None


ProgressObserver = Callable[[Progress], Any]


def report(
    observer: ProgressObserver | None, stage: Literal["measure", "clip"], index: int, t_s: float, total_s: float | None
) -> None:
    """Tell an observer, where there is one, that the picture of that index is done."""
    if observer is not None:
        observer(Progress(stage, index + 1, t_s, total_s))


class BatchObserver:
    """Is told how a batch gets on, from several threads; does nothing by itself. Videos are told by their paths."""

    def found(self, videos: int, skipped: int) -> None:
        """So many videos were found, and so many other files left out."""

    def planned(self, kind: Literal["look", "scan"], ready: int, lengths_s: Sequence[float]) -> None:
        """Begins to look at videos, or to scan them: so many need it no more; length of each of the others."""

    def started(self, video: str, length_s: float) -> None:
        """A process has begun with the video."""

    def moved(self, video: str, share: float) -> None:
        """So much of it (0 to 1) is done."""

    def left(self, video: str) -> None:
        """Nobody works on the video any more: it is done, or will be tried again."""

    def ended(self, video: str, length_s: float, findings: int, error: str | None) -> None:
        """It is done, or has failed with that reason."""
