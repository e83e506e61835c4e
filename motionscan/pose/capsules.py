"""Legs as capsules between landmarks, and the landmarks moved until the capsules fill a silhouette.

Gauss-Newton on the difference between the capsules' union, drawn with soft edges, and what is shown at some places;
held by where the landmarks began and by how they lie to each other. Everything is in shank lengths.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from motionscan.body import JOINTS, LANDMARKS, SIDES, landmark
from motionscan.records import FloatArray

THIGH, SHANK, FOOT = range(3)
_BONES: Final = (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"))
BOTH, FIRST = slice(None), slice(len(_BONES))
"""The bones of both legs, and those of the first one."""
FROM, _TO = (np.array([landmark(side, bone[end]) for side in SIDES for bone in _BONES]) for end in (0, 1))
PART: Final = np.array([THIGH, SHANK, FOOT, FOOT, FOOT] * len(SIDES))
"""Of each bone, where it begins, where it ends, and what it is of."""
_RADII: Final = np.array([(0.23, 0.17), (0.17, 0.11), (0.09, 0.09)])
"""(3, 2) half widths of a thigh, a shank and a foot at both ends, to begin with."""
_WIDTHS: Final = len(_RADII)
"""Numbers beside the landmarks that are fitted: logarithms of how much wider these are."""
USUAL_WIDTHS: Final = np.zeros(_WIDTHS)
_HELD: Final = {"hip": 0.1, "knee": 0.5, "ankle": 0.05, "heel": 0.02, "toe": 0.02}
"""How strongly a landmark is held where the network put it: unmet silhouette over squared displacement."""
_TIED: Final = {("knee", "ankle"): 0.05, ("ankle", "heel"): 0.2, ("ankle", "toe"): 0.05}
"""How strongly two landmarks are held to move together."""
_WIDTH_HELD: Final = 0.03
_BLURS: Final = ((0.08, 8), (0.04, 8))
"""Softness of the capsules' edges, and how many steps are made with it."""
_LONGEST_STEP: Final = 0.08
_LEAST_GAIN: Final = 0.01
"""Of the cost, by which a step must have lowered it for another one to be made."""
_DAMPING: Final = 0.05
CELL: Final = 0.055
"""Between the places where a silhouette is asked; a shank spans 30-55 pixels of it."""


class Nearest(NamedTuple):
    """Of the capsule nearest to each of n places."""

    outside: FloatArray
    """(n,) distance from its edge, negative inside."""
    bone: NDArray[np.intp]
    along: FloatArray
    """(n,) 0..1 along it."""
    away: FloatArray
    """(n, 2) unit vector from its axis to the place."""
    radius: FloatArray


class Fit(NamedTuple):
    """Legs that fill a silhouette as well as they can."""

    legs: FloatArray
    """(10, 2)"""
    widths: FloatArray
    """(3,) as in ``nearest_to``."""
    misfit: float
    """Squared difference from the silhouette, summed; an area."""
    held: float
    """What the displacement costs, in the same unit."""

    @property
    def cost(self) -> float:
        """By which fits are compared."""
        return self.misfit + self.held


