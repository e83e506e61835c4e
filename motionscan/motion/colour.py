"""Whether a picture shows skin only, so that nothing in it stands still beside the limb."""

from typing import Final

import cv2
import numpy as np

from motionscan.records import ByteArray
from motionscan.settings import MotionSettings

RED_DIFFERENCE: Final = (133, 173)
BLUE_DIFFERENCE: Final = (77, 127)
"""Range of skin of all tones in YCrCb (Chai and Ngan 1999)."""


def is_only_skin(rgb: ByteArray, settings: MotionSettings) -> bool:
    """Whether an (h, w, 3) picture has the colour of skin, and hardly any other, all over.

    A wooden floor can have that colour too, but not that of the foot on it.
    """
    colour = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    low = (0, RED_DIFFERENCE[0], BLUE_DIFFERENCE[0])
    high = (255, RED_DIFFERENCE[1], BLUE_DIFFERENCE[1])
    share = float(np.mean(cv2.inRange(colour, low, high) > 0))
    first, last = np.percentile(colour[..., 1:].reshape(-1, 2), [2, 98], axis=0)
    return share >= settings.skin_share and bool((last - first <= settings.skin_spread).all())
