"""Faces made unrecognisable: coarse squares of one colour over every head."""

from collections.abc import Iterable

import cv2
import numpy as np

from motionscan.outputs.planes import Planes
from motionscan.records import ByteArray, Head
from motionscan.settings import FaceSettings


def pixelate(planes: Planes, heads: Iterable[Head], settings: FaceSettings, scale: float = 1.0) -> None:
    """Cover heads in Y, U and V.

    Args:
        planes: changed in place.
        heads: in pixels of the picture as it was measured.
        scale: pixels of Y per such pixel.
    """
    for head in heads:
        for plane, step in zip(planes, (1, 2, 2), strict=True):
            _cover(plane, head, scale / step, settings.squares_across)


def pixelated(rgb: ByteArray, heads: Iterable[Head], settings: FaceSettings, scale: float = 1.0) -> ByteArray:
    """A copy of an RGB picture (h, w, 3) with heads covered."""
    covered = rgb.copy()
    for head in heads:
        _cover(covered, head, scale, settings.squares_across)
    return covered


def _cover(image: ByteArray, head: Head, scale: float, across: int) -> None:
    """Replace the circle in ``image`` (h, w) or (h, w, 3) by the means of ``across`` squares a diameter."""
    x, y, radius = head.x_px * scale, head.y_px * scale, head.radius_px * scale
    height, width = image.shape[:2]
    left, right = max(0, int(x - radius)), min(width, int(np.ceil(x + radius)))
    top, bottom = max(0, int(y - radius)), min(height, int(np.ceil(y + radius)))
    if left >= right or top >= bottom:
        return
    part = image[top:bottom, left:right]
    side = max(1.0, 2 * radius / across)
    cells = max(1, round((right - left) / side)), max(1, round((bottom - top) / side))
    coarse = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    rows, columns = np.ogrid[top:bottom, left:right]
    inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    part[inside] = coarse[inside]