class Problem:
    """The silhouette at n places, (n, 2), where the legs began, and which bones are fitted."""

    def __init__(self, start: FloatArray, places: FloatArray, shown: FloatArray, bones: slice) -> None:
        """Prepare; ``start`` (10, 2) is where the legs are held, ``shown`` (n,) 0..1."""
        self._start, self._places, self._shown, self._bones = start, places, shown, bones
        self._prior = _prior()

    def solved(self, legs: FloatArray) -> Fit:
        """The legs and widths that fit best, near those given."""
        widths = USUAL_WIDTHS
        for blur, steps in _BLURS:
            before = np.inf
            for _ in range(steps):
                step, cost = self._step(legs, widths, blur)
                if cost > (1 - _LEAST_GAIN) * before:
                    break
                legs, widths, before = legs + step[:-_WIDTHS].reshape(-1, 2), widths + step[-_WIDTHS:], cost
        rest = _drawn(nearest_to(legs, widths, self._places, self._bones), blur) - self._shown
        return Fit(legs, widths, *self._costs(legs, widths, rest))

    def _costs(self, legs: FloatArray, widths: FloatArray, rest: FloatArray) -> tuple[float, float]:
        """Of what differs from the silhouette and of the displacement, as in ``Fit``."""
        moved = self._moved(legs, widths)
        return float(rest @ rest) * CELL**2, float(moved @ self._prior @ moved)

    def unmet(self, fit: Fit, least_area: float) -> FloatArray | None:
        """(2,) the middle of the silhouette that a fit leaves unmet; None where that is less than such an area."""
        drawn = _drawn(nearest_to(fit.legs, fit.widths, self._places, self._bones), _BLURS[-1][0])
        unmet = np.clip(self._shown - drawn, 0, 1)
        if unmet.sum() * CELL**2 < least_area:
            return None
        return np.asarray(unmet @ self._places / unmet.sum())

    def _moved(self, legs: FloatArray, widths: FloatArray) -> FloatArray:
        return np.concatenate([(legs - self._start).ravel(), widths])

    def _step(self, legs: FloatArray, widths: FloatArray, blur: float) -> tuple[FloatArray, float]:
        """(20 + 3,) by which landmarks and widths are moved next, and what they cost as they are."""
        nearest = nearest_to(legs, widths, self._places, self._bones)
        drawn = _drawn(nearest, blur)
        rest = drawn - self._shown
        edge = np.flatnonzero(np.abs(nearest.outside) < 4 * blur)
        _, bone, along, away, radius = (values[edge] for values in nearest)
        slope = drawn[edge] * (1 - drawn[edge]) / blur
        rows = np.arange(len(edge))
        jacobian = np.zeros((len(edge), 2 * len(LANDMARKS) + _WIDTHS))
        for end, share in ((FROM, 1 - along), (_TO, along)):
            for axis in (0, 1):
                jacobian[rows, 2 * end[bone] + axis] = slope * share * away[:, axis]
        jacobian[rows, 2 * len(LANDMARKS) + PART[bone]] = slope * radius
        normal = CELL**2 * (jacobian.T @ jacobian)
        pull = CELL**2 * (jacobian.T @ rest[edge]) + self._prior @ self._moved(legs, widths)
        normal += self._prior + np.diag(_DAMPING * np.diag(normal))
        step = -np.linalg.solve(normal, pull)
        shorter: FloatArray = step / max(1.0, np.abs(step[:-_WIDTHS]).max() / _LONGEST_STEP)
        return shorter, sum(self._costs(legs, widths, rest), start=0.0)


def nearest_to(legs: FloatArray, widths: FloatArray, places: FloatArray, bones: slice) -> Nearest:
    """Of some bones of legs (10, 2), made wider by ``exp(widths)``, the nearest to each of the places (n, 2)."""
    first, last, part = FROM[bones], _TO[bones], PART[bones]
    start, run = legs[first], legs[last] - legs[first]
    near, far = (_RADII * np.exp(widths)[:, None])[part].T[..., None]
    x, y = (places[:, axis] - start[:, axis, None] for axis in (0, 1))
    run_x, run_y = run.T[..., None]
    along = np.clip((x * run_x + y * run_y) / np.maximum(run_x**2 + run_y**2, 1e-9), 0, 1)
    x -= along * run_x
    y -= along * run_y
    distance = np.sqrt(x**2 + y**2) + 1e-9
    radius = near + (far - near) * along
    bone = (distance - radius).argmin(axis=0)
    rows = np.arange(len(places))
    distance, radius, along = distance[bone, rows], radius[bone, rows], along[bone, rows]
    away = np.stack([x[bone, rows], y[bone, rows]], axis=1) / distance[:, None]
    return Nearest(distance - radius, bone, along, away, radius)


def _drawn(nearest: Nearest, blur: float) -> FloatArray:
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
