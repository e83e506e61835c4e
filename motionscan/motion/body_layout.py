"""The six regions of two legs, placed by a pose."""

import numpy as np

from motionscan.body import LANDMARKS, PARTS, SEGMENT_JOINTS, SIDES, landmark
from motionscan.motion.layout import Layout, Placement, RegionPlan
from motionscan.motion.outline import background_mask, shank_length_px, shown_regions
from motionscan.motion.points import PATCH_GRID, patch_middles
from motionscan.records import BodyPose
from motionscan.settings import MotionSettings


def _plans() -> tuple[RegionPlan, ...]:
    plans: list[RegionPlan] = []
    for side in SIDES:
        for order, part in enumerate(PARTS):
            along, across = PATCH_GRID[part]
            parent = len(plans) - 1 if order else -1
            plans.append(RegionPlan(f"{side}_{part}", side, part, None, along * across, parent))
    return tuple(plans)


def _landmark_carriers() -> tuple[tuple[int, ...], ...]:
    carriers: dict[int, tuple[int, ...]] = {}
    for number, side in enumerate(SIDES):
        first = number * len(PARTS)
        region = {part: first + order for order, part in enumerate(PARTS)}
        carriers[landmark(side, "hip")] = (region["thigh"],)
        carriers[landmark(side, "knee")] = (region["shank"], region["thigh"])
        carriers[landmark(side, "ankle")] = (region["shank"], region["foot"])
        for joint in ("heel", SEGMENT_JOINTS["foot"][1]):
            carriers[landmark(side, joint)] = (region["foot"], region["shank"])
    return tuple(carriers[index] for index in range(len(LANDMARKS)))


BODY_LAYOUT = Layout(_plans(), _landmark_carriers())
"""Proximal to distal on each side, in the order of ``body.REGIONS``."""


def place_body(pose: BodyPose, scale: float, shape: tuple[int, int], settings: MotionSettings) -> Placement | None:
    """Where the legs of a pose lie in a picture of ``shape``; None when no shank is seen.

    Args:
        pose: where the legs are.
        scale: pixels of the picture per pixel of the pose.
        shape: height and width of the picture.
        settings: thresholds.
    """
    legs_px = pose.legs_px * scale
    shank_px = shank_length_px(legs_px)
    if shank_px is None:
        return None
    return Placement(
        outlines=shown_regions(legs_px, pose.visibility, shank_px, settings),
        middles_px=np.array([patch_middles(number, legs_px, shank_px, settings) for number in range(BODY_LAYOUT.size)]),
        landmarks_px=legs_px,
        scale_px=shank_px,
        background=background_mask(pose, scale, shape, shank_px, settings),
    )
