"""Which points to follow: the best textured pixel of each square of a region, and of the background."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.motion.grouping import IntArray
from motionscan.motion.layout import Layout, Placement
from motionscan.motion.outline import region_labels
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import MotionSettings


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """Points of one reference picture, all groups one after another; N points."""

    points_px: FloatArray
    """(N, 2)"""
    texture: FloatArray
    """(N,) least eigenvalue of the structure tensor."""
    group: IntArray
    """(N,) index into the layout's regions; their number is the background."""
    cluster: IntArray
    """(N,) patch of background that a background point belongs to, -1 for the others."""


BACKGROUND_CLUSTERS = (4, 3)
"""Columns and rows of the patches of background whose noise is watched."""


def choose_points(
    picture: ByteArray, placement: Placement, layout: Layout, window_px: int, settings: MotionSettings
) -> PointSet:
    """Choose the points to follow from a reference picture.

    Args:
        picture: (h, w) uint8, as it is tracked.
        placement: where the regions lie in it.
        layout: the regions.
        window_px: side of the tracked window; points nearer to the picture's edge are not taken.
        settings: thresholds.
    """
    height, width = picture.shape
    texture = cv2.cornerMinEigenVal(picture, max(3, window_px // 2 | 1))
    margin = window_px // 2 + 1
    inside = np.zeros(picture.shape, np.uint8)
    inside[margin : height - margin, margin : width - margin] = 1
    labels = region_labels(placement.outlines, (height, width))
    legs = _region_points(texture * inside, labels, layout.size, placement.scale_px, settings)
    background = _background_points(texture * (inside & (placement.background > 0)), layout.size, settings)
    points, strength, group, cluster = (np.concatenate(parts) for parts in zip(*legs, background, strict=True))
    return PointSet(points, strength, group, cluster)


def _region_points(
    texture: NDArray[np.float32],
    labels: NDArray[np.uint8],
    regions: int,
    shank_px: float,
    settings: MotionSettings,
) -> list[tuple[FloatArray, FloatArray, IntArray, IntArray]]:
    closest = max(settings.spacing_min_px, settings.spacing_shanks * shank_px)
    found = []
    for number in range(regions):
        mine = (labels == number).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(mine)
        area = np.where(mine[y : y + h, x : x + w] > 0, texture[y : y + h, x : x + w], 0)
        # a large part gets as many points as a small one, but everywhere on it
        spacing = max(closest, float(np.sqrt(cv2.countNonZero(mine) / settings.region_points)))
        points, strength = best_of_cells(area, spacing, settings)
        points += np.array([x, y], dtype=np.float64)
        strongest = np.sort(np.argsort(-strength, kind="stable")[: settings.region_points])
        points, strength = points[strongest], strength[strongest]
        group = np.full(len(points), number, dtype=np.intp)
        found.append((points, strength, group, np.full(len(points), -1, dtype=np.intp)))
    return found


def _background_points(
    texture: NDArray[np.float32], label: int, settings: MotionSettings
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    height, width = texture.shape
    spacing = max(width / settings.background_columns, height / settings.background_rows, settings.spacing_min_px)
    points, strength = best_of_cells(texture, spacing, settings)
    columns, rows = BACKGROUND_CLUSTERS
    cell = (points[:, 1] * rows // height) * columns + points[:, 0] * columns // width
    return points, strength, np.full(len(points), label, dtype=np.intp), cell.astype(np.intp)


def best_of_cells(
    texture: NDArray[np.float32], spacing_px: float, settings: MotionSettings, weak: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """The strongest pixel of each square cell, where it is strong enough: (n, 2) and (n,).

    ``weak`` is the least share of the median strength, ``settings.weak_texture`` when None.
    """
    weak = settings.weak_texture if weak is None else weak
    side = max(1, round(spacing_px))
    rows, columns = -(-texture.shape[0] // side), -(-texture.shape[1] // side)
    if rows == 0 or columns == 0:
        return np.empty((0, 2)), np.empty(0)
    padded = np.zeros((rows * side, columns * side), np.float32)
    padded[: texture.shape[0], : texture.shape[1]] = texture
    cells = padded.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows, columns, side * side)
    best = cells.argmax(axis=-1)
    strength = np.take_along_axis(cells, best[..., None], axis=-1)[..., 0].astype(np.float64)
    points = np.stack(
        [best % side + np.arange(columns) * side, best // side + np.arange(rows)[:, None] * side], axis=-1
    )
    keep = strength > settings.min_texture
    if keep.any():
        # a point much weaker than the others jitters for all of them
        keep &= strength > weak * np.median(strength[keep])
    return points[keep].astype(np.float64), strength[keep]


def as_many_of_each(groups: Sequence[IntArray], texture: FloatArray, least: int) -> IntArray:
    """Points of all groups, the best textured of each, so that a foot full of texture is no more than a thigh.

    Groups of fewer than ``least`` points are left out.
    """
    enough = [members for members in groups if len(members) >= least]
    count = min((len(members) for members in enough), default=0)
    best = [members[np.argsort(-texture[members], kind="stable")[:count]] for members in enough]
    return np.sort(np.concatenate(best)) if best else np.empty(0, dtype=np.intp)


def without_some(
    picked: IntArray, group: IntArray, together: Sequence[tuple[int, ...]], most_share: float
) -> list[IntArray]:
    """The points left when some groups move by themselves: one of them, or several that move together.

    Args:
        picked: points that count.
        group: (N,) of every point.
        together: groups that may move by themselves.
        most_share: of the groups that have points, which several together may be; of what is left after more, as of a
            single leg without its shank and foot, one cannot say that it is still.
    """
    there = group[picked]
    present = np.unique(there)
    left_out = [np.intersect1d(some, present) for some in together]
    few = (some for some in left_out if len(some) == 1 or 0 < len(some) <= most_share * len(present))
    return [picked[~np.isin(there, some)] for some in few]
