"""Regions marked by hand or found by their movement: placed once, then carried along by what was measured."""

from dataclasses import replace

import cv2
import numpy as np

from motionscan.body import LANDMARKS, PARENT
from motionscan.motion.layout import Axis, Layout, MarkedRegion, Placement, RegionPlan
from motionscan.motion.reference import Reading
from motionscan.motion.similarity import to_complex, to_points
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import MotionSettings


def marked_layout(marked: tuple[MarkedRegion, ...], settings: MotionSettings) -> Layout:
    """The layout of marked regions; parts of one leg that are named as such hang on each other."""
    plans = []
    for one in marked:
        grid = _grid(one, settings)
        plans.append(RegionPlan(one.id, one.side, one.part, one.source, grid, one.watch_skin, parent(one, marked)))
    return Layout(tuple(plans), hold_picture=True)


def parent(one: MarkedRegion, marked: tuple[MarkedRegion, ...]) -> int:
    """Index of the region that carries this one, -1 when none of them is known to."""
    above = None if one.part is None else PARENT[one.part]
    carries = [number for number, other in enumerate(marked) if above and (other.side, other.part) == (one.side, above)]
    return carries[0] if carries else -1


def place_marked(
    marked: tuple[MarkedRegion, ...], layout: Layout, scale: float, shape: tuple[int, int], settings: MotionSettings
) -> Placement:
    """Where marked regions lie in the first picture; ``scale`` is its pixels per pixel of the marks."""
    outlines = {number: one.outline_px * scale for number, one in enumerate(marked)}
    axes = tuple(_scaled(_axis(one), scale) for one in marked)
    unit_px = max(one.unit_px for one in marked) * scale
    background = _background(outlines, shape, settings.mark_margin_units * unit_px)
    return Placement(outlines, axes, np.full((len(LANDMARKS), 2), np.nan), unit_px, background)


def _axis(one: MarkedRegion) -> Axis:
    """Along the longer side of the box round a region."""
    low, high = to_complex(one.outline_px.min(axis=0)[None])[0], to_complex(one.outline_px.max(axis=0)[None])[0]
    size, middle = high - low, (low + high) / 2
    if size.real >= size.imag:
        return Axis(middle - size.real / 2, middle + size.real / 2, size.imag / 2)
    return Axis(middle - 0.5j * size.imag, middle + 0.5j * size.imag, size.real / 2)


def _scaled(axis: Axis, scale: float) -> Axis:
    return Axis(axis.near * scale, axis.far * scale, axis.half_width_px * scale)


def _grid(one: MarkedRegion, settings: MotionSettings) -> tuple[int, int]:
    """Patches of skin along and across a region, evenly over its box."""
    if not one.watch_skin:
        return 1, 1
    axis = _axis(one)
    sizes = np.array([abs(axis.far - axis.near), 2 * axis.half_width_px])
    along, across = np.clip(np.ceil(sizes / (settings.mark_pitch_units * one.unit_px)), 1, settings.mark_patches)
    return int(along), int(across)


def _background(outlines: dict[int, FloatArray], shape: tuple[int, int], margin_px: float) -> ByteArray:
    mask = np.zeros(shape, np.uint8)
    for outline in outlines.values():
        cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 255)
    reach = 2 * round(margin_px) + 1
    return np.asarray(255 - cv2.dilate(mask, np.ones((reach, reach), np.uint8)), dtype=np.uint8)


def carried(placement: Placement, reading: Reading) -> Placement:
    """A placement where its regions have got to; one that was not found again went with the camera.

    The turn is taken without its scale: over many references it would grow or shrink a region.
    """
    outlines, axes = {}, list(placement.axes)
    for number, outline in placement.outlines.items():
        turn, shift = reading.turns[number], reading.shifts[number]
        if not np.isfinite(shift):
            turn, shift = reading.camera
        if not np.isfinite(shift):
            turn, shift = 1 + 0j, 0j
        centre = to_complex(outline).mean()
        moved, rigid = turn * centre + shift, turn / abs(turn)
        outlines[number] = to_points(moved + rigid * (to_complex(outline) - centre))
        axis = placement.axes[number]
        if axis is not None:
            near, far = (moved + rigid * (end - centre) for end in (axis.near, axis.far))
            axes[number] = Axis(near, far, axis.half_width_px)
    return replace(placement, outlines=outlines, axes=tuple(axes))


def within(placement: Placement, shape: tuple[int, int], settings: MotionSettings) -> Placement:
    """A placement that knows which regions have left the picture, and what is background now."""
    height, width = shape
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    outside = []
    for number, outline in placement.outlines.items():
        shared, _ = cv2.intersectConvexConvex(outline.astype(np.float32), frame)
        if shared < settings.mark_inside * cv2.contourArea(outline.astype(np.float32)):
            outside.append(number)
    margin_px = settings.mark_margin_units * placement.scale_px
    background = _background(placement.outlines, shape, margin_px)
    return replace(placement, outside=tuple(outside), background=background)
