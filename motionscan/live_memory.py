"""Keeps a long run small: large blocks go back to the system when they are freed, and so does the rest now and then."""

import ctypes
import sys
from functools import cache
from typing import Any, Final

_MMAP_THRESHOLD: Final = -3
"""Of ``mallopt`` (glibc's malloc.h)."""
_LARGE_BYTES: Final = 256 * 1024
"""A picture of 640 x 480; glibc would raise its own limit to 32 MiB with the blocks that it meets."""


@cache
def _c_library() -> Any:
    """glibc; None where there is another."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None


def keep_large_blocks_apart() -> None:
    """Have pictures and copies of the last seconds in blocks of their own, which leave no holes when they go.

    For the rest of the process, which takes a third more time for it: for whoever owns the process to decide.
    """
    if (library := _c_library()) is not None:
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Give freed memory back; threads that take turns with large blocks otherwise keep ever more of it."""
    if (library := _c_library()) is not None:
        library.malloc_trim(0)
