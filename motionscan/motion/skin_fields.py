"""The skin of all regions of a layout, and strips of background to compare it with."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from motionscan.motion.layout import Axis, Layout, Placement, lattice_px
from motionscan.motion.outline import region_labels
from motionscan.motion.similarity import ComplexArray, to_complex
from motionscan.motion.skin import SkinField
from motionscan.records import BoolArray, ByteArray, FloatArray
from motionscan.settings import MotionSettings

STRIPS: Final = 4
"""Strips of background whose patches tell what still skin would show."""
STRIP_GRID: Final = (6, 3)


class CarriedField(NamedTuple):
    """The skin of a region, and how ``z -> turn * z + shift`` takes it from its own picture to a reference picture."""

    field: SkinField
    turn: complex = 1 + 0j
    shift: complex = 0j

    def near(self, axis: Axis, grid: tuple[int, int], reach_px: float) -> bool:
        """Whether its patches lie where they would be laid anew."""
        here = self.turn * self.field.middles + self.shift
        return bool((np.abs(here - to_complex(lattice_px(axis, grid))) <= reach_px).all())

    def after(self, turn: complex, shift: complex) -> "CarriedField":
        """The same field in a picture to which the reference picture is taken in that way."""
        return CarriedField(self.field, turn * self.turn, turn * self.shift + shift)


class SkinFields:
    """Skin fields of one reference picture; F of them: the R regions of the layout, then the strips.

    Attributes:
        variance: (F, P) of each patch, as ``SkinField.variance``; NaN where nothing is measured.
    """

    def __init__(
        self,
        picture: ByteArray,
        placement: Placement,
        layout: Layout,
        places: list[complex],
        before: Mapping[int, CarriedField],
        settings: MotionSettings,
    ) -> None:
        """Cut regions and strips out of a reference picture.

        Args:
            picture: (h, w) uint8, as it is tracked.
            placement: where the regions lie.
            layout: the regions.
            places: where background is best seen, the best first.
            before: the skin of regions that were followed until this picture. It is kept where its patches lie near
                enough to where they would be laid anew: a muscle that twitches again does so in the same patch.
            settings: thresholds.
        """
        self._regions = layout.size
        labels = region_labels(placement.outlines, (picture.shape[0], picture.shape[1]))
        size_px = placement.scale_px
        self._fields: dict[int, CarriedField] = {}
        for number, (plan, axis) in enumerate(zip(layout.regions, placement.axes, strict=True)):
            if axis is None or not plan.watch_skin or number not in placement.outlines:
                continue
            kept = before.get(number)
            if kept is None or not kept.near(axis, plan.grid, settings.settle_shanks * size_px):
                mine = (labels == number).astype(np.uint8)
                kept = CarriedField(SkinField(picture, mine, axis, plan.grid, size_px, settings))
            self._fields[number] = kept
        half_px = settings.skin_width_share * settings.shank_half_width_shanks * size_px
        for number, at in enumerate(places[:STRIPS], start=layout.size):
            axis = Axis(at - size_px / 4, at + size_px / 4, half_px)
            strip = SkinField(picture, placement.background, axis, STRIP_GRID, size_px, settings)
            self._fields[number] = CarriedField(strip)
        self.variance: FloatArray = np.full((field_count(layout), patch_count(layout)), np.nan)
        for number, laid in self._fields.items():
            self.variance[number, : len(laid.field.middles)] = laid.field.variance

    def carried(self, turns: ComplexArray, shifts: ComplexArray, followed: BoolArray) -> dict[int, CarriedField]:
        """The skin of the regions, (R,) ``followed`` by turns and shifts as in ``read``, as it lies there."""
        return {
            number: laid.after(complex(turns[number]), complex(shifts[number]))
            for number, laid in self._fields.items()
            if number < self._regions and followed[number] and np.isfinite(shifts[number])
        }

    def read(
        self,
        picture: ByteArray,
        turns: ComplexArray,
        shifts: ComplexArray,
        camera: tuple[complex, complex],
        with_strips: bool,
    ) -> ComplexArray:
        """(F, P) displacement of each patch beyond its region, of the strips beyond the camera; NaN where not seen.

        Args:
            picture: (h, w) uint8.
            turns: (R,) and
            shifts: (R,) ``z -> turns * z + shifts`` takes a region from the reference to the picture.
            camera: turn and shift of the background in the same way.
            with_strips: whether the strips are measured too; they tell the noise, which takes fewer pictures.
        """
        moved = np.full(self.variance.shape, complex(np.nan, np.nan))
        for number, laid in self._fields.items():
            if number >= self._regions and not with_strips:
                continue
            turn, shift = (turns[number], shifts[number]) if number < self._regions else camera
            if np.isfinite(shift):
                field, *there = laid.after(complex(turn), complex(shift))
                patches = field.read(picture, *there)
                moved[number, : len(patches)] = patches
        return moved


def field_count(layout: Layout) -> int:
    """F, regions and strips."""
    return layout.size + STRIPS


def patch_count(layout: Layout) -> int:
    """P, the most patches that a region or a strip has."""
    return max(layout.patches, STRIP_GRID[0] * STRIP_GRID[1])
