"""The six regions of two legs, placed by a pose."""

from collections.abc import Collection
from typing import Final

import numpy as np

from motionscan.body import LANDMARKS, PARTS, SEGMENT_JOINTS, SIDES, Part, Side, landmark
from motionscan.motion.layout import Axis, Layout, Placement, RegionPlan
from motionscan.motion.outline import background_mask, shank_length_px, shown_regions
from motionscan.records import BodyPose, FloatArray
from motionscan.settings import MotionSettings

PATCH_GRID: Final[dict[Part, tuple[int, int]]] = {"thigh": (12, 3), "shank": (12, 3), "foot": (6, 3)}
"""Skin patches along and across each part; neighbours overlap, so that a twitch fills one wherever it is."""


def _plans() -> tuple[RegionPlan, ...]:
    plans: list[RegionPlan] = []
    for side in SIDES:
        for order, part in enumerate(PARTS):
            parent = len(plans) - 1 if order else -1
            plans.append(RegionPlan(f"{side}_{part}", side, part, None, PATCH_GRID[part], parent=parent))
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


def place_body(
    pose: BodyPose,
    scale: float,
    shape: tuple[int, int],
    settings: MotionSettings,
    followed: Collection[int] = (),
    before: Collection[int] = (),
) -> Placement | None:
    """Where the legs of a pose lie in a picture of ``shape``; None when no shank is seen.

    Args:
        pose: where the legs are.
        scale: pixels of the picture per pixel of the pose.
        shape: height and width of the picture.
        settings: thresholds.
        followed: regions that are followed already, by their index; the other leg does not take their place.
        before: regions that the reference picture before shows; where the legs lie on each other, these stay.
    """
    legs_px = pose.legs_px * scale
    shank_px = shank_length_px(legs_px)
    if shank_px is None:
        return None
    return Placement(
        outlines=shown_regions(legs_px, pose.visibility, shank_px, settings, followed, before),
        axes=tuple(_axis(plan.side, plan.part, legs_px, shank_px, settings) for plan in BODY_LAYOUT.regions),
        landmarks_px=legs_px,
        scale_px=shank_px,
        background=background_mask(pose, scale, shape, shank_px, settings),
    )


def _axis(
    side: Side | None, part: Part | None, legs_px: FloatArray, shank_px: float, settings: MotionSettings
) -> Axis | None:
    """From the joint about which a part turns to its far end; None when one of them is not seen."""
    if side is None or part is None:
        return None
    near, far = (complex(*legs_px[landmark(side, joint)]) for joint in SEGMENT_JOINTS[part])
    half = settings.thigh_half_width_shanks if part == "thigh" else settings.shank_half_width_shanks
    if near == far or not np.isfinite(near - far):
        return None
    return Axis(near, far, settings.skin_width_share * half * shank_px)
