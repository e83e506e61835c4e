"""Legs laid into the silhouette of the person that the landmark network draws.

From the side the network puts its landmarks between the two legs, or those of both legs on one; its silhouette shows
both. Thighs, shanks and feet are capsules whose ends are the landmarks; these are moved until the capsules together
fill the silhouette, by least squares (Gauss-Newton), held by where the network put them and by the shape of its feet.
Ankles, heels and toes of simulated people cut at hips or knees are 0.058 shanks off so from the side and 0.034
otherwise, where the network is 0.139 and 0.073 off (legs-only seed sets 9 and 10, first pictures).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np

from motionscan.body import JOINTS, SIDES, landmark
from motionscan.pose.capsules import (
    BOTH,
    CELL,
    FIRST,
    FROM,
    PART,
    THIGH,
    USUAL_WIDTHS,
    Fit,
    Nearest,
    Problem,
    nearest_to,
)
from motionscan.pose.plausible import in_one
from motionscan.pose.squares import to_square
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import LegsSettings

_FEET: Final = np.array([[landmark(side, joint) for joint in JOINTS[2:]] for side in SIDES])
_HIPS, _KNEES, _ANKLES = ([landmark(side, joint) for side in SIDES] for joint in ("hip", "knee", "ankle"))
_AROUND: Final = 0.5
_THIGH_REACH: Final = 1.5
"""A hip further from the rest of the legs, in shank lengths, is a wild guess, and asks for no places."""
_TRUNK: Final = 0.3
"""Of a thigh at the hip that is not asked: there the silhouette is the trunk's as well."""
_BESIDE_THIGH: Final = 0.15
"""Nor is what lies further beside one, in shank lengths: hands."""


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """What the landmark network takes for a person in one square of a picture."""

    square: FloatArray
    """(5,) as in ``squares``."""
    shown: FloatArray
    """(side, side) 0..1."""
    picture_px: tuple[int, int]
    """Width and height of the picture; what the square shows outside it says nothing."""

    def at(self, places_px: FloatArray) -> tuple[FloatArray, BoolArray]:
        """(h, w) how much of a person it is at places (h, w, 2) of the picture, and which of them it knows."""
        side = len(self.shown)
        cut = to_square(places_px, self.square) * side - 0.5
        x, y = np.moveaxis(cut.astype(np.float32), -1, 0)
        shown = cv2.remap(self.shown.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        known = ((cut >= 0) & (cut <= side - 1) & (places_px > 0) & (places_px < self.picture_px)).all(axis=-1)
        return np.asarray(shown, dtype=np.float64), np.asarray(known)


class Laid(NamedTuple):
    """Legs as they lie in a silhouette."""

    legs_px: FloatArray
    """(10, 2) landmarks."""
    one: bool
    """One leg fills it as well as two: both are this one."""
    thighs: BoolArray
    """(2,) the thigh lies in it; a hip near the edge of the picture may be guessed beside the limb."""
    one_cost: float
    """Of one leg: difference from the silhouette and displacement as in ``Fit.cost``."""
    half: bool
    """One leg that is too wide for its length everywhere fills it: the hips may be the knees."""


def laid_into(
    silhouettes: Sequence[Silhouette], legs_px: FloatArray, shank_px: float, settings: LegsSettings
) -> Laid | None:
    """Landmarks of legs (10, 2) moved so that they fill the silhouettes; None where they do not fit.

    What any silhouette shows is there: the network overlooks a dark foot in one square and shows it in another. Where
    a leg does not fill them, it is also tried where they are not met yet: both may have been put on one. Where only
    one leg is in the picture, the network puts both on it, to its left and right.
    """
    start = legs_px / shank_px
    places, shown = _shown(silhouettes, start, shank_px)
    size = np.divide(silhouettes[0].picture_px, shank_px)
    legs_only = ~_of_the_trunk(nearest_to(start, USUAL_WIDTHS, places, BOTH), start, size)
    asked = places[legs_only], shown[legs_only]
    two = _two_legs(Problem(start, *asked, BOTH), start, settings)
    middle = in_one(start)
    one = Problem(middle, *asked, FIRST).solved(middle)
    alone = one.cost <= two.cost + settings.laid_one_area
    best = one._replace(legs=np.tile(one.legs[: len(JOINTS)], (len(SIDES), 1))) if alone else two
    if best.misfit > settings.laid_misfit or best.held > settings.laid_held:
        return None
    thighs = _thighs_met(best, places, shown) >= settings.laid_thigh_share
    half = one.misfit <= settings.half_misfit and float(np.exp(one.widths).min()) >= settings.half_widths
    return Laid(best.legs * shank_px, alone, thighs, one.cost, half)


def reaching_on(legs_px: FloatArray) -> FloatArray:
    """Landmarks (10, 2) of one leg, twice, whose knees are the hips of these legs and whose hips are as far beyond."""
    leg_px = in_one(legs_px)
    knees_px, ankles_px = leg_px[_HIPS], leg_px[_ANKLES]
    leg_px[_KNEES] = knees_px
    leg_px[_HIPS] = 2 * knees_px - ankles_px
    return leg_px


def _two_legs(problem: Problem, start: FloatArray, settings: LegsSettings) -> Fit:
    """The best fit from where the network put the legs, and from there with a foot where the silhouette is not met."""
    best = problem.solved(start)
    for foot in _FEET:
        elsewhere = problem.unmet(best, settings.laid_unmet_area)
        if elsewhere is None:
            break
        moved = best.legs.copy()
        moved[foot] += elsewhere - moved[foot].mean(axis=0)
        best = min(best, problem.solved(moved), key=lambda fit: fit.cost)
    return best


def _thighs_met(fit: Fit, places: FloatArray, shown: FloatArray) -> FloatArray:
    """(2,) how much of each thigh is shown; 0 where no place of it is known."""
    nearest = nearest_to(fit.legs, fit.widths, places, BOTH)
    inside = (nearest.outside < 0) & (nearest.along < 1)
    thighs = [shown[inside & (nearest.bone == bone)] for bone in np.flatnonzero(PART == THIGH)]
    return np.array([thigh.mean() if thigh.size else 0.0 for thigh in thighs])


def _shown(silhouettes: Sequence[Silhouette], legs: FloatArray, shank_px: float) -> tuple[FloatArray, FloatArray]:
    """Places (n, 2) in shank lengths around the legs that a silhouette knows, and how much of a person is there."""
    lattice = _lattice(legs)
    looks = [one.at(lattice * shank_px) for one in silhouettes]
    shown, known = (np.array(values) for values in zip(*looks, strict=True))
    anywhere = known.any(axis=0)
    return lattice[anywhere], np.where(known, shown, 0).max(axis=0)[anywhere]


def _lattice(legs: FloatArray) -> FloatArray:
    """(h, w, 2) places over and around the legs."""
    ends = np.delete(legs, _HIPS, axis=0)
    hips = np.clip(legs[_HIPS], ends.min(axis=0) - _THIGH_REACH, ends.max(axis=0) + _THIGH_REACH)
    legs = np.concatenate([ends, hips])
    low, high = legs.min(axis=0) - _AROUND, legs.max(axis=0) + _AROUND
    x, y = (np.arange(start, stop, CELL) for start, stop in zip(low, high, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1)


def _of_the_trunk(nearest: Nearest, legs: FloatArray, size: FloatArray) -> BoolArray:
    """(n,) which places may show more than legs; a thigh whose hip is outside the picture is only a guess."""
    hip = legs[FROM[nearest.bone]]
    outside = ((hip < 0) | (hip > size)).any(axis=1)
    far = (nearest.along < _TRUNK) | (nearest.outside > _BESIDE_THIGH) | outside
    return np.asarray((PART[nearest.bone] == THIGH) & far)
