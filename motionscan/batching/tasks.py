"""What passes between the batch, its engines and the processes that do the work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["look", "scan", "one"]

DIED: Final = "E_DIED"
TOOK_TOO_LONG: Final = "E_TIME"
TOO_MUCH_MEMORY: Final = "E_MEMORY"
UNEXPECTED: Final = "E_UNEXPECTED"
CHANGED: Final = "E_CHANGED"
"""Codes of failures beside those of ``errors``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process of one video may use; None: no limit."""

    time_s: float | None = None
    memory_bytes: int | None = None
    """Address space of each process of the video."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do with one video; plain data, so that it can be sent to another machine."""

    kind: Kind
    video: str
    """Absolute path."""
    request: dict[str, Any]
    """What the function that does it is called with, beside the video; JSON."""
    limits: Limits = Limits()
    length_s: float = 0.0
    """Of the video, as far as known: longest first, and the time left is told by it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer: a code for programs, one line for people."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: an answer or a failure."""

    answer: dict[str, Any] | None = None
    failure: Failure | None = None


def memory_reason(seen: str = "") -> str:
    """What people read where memory was refused; ``seen``: what makes one think so, where nothing has said it."""
    doubt = f", as it seems ({seen})" if seen else ""
    cure = "close other programs, or raise batch.memory_bytes in the settings"
    return f"needs more memory than a video may use{doubt}; {cure}"


Tell = Callable[[float], None]
"""Called by a function that does a task, with the share (0 to 1) that is done."""
