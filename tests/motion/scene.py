"""Two legs of cloth-like texture before a textured wall, moved by known fractions of a pixel.

Sampling is cubic, between the pixels of smooth textures, so that a shift is exact to a few thousandths of a pixel.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, spline_filter

from motionscan.body import LANDMARKS, PARTS, REGIONS, SEGMENT_JOINTS, Part, Side, Source, landmark
from motionscan.motion.tracker import Tracker
from motionscan.records import BodyPose, ByteArray, FloatArray, Frame, Motion, RegionMotion
from motionscan.settings import MotionSettings

WIDTH_PX, HEIGHT_PX = 640, 480
SHANK_PX = 140.0
RATE_HZ = 30.0
SETTINGS = MotionSettings()
_LEFT = {"hip": (420, 80), "knee": (430, 200), "ankle": (430, 340), "heel": (418, 354), "toe": (478, 376)}
"""The person faces the camera: the left leg is at the right of the picture."""
_HALF_WIDTH_PX = {"thigh": 38, "shank": 27, "foot": 14}
_GREY = {"thigh": 90, "shank": 150, "foot": 110}


def legs_px() -> FloatArray:
    """(10, 2) landmarks at rest."""
    left = np.array([_LEFT[name.removeprefix("left_")] for name in LANDMARKS[:5]], dtype=float)
    return np.concatenate([left, left * (-1, 1) + (WIDTH_PX, 0)])


@dataclass(frozen=True)
class Pose:
    """How everything is displaced in one picture: complex shifts in px (x + iy), turns in radians."""

    camera: complex = 0j
    roll: float = 0.0
    """Of the camera, about the middle of the picture."""
    shifts: dict[str, complex] = field(default_factory=dict)
    """By region, relative to its parent."""
    turns: dict[str, float] = field(default_factory=dict)
    """By region, about its upper joint."""
    skin: complex = 0j
    """Of the skin around ``SKIN_AT``."""


REST = Pose()
SKIN_REGION = "left_shank"
SKIN_AT = complex(417, 260)
SKIN_RADIUS_PX = 11.0
UNSEEN_SHARE = 1e-4
"""Of a part in a pixel: a fiftieth of a grey level at most."""


class Scene:
    """Draws pictures of the two legs."""

    def __init__(self, seed: int = 0, *, plain: bool = False) -> None:
        """``plain`` legs are dark and without any texture."""
        rng = np.random.default_rng(seed)
        self._wall = _texture(rng, 128)
        self._cloth = {name: _texture(rng, _GREY[name.split("_")[1]]) for name in REGIONS}
        if plain:
            self._cloth = {name: np.full_like(self._wall, 60 if "foot" in name else 15) for name in REGIONS}
        self._masks = {name: _mask(name) for name in REGIONS}
        self._still = self._sample(self._wall, _grid(0, 0, WIDTH_PX, HEIGHT_PX))
        self._last: dict[str, tuple[object, FloatArray, FloatArray]] = {}
        self._rest = self._drawn(REST)

    def draw(self, pose: Pose = REST) -> FloatArray:
        """(480, 640) grey levels."""
        return self._rest.copy() if pose is REST else self._drawn(pose)

    def _drawn(self, pose: Pose) -> FloatArray:
        moved = pose.camera or pose.roll
        grid = _grid(0, 0, WIDTH_PX, HEIGHT_PX)
        out = self._sample(self._wall, _back(grid, *_camera(pose))) if moved else self._still.copy()
        for name in REGIONS:
            self._paint(out, name, pose)
        return out

    def _paint(self, out: FloatArray, name: str, pose: Pose) -> None:
        """Sample a part only where it is seen, and anew only when it has moved."""
        left, top, right, bottom = _box(name)
        moved = (transform(name, pose), pose.skin if name == SKIN_REGION else 0j)
        if self._last.get(name, (None,))[0] != moved:
            place = _back(_grid(left, top, right, bottom), *moved[0])
            share = self._sample(self._masks[name], place)
            seen = np.abs(share) > UNSEEN_SHARE
            place = place[seen]
            if moved[1]:
                place = place - pose.skin * np.exp(-0.5 * (np.abs(place - SKIN_AT) / SKIN_RADIUS_PX) ** 2)
            cloth = np.zeros_like(share)
            cloth[seen] = self._sample(self._cloth[name], place)
            self._last[name] = moved, np.where(seen, share, 0.0), cloth
        _, share, cloth = self._last[name]
        part = out[top:bottom, left:right]
        part += share * (cloth - part)

    def _sample(self, coefficients: FloatArray, place: np.ndarray) -> FloatArray:
        return np.asarray(
            map_coordinates(coefficients, (place.imag, place.real), order=3, prefilter=False, mode="mirror")
        )


def side_and_part(name: str) -> tuple[Side, Part]:
    """The two halves of a region's id."""
    side, part = name.split("_")
    return side, part  # type: ignore[return-value]


