"""What speaks for legs in what the landmark network sees: heat, agreement of several looks, and which side is left."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from motionscan.body import JOINTS, SIDES, landmark
from motionscan.pose.landmark_net import Pyramid, Seen
from motionscan.pose.plausible import in_one, swapped
from motionscan.pose.source import LEG_POINTS, POINT_COUNT
from motionscan.pose.squares import disagreement, next_squares
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import LegsSettings

_COUNT: Final = len(JOINTS)
_SHOWN: Final = np.array([[landmark(side, joint) for joint in JOINTS[1:]] for side in SIDES])
"""(2, 4) knee, ankle, heel and toe of each leg among the ten."""
_ENDS: Final = np.array([landmark(side, joint) for side in SIDES for joint in JOINTS[2:]])
"""Ankles, heels and toes, by which two looks are compared."""
_FAR_LEG: Final = 0.5
"""Weight of the leg that is seen less: in a side view the other one hides it."""
_UNSTEADY: Final = 0.1
"""Evidence that a square loses for asking for another one."""


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Legs that one or several looks at a picture agree on."""

    points_px: FloatArray
    """(10, 2) in the order of ``body.LANDMARKS``, pixels of the picture: the median of the looks."""
    plain_px: FloatArray
    """(10, 2) where the first look puts them, that at the square as it is; in most pictures the only one."""
    visibility: FloatArray
    """(10,) 0..1."""
    square: FloatArray
    """(5,) in which they are seen."""
    asked: FloatArray
    """(5,) in which they ask to be seen; not always better."""
    evidence: float
    """Mean heat of the legs over the looks, 0..1."""
    sided: bool | None
    """Whether left and right fit the way that the feet point; None where that does not tell."""

    def numbers(self, width_px: int, height_px: int) -> list[list[float | None]]:
        """The person's points as they are sent, with nothing known of what is not a leg."""
        rows: list[list[float | None]] = [[None, None, 0.0, 0.0]] * POINT_COUNT
        for point, (x_px, y_px), seen in zip(LEG_POINTS, self.points_px, self.visibility, strict=True):
            rows[point] = [float(x_px) / width_px, float(y_px) / height_px, float(seen), float(seen)]
        return rows


def heat_of_legs(seen: Seen, pyramid: Pyramid, settings: LegsSettings) -> FloatArray:
    """(n,) how clearly legs are seen inside the picture, or just outside it, 0..1; a shank must be there whole."""
    points_px = seen.points_px[:, LEG_POINTS]
    beyond_px = np.abs(points_px - pyramid.nearest(points_px)).max(axis=-1)
    inside = beyond_px <= settings.beyond_edge * shanks_px(points_px).max(axis=-1)[:, None]
    legs = (seen.heat[:, LEG_POINTS] * inside)[:, _SHOWN].mean(axis=-1)
    legs *= inside[:, _SHOWN[:, :2]].all(axis=-1)
    legs = np.sort(legs, axis=1)
    return np.asarray((legs[:, 1] + _FAR_LEG * legs[:, 0]) / (1 + _FAR_LEG))


def weight(seen: Seen, pyramid: Pyramid, settings: LegsSettings) -> FloatArray:
    """(n,) by which squares are ranked: heat, less what the square is off."""
    off = np.minimum(disagreement(seen.squares, next_squares(seen.squares, seen.points_px)), 1.5)
    return heat_of_legs(seen, pyramid, settings) - _UNSTEADY * off


