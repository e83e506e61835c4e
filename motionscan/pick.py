"""Marking regions by hand in the first picture of a video: in a window, or by the numbers of a grid."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from motionscan.errors import OutputError, SettingsError
from motionscan.marks import Mark, all_different, checked
from motionscan.records import ByteArray
from motionscan.settings import VideoSettings
from motionscan.video.reader import VideoReader

COLUMNS: Final = 16
"""Cells of the grid along the picture's long side."""
SIDE_PX: Final = 1600
"""Long side of the picture that is shown."""
_LINE: Final = (255, 255, 255)
_RIM: Final = (0, 0, 0)


def first_picture(video: Path, settings: VideoSettings, start_s: float | None = None) -> ByteArray:
    """(h, w, 3) RGB of the first upright picture, the one in which marked regions are placed.

    Raises:
        InputError: the video cannot be used.
    """
    with VideoReader(video, settings, start_s) as reader:
        return next(iter(reader)).rgb(SIDE_PX)


def grid_shape(width_px: int, height_px: int) -> tuple[int, int]:
    """Columns and rows of nearly square cells.

    >>> grid_shape(1920, 1080), grid_shape(1080, 1920)
    ((16, 9), (9, 16))
    """
    longer = max(width_px, height_px)
    return max(1, round(COLUMNS * width_px / longer)), max(1, round(COLUMNS * height_px / longer))


def numbered(picture: ByteArray) -> ByteArray:
    """The picture with its grid, each cell with its number, row by row from 1."""
    drawn = picture.copy()
    height, width = picture.shape[:2]
    columns, rows = grid_shape(width, height)
    for number in range(columns * rows):
        left, top = number % columns * width // columns, number // columns * height // rows
        cv2.rectangle(drawn, (left, top), (left + width // columns, top + height // rows), _LINE, 1)
        at, size = (left + 5, top + round(0.4 * height / rows)), 0.011 * width / columns
        for colour, thickness in ((_RIM, 4), (_LINE, 1)):
            cv2.putText(drawn, str(number + 1), at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness, cv2.LINE_AA)
    return drawn


def mark_of_cells(name: str, cells: Sequence[int], width_px: int, height_px: int) -> Mark:
    """The rectangle around numbered cells.

    Raises:
        SettingsError: the name is none, or there is no cell of that number.
    """
    columns, rows = grid_shape(width_px, height_px)
    wrong = [cell for cell in cells if not 1 <= cell <= columns * rows]
    if wrong or not cells:
        raise SettingsError(f"region {name}: cells are numbered 1 to {columns * rows}; look at the grid picture")
    across, down = (np.array(cells) - 1) % columns, (np.array(cells) - 1) // columns
    x, y = 100 * across.min() / columns, 100 * down.min() / rows
    w, h = 100 * (across.max() + 1) / columns - x, 100 * (down.max() + 1) / rows - y
    return _in_percent(name, x, y, w, h)


def _in_percent(name: str, x: float, y: float, w: float, h: float) -> Mark:
    """Rounded down, so that no mark ends beyond the picture."""
    x, y, w, h = (int(1000 * float(value)) / 1000 for value in (x, y, w, h))
    return checked(Mark(name, x, y, w, h, "percent"))


def marks_of_cells(texts: Sequence[str], width_px: int, height_px: int) -> tuple[Mark, ...]:
    """Marks written as ``NAME=12,13,28``.

    Raises:
        SettingsError: one of them is not written like that.
    """
    return all_different(_mark_of_text(text, width_px, height_px) for text in texts)


def _mark_of_text(text: str, width_px: int, height_px: int) -> Mark:
    name, _, cells = text.partition("=")
    try:
        numbers = [int(cell) for cell in cells.split(",")]
    except ValueError:
        raise SettingsError(f"{text!r} names no cells; write NAME=12,13,28") from None
    return mark_of_cells(name.strip(), numbers, width_px, height_px)


def choose_in_window(picture: ByteArray, names: Sequence[str]) -> tuple[Mark, ...]:
    """Let the user draw one rectangle for each name; an empty one is left out."""
    height, width = picture.shape[:2]
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # fonts that OpenCV's wheel lacks
    marks = []
    for name in names:
        title = f"motionscan: draw {name}, then press Enter (c: leave it out)"
        shown = np.ascontiguousarray(picture[..., ::-1])
        x, y, w, h = cv2.selectROI(title, shown, showCrosshair=False, printNotice=False)
        cv2.destroyWindow(title)
        if w and h:
            marks.append(_in_percent(name, 100 * x / width, 100 * y / height, 100 * w / width, 100 * h / height))
    return all_different(marks)


def write_grid(picture: ByteArray, path: Path) -> None:
    """Write the numbered picture as PNG.

    Raises:
        OutputError: it cannot be written.
    """
    _, data = cv2.imencode(".png", np.ascontiguousarray(numbered(picture)[..., ::-1]))
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); choose another place with -o") from error
