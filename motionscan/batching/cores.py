"""A processor for each job, so that libraries which start a thread for each processor start one."""

import os
import random
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Core:
    """A processor that one job of this user's batches has for itself, until it lets go or its process ends.

    Where all are taken it is shared.
    """

    number: int
    _handle: int

    @property
    def owned(self) -> bool:
        """No other job has it."""
        return self._handle >= 0

    def release(self) -> None:
        """Let another job have it; may be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def take_core() -> Core | None:
    """A processor that this process may use, one that no other job has if there is such; None where none can be chosen.

    A job without one would leave libraries to count all processors, and a clip would depend on who else works.
    """
    if sys.platform != "linux":
        return None
    import fcntl

    ours = sorted(os.sched_getaffinity(0))
    for number in ours:
        path = Path(tempfile.gettempdir(), f"motionscan-{os.getuid()}-core-{number}")
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                raise
            return Core(number, handle)
    return Core(random.choice(ours), -1)