def agreed(looks: Seen, pyramid: Pyramid, settings: LegsSettings, *, followed: bool = False) -> Legs | None:
    """What looks at the same place have in common, be it one; None when that is not enough for legs.

    Less is enough where legs were in the picture before, ``followed``.
    """
    min_heat, min_clear = (
        (settings.follow_heat, settings.follow_clear) if followed else (settings.min_heat, settings.min_clear)
    )
    points_px = looks.points_px[:, LEG_POINTS]
    heat, visibility = looks.heat[:, LEG_POINTS], looks.visibility[:, LEG_POINTS]
    first, shank_px = points_px[0], shanks_px(points_px[0]).max()
    straight = _apart(points_px, first)
    crossed = _apart(np.roll(points_px, _COUNT, axis=1), first)
    named_otherwise = crossed < straight
    apart = np.minimum(straight, crossed)[1:] / shank_px
    evidence = float(heat_of_legs(looks, pyramid, settings).mean())
    clear = float(visibility[:, _SHOWN].mean())
    if evidence < min_heat or clear < min_clear or not np.median(apart if apart.size else 0) <= settings.max_spread:
        return None
    if named_otherwise.mean() > 0.5:
        named_otherwise = ~named_otherwise
    plain_px = swapped(first) if named_otherwise[0] else first
    points_px, heat, visibility = (_named(values, named_otherwise) for values in (points_px, heat, visibility))
    middle_px = back_in(np.median(points_px, axis=0), pyramid, settings)
    clearly = evidence >= settings.sided_heat and named_otherwise.mean() <= settings.sided_doubt
    sided = well_named(middle_px, settings) if clearly else None
    seen = np.maximum(visibility.mean(axis=0), heat.mean(axis=0))
    asked = np.median(next_squares(looks.squares, looks.points_px), axis=0)
    return Legs(middle_px, plain_px, seen, looks.squares[0], asked, evidence, sided)


def back_in(legs_px: FloatArray, pyramid: Pyramid, settings: LegsSettings) -> FloatArray:
    """(10, 2) with points just outside the picture on its edge: a knee that the picture ends at is told no better."""
    edge_px = pyramid.nearest(legs_px)
    near = np.abs(legs_px - edge_px).max(axis=-1) <= settings.beyond_edge * shanks_px(legs_px).max()
    return np.where(near[:, None], edge_px, legs_px)


def named_as(legs: Legs, others: Legs) -> Legs:
    """The legs under the names that those nearest to each had among others; seen from afar, a name is often chance."""
    exchanged = swapped(legs.points_px)
    straight, crossed = _apart(np.stack([legs.points_px, exchanged]), others.points_px)
    if crossed >= straight:
        return legs
    sided = None if legs.sided is None else not legs.sided
    plain_px, visibility = swapped(legs.plain_px), swapped(legs.visibility)
    return replace(legs, points_px=exchanged, plain_px=plain_px, visibility=visibility, sided=sided)


def together(legs: Legs) -> Legs:
    """Two legs that are one: both in the middle between them, and only the first is seen."""
    clearest = legs.visibility.reshape(len(SIDES), _COUNT).max(axis=0)
    visibility = np.concatenate([clearest, np.zeros(_COUNT)])
    return replace(legs, points_px=in_one(legs.points_px), plain_px=in_one(legs.plain_px), visibility=visibility)


def _apart(points_px: FloatArray, first_px: FloatArray) -> FloatArray:
    """(n,) mean distance of ankles, heels and toes from those of the first look."""
    return np.asarray(np.hypot(*np.moveaxis(points_px - first_px, -1, 0))[:, _ENDS].mean(axis=1))


def _named(values: FloatArray, otherwise: BoolArray) -> FloatArray:
    """(n, 10, ...) with the names of the legs exchanged in some looks."""
    return np.concatenate([values[~otherwise], np.roll(values[otherwise], _COUNT, axis=1)])


def shanks_px(legs_px: FloatArray) -> FloatArray:
    """(..., 2) length of each shank of legs (..., 10, 2)."""
    along = legs_px[..., _SHOWN[:, 0], :] - legs_px[..., _SHOWN[:, 1], :]
    return np.asarray(np.hypot(along[..., 0], along[..., 1]))


def well_named(legs_px: FloatArray, settings: LegsSettings) -> bool | None:
    """Whether left and right are where they must be for feet that point this way; None where that cannot be said.

    Toes further down the leg than heels are seen from the front, and then the left leg is on the right. Feet that
    point sideways, and legs that are one behind the other, say nothing.
    """
    knees, ankles, heels, toes = (legs_px[_SHOWN[:, column]] for column in range(4))
    shank_px = shanks_px(legs_px).max()
    down = (ankles - knees).mean(axis=0)
    down = down / max(np.hypot(*down), 1e-9)
    leftward = np.array([down[1], -down[0]])  # to the picture's right when down is down
    apart = ((ankles + knees)[0] - (ankles + knees)[1]) @ leftward / (2 * shank_px)
    forward = ((toes - heels) @ down).mean() / shank_px
    sideward = abs(((toes - heels) @ leftward).mean()) / shank_px
    if abs(forward) < settings.sided_forward or sideward > settings.sided_turn * abs(forward):
        return None
    return bool(apart * forward > 0) if abs(apart) >= settings.sided_apart else None
