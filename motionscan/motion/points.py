"""Which points to follow: the best textured pixel of each square of a region, and of the background."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.body import REGIONS
from motionscan.motion.grouping import IntArray
from motionscan.motion.outline import OUTSIDE, background_mask, region_labels, shank_length_px, shown_regions
from motionscan.records import BodyPose, ByteArray, FloatArray
from motionscan.settings import MotionSettings


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """Points of one reference picture, all groups one after another; N points."""

    points_px: FloatArray
    """(N, 2)"""
    texture: FloatArray
    """(N,) least eigenvalue of the structure tensor."""
    group: IntArray
    """(N,) index into ``body.REGIONS``; ``len(REGIONS)`` is the background."""
    cluster: IntArray
    """(N,) patch of background that a background point belongs to, -1 for the others."""
    labels: NDArray[np.uint8]
    """(h, w) index into ``body.REGIONS`` of each pixel, ``BACKGROUND`` far from people, ``OUTSIDE`` elsewhere."""
    shank_px: float


BACKGROUND = len(REGIONS)
BACKGROUND_CLUSTERS = (4, 3)
"""Columns and rows of the patches of background whose noise is watched."""


def choose_points(
    picture: ByteArray, pose: BodyPose, scale: float, window_px: int, settings: MotionSettings
) -> PointSet:
    """Choose the points to follow from a reference picture.

    Args:
        picture: (h, w) uint8, as it is tracked.
        pose: where the legs are; at least one shank is seen.
        scale: pixels of ``picture`` per pixel of the pose.
        window_px: side of the tracked window; points nearer to the picture's edge are not taken.
        settings: thresholds.
    """
    legs_px = pose.legs_px * scale
    shank_px = shank_length_px(legs_px)
    if shank_px is None:
        raise ValueError("a reference picture needs a pose with a shank")
    height, width = picture.shape
    texture = cv2.cornerMinEigenVal(picture, max(3, window_px // 2 | 1))
    margin = window_px // 2 + 1
    inside = np.zeros(picture.shape, np.uint8)
    inside[margin : height - margin, margin : width - margin] = 1
    shown = shown_regions(legs_px, pose.visibility, shank_px, settings)
    labels = region_labels(shown, (height, width))
    legs = _region_points(texture * inside, labels, shank_px, settings)
    away = background_mask(pose, scale, (height, width), shank_px, settings)
    background = _background_points(texture * (inside & (away > 0)), settings)
    labels[(labels == OUTSIDE) & (away > 0)] = BACKGROUND
    points, strength, group, cluster = (np.concatenate(parts) for parts in zip(*legs, background, strict=True))
    return PointSet(points, strength, group, cluster, labels, shank_px)


def _region_points(
    texture: NDArray[np.float32],
    labels: NDArray[np.uint8],
    shank_px: float,
    settings: MotionSettings,
) -> list[tuple[FloatArray, FloatArray, IntArray, IntArray]]:
    closest = max(settings.spacing_min_px, settings.spacing_shanks * shank_px)
    found = []
    for number in range(len(REGIONS)):
        mine = (labels == number).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(mine)
        area = np.where(mine[y : y + h, x : x + w] > 0, texture[y : y + h, x : x + w], 0)
        # a large part gets as many points as a small one, but everywhere on it
        spacing = max(closest, float(np.sqrt(cv2.countNonZero(mine) / settings.region_points)))
        points, strength = _best_of_cells(area, spacing, settings)
        points += np.array([x, y], dtype=np.float64)
        strongest = np.sort(np.argsort(-strength, kind="stable")[: settings.region_points])
        points, strength = points[strongest], strength[strongest]
        group = np.full(len(points), number, dtype=np.intp)
        found.append((points, strength, group, np.full(len(points), -1, dtype=np.intp)))
    return found


def _background_points(
    texture: NDArray[np.float32], settings: MotionSettings
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    height, width = texture.shape
    spacing = max(width / settings.background_columns, height / settings.background_rows, settings.spacing_min_px)
    points, strength = _best_of_cells(texture, spacing, settings)
    columns, rows = BACKGROUND_CLUSTERS
    cell = (points[:, 1] * rows // height) * columns + points[:, 0] * columns // width
    return points, strength, np.full(len(points), BACKGROUND, dtype=np.intp), cell.astype(np.intp)


def _best_of_cells(
    texture: NDArray[np.float32], spacing_px: float, settings: MotionSettings
) -> tuple[FloatArray, FloatArray]:
    """The strongest pixel of each square cell, where it is strong enough: (n, 2) and (n,)."""
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
        keep &= strength > settings.weak_texture * np.median(strength[keep])
    return points[keep].astype(np.float64), strength[keep]
