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
