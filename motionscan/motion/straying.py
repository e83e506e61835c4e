"""Whether landmarks that are followed have left the body, by what several poses say together."""

from collections import deque

import numpy as np

from motionscan.records import FloatArray
from motionscan.settings import MotionSettings


class Straying:
    """How far the last few poses lie from where their landmarks were followed to.

    A pose network errs in single pictures, by a good part of a shank where only legs are seen; the median of several
    poses errs much less. One pose that lies elsewhere therefore says nothing, and landmarks that one pose has placed
    give way to several as soon as there are enough.
    """

    def __init__(self, settings: MotionSettings) -> None:
        """Start without a past."""
        self._apart_px: deque[FloatArray] = deque(maxlen=settings.stray_looks)
        self._least = settings.stray_looks // 2 + 1
        self._settings = settings
        self._settled = False
        """Whether several poses have placed the landmarks, or have found them placed well enough."""

    def add(self, followed_px: FloatArray, seen_px: FloatArray) -> None:
        """Note one more pose: (10, 2) where its landmarks were followed to, and where it sees them; NaN unknown."""
        self._settled = self._settled or len(self._apart_px) == self._apart_px.maxlen
        self._apart_px.append(seen_px - followed_px)

    def offset_px(self) -> FloatArray:
        """(10, 2) what the poses agree that the followed landmarks are off; NaN for those that too few have seen."""
        looks = np.array(self._apart_px)
        known = np.isfinite(looks).all(axis=2).sum(axis=0) >= self._least
        offset = np.full(looks.shape[1:], np.nan)
        offset[known] = np.nanmedian(looks[:, known], axis=0)
        return offset

    def is_far(self, offset_px: FloatArray, shank_px: float) -> bool:
        """Whether any landmark is off by more than may be."""
        enough = len(self._apart_px) == self._apart_px.maxlen
        limit_shanks = self._settings.settle_shanks if enough and not self._settled else self._settings.stray_shanks
        return bool((np.nan_to_num(np.hypot(*offset_px.T)) > limit_shanks * shank_px).any())

    def clear(self) -> None:
        """Forget the past: landmarks are placed anew, by several poses if so many have been seen."""
        self._settled = len(self._apart_px) >= self._least
        self._apart_px.clear()
