"""The seam: what gives persons for pictures. ``PoseWorker`` is one; others may find legs only, or ask a human."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from motionscan.body import Source
from motionscan.records import ByteArray, FloatArray, Frame

POINT_COUNT: Final = 33
"""Landmarks of a person in MediaPipe's order."""

LEG_POINTS: Final = np.array([23, 25, 27, 29, 31, 24, 26, 28, 30, 32])
"""Which of them are the ten of ``body.LANDMARKS``, in that order."""

SHOULDERS: Final = (11, 12)
"""Left and right shoulder among them."""

UPPER: Final = (*range(11), *SHOULDERS)
"""Head and shoulders."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person that a source saw in one picture."""

    landmarks_px: FloatArray
    """(33, 2) in pixels of the full picture, x to the right, y down; may lie outside the picture."""
    visibility: FloatArray
    """(33,) 0..1: the point is in the picture and not hidden."""
    presence: FloatArray
    """(33,) 0..1: the point is in the picture."""
    source: Source = "pose"
    sided: bool | None = True
    """Whether this picture confirms which leg is the left one; None where it does not tell."""


class TakesPictures(Protocol):
    """Looks at pictures; ``submit`` must not wait for the answer, so that the caller can decode meanwhile."""

    def submit(self, t_s: float, rgb: ByteArray, scale: float) -> None:
        """Hand over a picture.

        Args:
            t_s: its time.
            rgb: (h, w, 3) sRGB.
            scale: size of the full picture over the size of ``rgb``.
        """


def show(frame: Frame, source: TakesPictures, side_px: int) -> None:
    """Hand over a frame as a picture whose longer side is at most ``side_px``."""
    rgb = frame.rgb(side_px)
    source.submit(frame.t_s, rgb, max(frame.luma.shape) / max(rgb.shape[:2]))


class PoseSource(TakesPictures, Protocol):
    """Gives persons for pictures, in the order of the pictures.

    Every ``submit`` is followed by exactly one ``result``. A source that knows other things than MediaPipe's 33 points
    fills in what it knows and leaves NaN, with visibility 0, for the rest.
    """

    def answered(self) -> bool:
        """Whether ``result`` would not wait. It decides when things are done, never what comes out."""

    def result(self) -> tuple[Person, ...]:
        """The persons in the oldest picture not yet answered; waits for them.

        Raises:
            PoseError: the source stopped working.
        """
