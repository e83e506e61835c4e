"""One reference picture with its points, and what their places in a later picture say of camera and limbs."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from motionscan.body import LANDMARKS, PARTS, REGIONS, SEGMENT_JOINTS, SIDES, landmark
from motionscan.motion.grouping import Grouping, members_of
from motionscan.motion.points import BACKGROUND, BACKGROUND_CLUSTERS, PointSet
from motionscan.motion.similarity import ComplexArray, RobustFit, fit_similarities, to_complex, to_points
from motionscan.motion.skin import PATCH_GRID, PATCHES, Axis, SkinField
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

CLUSTERS = BACKGROUND_CLUSTERS[0] * BACKGROUND_CLUSTERS[1]
STRIPS: Final = 4
"""Strips of background whose patches tell what still skin would show."""
FIELDS: Final = len(REGIONS) + STRIPS
PARENTS = np.array([number - 1 if number % len(PARTS) else -1 for number in range(len(REGIONS))])
"""Index of the region that carries each region, -1 for the thighs."""


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

    @classmethod
    def filled(cls, value: float) -> "Displacement":
        """All displacements alike: 0 for none, NaN for not measured."""
        regions, patches = len(REGIONS), PATCHES
        shapes = ((regions,), (regions,), (FIELDS, patches), (CLUSTERS,))
        return cls(np.full(3, value), *(np.full(shape, value, dtype=np.complex128) for shape in shapes))

    def after(self, start: "Displacement") -> "Displacement":
        """This displacement, measured from a reference that was itself displaced by ``start``."""
        return Displacement(*(getattr(start, f.name) + getattr(self, f.name) for f in fields(self)))

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


class Reference:
    """A reference picture, its points and landmarks. ``read`` is pure: the same points give the same reading."""

    def __init__(
        self,
        picture: ByteArray,
        points: PointSet,
        legs_px: FloatArray,
        seen: BoolArray,
        side_px: int,
        settings: MotionSettings,
    ) -> None:
        self.picture = picture
        self.points_px = points.points_px
        self.side_px = side_px
        self.shank_px = points.shank_px
        self.seen = seen
        self._settings = settings
        self._legs = to_complex(legs_px)
        self._places = to_complex(points.points_px)
        self._groups = Grouping(members_of(points.group, len(REGIONS) + 1))
        self._regions = Grouping(members_of(points.group, len(REGIONS)))
        self._clusters = Grouping(members_of(points.cluster, CLUSTERS))
        self._background = self._groups.members[BACKGROUND]
        self.groups = self._groups.members
        self.counts = self._groups.counts
        self.middles = self._regions.mean(self._places)
        self._middle_of_picture = complex(picture.shape[1] / 2, picture.shape[0] / 2)
        self._cluster_least = self._least(self._clusters)
        self._weight = self._groups.limited(points.texture, settings.texture_ratio)
        self._robust = RobustFit(settings.fit_floor_px, settings.fit_tuning, settings.fit_steps)
        self.fragility = self._regions.fragility(self._weight)
        self.lever = self._levers()
        self._skin = self._skin_fields(picture, points, legs_px)
        self.patch_middles_px = np.full((len(REGIONS), PATCHES, 2), np.nan)
        self.patch_variance = np.full((FIELDS, PATCHES), np.nan)
        for number, field in self._skin.items():
            self.patch_variance[number, : len(field.middles)] = field.variance
            if number < len(REGIONS):
                self.patch_middles_px[number, : len(field.middles)] = to_points(field.middles)
        self.cluster_fragility = self._clusters.fragility(self._weight)

    def _skin_fields(self, picture: ByteArray, points: PointSet, legs_px: FloatArray) -> dict[int, SkinField]:
        """The skin of each region that is shown and, numbered after them, strips of background to compare with."""
        shown = np.unique(points.labels[points.labels < len(REGIONS)]).tolist()
        axes = {number: _axis(number, legs_px, self.shank_px, self._settings) for number in shown}
        strips = enumerate(self._background_strips(), start=len(REGIONS))
        return {
            number: SkinField(
                picture,
                (points.labels == min(number, BACKGROUND)).astype(np.uint8),
                axis,
                PATCH_GRID[PARTS[number % len(PARTS)]],
                self.shank_px,
                self._settings,
            )
            for number, axis in (*axes.items(), *strips)
        }

    def _background_strips(self) -> list[Axis]:
        """Strips as large as a thigh, a shank or a foot, where there are most points of background."""
        s, size = self._settings, self.shank_px
        fullest = np.argsort(-self._clusters.counts, kind="stable")[:STRIPS]
        middles = [
            np.median(self._places[members].real) + 1j * np.median(self._places[members].imag)
            for members in (self._clusters.members[number] for number in fullest)
            if len(members) >= s.min_patch_points
        ]
        return [Axis(at - size / 4, at + size / 4, s.skin_share * s.shank_half_width_shanks * size) for at in middles]

    def _least(self, grouping: Grouping) -> FloatArray:
        s = self._settings
        return np.maximum(s.min_patch_points, s.min_patch_kept * grouping.counts)

    def _levers(self) -> FloatArray:
        """(R,) how much of a parent's jitter, in variance, its turn brings to the middle of each region."""
        arms = np.abs(self._regions.gather(self._places) - self.middles[:, None]) * self._regions.mask
        spread = (arms**2).sum(axis=1) / np.maximum(self.counts[:-1], 1)
        reach = np.abs(self.middles - self.middles[PARENTS])
        return np.where(PARENTS >= 0, 1 + reach**2 / np.maximum(spread[PARENTS], 1), 0.0)

    def drop_picture(self) -> None:
        """Free the picture's memory once a newer reference has taken over."""
        self.picture = self.picture[:0]

    def group_median(self, steps_px: FloatArray, good: BoolArray) -> FloatArray:
        """(N, 2) the median step of each point's group among the trusted points; 0 where there are none."""
        shift = np.zeros_like(steps_px)
        for members in self._groups.members:
            trusted = members[good[members]]
            if 0 < len(trusted) < len(members):
                shift[members] = np.median(steps_px[trusted], axis=0)
        return shift

    def read(self, picture: ByteArray, found_px: FloatArray, good: BoolArray) -> Reading:
        """Turn a picture with its found points, (N, 2) and (N,) trusted, into a reading."""
        found = to_complex(found_px)
        alpha, beta = self._camera(found, good)
        steady = (found - beta) / alpha
        good = good & np.isfinite(steady)
        turns, shifts = self._segments(steady, good)
        body = turns * self.middles + shifts - self.middles
        skin = self._read_skin(picture, turns, shifts, alpha, beta)
        still = self._clusters.robust_mean(steady - self._places, good, self._cluster_least, self._weight, self._robust)
        moved = Displacement(
            camera_px=self._camera_px(alpha, beta),
            joint=body - self._carried(turns, shifts),
            body=body,
            skin=skin,
            background=still,
        )
        kept = (self._groups.mask & good[self._groups.rows]).sum(axis=1) / np.maximum(self.counts, 1)
        return Reading(moved, to_points(self._move_landmarks(turns, shifts) * alpha + beta), kept)

    def _camera(self, found: ComplexArray, good: BoolArray) -> tuple[complex, complex]:
        mask = good[self._background]
        if mask.sum() < self._settings.min_background_points:
            return 1 + 0j, complex(np.nan, np.nan)
        places = self._places[self._background]
        weight = self._weight[self._background]
        alpha, beta, _ = fit_similarities(
            places[None], found[self._background][None], mask[None], weight[None], self._robust
        )
        return complex(alpha[0]), complex(beta[0])

    def _segments(self, steady: ComplexArray, good: BoolArray) -> tuple[ComplexArray, ComplexArray]:
        """(R,) turn and (R,) shift of each region, shift NaN where too few of its points are trusted."""
        mask = self._regions.mask & good[self._regions.rows]
        mask &= (mask.sum(axis=1) >= self._settings.min_points)[:, None]
        target = np.where(mask, steady[self._regions.rows], 0)
        weight = self._weight[self._regions.rows]
        turns, shifts, _ = fit_similarities(self._regions.gather(self._places), target, mask, weight, self._robust)
        return turns, np.where(mask.any(axis=1), shifts, np.nan)

    def _read_skin(
        self, picture: ByteArray, turns: ComplexArray, shifts: ComplexArray, alpha: complex, beta: complex
    ) -> ComplexArray:
        """(F, P) displacement of each patch beyond its region; NaN where it is not seen."""
        skin = np.full((FIELDS, PATCHES), complex(np.nan, np.nan))
        for number, field in self._skin.items():
            turn, shift = (turns[number], shifts[number]) if number < len(REGIONS) else (1 + 0j, 0j)
            if np.isfinite(shift) and np.isfinite(beta):
                moved = field.read(picture, complex(alpha * turn), complex(alpha * shift + beta))
                skin[number, : len(moved)] = moved
        return skin

    def _carried(self, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        """Where the middle of each region would have gone had it only been carried by its parent.

        The parent's turn is taken without its scale, which a limb does not have and noise does.
        """
        turn = turns[PARENTS] / np.abs(turns[PARENTS])
        middle = self.middles[PARENTS]
        moved = turns[PARENTS] * middle + shifts[PARENTS]
        carried = moved + turn * (self.middles - middle) - self.middles
        # a parent that is not seen removes nothing
        return np.where((PARENTS >= 0) & np.isfinite(carried), carried, 0)

    def _move_landmarks(self, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        return np.array([_first_finite(self._legs[i], chain, turns, shifts) for i, chain in _CARRIERS])

    def _camera_px(self, alpha: complex, beta: complex) -> FloatArray:
        moved = alpha * self._middle_of_picture + beta - self._middle_of_picture
        roll_px = np.angle(alpha) * self._middle_of_picture.imag if np.isfinite(moved) else np.nan
        return np.array([moved.real, moved.imag, roll_px])


def _axis(number: int, legs_px: FloatArray, shank_px: float, settings: MotionSettings) -> Axis:
    side, part = SIDES[number // len(PARTS)], PARTS[number % len(PARTS)]
    near, far = (complex(*legs_px[landmark(side, joint)]) for joint in SEGMENT_JOINTS[part])
    half = settings.thigh_half_width_shanks if part == "thigh" else settings.shank_half_width_shanks
    return Axis(near, far, settings.skin_share * half * shank_px)


def _landmark_carriers() -> tuple[tuple[int, tuple[int, ...]], ...]:
    """For each landmark the regions that may carry it, the best first."""
    carriers: dict[int, tuple[int, ...]] = {}
    for number, side in enumerate(SIDES):
        first = number * len(PARTS)
        region = {part: first + order for order, part in enumerate(PARTS)}
        carriers[landmark(side, "hip")] = (region["thigh"],)
        carriers[landmark(side, "knee")] = (region["shank"], region["thigh"])
        carriers[landmark(side, "ankle")] = (region["shank"], region["foot"])
        for joint in ("heel", SEGMENT_JOINTS["foot"][1]):
            carriers[landmark(side, joint)] = (region["foot"], region["shank"])
    return tuple((index, carriers[index]) for index in range(len(LANDMARKS)))


_CARRIERS = _landmark_carriers()


def _first_finite(place: complex, chain: tuple[int, ...], turns: ComplexArray, shifts: ComplexArray) -> complex:
    for number in chain:
        if np.isfinite(shifts[number]):
            return complex(turns[number] * place + shifts[number])
    return place
