"""One reference picture with its points, and what their places in a later picture say of camera and limbs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from motionscan.motion.flow import Picture, follow
from motionscan.motion.grouping import Grouping, IntArray, members_of
from motionscan.motion.layout import Layout, Placement
from motionscan.motion.points import BACKGROUND_CLUSTERS, PointSet, as_many_of_each, without_some
from motionscan.motion.quarters import QUARTERS, Quarters
from motionscan.motion.similarity import (
    ComplexArray,
    RobustFit,
    fit_similarities,
    standard_error,
    to_complex,
    to_points,
)
from motionscan.motion.skin_fields import CarriedField, SkinFields, field_count, patch_count
from motionscan.motion.turned import TurnedParts, lost_looked_for
from motionscan.motion.whole import WholeParts
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

CLUSTERS = BACKGROUND_CLUSTERS[0] * BACKGROUND_CLUSTERS[1]


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """How far everything is from where it was; complex numbers are x + iy in pixels, NaN where not measured."""

    camera_px: FloatArray
    """(3,) x and y of the background at the middle of the picture, and its roll times half the height."""
    joint: ComplexArray
    """(R,) each region, camera and parent removed."""
    body: ComplexArray
    """(R,) each region, camera removed."""
    skin: ComplexArray
    """(F, P) each skin patch beyond its region, then patches of strips of background beyond the camera."""
    background: ComplexArray
    """(C,) patches of background, camera removed."""
    quarters: ComplexArray
    """(R, 4) quarters of each region from where the whole region takes them, along + i across it."""

    @classmethod
    def filled(cls, value: float, layout: Layout) -> "Displacement":
        """All displacements alike: 0 for none, NaN for not measured."""
        regions, skin = layout.size, (field_count(layout), patch_count(layout))
        shapes = ((regions,), (regions,), skin, (CLUSTERS,), (regions, QUARTERS))
        return cls(np.full(3, value), *(np.full(shape, value, dtype=np.complex128) for shape in shapes))

    def after(self, start: "Displacement") -> "Displacement":
        """This displacement, measured from a reference that was itself displaced by ``start``.

        Skin starts anew: it rests where it is, and a part that has turned shows other skin.
        """
        total = Displacement(*(getattr(start, f.name) + getattr(self, f.name) for f in fields(self)))
        return replace(total, skin=self.skin)

    def or_else(self, other: "Displacement") -> "Displacement":
        """This displacement, with ``other`` where it was not measured."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Displacement(*(np.where(np.isfinite(mine), mine, its) for mine, its in pairs))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one picture says against the reference."""

    moved: Displacement
    landmarks_px: FloatArray
    """(10, 2) leg landmarks in the picture."""
    kept: FloatArray
    """(R + 1,) fraction of the points of each region, and of the background, that were found again."""
    turns: ComplexArray
    """(R,) and"""
    shifts: ComplexArray
    """(R,) ``z -> turns * z + shifts`` takes a region from the reference to the picture; NaN where unknown."""
    camera: tuple[complex, complex]
    """Turn and shift of the background in the same way."""
    by_background: bool
    """Whether the camera was told by the background, not by what all points have in common."""


class _Shared(NamedTuple):
    turn: complex
    shift: complex
    error_px: float
    """Standard error of the shift, one axis."""


