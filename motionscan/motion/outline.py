"""Where each leg region and the background lie in one picture, from the landmarks."""

from collections.abc import Collection
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from motionscan.body import PARTS, SEGMENT_JOINTS, SIDES, Part, Side, landmark
from motionscan.records import BodyPose, ByteArray, FloatArray
from motionscan.settings import MotionSettings

OUTSIDE: Final = 255
"""Label of pixels that belong to no region."""


def shank_length_px(legs_px: FloatArray) -> float | None:
    """Length of the longer shank in the picture, the unit of all other lengths; None when no shank is seen."""
    lengths = [float(np.hypot(*(legs_px[landmark(side, "ankle")] - legs_px[landmark(side, "knee")]))) for side in SIDES]
    seen = [length for length in lengths if np.isfinite(length) and length > 0]
    return max(seen) if seen else None


def region_polygon(
    legs_px: FloatArray, side: Side, part: Part, shank_px: float, settings: MotionSettings
) -> FloatArray | None:
    """(n, 2) outline of one region, or None when its landmarks are not seen."""
    if part == "foot":
        points = legs_px[[landmark(side, joint) for joint in ("ankle", "heel", "toe")]]
        return grown_hull(points, settings.foot_margin_shanks * shank_px) if np.isfinite(points).all() else None
    half = settings.thigh_half_width_shanks if part == "thigh" else settings.shank_half_width_shanks
    near, far = (legs_px[landmark(side, joint)] for joint in SEGMENT_JOINTS[part])
    along = far - near
    length = np.hypot(*along)
    if not np.isfinite(length) or length == 0:
        return None
    across = np.array([-along[1], along[0]]) / length * half * shank_px
    return np.array([near + across, far + across, far - across, near - across])


def shown_regions(
    legs_px: FloatArray,
    visibility: FloatArray,
    shank_px: float,
    settings: MotionSettings,
    followed: Collection[int] = (),
    before: Collection[int] = (),
) -> dict[int, FloatArray]:
    """Outline (n, 2) of each region that can be followed, by its index into ``body.REGIONS``, the best seen last.

    Where the two legs lie on each other in the picture, only one is there to follow, the one that was shown
    ``before`` or the better seen one: what would be measured on the other is this one's movement. Regions that are
    ``followed`` well already were seen apart from each other, and stay.
    """
    seen = np.nan_to_num(visibility).reshape(len(SIDES), -1).mean(axis=1)
    shown: dict[int, FloatArray] = {}
    for order, part in enumerate(PARTS):
        regions = [number * len(PARTS) + order for number in range(len(SIDES))]
        regions.sort(key=lambda region: (region in followed, region in before, float(seen[region // len(PARTS)])))
        outlines = [
            region_polygon(legs_px, SIDES[region // len(PARTS)], part, shank_px, settings) for region in regions
        ]
        on_each_other = _overlap(*outlines) > settings.hidden_overlap
        hidden = on_each_other and regions[0] not in followed
        there = list(zip(regions, outlines, strict=True))[int(hidden) :]
        shown |= {region: outline for region, outline in there if outline is not None}
    return shown


def _overlap(first: FloatArray | None, second: FloatArray | None) -> float:
    """Share of the smaller of two convex outlines that lies on the other; 0 where one is not there."""
    if first is None or second is None:
        return 0.0
    shared, _ = cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))
    smaller = min(cv2.contourArea(outline.astype(np.float32)) for outline in (first, second))
    return shared / smaller if smaller > 0 else 0.0


def region_labels(shown: dict[int, FloatArray], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """(h, w) index of the region of each pixel, ``OUTSIDE`` elsewhere; later outlines lie on top."""
    labels = np.full(shape, OUTSIDE, np.uint8)
    for number, outline in shown.items():
        cv2.fillConvexPoly(labels, np.round(outline).astype(np.int32), number)
    return labels


def background_mask(
    pose: BodyPose, scale: float, shape: tuple[int, int], shank_px: float, settings: MotionSettings
) -> ByteArray:
    """(h, w) 255 where no person is, 0 on and near people."""
    mask = np.full(shape, 255, np.uint8)
    margin = settings.body_margin_shanks * shank_px
    for body_px in (pose.body_px, *pose.others_px):
        points = body_px[np.isfinite(body_px).all(axis=1)] * scale
        if len(points):
            hull = grown_hull(points, margin)
            cv2.fillConvexPoly(mask, np.round(hull).astype(np.int32), 0)
    return mask


def grown_hull(points_px: FloatArray, margin_px: float) -> FloatArray:
    """(n, 2) convex outline that lies ``margin_px`` around the (m, 2) points."""
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = margin_px * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    grown = (points_px[:, None] + ring).reshape(-1, 2).astype(np.float32)
    return cv2.convexHull(grown)[:, 0].astype(np.float64)