def transform(name: str, pose: Pose) -> tuple[complex, complex]:
    """``z -> a z + b`` that a region goes through, parents and camera included."""
    side, part = side_and_part(name)
    a, b = _camera(pose)
    for order in PARTS[: PARTS.index(part) + 1]:
        own = f"{side}_{order}"
        x, y = legs_px()[landmark(side, SEGMENT_JOINTS[order][0])]
        turn = np.exp(1j * pose.turns.get(own, 0.0))
        shift = complex(x, y) * (1 - turn) + pose.shifts.get(own, 0j)
        a, b = a * turn, a * shift + b
    return complex(a), complex(b)


def _camera(pose: Pose) -> tuple[complex, complex]:
    middle = complex(WIDTH_PX / 2, HEIGHT_PX / 2)
    turn = complex(np.exp(1j * pose.roll))
    return turn, middle * (1 - turn) + pose.camera


def _back(grid: np.ndarray, a: complex, b: complex) -> np.ndarray:
    return (grid - b) / a


def _grid(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    return np.arange(left, right)[None, :] + 1j * np.arange(top, bottom)[:, None]


def _box(name: str) -> tuple[int, int, int, int]:
    points = _outline(name)
    low, high = points.min(axis=0) - 40, points.max(axis=0) + 40
    return max(0, int(low[0])), max(0, int(low[1])), min(WIDTH_PX, int(high[0])), min(HEIGHT_PX, int(high[1]))


def _outline(name: str) -> FloatArray:
    side, part = side_and_part(name)
    joints = ("ankle", "heel", "toe") if part == "foot" else SEGMENT_JOINTS[part]
    points = legs_px()[[landmark(side, joint) for joint in joints]]
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = _HALF_WIDTH_PX[part] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    hull = cv2.convexHull((points[:, None] + ring).reshape(-1, 2).astype(np.float32))
    return np.asarray(hull[:, 0], dtype=np.float64)


def _mask(name: str) -> FloatArray:
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    cv2.fillConvexPoly(mask, np.round(_outline(name)).astype(np.int32), 1)
    return np.asarray(spline_filter(gaussian_filter(mask.astype(float), 1.0)))


def _texture(rng: np.random.Generator, grey: float) -> FloatArray:
    shape = (HEIGHT_PX, WIDTH_PX)
    fine, coarse = (gaussian_filter(rng.normal(size=shape), sigma) for sigma in (1.6, 5.0))
    return np.asarray(spline_filter(grey + 14 * fine / fine.std() + 14 * coarse / coarse.std()))


# ---------------------------------------------------------------- through the tracker
def body_pose(t_s: float, pose: Pose = REST, scale: float = 1.0, source: Source = "pose") -> BodyPose:
    """What a perfect pose network would say."""
    legs = np.empty((len(LANDMARKS), 2))
    rest = legs_px()
    for index, name in enumerate(LANDMARKS):
        side, joint = name.split("_")
        part = {"hip": "thigh", "knee": "shank", "ankle": "foot", "heel": "foot", "toe": "foot"}[joint]
        a, b = transform(f"{side}_{part}", pose)
        moved = a * complex(*rest[index]) + b
        legs[index] = moved.real, moved.imag
    body = np.concatenate([legs, [[260, -60], [380, -60], [320, -140]]]) * scale
    return BodyPose(t_s, legs * scale, np.full(len(LANDMARKS), 0.95), body, (), source, "full_body")


def to_luma(picture: FloatArray, rng: np.random.Generator | None = None, noise: float = 0.0) -> ByteArray:
    """Grey levels as a camera would store them."""
    if rng is not None:
        picture = picture + rng.normal(0, noise, picture.shape)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def frame(index: int, luma: ByteArray) -> Frame:
    def unused(*_: object) -> ByteArray:
        raise AssertionError("the tracker needs brightness only")

    return Frame(index, index / RATE_HZ, luma, index % 30 == 0, unused, unused)  # type: ignore[arg-type]


def track(
    poses: list[Pose],
    scene: Scene | None = None,
    *,
    noise: float = 0.0,
    change: Callable[[int, FloatArray], FloatArray] = lambda index, picture: picture,
    pose_every: int = 15,
    source: Source = "pose",
) -> Motion:
    """Draw a picture for each pose, change it, add noise, and run the tracker over all."""
    scene, rng = scene or Scene(), np.random.default_rng(1)
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index, pose in enumerate(poses):
        luma = to_luma(change(index, scene.draw(pose)), rng, noise)
        known = body_pose(index / RATE_HZ, pose, source=source) if index % pose_every == 0 else None
        tracker.push(frame(index, luma), known)
    return tracker.finish()


def region(motion: Motion, name: str) -> RegionMotion:
    return next(one for one in motion.regions if one.id == name)
