"""How far a long job is, for whoever watches."""

from collections.abc import Callable
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
