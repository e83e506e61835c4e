"""Drawing straight on Y, U and V planes (4:2:0, 8 bits, limited range, BT.709): no picture is converted to RGB."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from motionscan.records import ByteArray, FloatArray

Planes = tuple[ByteArray, ByteArray, ByteArray]
"""Y (h, w) and U, V (ceil(h/2), ceil(w/2))."""

_SHIFT: Final = 4
_FIXED: Final = 1 << _SHIFT
"""OpenCV draws between pixels when it is given coordinates in sixteenths."""

_FAR_PX: Final = 30_000.0
"""Fixed-point coordinates beyond it overflow inside OpenCV."""


@dataclass(frozen=True, slots=True)
class Ink:
    """One colour as it stands in the three planes."""

    y: int
    u: int
    v: int

    def toward(self, other: "Ink", share: float) -> "Ink":
        """``share`` of the way to ``other``."""
        mine, theirs = (self.y, self.u, self.v), (other.y, other.u, other.v)
        return Ink(*(round(a + (b - a) * share) for a, b in zip(mine, theirs, strict=True)))


def ink(red: int, green: int, blue: int) -> Ink:
    """BT.709 limited-range ink of an sRGB colour, 0..255 each.

    >>> ink(255, 255, 255), ink(0, 0, 0)
    (Ink(y=235, u=128, v=128), Ink(y=16, u=128, v=128))
    """
    r, g, b = red / 255, green / 255, blue / 255
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return Ink(round(16 + 219 * luma), round(128 + 224 * (b - luma) / 1.8556), round(128 + 224 * (r - luma) / 1.5748))


def even(length_px: float) -> int:
    """The next even whole number: 4:2:0 needs it."""
    return 2 * math.ceil(length_px / 2)


def blank(width: int, height: int, color: Ink) -> Planes:
    """Planes of one colour; sizes must be even."""
    return (
        np.full((height, width), color.y, np.uint8),
        np.full((height // 2, width // 2), color.u, np.uint8),
        np.full((height // 2, width // 2), color.v, np.uint8),
    )


def fill(planes: Planes, left: float, top: float, right: float, bottom: float, color: Ink) -> None:
    """Fill a rectangle, cut at the edges of the planes."""
    for plane, value, step in zip(planes, (color.y, color.u, color.v), (1, 2, 2), strict=True):
        x0, x1 = (max(0, round(x / step)) for x in (left, right))
        y0, y1 = (max(0, round(y / step)) for y in (top, bottom))
        plane[y0 : max(y1, y0), x0 : max(x1, x0)] = value


def paste(target: Planes, source: Planes, top: int) -> None:
    """Copy ``source`` over the full width of ``target`` from row ``top`` (even) on."""
    for onto, plane, step in zip(target, source, (1, 2, 2), strict=True):
        start = top // step
        onto[start : start + plane.shape[0], : plane.shape[1]] = plane


def polylines(planes: Planes, lines: list[FloatArray], color: Ink, width_px: int, chroma: bool = True) -> None:
    """Draw smooth open lines, each (n, 2) x, y in pixels of Y; ``chroma=False`` leaves the colour underneath."""
    for plane, value, step in zip(planes, (color.y, color.u, color.v), (1, 2, 2), strict=True):
        if step == 2 and not chroma:
            return
        points = [np.rint(np.clip(line / step, -_FAR_PX, _FAR_PX) * _FIXED).astype(np.int32) for line in lines]
        thickness = max(1, round(width_px / step))
        cv2.polylines(plane, points, False, value, thickness, cv2.LINE_AA, _SHIFT)


def shrunk(planes: Planes, width: int, height: int) -> Planes:
    """``planes`` at an even, smaller size."""
    y, u, v = planes
    half = (width // 2, height // 2)
    return (
        _resized(y, (width, height)),
        _resized(u, half),
        _resized(v, half),
    )


def _resized(plane: ByteArray, size: tuple[int, int]) -> ByteArray:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)
