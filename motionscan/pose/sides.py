"""Keeps left left: the network sometimes exchanges the legs' names in a single picture.

Legs are followed by where they are, and each leg's side is what the network said most often since it was first
followed. Nothing here prefers one side.
"""

import numpy as np

from motionscan.pose.plausible import shank_px, swapped
from motionscan.records import FloatArray
from motionscan.settings import PoseSettings


class SideKeeper:
    """Says for each new pose of one person whether its legs carry each other's names."""

    def __init__(self, settings: PoseSettings) -> None:
        """Start without a past."""
        self._settings = settings
        self._followed_px: FloatArray | None = None
        self._votes = 0
        self._reversed = False

    def exchanged(self, legs_px: FloatArray) -> bool:
        """Whether the sides of these (10, 2) landmarks (NaN where not seen) must be exchanged."""
        crossed = self._crossed(legs_px)
        if crossed is None:
            self._votes, self._reversed, crossed = 0, False, False
        self._votes += -1 if crossed else 1
        if self._votes:  # on a draw the names stay as they are
            self._reversed = self._votes < 0
        self._followed_px = swapped(legs_px) if crossed else legs_px
        return crossed != self._reversed

    def _crossed(self, legs_px: FloatArray) -> bool | None:
        """Whether each leg now is where the other one was; None when that cannot be said."""
        if self._followed_px is None:
            return None
        straight_px = _mean_distance(legs_px, self._followed_px)
        crossed_px = _mean_distance(swapped(legs_px), self._followed_px)
        if np.isnan(straight_px):
            return None
        if not crossed_px < straight_px:
            return False
        near = crossed_px <= self._settings.sides_still_rel * shank_px(legs_px)
        apart = straight_px >= self._settings.sides_apart_ratio * crossed_px
        return True if near and apart else None


def _mean_distance(a_px: FloatArray, b_px: FloatArray) -> float:
    """Mean distance of the landmarks known in both; NaN when there are none."""
    distance_px = np.hypot(*(a_px - b_px).T)
    known = distance_px[np.isfinite(distance_px)]
    return float(known.mean()) if known.size else float("nan")
