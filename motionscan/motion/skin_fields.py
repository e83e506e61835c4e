"""The skin of all regions of a layout, and strips of background to compare it with."""

from typing import Final

import numpy as np

from motionscan.motion.layout import Axis, Layout, Placement
from motionscan.motion.outline import region_labels
from motionscan.motion.similarity import ComplexArray
from motionscan.motion.skin import SkinField
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import MotionSettings

STRIPS: Final = 4
"""Strips of background whose patches tell what still skin would show."""
STRIP_GRID: Final = (6, 3)


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
        settings: MotionSettings,
    ) -> None:
        """Cut regions and strips out of a reference picture.

        Args:
            picture: (h, w) uint8, as it is tracked.
            placement: where the regions lie.
            layout: the regions.
            places: where background is best seen, the best first.
            settings: thresholds.
        """
        self._regions = layout.size
        labels = region_labels(placement.outlines, (picture.shape[0], picture.shape[1]))
        size_px = placement.scale_px
        self._fields = {
            number: SkinField(picture, (labels == number).astype(np.uint8), axis, plan.grid, size_px, settings)
            for number, (plan, axis) in enumerate(zip(layout.regions, placement.axes, strict=True))
            if axis is not None and plan.watch_skin and number in placement.outlines
        }
        half_px = settings.skin_width_share * settings.shank_half_width_shanks * size_px
        for number, at in enumerate(places[:STRIPS], start=layout.size):
            axis = Axis(at - size_px / 4, at + size_px / 4, half_px)
            self._fields[number] = SkinField(picture, placement.background, axis, STRIP_GRID, size_px, settings)
        self.variance: FloatArray = np.full((field_count(layout), patch_count(layout)), np.nan)
        for number, field in self._fields.items():
            self.variance[number, : len(field.middles)] = field.variance

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
        for number, field in self._fields.items():
            if number >= self._regions and not with_strips:
                continue
            turn, shift = (turns[number], shifts[number]) if number < self._regions else camera
            if np.isfinite(shift):
                patches = field.read(picture, complex(turn), complex(shift))
                moved[number, : len(patches)] = patches
        return moved


def field_count(layout: Layout) -> int:
    """F, regions and strips."""
    return layout.size + STRIPS


def patch_count(layout: Layout) -> int:
    """P, the most patches that a region or a strip has."""
    return max(layout.patches, STRIP_GRID[0] * STRIP_GRID[1])
