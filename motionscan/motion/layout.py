"""Which regions a tracker follows, and where they lie in a reference picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from motionscan.body import Part, Side, Source
from motionscan.motion.grouping import IntArray
from motionscan.records import BoolArray, ByteArray, FloatArray


class Axis(NamedTuple):
    """Where a part lies in a picture: from end to end along its middle; complex numbers are x + iy in pixels."""

    near: complex
    far: complex
    half_width_px: float


@dataclass(frozen=True, slots=True, eq=False)
class MarkedRegion:
    """A region that was marked by hand or found by its movement, as it lies in the first picture."""

    id: str
    side: Side | None
    part: Part | None
    source: Source
    outline_px: FloatArray
    """(n, 2) convex outline in the upright picture, n at least 3."""
    unit_px: float
    """Length that stands in for the shank where thresholds are relative to it."""
    watch_skin: bool = True
    """Patches of skin on it are watched too; pointless where the region itself is what moves."""


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """One region: what it is called and what it hangs on."""

    id: str
    side: Side | None
    part: Part | None
    source: Source | None
    """None for regions that follow a pose: the pose says where it came from."""
    grid: tuple[int, int]
    """Patches of skin along and across it."""
    watch_skin: bool = True
    """Whether these are measured."""
    parent: int = -1
    """Index of the region that carries it, -1 for none."""

    @property
    def patches(self) -> int:
        """How many patches of skin there are on it."""
        return self.grid[0] * self.grid[1]


@dataclass(frozen=True, eq=False)
class Layout:
    """The R regions of one tracker, the same for all its reference pictures."""

    regions: tuple[RegionPlan, ...]
    carriers: tuple[tuple[int, ...], ...] = ()
    """For each of ``body.LANDMARKS`` the regions that may carry it, the best first; empty without landmarks."""
    hold_picture: bool = False
    """Where there is no background, measure against the picture itself instead of nothing."""

    @property
    def size(self) -> int:
        """R; also the label of the background among the groups of points."""
        return len(self.regions)

    @cached_property
    def parents(self) -> IntArray:
        """(R,) index of the region that carries each region, -1 for none."""
        return np.array([plan.parent for plan in self.regions], dtype=np.intp)

    @cached_property
    def moving_together(self) -> tuple[tuple[int, ...], ...]:
        """What may move by itself: each region and the background alone, and each region with all that it carries."""
        alone = [(number,) for number in range(self.size + 1)]
        carrying = [tuple(n for n in range(self.size) if root in self._way_up(n)) for root in range(self.size)]
        return tuple(dict.fromkeys([*alone, *carrying]))

    def _way_up(self, number: int) -> tuple[int, ...]:
        parent = self.regions[number].parent
        return (number,) if parent < 0 else (number, *self._way_up(parent))

    @cached_property
    def patches(self) -> int:
        """The most patches that a region has; rows of patches are padded to it."""
        return max(plan.patches for plan in self.regions)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where a layout lies in one picture, in pixels as they are tracked."""

    outlines: dict[int, FloatArray]
    """(n, 2) convex outline of each region that can be followed, by its index; later ones lie on top."""
    axes: tuple[Axis | None, ...]
    """Along each of the R regions; None for regions that are not seen."""
    landmarks_px: FloatArray
    """(10, 2) leg landmarks, NaN where unknown."""
    scale_px: float
    """The length that the settings call a shank."""
    background: ByteArray
    """(h, w) 255 where neither a person nor a region is, 0 elsewhere."""
    outside: tuple[int, ...] = ()
    """Regions that lie outside the picture, and may come back."""

    @property
    def seen(self) -> BoolArray:
        """(R,) which regions the picture shows."""
        return np.array([n in self.outlines and n not in self.outside for n in range(len(self.axes))])


def lattice_px(axis: Axis, grid: tuple[int, int]) -> FloatArray:
    """(P, 2) middles of the patches of a grid that lies along an axis; across is the inner index."""
    along, across = ((np.arange(count) + 0.5) / count for count in grid)
    run = axis.far - axis.near
    aside = 1j * run / abs(run) * axis.half_width_px
    places = (axis.near + along[:, None] * run + (2 * across - 1) * aside).ravel()
    return np.stack([places.real, places.imag], axis=1)


def first_lattice_px(axes: Sequence[tuple[Axis | None, ...]], region: int, grid: tuple[int, int]) -> FloatArray:
    """(P, 2) the same in the first of several placements, by their axes, that shows a region; NaN where none does."""
    axis = next((one[region] for one in axes if one[region] is not None), None)
    return np.full((grid[0] * grid[1], 2), np.nan) if axis is None else lattice_px(axis, grid)
