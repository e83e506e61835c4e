"""Where the joints rest in each view, how a movement displaces them, and what that does to each part.

The figure is drawn on a stage of 1080 units height; x runs from the middle of the picture, y from its top.
Parts follow their joints: each is mapped by turning and stretching it along its axis, so that a foreshortened
foot can rise towards the camera.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from motionscan.body import LANDMARKS, PARTS, SEGMENT_JOINTS, SIDES, Part, Side
from motionscan.simulate.scenario import Person, Scenario

FloatArray = NDArray[np.float64]
Joints = dict[str, FloatArray]
Points = dict[str, tuple[float, float]]

STAGE_HEIGHT = 1080.0
STAGE_WIDTH = {"chair_front": 760.0, "chair_side": 860.0, "bed": 1560.0}

# right half of a person who faces the camera (the right side is on the picture's left), in stage units
_FRONT: Final[Points] = {
    "head": (0, 146),
    "neck": (0, 250),
    "shoulder": (-112, 290),
    "elbow": (-172, 450),
    "wrist": (-112, 590),
    "hip": (-66, 585),
    "knee": (-118, 700),
    "ankle": (-122, 925),
    "heel": (-120, 952),
    "toe": (-148, 1010),
}
# a person who faces the picture's right; the camera stands above the knees, so the far foot lies
# higher in the picture; nearer together, MediaPipe takes the far leg for the near one
_SIDE: Final[Points] = {
    "head": (-128, 168),
    "neck": (-150, 262),
    "shoulder": (-158, 318),
    "elbow": (-150, 480),
    "wrist": (-10, 560),
    "hip": (-140, 612),
    "knee": (105, 628),
    "ankle": (123, 880),
    "heel": (89, 925),
    "toe": (237, 928),
}
_FAR: Final[Points] = {"knee": (3, -50), "ankle": (88, -74), "heel": (88, -74), "toe": (88, -74)}
_FAR_REST = (14, -8)
FRONT_SWING = 0.8  # of a foot jerk seen from the front is sideways
# lying on the back, seen from above, head to the picture's left: the left side is up in the picture
_BED: Final[Points] = {
    "head": (-584, 540),
    "neck": (-480, 540),
    "shoulder": (-430, 432),
    "elbow": (-265, 372),
    "wrist": (-110, 392),
    "hip": (-85, 478),
    "knee": (205, 452),
    "ankle": (478, 440),
    "heel": (508, 446),
    "toe": (552, 392),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """How stage units lie in the picture."""

    unit_px: float
    middle_px: float
    top_px: float

    def to_px(self, point: tuple[float, float]) -> FloatArray:
        """(2,) picture position of a point of the stage."""
        return np.array([self.middle_px + point[0] * self.unit_px, self.top_px + point[1] * self.unit_px])


def stage(person: Person, width_px: int, height_px: int) -> Stage:
    """The largest stage that fits the picture."""
    unit = min(height_px / STAGE_HEIGHT, width_px / STAGE_WIDTH[person.view])
    return Stage(unit, width_px / 2 - 0.5, (height_px - unit * STAGE_HEIGHT) / 2)


def stage_of(scenario: Scenario) -> Stage:
    """The stage of a scenario: all of it in the picture, or enlarged around the part that fills the picture."""
    width_px, height_px = scenario.capture.width_px, scenario.capture.height_px
    whole = stage(scenario.person, width_px, height_px)
    near = scenario.close_up
    if near is None:
        return whole
    joints = rest_joints(scenario.person, whole)
    middle = np.mean([joints[f"{near.side}_{joint}"] for joint in SEGMENT_JOINTS[near.part]], axis=0)
    return Stage(
        near.zoom * whole.unit_px,
        width_px / 2 - 0.5 + near.zoom * (whole.middle_px - middle[0]),
        height_px / 2 - 0.5 + near.zoom * (whole.top_px - middle[1]),
    )


def rest_joints(person: Person, where: Stage) -> Joints:
    """Picture position of every joint at rest; paired ones are called ``left_knee`` and so on."""
    if person.view == "chair_side":
        points = _seated_side(person.near_side)
    else:
        points = _lying() if person.view == "bed" else _front()
    return {name: where.to_px(point) for name, point in points.items()}


def legs_px(joints: Joints) -> FloatArray:
    """(10, 2) the leg landmarks in the order of ``body.LANDMARKS``."""
    return np.array([joints[name] for name in LANDMARKS])


def _front() -> Points:
    points: Points = {}
    for name, (x, y) in _FRONT.items():
        if name in ("head", "neck"):
            points[name] = (x, y)
            continue
        points[f"right_{name}"] = (x, y)
        points[f"left_{name}"] = (-x, y)
    return points


def _lying() -> Points:
    points: Points = {}
    for name, (x, y) in _BED.items():
        if name in ("head", "neck"):
            points[name] = (x, y)
            continue
        points[f"left_{name}"] = (x, y)
        points[f"right_{name}"] = (x, STAGE_HEIGHT - y)
    return points


def _seated_side(near: Side) -> Points:
    far = "left" if near == "right" else "right"
    turn = 1 if near == "right" else -1
    points: Points = {}
    for name, (x, y) in _SIDE.items():
        if name in ("head", "neck"):
            points[name] = (turn * x, y)
            continue
        dx, dy = _FAR.get(name, _FAR_REST)
        points[f"{near}_{name}"] = (turn * x, y)
        points[f"{far}_{name}"] = (turn * (x + dx), y + dy)
    return points


def direction(person: Person, joints: Joints, side: Side, part: Part) -> FloatArray:
    """(2,) unit vector along which the middle of the part moves at first when it jerks."""
    start, end = (joints[f"{side}_{joint}"] for joint in SEGMENT_JOINTS[part])
    axis = (end - start) / np.linalg.norm(end - start)
    across = np.array([axis[1], -axis[0]])
    if person.view == "chair_front" and part == "foot":
        # the foot bends up and turns out: seen from the front it rises, shortens and swings
        outward = across if side == "left" else -across
        return np.asarray(outward * FRONT_SWING - axis * np.sqrt(1 - FRONT_SWING**2))
    if person.view == "chair_side" and person.near_side == "left":
        return -across
    return across


def displaced(joints: Joints, side: Side, part: Part, shift_px: FloatArray) -> Joints:
    """Joints that move when the middle of the part is displaced by ``shift_px`` (2,); others are left out."""
    start, end = (f"{side}_{joint}" for joint in SEGMENT_JOINTS[part])
    moved = {end: joints[end] + 2 * shift_px}
    if part == "thigh":
        below = (f"{side}_{joint}" for joint in ("ankle", "heel", "toe"))
        return moved | {name: joints[name] + 2 * shift_px for name in below}
    carried = {"shank": ("heel", "toe"), "foot": ("heel",)}[part]
    mapping = axis_map(joints[start], joints[end], joints[start], moved[end])
    return moved | {f"{side}_{joint}": apply(mapping, joints[f"{side}_{joint}"]) for joint in carried}


def heel_lifted(joints: Joints, side: Side, shift_px: FloatArray) -> Joints:
    """Joints that move when the heel leaves the floor and the toe stays: the foot's middle moves by the shift."""
    lift = {"knee": 2.0, "ankle": 2.0, "heel": 2.4}
    return {f"{side}_{joint}": joints[f"{side}_{joint}"] + size * shift_px for joint, size in lift.items()}


