"""At which size pictures are tracked: phone optics and codecs hold no more, and windows are to hold a shape."""

import cv2
import numpy as np

from motionscan.motion.outline import shank_length_px
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import MotionSettings


def shrunk(luma: ByteArray, factor: int) -> ByteArray:
    """The picture so many times smaller; what fills no pixel at its right and lower edge is left out."""
    if factor == 1:
        return luma
    height, width = (side // factor for side in luma.shape)
    whole = luma[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def shrink_factor(width_px: int, height_px: int, settings: MotionSettings) -> int:
    """How many times smaller pictures are tracked than they came in."""
    return max(1, -(-max(width_px, height_px) // settings.measure_side_px))


def nearness_factor(legs_px: FloatArray, settings: MotionSettings) -> int:
    """How many times smaller again, where legs (10, 2) are seen from so near that a tracked window holds no shape.

    Skin and cloth have less detail than the sensor has pixels there, and a window has a largest size: on smooth skin
    too few points were found to follow a foot at all.
    """
    shank_px = shank_length_px(legs_px)
    return 1 if shank_px is None else max(1, int(np.ceil(shank_px / settings.measure_shank_px)))
