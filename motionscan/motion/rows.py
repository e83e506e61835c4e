"""What a tracker keeps of each picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from motionscan.motion.reference import Displacement
from motionscan.motion.similarity import to_points
from motionscan.records import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One picture measured; R regions."""

    t_s: float
    keyframe: bool
    brightness: float
    change: float
    """Mean difference to the picture before; NaN for the first one."""
    visible: BoolArray
    """(R,)"""
    landmarks_px: FloatArray
    """(10, 2)"""
    moved: Displacement
    by_background: bool
    """Whether the camera, where it is known, was told by the background."""


def stacked(rows: Sequence[Row], name: str, tail: tuple[int, ...]) -> FloatArray:
    """(T, *tail, 2) one kind of displacement of all rows."""
    values = [getattr(row.moved, name) for row in rows]
    numbers = np.array(values, dtype=np.complex128).reshape(-1, *tail)
    # half a number (nan + 0j) would pass for a known y
    return to_points(np.where(np.isfinite(numbers), numbers, complex(np.nan, np.nan)))