def axis_map(start: FloatArray, end: FloatArray, new_start: FloatArray, new_end: FloatArray) -> FloatArray:
    """(2, 3) affine map that turns and stretches an axis onto a new one and keeps the width across it."""
    old, new = end - start, new_end - new_start
    old_length, new_length = np.linalg.norm(old), np.linalg.norm(new)
    old_frame = np.stack([old, [-old[1], old[0]]], axis=1) / old_length
    new_frame = np.stack([new, [-new[1], new[0]]], axis=1) / new_length
    linear = new_frame @ np.diag([new_length / old_length, 1.0]) @ old_frame.T
    return np.column_stack([linear, new_start - linear @ start])


def apply(mapping: FloatArray, point: FloatArray) -> FloatArray:
    """Position (2,) of a point under a (2, 3) map."""
    return np.asarray(mapping[:, :2] @ point + mapping[:, 2])


def part_maps(rest: Joints, now: Joints) -> dict[str, FloatArray]:
    """(2, 3) map of every leg region from its place at rest to its place now."""
    maps = {}
    for side in SIDES:
        for part in PARTS:
            start, end = (f"{side}_{joint}" for joint in SEGMENT_JOINTS[part])
            maps[f"{side}_{part}"] = axis_map(rest[start], rest[end], now[start], now[end])
    return maps
