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

from motionscan.body import JOINTS, LANDMARKS, SIDES, landmark
from motionscan.pose.squares import to_square
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import LegsSettings

_THIGH, _SHANK, _FOOT = range(3)
_BONES: Final = (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"))
_FROM, _TO = (np.array([landmark(side, bone[end]) for side in SIDES for bone in _BONES]) for end in (0, 1))
_PART: Final = np.array([_THIGH, _SHANK, _FOOT, _FOOT, _FOOT] * len(SIDES))
_BOTH, _FIRST = slice(None), slice(len(_BONES))
"""The bones of both legs, and those of one."""
_HIPS: Final = [landmark(side, "hip") for side in SIDES]
_FEET: Final = np.array([[landmark(side, joint) for joint in JOINTS[2:]] for side in SIDES])
_RADII: Final = np.array([(0.23, 0.17), (0.17, 0.11), (0.09, 0.09)])
"""(3, 2) half widths of a thigh, a shank and a foot at both ends, in shank lengths, to begin with."""
_WIDTHS: Final = len(_RADII)
"""Numbers beside the landmarks that are fitted: logarithms of how much wider these are."""
_HELD: Final = {"hip": 0.1, "knee": 0.5, "ankle": 0.05, "heel": 0.02, "toe": 0.02}
"""How strongly a landmark is held where the network put it: silhouette that is not met (in squared shanks) over squared
shanks of displacement."""
_TIED: Final = {("knee", "ankle"): 0.05, ("ankle", "heel"): 0.2, ("ankle", "toe"): 0.05}
"""How strongly two landmarks are held to move together."""
_WIDTH_HELD: Final = 0.03
_BLURS: Final = ((0.08, 8), (0.04, 8))
"""Softness of the capsules' edges in shank lengths, and how many steps are made with it."""
_LONGEST_STEP: Final = 0.08
_DAMPING: Final = 0.05
_CELL: Final = 0.045
"""Between the places where the silhouette is asked, in shank lengths; a shank spans 30-55 pixels of a silhouette."""
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


def laid_into(
    silhouettes: Sequence[Silhouette], legs_px: FloatArray, shank_px: float, settings: LegsSettings
) -> Laid | None:
    """Landmarks of legs (10, 2) moved so that they fill the silhouettes; None where they do not fit.

    What any silhouette shows is there: the network overlooks a dark foot in one square and shows it in another. Where
    a leg does not fill them, it is also tried where they are not met yet: both may have been put on one. Where only
    one leg is in the picture, the network puts both on it, to its left and right.
    """
    start = legs_px / shank_px
    lattice = _lattice(start)
    looks = [one.at(lattice * shank_px) for one in silhouettes]
    shown, known = (np.array(values) for values in zip(*looks, strict=True))
    places, shown = lattice[known.any(axis=0)], np.where(known, shown, 0).max(axis=0)[known.any(axis=0)]
    size = np.divide(silhouettes[0].picture_px, shank_px)
    asked = ~_of_the_trunk(_nearest(start, np.zeros(_WIDTHS), places, _BOTH), start, size)
    problem = _Problem(start, places[asked], shown[asked], _BOTH)
    best = problem.solved(start)
    for foot in _FEET:
        elsewhere = problem.unmet(best, settings.laid_unmet_area)
        if elsewhere is None:
            break
        moved = best.legs.copy()
        moved[foot] += elsewhere - moved[foot].mean(axis=0)
        best = min(best, problem.solved(moved), key=_cost)
    middle = np.tile(start.reshape(len(SIDES), len(JOINTS), 2).mean(axis=0), (len(SIDES), 1))
    alone = _Problem(middle, places[asked], shown[asked], _FIRST).solved(middle)
    one = _cost(alone) <= _cost(best) + settings.laid_one_area
    if one:
        best = alone._replace(legs=np.tile(alone.legs[: len(JOINTS)], (len(SIDES), 1)))
    if not (best.misfit <= settings.laid_misfit and best.held <= settings.laid_held):
        return None
    nearest = _nearest(best.legs, best.widths, places, _BOTH)
    inside = (nearest.outside < 0) & (nearest.along < 1)
    thighs = [shown[inside & (nearest.bone == bone)] for bone in np.flatnonzero(_PART == _THIGH)]
    met = np.array([thigh.size > 0 and thigh.mean() >= settings.laid_thigh_share for thigh in thighs])
    return Laid(best.legs * shank_px, one, met)


class _Nearest(NamedTuple):
    """Of the capsule nearest to each of n places."""

    outside: FloatArray
    """(n,) distance from its edge, negative inside."""
    bone: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    along: FloatArray
    """(n,) 0..1 along it."""
    away: FloatArray
    """(n, 2) unit vector from its axis to the place."""
    radius: FloatArray


class _Fit(NamedTuple):
    legs: FloatArray
    """(10, 2) in shank lengths."""
    widths: FloatArray
    misfit: float
    """Squared difference from the silhouette, summed, in squared shank lengths."""
    held: float
    """What the displacement costs, in the same unit."""


def _cost(fit: _Fit) -> float:
    return fit.misfit + fit.held


class _Problem:
    """The silhouette at n places, (n, 2) in shank lengths, where the legs began, and which bones are fitted."""

    def __init__(self, start: FloatArray, places: FloatArray, shown: FloatArray, bones: slice) -> None:
        self._start, self._places, self._shown, self._bones = start, places, shown, bones
        self._prior = _prior()

    def solved(self, legs: FloatArray) -> _Fit:
        """The legs and widths that fit best, near those given."""
        widths = np.zeros(_WIDTHS)
        for blur, steps in _BLURS:
            for _ in range(steps):
                step = self._step(legs, widths, blur)
                legs, widths = legs + step[:-_WIDTHS].reshape(-1, 2), widths + step[-_WIDTHS:]
        rest = _drawn(_nearest(legs, widths, self._places, self._bones), blur) - self._shown
        moved = self._moved(legs, widths)
        return _Fit(legs, widths, float(rest @ rest) * _CELL**2, float(moved @ self._prior @ moved))

    def unmet(self, fit: _Fit, least_area: float) -> FloatArray | None:
        """(2,) the middle of the silhouette that a fit leaves unmet; None where that is less than such an area."""
        drawn = _drawn(_nearest(fit.legs, fit.widths, self._places, self._bones), _BLURS[-1][0])
        unmet = np.clip(self._shown - drawn, 0, 1)
        if unmet.sum() * _CELL**2 < least_area:
            return None
        return np.asarray(unmet @ self._places / unmet.sum())

    def _moved(self, legs: FloatArray, widths: FloatArray) -> FloatArray:
        return np.concatenate([(legs - self._start).ravel(), widths])

    def _step(self, legs: FloatArray, widths: FloatArray, blur: float) -> FloatArray:
        """(20 + 3,) by which landmarks and widths are moved next."""
        nearest = _nearest(legs, widths, self._places, self._bones)
        drawn = _drawn(nearest, blur)
        edge = np.flatnonzero(np.abs(nearest.outside) < 4 * blur)
        _, bone, along, away, radius = (values[edge] for values in nearest)
        slope = drawn[edge] * (1 - drawn[edge]) / blur
        rows = np.arange(len(edge))
        jacobian = np.zeros((len(edge), 2 * len(LANDMARKS) + _WIDTHS))
        for end, share in ((_FROM, 1 - along), (_TO, along)):
            for axis in (0, 1):
                jacobian[rows, 2 * end[bone] + axis] = slope * share * away[:, axis]
        jacobian[rows, 2 * len(LANDMARKS) + _PART[bone]] = slope * radius
        normal = _CELL**2 * (jacobian.T @ jacobian)
        pull = _CELL**2 * (jacobian.T @ (drawn - self._shown)[edge]) + self._prior @ self._moved(legs, widths)
        normal += self._prior + np.diag(_DAMPING * np.diag(normal))
        step = -np.linalg.solve(normal, pull)
        return np.asarray(step / max(1.0, np.abs(step[:-_WIDTHS]).max() / _LONGEST_STEP))


def _lattice(legs: FloatArray) -> FloatArray:
    """(h, w, 2) places over and around the legs."""
    ends = np.delete(legs, _HIPS, axis=0)
    hips = np.clip(legs[_HIPS], ends.min(axis=0) - _THIGH_REACH, ends.max(axis=0) + _THIGH_REACH)
    legs = np.concatenate([ends, hips])
    low, high = legs.min(axis=0) - _AROUND, legs.max(axis=0) + _AROUND
    x, y = (np.arange(start, stop, _CELL) for start, stop in zip(low, high, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1)


def _of_the_trunk(nearest: _Nearest, legs: FloatArray, size: FloatArray) -> BoolArray:
    """(n,) which places may show more than legs; a thigh whose hip is outside the picture is only a guess."""
    hip = legs[_FROM[nearest.bone]]
    outside = ((hip < 0) | (hip > size)).any(axis=1)
    far = (nearest.along < _TRUNK) | (nearest.outside > _BESIDE_THIGH) | outside
    return np.asarray((_PART[nearest.bone] == _THIGH) & far)


def _nearest(legs: FloatArray, widths: FloatArray, places: FloatArray, bones: slice) -> _Nearest:
    first, last, part = _FROM[bones], _TO[bones], _PART[bones]
    start, run = legs[first], legs[last] - legs[first]
    near, far = (_RADII * np.exp(widths)[:, None])[part].T
    x, y = (places[:, None, axis] - start[:, axis] for axis in (0, 1))
    along = np.clip((x * run[:, 0] + y * run[:, 1]) / np.maximum((run**2).sum(axis=1), 1e-9), 0, 1)
    x, y = x - along * run[:, 0], y - along * run[:, 1]
    distance = np.hypot(x, y) + 1e-9
    radius = near + (far - near) * along
    bone = (distance - radius).argmin(axis=1)
    rows = np.arange(len(places))
    distance, radius, along = distance[rows, bone], radius[rows, bone], along[rows, bone]
    away = np.stack([x[rows, bone], y[rows, bone]], axis=1) / distance[:, None]
    return _Nearest(distance - radius, bone, along, away, radius)


def _drawn(nearest: _Nearest, blur: float) -> FloatArray:
    """(n,) 0..1 how much of a leg is at each place, with soft edges."""
    return np.asarray(1 / (1 + np.exp(np.clip(nearest.outside / blur, -60, 60))))


def _prior() -> FloatArray:
    """(23, 23) what moving landmarks, two of one leg apart, and widths costs."""
    leg = np.diag([_HELD[joint] for joint in JOINTS])
    for pair, strength in _TIED.items():
        first, second = (JOINTS.index(joint) for joint in pair)
        leg[[first, second], [first, second]] += strength
        leg[[first, second], [second, first]] -= strength
    prior = np.zeros((2 * len(LANDMARKS) + _WIDTHS,) * 2)
    prior[:-_WIDTHS, :-_WIDTHS] = np.kron(np.kron(np.eye(len(SIDES)), leg), np.eye(2))
    prior[-_WIDTHS:, -_WIDTHS:] = _WIDTH_HELD * np.eye(_WIDTHS)
    return prior
