"""Whether there is a screen on which a window can be opened."""

import os
import subprocess
import sys
from typing import Final

import cv2

_PROBE: Final = "import cv2; cv2.namedWindow('motionscan probe'); cv2.waitKey(1)"
_PROBE_S: Final = 30.0


def can_open_window() -> bool:
    """Whether a window can really be opened: a display that is named but gone would end the program."""
    if not _has_screen():
        return False
    if sys.platform != "linux":
        return True
    command = [sys.executable, "-P", "-c", _PROBE]
    try:
        return subprocess.run(command, capture_output=True, timeout=_PROBE_S, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _has_screen() -> bool:
    """Whether OpenCV was built with windows, and the system names a screen."""
    headless = "GUI:                           NONE" in cv2.getBuildInformation()
    screen = sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return screen and not headless
