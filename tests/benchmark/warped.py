"""Moves one part of a still picture by a known distance: a foot about its ankle, a shank about its knee, or skin.

The part keeps its own pixels; between it and what stays, the picture is stretched smoothly. Positions are those of
pixel centres. The brightness is sampled from a picture enlarged by ``ENLARGED``, where linear sampling neither blurs
visibly nor shifts. It is enlarged with Lanczos' kernel: with it what is moved lies within 0.003 px of where it should,
with OpenCV's cubic one within 0.024 px (measured on waves of 5-30 px).
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from motionscan.body import SEGMENT_JOINTS, SIDES, Part, Side, landmark
from motionscan.records import FloatArray
from motionscan.simulate.layers import Canvas, Float32Array

ENLARGED: Final = 3
STEPS: Final = 30
DONE_PX: Final = 0.002
ROUNDING_PX: Final = 0.03
"""OpenCV samples at 1/32 px: changes below that which no longer become smaller are its rounding."""
MAX_TURN: Final = 0.35
"""Radians: a larger turn would tear the picture beside the part."""
CARRIED: Final[dict[Part, tuple[Part, ...]]] = {
    "foot": ("foot",),
    "shank": ("shank", "foot"),
    "thigh": ("thigh", "shank", "foot"),
}
"""What a part takes along, itself first."""
HALF_WIDTH: Final[dict[Part, float]] = {"thigh": 0.2, "shank": 0.14, "foot": 0.13}
"""Of a part, in lengths of the shank: what moves as a whole."""
SEAM_SHANKS: Final = 0.12
"""Least width of the band that is stretched; it grows with the movement."""
SKIN_RADII: Final = (0.24, 0.12)
"""Along and across the limb, in lengths of the shank."""
SKIN_PLACE: Final = 0.38
"""Share of the way along the part."""


@dataclass(slots=True, eq=False)
class PartWarp:
    """One part of a picture. ``centre_px`` is None for skin, which moves along ``along`` without turning."""

    box: tuple[int, int, int, int]
    """x0, y0, x1, y1, all even: beyond it nothing changes."""
    weight: Float32Array
    """(h, w) share of the movement in the box at rest: 1 where it moves as a whole, 0 at the edge."""
    centre_px: FloatArray | None
    lever_px: float
    """From the centre to the middle of the part."""
    along: FloatArray
    largest_px: float
    """The largest movement that does not tear the picture."""
    _enlarged: tuple[Canvas, Float32Array] | None = None

    def apply(self, rest: Canvas, canvas: Canvas, size_px: float) -> None:
        """Draw the part of ``rest`` displaced by ``size_px`` (its middle) into ``canvas``."""
        x0, y0, x1, y1 = self.box
        from_x, from_y = self.sources(size_px)
        large_x, large_y = ((axis + np.float32(0.5)) * ENLARGED - np.float32(0.5) for axis in (from_x, from_y))
        canvas.luma[y0:y1, x0:x1] = _sampled(self._large(rest), large_x, large_y)
        half = (slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2))
        size = (from_x.shape[1] // 2, from_x.shape[0] // 2)
        half_x, half_y = ((cv2.resize(axis, size, interpolation=cv2.INTER_AREA) - 0.5) / 2 for axis in (from_x, from_y))
        canvas.chroma[half] = _sampled(rest.chroma[half], half_x, half_y)

    def _large(self, rest: Canvas) -> Float32Array:
        """The brightness in the box, enlarged; kept while the picture stays the same."""
        if self._enlarged is None or self._enlarged[0] is not rest:
            x0, y0, x1, y1 = self.box
            luma = np.ascontiguousarray(rest.luma[y0:y1, x0:x1])
            large = cv2.resize(luma, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LANCZOS4)
            self._enlarged = rest, np.asarray(large, np.float32)
        return self._enlarged[1]

    def sources(self, size_px: float) -> tuple[Float32Array, Float32Array]:
        """Where each pixel of the box comes from, as x and y (h, w) within the box."""
        height, width = self.weight.shape
        y, x = np.mgrid[:height, :width].astype(np.float32)
        from_x, from_y, change_px = x, y, np.inf
        for _ in range(STEPS):  # the movement is that of the source: a fixed point
            move_x, move_y = self._movement(from_x, from_y, size_px)
            last_x, last_y = from_x, from_y
            from_x, from_y = x - move_x, y - move_y
            before_px, change_px = change_px, max(_largest(from_x - last_x), _largest(from_y - last_y))
            if change_px < DONE_PX or (change_px < ROUNDING_PX and change_px > before_px / 2):
                break
        return from_x, from_y

    def _movement(self, x: Float32Array, y: Float32Array, size_px: float) -> tuple[Float32Array, Float32Array]:
        weight = np.asarray(cv2.remap(self.weight, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)
        if self.centre_px is None:
            return weight * np.float32(size_px * self.along[0]), weight * np.float32(size_px * self.along[1])
        turn = size_px / self.lever_px
        off_x = x - np.float32(self.centre_px[0] - self.box[0])
        off_y = y - np.float32(self.centre_px[1] - self.box[1])
        less, sine = np.float32(np.cos(turn) - 1), np.float32(np.sin(turn))
        return weight * (less * off_x - sine * off_y), weight * (sine * off_x + less * off_y)

    def moved(self, points_px: FloatArray, size_px: float) -> FloatArray:
        """Where points (n, 2) that move as a whole with the part go."""
        if self.centre_px is None:
            return points_px + size_px * self.along
        turn = size_px / self.lever_px
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return np.asarray((points_px - self.centre_px) @ matrix.T + self.centre_px)


def _largest(values: Float32Array) -> float:
    return float(cv2.norm(values, cv2.NORM_INF))


def joint_warp(legs_px: FloatArray, side: Side, part: Part, size_px: float, shape: tuple[int, int]) -> PartWarp:
    """A part that turns about its upper joint, with everything below it.

    Args:
        legs_px: (10, 2) in the order of ``body.LANDMARKS``.
        side: which leg.
        part: which part.
        size_px: the largest displacement of its middle.
        shape: height and width of the picture.
    """
    centre, end = (legs_px[landmark(side, joint)] for joint in SEGMENT_JOINTS[part])
    shank_px = _shank_px(legs_px, side)
    lever_px = float(np.linalg.norm(end - centre)) / 2
    largest_px = MAX_TURN * lever_px
    size_px = min(size_px, largest_px)
    reach_px = 2 * size_px * max(1.0, float(np.linalg.norm(legs_px[landmark(side, "toe")] - centre)) / (2 * lever_px))
    seam_px = max(SEAM_SHANKS * shank_px, 2.5 * reach_px)
    capsules = [capsule for one in CARRIED[part] for capsule in _capsules(legs_px, side, one, shank_px)]
    box = _box(np.concatenate([c[:2] for c in capsules]), HALF_WIDTH["thigh"] * shank_px + seam_px, shape)
    outside_px = np.min([_distance_px(box, *capsule) for capsule in capsules], axis=0)
    weight = _smooth(1 - outside_px / seam_px) * _below(box, centre, end, shank_px)
    weight *= _spared(box, legs_px, side, outside_px)
    return PartWarp(box, weight.astype(np.float32), centre, lever_px, np.zeros(2), largest_px)


def heel_warp(legs_px: FloatArray, side: Side, size_px: float, shape: tuple[int, int]) -> PartWarp:
    """A foot that turns about its toes, so that the heel bounces; the shank above is stretched."""
    toe, ankle = legs_px[landmark(side, "toe")], legs_px[landmark(side, "ankle")]
    shank_px = _shank_px(legs_px, side)
    lever_px = float(np.linalg.norm(ankle - toe)) / 2
    seam_px = max(2 * SEAM_SHANKS * shank_px, 5 * size_px)
    capsules = _capsules(legs_px, side, "foot", shank_px)
    box = _box(np.concatenate([c[:2] for c in capsules]), HALF_WIDTH["foot"] * shank_px + seam_px, shape)
    outside_px = np.min([_distance_px(box, *capsule) for capsule in capsules], axis=0)
    weight = _smooth(1 - outside_px / seam_px) * _spared(box, legs_px, side, outside_px)
    return PartWarp(box, weight.astype(np.float32), toe, lever_px, np.zeros(2), MAX_TURN * lever_px)


def skin_warp(legs_px: FloatArray, side: Side, part: Part, shape: tuple[int, int]) -> PartWarp:
    """A patch of skin on a part, which moves across the limb."""
    start, end = (legs_px[landmark(side, joint)] for joint in SEGMENT_JOINTS[part])
    radii = np.array(SKIN_RADII) * _shank_px(legs_px, side)
    along = (end - start) / np.linalg.norm(end - start)
    return ellipse_warp(start + SKIN_PLACE * (end - start), along, radii, shape)


def ellipse_warp(middle: FloatArray, along: FloatArray, radii: FloatArray, shape: tuple[int, int]) -> PartWarp:
    """What lies in an ellipse moves across its axis: fully in the middle, not at all at its edge."""
    across = np.array([-along[1], along[0]])
    box = _box(middle[None], float(radii.max()) + 2, shape)
    offset = _grid(box) - middle
    scaled = np.stack([offset @ along, offset @ across], axis=-1) / radii
    weight = np.clip(1 - (scaled**2).sum(axis=-1) ** 2, 0, None) ** 2
    return PartWarp(box, weight.astype(np.float32), None, 1.0, across, float(radii.min()) / 4)


def person_mask(legs_px: FloatArray, body_px: FloatArray, shape: tuple[int, int]) -> Float32Array:
    """(h, w) 0..1: near the legs and the rest of a person, with soft edges."""
    mask = np.zeros(shape, np.float32)
    shank_px = max(_shank_px(legs_px, "left"), _shank_px(legs_px, "right"))
    for side in SIDES:
        points = legs_px[[landmark(side, joint) for joint in ("hip", "knee", "ankle", "toe")]]
        cv2.polylines(mask, [np.rint(points).astype(np.int32)], False, 1.0, max(1, round(0.4 * shank_px)))
    if len(body_px):
        cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(body_px).astype(np.int32)), 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(1.0, 0.1 * shank_px)), np.float32)


def _sampled(picture: Any, x: Any, y: Any) -> Float32Array:
    moved = cv2.remap(np.ascontiguousarray(picture), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _shank_px(legs_px: FloatArray, side: Side) -> float:
    return float(np.linalg.norm(legs_px[landmark(side, "knee")] - legs_px[landmark(side, "ankle")]))


def _capsules(
    legs_px: FloatArray, side: Side, part: Part, shank_px: float
) -> list[tuple[FloatArray, FloatArray, float]]:
    foot = [("ankle", "toe"), ("ankle", "heel"), ("heel", "toe")]
    pairs = foot if part == "foot" else [SEGMENT_JOINTS[part]]
    radius = HALF_WIDTH[part] * shank_px
    return [(legs_px[landmark(side, a)], legs_px[landmark(side, b)], radius) for a, b in pairs]


def _distance_px(box: tuple[int, int, int, int], a: FloatArray, b: FloatArray, radius: float) -> FloatArray:
    """(h, w) distance of each pixel of the box from a capsule; 0 inside."""
    offset = _grid(box) - a
    share = np.clip(offset @ (b - a) / max(1e-9, float((b - a) @ (b - a))), 0, 1)
    return np.asarray(np.clip(np.linalg.norm(offset - share[..., None] * (b - a), axis=-1) - radius, 0, None))


def _spared(box: tuple[int, int, int, int], legs_px: FloatArray, side: Side, own_px: FloatArray) -> FloatArray:
    """(h, w) 0 on the other leg, which stays, 1 on the leg that moves, ``own_px`` away; its own where both lie."""
    other: Side = "left" if side == "right" else "right"
    shank_px = _shank_px(legs_px, other)
    capsules = [c for part in CARRIED["shank"] for c in _capsules(legs_px, other, part, shank_px)]
    other_px = np.min([_distance_px(box, *capsule) for capsule in capsules], axis=0)
    return np.where(own_px > 0, _smooth(other_px / np.maximum(own_px + other_px, 1e-9)), 1.0)


def _below(box: tuple[int, int, int, int], centre: FloatArray, end: FloatArray, shank_px: float) -> FloatArray:
    """(h, w) 0 above the joint, 1 a little below it, where a turn hardly moves anything yet."""
    along = (end - centre) / np.linalg.norm(end - centre)
    return _smooth(0.6 + (_grid(box) - centre) @ along / (0.25 * shank_px))


def _smooth(share: FloatArray) -> FloatArray:
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _box(points_px: FloatArray, margin_px: float, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    low = np.floor((points_px.min(axis=0) - margin_px) / 2).astype(int) * 2
    high = np.ceil((points_px.max(axis=0) + margin_px) / 2).astype(int) * 2
    height, width = shape
    x0, y0 = (int(value) for value in np.clip(low, 0, [width, height]))
    x1, y1 = (int(value) for value in np.clip(high, 0, [width, height]))
    return x0, y0, x1, y1


def _grid(box: tuple[int, int, int, int]) -> FloatArray:
    x0, y0, x1, y1 = box
    y, x = np.mgrid[y0:y1, x0:x1].astype(float)
    return np.stack([x, y], axis=-1)
