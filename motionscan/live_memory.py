"""Keeps a long run small: gives back to the system what was freed."""

import ctypes
import sys
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    """glibc's ``malloc_trim``; None where there is none."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def give_back() -> None:
    """Give freed memory back; threads that take turns with large blocks otherwise keep ever more of it."""
    trim = _trim()
    if trim is not None:
        trim(0)
