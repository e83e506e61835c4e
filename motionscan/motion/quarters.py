"""Quarters of a region, which tell its noise: what moves as one piece moves each quarter where it moves the whole."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from motionscan.motion.grouping import Grouping, IntArray
from motionscan.motion.similarity import ComplexArray, RobustFit
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import MotionSettings

QUARTERS: Final = 4
LEFT_BY_FIT: Final = 0.5
"""Share of the variance of four quarters that a similarity fitted to them leaves: 4 of 8 degrees of freedom."""


class Quarters:
    """Each region cut across its longest extent into four parts with as many points.

    Points of one region do not err each for itself: what a codec holds back it holds back in whole blocks, and a limb
    whose edges run along it is hardly held along them. The background does not show that; the quarters do.

    Attributes:
        fragility: (R, 4) variance of each quarter in units of a point of weight 1; 0 without points.
    """

    def __init__(
        self,
        regions: Sequence[IntArray],
        places: ComplexArray,
        weight: FloatArray,
        robust: RobustFit,
        settings: MotionSettings,
    ) -> None:
        self._axes = np.array([_longest_axis(places[members]) for members in regions])
        self._grouping = Grouping(
            [part for members, axis in zip(regions, self._axes, strict=True) for part in _cut(members, places, axis)]
        )
        self._weight = weight
        self._robust = robust
        self._least = self._grouping.least(settings.min_patch_points, settings.min_patch_kept)
        self.fragility = self._grouping.fragility(weight).reshape(-1, QUARTERS)

    def read(self, astray: ComplexArray, good: BoolArray) -> ComplexArray:
        """(R, 4) how far each quarter is from where the whole region takes it, along the region + i across it.

        NaN where too few of its points are trusted. ``astray`` is the same for each of N points.
        """
        moved = self._grouping.robust_mean(astray, good & np.isfinite(astray), self._least, self._weight, self._robust)
        return np.asarray(moved.reshape(-1, QUARTERS) * self._axes.conj()[:, None])


def _longest_axis(places: ComplexArray) -> complex:
    """Unit number in the direction in which points lie furthest apart."""
    if len(places) < 2:
        return 1 + 0j
    # the second moment of complex numbers turns twice as fast as their axis
    moment = ((places - places.mean()) ** 2).sum()
    return complex(np.exp(0.5j * np.angle(moment)))


def _cut(members: IntArray, places: ComplexArray, axis: complex) -> list[IntArray]:
    along = (places[members] * axis.conjugate()).real
    return np.array_split(members[np.argsort(along, kind="stable")], QUARTERS)
