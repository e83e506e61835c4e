"""One reference picture with its points, and what their places in a later picture say of camera and limbs."""

from dataclasses import dataclass, fields

import numpy as np

from motionscan.body import LANDMARKS, PARTS, REGIONS, SEGMENT_JOINTS, SIDES, landmark
from motionscan.motion.points import BACKGROUND, BACKGROUND_CLUSTERS, PATCH_GRID, IntArray, PointSet
from motionscan.motion.similarity import ComplexArray, fit_similarities, to_complex, to_points
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

PATCHES = max(along * across for along, across in PATCH_GRID.values())
CLUSTERS = BACKGROUND_CLUSTERS[0] * BACKGROUND_CLUSTERS[1]
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
    """(R, P) each skin patch beyond its region."""
    background: ComplexArray
    """(C,) patches of background, camera removed."""

    @classmethod
    def filled(cls, value: float) -> "Displacement":
        """All displacements alike: 0 for none, NaN for not measured."""
        regions, patches = len(REGIONS), PATCHES
        shapes = ((regions,), (regions,), (regions, patches), (CLUSTERS,))
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
        self, picture: ByteArray, points: PointSet, legs_px: FloatArray, side_px: int, settings: MotionSettings
    ) -> None:
        self.picture = picture
        self.points_px = points.points_px
        self.side_px = side_px
        self.shank_px = points.shank_px
        self._settings = settings
        self._legs = to_complex(legs_px)
        numbers = to_complex(points.points_px)
        self._members = [np.flatnonzero(points.group == number) for number in range(len(REGIONS) + 1)]
        self._rows = _padded_rows(self._members[:-1])
        self._row_mask = self._rows >= 0
        self._background = self._members[BACKGROUND]
        self._places = np.where(self._row_mask, numbers[self._rows], 0)
        self._background_places = numbers[self._background]
        self._clusters = points.patch[self._background]
        self._patches = np.where(self._row_mask, points.patch[self._rows], 0)
        self.counts = np.append(self._row_mask.sum(axis=1), len(self._background))
        count = np.maximum(self.counts[:-1], 1)
        self.middles = (self._places * self._row_mask).sum(axis=1) / count
        self._middle_of_picture = complex(picture.shape[1] / 2, picture.shape[0] / 2)
        texture = points.texture
        self.fragility = np.where(self._row_mask, 1 / texture[self._rows], 0).sum(axis=1) / count**2
        spread = (np.abs(self._places - self.middles[:, None]) ** 2 * self._row_mask).sum(axis=1) / count
        arms = np.abs(self.middles - self.middles[PARENTS])
        self.lever = np.where(PARENTS >= 0, 1 + arms**2 / np.maximum(spread[PARENTS], 1), 0.0)
        self.patch_counts, self.patch_places, self.patch_fragility = self._patch_statistics(texture)
        self.cluster_fragility = _grouped(1 / texture[self._background], self._clusters, CLUSTERS)
        cluster_counts = np.bincount(self._clusters, minlength=CLUSTERS)
        self.cluster_fragility /= np.maximum(cluster_counts, 1) ** 2

    def _patch_statistics(self, texture: FloatArray) -> tuple[FloatArray, ComplexArray, FloatArray]:
        flat = (np.arange(len(REGIONS))[:, None] * PATCHES + self._patches)[self._row_mask]
        size = len(REGIONS) * PATCHES
        counts = np.bincount(flat, minlength=size).astype(float)
        safe = np.maximum(counts, 1)
        places = self._places[self._row_mask]
        middle = _grouped(places.real, flat, size) / safe + 1j * _grouped(places.imag, flat, size) / safe
        fragility = _grouped(1 / texture[self._rows][self._row_mask], flat, size) / safe**2
        shape = (len(REGIONS), PATCHES)
        return counts.reshape(shape), middle.reshape(shape), fragility.reshape(shape)

    def drop_picture(self) -> None:
        """Free the picture's memory once a newer reference has taken over."""
        self.picture = self.picture[:0]

    def group_median(self, steps_px: FloatArray, good: BoolArray) -> FloatArray:
        """(N, 2) the median step of each point's group among the trusted points; 0 where there are none."""
        shift = np.zeros_like(steps_px)
        for members in self._members:
            trusted = members[good[members]]
            if 0 < len(trusted) < len(members):
                shift[members] = np.median(steps_px[trusted], axis=0)
        return shift

    def read(self, found_px: FloatArray, good: BoolArray) -> Reading:
        """Turn found points, (N, 2) and (N,) trusted, into a reading."""
        found = to_complex(found_px)
        alpha, beta = self._camera(found, good)
        steady = (found - beta) / alpha
        mask = self._row_mask & good[self._rows]
        kept = np.append(mask.sum(axis=1), good[self._background].sum()) / np.maximum(self.counts, 1)
        turns, shifts = self._segments(steady, mask)
        body = turns * self.middles + shifts - self.middles
        target = np.where(mask, steady[self._rows], 0)
        residual = target - turns[:, None] * self._places - shifts[:, None]
        moved = Displacement(
            camera_px=self._camera_px(alpha, beta),
            joint=body - self._carried(turns, shifts),
            body=body,
            skin=self._skin(residual, mask),
            background=self._background_residual(steady, good),
        )
        return Reading(moved, to_points(self._move_landmarks(turns, shifts) * alpha + beta), kept)

    def _camera(self, found: ComplexArray, good: BoolArray) -> tuple[complex, complex]:
        mask = good[self._background]
        if mask.sum() < self._settings.min_background_points:
            return 1 + 0j, complex(np.nan, np.nan)
        alpha, beta, _ = self._fit(self._background_places[None], found[self._background][None], mask[None])
        return complex(alpha[0]), complex(beta[0])

    def _segments(self, steady: ComplexArray, mask: BoolArray) -> tuple[ComplexArray, ComplexArray]:
        enough = mask.sum(axis=1) >= self._settings.min_points
        seen = mask & enough[:, None] & np.isfinite(steady[self._rows])
        turns, shifts, _ = self._fit(self._places, np.where(seen, steady[self._rows], 0), seen)
        return turns, np.where(seen.any(axis=1), shifts, np.nan)

    def _fit(
        self, source: ComplexArray, target: ComplexArray, mask: BoolArray
    ) -> tuple[ComplexArray, ComplexArray, FloatArray]:
        s = self._settings
        return fit_similarities(
            source, target, mask, floor_px=s.fit_floor_px, tuning=s.fit_tuning, steps=s.fit_steps
        )

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

    def _skin(self, residual: ComplexArray, mask: BoolArray) -> ComplexArray:
        usable = mask & np.isfinite(residual)
        flat = (np.arange(len(REGIONS))[:, None] * PATCHES + self._patches)[usable]
        size = len(REGIONS) * PATCHES
        counts = np.bincount(flat, minlength=size)
        values = residual[usable]
        total = _grouped(values.real, flat, size) + 1j * _grouped(values.imag, flat, size)
        skin = np.where(counts >= self._settings.min_patch_points, total / np.maximum(counts, 1), np.nan)
        return skin.reshape(len(REGIONS), PATCHES)

    def _background_residual(self, steady: ComplexArray, good: BoolArray) -> ComplexArray:
        mask = good[self._background] & np.isfinite(steady[self._background])
        values = (steady[self._background] - self._background_places)[mask]
        cells = self._clusters[mask]
        counts = np.bincount(cells, minlength=CLUSTERS)
        total = _grouped(values.real, cells, CLUSTERS) + 1j * _grouped(values.imag, cells, CLUSTERS)
        return np.where(counts >= self._settings.min_patch_points, total / np.maximum(counts, 1), np.nan)

    def _move_landmarks(self, turns: ComplexArray, shifts: ComplexArray) -> ComplexArray:
        return np.array([_first_finite(self._legs[i], chain, turns, shifts) for i, chain in _CARRIERS])

    def _camera_px(self, alpha: complex, beta: complex) -> FloatArray:
        moved = alpha * self._middle_of_picture + beta - self._middle_of_picture
        roll_px = np.angle(alpha) * self._middle_of_picture.imag if np.isfinite(moved) else np.nan
        return np.array([moved.real, moved.imag, roll_px])


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


def _padded_rows(members: list[IntArray]) -> IntArray:
    """(G, longest) indices of the members of each group, -1 where a row is padded."""
    rows = np.full((len(members), max(1, *(len(m) for m in members))), -1, dtype=np.intp)
    for number, indices in enumerate(members):
        rows[number, : len(indices)] = indices
    return rows


def _grouped(values: FloatArray, group: IntArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(group, weights=values, minlength=size), dtype=np.float64)
