"""Regions marked by hand or found by their movement: placed once, then carried along by what was measured."""

from dataclasses import replace

import cv2
import numpy as np

from motionscan.body import LANDMARKS, PARENT
from motionscan.motion.layout import Layout, MarkedRegion, Placement, RegionPlan
from motionscan.motion.reference import Reading
from motionscan.motion.similarity import to_complex, to_points
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import MotionSettings


def marked_layout(marked: tuple[MarkedRegion, ...], settings: MotionSettings) -> Layout:
    """The layout of marked regions; parts of one leg that are named as such hang on each other."""
    plans = []
    for one in marked:
        patches = len(_lattice(one, settings))
        plans.append(RegionPlan(one.id, one.side, one.part, one.source, patches, parent(one, marked)))
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
    middles = np.full((layout.size, layout.patches, 2), np.nan)
    for number, one in enumerate(marked):
        lattice = _lattice(one, settings) * scale
        middles[number, : len(lattice)] = lattice
    unit_px = max(one.unit_px for one in marked) * scale
    background = _background(outlines, shape, settings.mark_margin_units * unit_px)
    return Placement(outlines, middles, np.full((len(LANDMARKS), 2), np.nan), unit_px, background)


def _lattice(one: MarkedRegion, settings: MotionSettings) -> FloatArray:
    """(p, 2) middles of patches of skin, evenly over the box of a region."""
    low, high = one.outline_px.min(axis=0), one.outline_px.max(axis=0)
    if not one.watch_skin:
        return np.asarray((low + high)[None] / 2)
    wanted = np.ceil((high - low) / (settings.mark_pitch_units * one.unit_px))
    columns, rows = np.clip(wanted, 1, settings.mark_patches).astype(int)
    across, down = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return np.asarray(low + grid * (high - low))


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
    outlines, middles = {}, placement.middles_px.copy()
    for number, outline in placement.outlines.items():
        turn, shift = reading.turns[number], reading.shifts[number]
        if not np.isfinite(shift):
            turn, shift = reading.camera
        if not np.isfinite(shift):
            turn, shift = 1 + 0j, 0j
        centre = to_complex(outline).mean()
        moved, rigid = turn * centre + shift, turn / abs(turn)
        outlines[number] = to_points(moved + rigid * (to_complex(outline) - centre))
        middles[number] = to_points(moved + rigid * (to_complex(placement.middles_px[number]) - centre))
    return replace(placement, outlines=outlines, middles_px=middles)


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
