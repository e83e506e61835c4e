"""How near a process came to its limit of address space: native code that is refused memory dies without a word."""

import queue
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

_LOOK_S: Final = 0.02
"""Between two looks at a process; one takes 0.07 ms."""
_NEARLY_ALL: Final = 0.75
"""Of the limit. Those processes of a short clip that failed at limits of 500 to 1040 MB had held 99 % and more of them
(looks 5 ms apart); nothing is seen of the request that was refused."""

Line = TypeVar("Line")


class AddressSpace:
    """Of the processes of one task, as seen by who waits for them; on other systems than Linux nothing is seen."""

    def __init__(self, limit_bytes: int | None) -> None:
        """Prepare; the limit is that of each process, None: there is none."""
        self._limit_bytes = limit_bytes
        self._peak_bytes = 0

    @property
    def used_up(self) -> bool:
        """Whether one of the processes has held nearly all that it may."""
        return self._limit_bytes is not None and self._peak_bytes >= _NEARLY_ALL * self._limit_bytes

    def next_of(self, lines: "queue.SimpleQueue[Line]", pids: Iterable[int], timeout_s: float | None) -> Line:
        """What comes next, with a look at the processes now and then until it comes.

        Raises:
            queue.Empty: nothing came in time.
        """
        if self._limit_bytes is None:
            return lines.get(timeout=timeout_s)
        watched = tuple(pids)
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        while end_s is None or end_s - time.monotonic() > _LOOK_S:
            self._peak_bytes = max([self._peak_bytes, *map(_peak_bytes, watched)])
            with suppress(queue.Empty):
                return lines.get(timeout=_LOOK_S)
        return lines.get(timeout=max(end_s - time.monotonic(), 0))


def _peak_bytes(pid: int) -> int:
    """The most that a process has held so far; 0 of one that has ended, and where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    _, _, peak = status.partition("VmPeak:")
    return int(peak.split(maxsplit=1)[0]) * 1024 if peak else 0
