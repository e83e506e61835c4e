"""Regions drawn in a window: a real one, on a screen that exists only in memory."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.screens import LIMIT_S, asked, needs_screen, screen, window_named

__all__ = ["screen"]
pytestmark = needs_screen

VIDEO = Path(__file__).parents[1] / "sample_videos" / "sample_still_front_handheld.mp4"
WIDTH_PX, HEIGHT_PX = 1280, 720
BOX_PX = (400, 300, 600, 450)
"""Left, top, right and bottom on the screen; the window stands in its corner."""


def drag(screen: dict[str, str]) -> None:
    left, top, right, bottom = BOX_PX
    time.sleep(1)  # the window is there before it listens
    asked(screen, "mousemove", left, top, "mousedown", 1)
    for x, y in ((left + 20, top + 20), (right, bottom), (right, bottom)):
        time.sleep(0.2)
        asked(screen, "mousemove", x, y)
    time.sleep(0.2)
    asked(screen, "mouseup", 1)


def picking(screen: dict[str, str], video: Path, target: Path, *names: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "motionscan", "pick", str(video), "-o", str(target)]
    options = [part for name in names for part in ("--name", name)]
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, *options], env=screen, stdout=pipe, stderr=pipe, text=True)


def test_a_rectangle_drawn_in_the_window_is_saved_and_one_left_out_is_not(
    screen: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "regions.json"
    with picking(screen, VIDEO, target, "left_foot", "toe") as program:
        window_named(screen, "draw left_foot")
        drag(screen)
        asked(screen, "key", "Return")
        window_named(screen, "draw toe")
        time.sleep(1)
        asked(screen, "key", "c")
        said, complaints = program.communicate(timeout=LIMIT_S)
    assert program.returncode == 0
    assert "left_foot" in said
    assert complaints == ""
    (region,) = json.loads(target.read_text(encoding="utf-8"))["regions"]
    assert region["name"] == "left_foot"
    assert region["w"] / 100 * WIDTH_PX == pytest.approx(BOX_PX[2] - BOX_PX[0], abs=3)
    assert region["h"] / 100 * HEIGHT_PX == pytest.approx(BOX_PX[3] - BOX_PX[1], abs=3)


def test_a_screen_that_is_named_but_gone_leaves_the_grid_picture(screen: dict[str, str], tmp_path: Path) -> None:
    gone = screen | {"DISPLAY": ":29999", "QT_QPA_PLATFORM": "xcb"}
    with picking(gone, VIDEO, tmp_path / "regions.json", "left_foot") as program:
        said, complaints = program.communicate(timeout=LIMIT_S)
    assert (program.returncode, complaints) == (0, "")
    assert "--cells left_foot=" in said
    assert [path.name for path in tmp_path.iterdir()] == ["regions.png"]


def test_a_window_in_which_nothing_is_drawn_leaves_no_file(screen: dict[str, str], tmp_path: Path) -> None:
    with picking(screen, VIDEO, tmp_path / "regions.json") as program:
        window_named(screen, "draw region_1")
        time.sleep(1)
        asked(screen, "key", "c")
        _, complaints = program.communicate(timeout=LIMIT_S)
    assert "no region was drawn" in complaints
    assert list(tmp_path.iterdir()) == []