class Reference:
    """A reference picture, its points and landmarks. ``read`` is pure: it depends on the picture and points only."""

    def __init__(
        self,
        picture: Picture,
        points: PointSet,
        layout: Layout,
        placement: Placement,
        side_px: int,
        skin: Mapping[int, CarriedField],
        settings: MotionSettings,
    ) -> None:
        self.picture = picture.even
        self.points_px = points.points_px
        self.side_px = side_px
        self.placement = placement
        self.shank_px = placement.scale_px
        self.seen = placement.seen
        self._layout = layout
        self._settings = settings
        self._legs = to_complex(placement.landmarks_px)
        self._places = to_complex(points.points_px)
        self._group = points.group
        self._groups = Grouping(members_of(points.group, layout.size + 1))
        self._regions = Grouping(members_of(points.group, layout.size))
        self._clusters = Grouping(members_of(points.cluster, CLUSTERS))
        self._background = self._groups.members[layout.size]
        self.groups = self._groups.members
        self.counts = self._groups.counts
        self._everywhere = as_many_of_each(self.groups, points.texture, settings.min_points)
        self._without_some = without_some(self._everywhere, points.group, layout.moving_together, settings.branch_share)
        self.held = layout.hold_picture and self.counts[layout.size] < settings.min_background_points
        self.middles = self._regions.mean(self._places)
        self._middle_of_picture = complex(picture.luma.shape[1] / 2, picture.luma.shape[0] / 2)
        self._cluster_least = self._clusters.least(settings.min_patch_points, settings.min_patch_kept)
        self._weight = self._groups.limited(points.texture, settings.texture_ratio)
        self._robust = RobustFit(settings.fit_floor_px, settings.fit_tuning, settings.fit_steps)
        self.quarters = Quarters(self._regions.members, self._places, self._weight, self._robust, settings)
        self._turned = TurnedParts(self._regions, self._places, self._weight, self._robust, settings)
        self.fragility = self._regions.fragility(self._weight)
        self._whole = WholeParts(picture, placement, self.groups, settings) if layout.carriers else None
        self.whole = np.isin(np.arange(layout.size), self._whole.numbers if self._whole else [])
        self.lever = self._levers()
        self._skin = SkinFields(picture.luma, placement, layout, self._background_places(), skin, settings)
        self.patch_variance = self._skin.variance
        self.cluster_fragility = self._clusters.fragility(self._weight)

    def _background_places(self) -> list[complex]:
        """The middle of each patch of background, those with most points first."""
        fullest = sorted(self._clusters.members, key=len, reverse=True)
        places = [self._places[members] for members in fullest if len(members) >= self._settings.min_patch_points]
        return [complex(np.median(z.real), np.median(z.imag)) for z in places]

    def _levers(self) -> FloatArray:
        """(R,) how much of a parent's jitter, in variance, its turn brings to the middle of each region."""
        arms = np.abs(self._regions.gather(self._places) - self.middles[:, None]) * self._regions.mask
        spread = (arms**2).sum(axis=1) / np.maximum(self.counts[:-1], 1)
        parents = self._layout.parents
        reach = np.abs(self.middles - self.middles[parents])
        return np.where(parents >= 0, 1 + reach**2 / np.maximum(spread[parents], 1), 0.0)

    def found_in(self, picture: ByteArray, guess_px: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Where the points are in a prepared picture, (N, 2), and which can be trusted; see ``follow``."""
        near = self.side_px, self._settings
        if not self._whole:
            found_px, good = follow(self.picture, picture, self.points_px, guess_px, self.groups, *near)
            return self._turned.found(self.picture, picture, found_px, good, guess_px, self.side_px)
        found_px, good = self._whole.found(picture, self.points_px, guess_px)
        rest = self._background
        alike = [np.arange(len(rest))]
        found_px[rest], good[rest] = follow(self.picture, picture, self.points_px[rest], guess_px[rest], alike, *near)
        return found_px, good

    def drop_picture(self) -> None:
        """Free the memory of the pictures once a newer reference has taken over."""
        self.picture = self.picture[:0]
        self.placement = replace(self.placement, background=self.placement.background[:0])

    def carried_skin(self, reading: Reading) -> dict[int, CarriedField]:
        """The skin of the regions that are still followed in a picture, as it lies there."""
        return self._skin.carried(reading.turns, reading.shifts, reading.kept[:-1] >= self._settings.min_kept_fraction)

    def next_guess(self, reading: Reading, found_px: FloatArray, good: BoolArray, guess_px: FloatArray) -> FloatArray:
        """(N, 2) where to look for the points in the next picture: where they were, a lost one where its part went."""
        found, guess = to_complex(found_px), to_complex(guess_px).copy()
        turn, shift = reading.camera
        turns, shifts = np.append(reading.turns, turn), np.append(reading.shifts, shift)
        for members, turn, shift in zip(self.groups, turns, shifts, strict=True):
            seen = good[members]
            if not seen.all():
                expected = turn * self._places[members] + shift
                guess[members] = lost_looked_for(expected, found[members], seen, guess[members], self._settings)
        return np.where(good[:, None], found_px, to_points(guess))

    def read(self, picture: Picture, found_px: FloatArray, good: BoolArray, with_strips: bool) -> Reading:
        """Turn a picture with its found points, (N, 2) and (N,) trusted, into a reading.

        Strips of background, which tell the noise of skin, are measured ``with_strips`` only.
        """
        found = to_complex(found_px)
        alpha, beta, by_background = self._camera(found, good)
        steady = (found - beta) / alpha
        good = good & np.isfinite(steady)
        turns, shifts = self._segments(steady, good)
        body = turns * self.middles + shifts - self.middles
        there = turns * alpha, shifts * alpha + beta
        still = self._clusters.robust_mean(steady - self._places, good, self._cluster_least, self._weight, self._robust)
        moved = Displacement(
            camera_px=self._camera_px(alpha, beta),
            joint=body - self._carried(turns, shifts),
            body=body,
            skin=self._skin.read(picture.luma, *there, (alpha, beta), with_strips),
            background=still if by_background else np.full_like(still, np.nan),
            quarters=self.quarters.read(self._astray(steady, turns, shifts), good),
        )
        kept = (self._groups.mask & good[self._groups.rows]).sum(axis=1) / np.maximum(self.counts, 1)
        landmarks_px = to_points(self._move_landmarks(turns, shifts) * alpha + beta)
        return Reading(moved, landmarks_px, kept, *there, (alpha, beta), by_background)

    def _camera(self, found: ComplexArray, good: BoolArray) -> tuple[complex, complex, bool]:
        """Turn and shift of the background, and whether it tells them itself.

        Where it has too little to hold on to, as a bare wall whose points wander, all points are asked: a part that
        moves is an outlier among those of two legs.
        """
        if self.held:
            return 1 + 0j, 0j, True
        background = self._shared(found, good, self._background)
        if background.error_px <= self._settings.background_error_px:
            return background.turn, background.shift, True
        best = min(self._shared_by_most(found, good), background, key=lambda shared: shared.error_px)
        return best.turn, best.shift, False

    def _shared_by_most(self, found: ComplexArray, good: BoolArray) -> "_Shared":
        """What the points all over the picture share, without one part, or a shank with its foot, that fits badly.

        A foot that jerks is a third of a single leg, and would drag the camera along.
        """
        whole = self._shared(found, good, self._everywhere)
        others = (self._shared(found, good, members) for members in self._without_some)
        best = min(others, key=lambda shared: shared.error_px, default=whole)
        return best if best.error_px < self._settings.without_part_gain * whole.error_px else whole

    def _shared(self, found: ComplexArray, good: BoolArray, members: IntArray) -> "_Shared":
        """What most of these points share."""
        mask = good[members]
        if mask.sum() < self._settings.min_background_points:
            return _Shared(1 + 0j, complex(np.nan, np.nan), np.inf)
        places, moved, weight = self._places[members], found[members], self._weight[members]
        alpha, beta, kept = fit_similarities(places[None], moved[None], mask[None], weight[None], self._robust)
        turn, shift = complex(alpha[0]), complex(beta[0])
        return _Shared(turn, shift, standard_error(moved - turn * places - shift, kept[0] * weight))

    def _segments(self, steady: ComplexArray, good: BoolArray) -> tuple[ComplexArray, ComplexArray]:
        """(R,) turn and (R,) shift of each region, shift NaN where too few of its points are trusted."""
        mask = self._regions.mask & good[self._regions.rows]
        mask &= (mask.sum(axis=1) >= self._settings.min_points)[:, None]
        target = np.where(mask, steady[self._regions.rows], 0)
        weight = self._weight[self._regions.rows]
        turns, shifts, _ = fit_similarities(self._regions.gather(self._places), target, mask, weight, self._robust)
        return turns, np.where(mask.any(axis=1), shifts, np.nan)

    def _astray(self, steady: ComplexArray, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        """(N,) how far each point is from where its region takes it; NaN where no region does.

        Nor where the region is all that there is in the picture: then the camera's movement is part of it.
        """
        if self.held:
            return np.full_like(steady, np.nan)
        turn, shift = np.append(turns, 1)[self._group], np.append(shifts, np.nan)[self._group]
        return np.asarray(steady - turn * self._places - shift)

    def _carried(self, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        """Where the middle of each region would have gone had it only been carried by its parent.

        The parent's turn is taken without its scale, which a limb does not have and noise does.
        """
        parents = self._layout.parents
        turn = turns[parents] / np.abs(turns[parents])
        middle = self.middles[parents]
        moved = turns[parents] * middle + shifts[parents]
        carried = moved + turn * (self.middles - middle) - self.middles
        # a parent that is not seen removes nothing
        return np.where((parents >= 0) & np.isfinite(carried), carried, 0)

    def _move_landmarks(self, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        chains = self._layout.carriers
        if not chains:
            return self._legs
        return np.array([_first_finite(self._legs[i], chain, turns, shifts) for i, chain in enumerate(chains)])

    def _camera_px(self, alpha: complex, beta: complex) -> FloatArray:
        if self.held:
            return np.full(3, np.nan)
        moved = alpha * self._middle_of_picture + beta - self._middle_of_picture
        roll_px = np.angle(alpha) * self._middle_of_picture.imag if np.isfinite(moved) else np.nan
        return np.array([moved.real, moved.imag, roll_px])


def _first_finite(place: complex, chain: tuple[int, ...], turns: ComplexArray, shifts: ComplexArray) -> complex:
    for number in chain:
        if np.isfinite(shifts[number]):
            return complex(turns[number] * place + shifts[number])
    return place
