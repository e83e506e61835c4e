"""How much a run may film: less than the user's limit, and never to the last byte of the disk."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from motionscan.settings import LiveSettings

_CHECK_S: Final = 1.0


class Disk:
    """Knows what the folder of a run takes, and says once of each limit that it is reached."""

    def __init__(self, out: Path, max_bytes: int, live: LiveSettings, say: Callable[[str, str], None]) -> None:
        self._out = out
        self._max_bytes = max_bytes
        self._live = live
        self._say = say
        self._said: set[str] = set()
        self._checked_s = -float("inf")
        self._used_bytes = 0

    def check(self, now_s: float) -> None:
        """Measure the folder, if that was not done lately."""
        if now_s - self._checked_s >= _CHECK_S:
            self._checked_s = now_s
            self._used_bytes = folder_bytes(self._out)

    def may_film(self, *, quiet: bool) -> bool:
        """Whether there is room for film: of quiet time, or of what was found or marked."""
        if self._used_bytes >= self._max_bytes * (self._live.quiet_share if quiet else 1.0):
            what = "quiet time is" if quiet else "findings are"
            self.say_once(f"cap {quiet}", f"--max-disk is reached: {what} no longer filmed")
            return False
        if shutil.disk_usage(self._out).free < self._live.reserve_bytes:
            self.say_once("reserve", "the disk is nearly full: nothing more is filmed; free some space")
            return False
        return True

    def say_once(self, key: str, words: str) -> None:
        """Tell something about the disk, the first time only."""
        if key not in self._said:
            self._said.add(key)
            self._say("disk", words)


def folder_bytes(folder: Path) -> int:
    """What all files in a folder take; files and folders that vanish or are renamed meanwhile do not count."""
    total = 0
    for place, _, names in os.walk(folder):  # passes over a folder that is gone
        for name in names:
            with suppress(OSError):
                total += os.stat(os.path.join(place, name)).st_size
    return total
