"""From the picture as stored to the picture as it is meant to be seen."""

import struct
from dataclasses import dataclass
from typing import Any, Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

_Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight ways a picture can lie: transpose first, then mirror left-right and up-down."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn that makes the picture upright: 0, 90, 180 or 270; a mirror does not show."""
        if self.transpose:
            return 270 if self.mirror_y and not self.mirror_x else 90
        return 180 if self.mirror_y else 0

    def size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Width and height once upright."""
        return (height_px, width_px) if self.transpose else (width_px, height_px)

    def upright(self, image: _Image) -> _Image:
        """Return the upright picture, C-contiguous; the very same array when nothing is to be done.

        Args:
            image: (h, w) or (h, w, 3) uint8; rows may be padded.
        """
        if self in _TURNS:
            return _bytes(cv2.rotate(image, _TURNS[self]))
        if self.transpose:
            image = _bytes(cv2.transpose(image))
        if self.mirror_x or self.mirror_y:
            return _bytes(cv2.flip(image, -1 if self.mirror_x and self.mirror_y else int(self.mirror_x)))
        return np.ascontiguousarray(image)


_TURNS: Final = {
    Orientation(True, True, False): cv2.ROTATE_90_CLOCKWISE,
    Orientation(False, True, True): cv2.ROTATE_180,
    Orientation(True, False, True): cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def _bytes(image: Any) -> _Image:
    return np.asarray(image, np.uint8)


def orientation_of(picture: av.VideoFrame) -> Orientation:
    """How a decoded picture must be turned, from the display matrix that came with it."""
    matrix: Any = picture.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Orientation()
    a, b, _, c, d = struct.unpack("<5i", bytes(matrix)[:20])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)
