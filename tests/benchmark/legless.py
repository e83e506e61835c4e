"""Pictures without legs: rooms, heads, torsos, forearms and hands of the same people, a portrait, and textures."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from motionscan.body import JOINTS, SIDES, landmark
from motionscan.pose.source import LEG_POINTS, POINT_COUNT
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, ByteArray, FloatArray
from motionscan.settings import Settings
from tests.benchmark.cuts import Clip, real_clips, simulated_clips, with_reference

CROWDED = ("pose2sim_single_cam01", "pose2sim_single_cam02", "shotform_sample", "sports2d_demo")
"""Clips whose background shows the legs of others, so that only small parts of them are surely without legs."""
LEAST_PX = 60
ARMS = {"left": (13, 15, 17, 19, 21), "right": (14, 16, 18, 20, 22)}
HEAD = tuple(range(11))
UPPER = (*HEAD, 11, 12, 13, 14)
KNEES = [LEG_POINTS[landmark(side, "knee")] for side in SIDES]
HIPS = [LEG_POINTS[landmark(side, "hip")] for side in SIDES]
BELOW_HIPS = [LEG_POINTS[landmark(side, joint)] for side in SIDES for joint in JOINTS[1:]]


@dataclass(frozen=True, slots=True, eq=False)
class Legless:
    """A few pictures of one scene in which there are no legs."""

    name: str
    group: str
    pictures: tuple[ByteArray, ...]


def legless_pictures(
    seed_set: int, people: int, folder: Path | None, finder: PoseWorker, settings: Settings
) -> Iterator[Legless]:
    """All scenes; the real ones only where there is a folder of clips."""
    for clip in simulated_clips(seed_set, people):
        yield from _scenes(with_reference(clip, finder, settings), crowded=False)
    for clip in real_clips(folder) if folder else ():
        yield from _scenes(with_reference(clip, finder, settings), crowded=clip.name in CROWDED)
    yield from _portraits()
    yield from _textures(seed_set)


def _scenes(clip: Clip, *, crowded: bool) -> Iterator[Legless]:
    """Parts of a clip's pictures without the person's legs; boxes stay where they are in all of its pictures."""
    pairs = [(picture, pose) for picture, pose in zip(clip.pictures, clip.reference, strict=True) if pose is not None]
    pairs = [(picture, pose) for picture, pose in pairs if len(pose.body_px) == POINT_COUNT]
    if not pairs:
        return
    kind = clip.group.partition(",")[0]
    bodies = np.array([pose.body_px for _, pose in pairs])
    size_px = pairs[0][0].shape[1::-1]
    boxes = {f"{side} forearm and hand": _around(bodies[:, list(points)], 0.4) for side, points in ARMS.items()}
    if not crowded:
        boxes |= {"head": _around(bodies[:, list(HEAD)], 0.7), "upper body": _around(bodies[:, list(UPPER)], 0.25)}
        boxes |= _beside(bodies, size_px)
    rng = np.random.default_rng(zlib.crc32(clip.name.encode()))
    for what, box in boxes.items():
        cut = _cut([picture for picture, _ in pairs], box, int(rng.integers(4)))
        if cut and not _shows_legs([pose for _, pose in pairs], box):
            group = "room" if what.startswith("room") else "arm" if "arm" in what else what
            yield Legless(f"{clip.name}: {what}", f"{kind}, {group}", cut)


def _around(points_px: FloatArray, margin: float) -> FloatArray:
    """Left, top, right, bottom round points (n, m, 2), with a margin in parts of their extent."""
    low, high = points_px.min(axis=(0, 1)), points_px.max(axis=(0, 1))
    room = margin * max(high - low)
    return np.concatenate([low - room, high + room])


def _beside(bodies_px: FloatArray, size_px: tuple[int, int]) -> dict[str, FloatArray]:
    """The room to the left and to the right of the person, and what is above."""
    low, high = bodies_px.min(axis=(0, 1)), bodies_px.max(axis=(0, 1))
    margin = 0.08 * max(high - low)
    return {
        "room on the left": np.array([0, 0, low[0] - margin, size_px[1]]),
        "room on the right": np.array([high[0] + margin, 0, size_px[0], size_px[1]]),
        "room above": np.array([0, 0, size_px[0], low[1] - margin]),
    }


def _cut(pictures: list[ByteArray], box: FloatArray, quarters: int) -> tuple[ByteArray, ...]:
    height_px, width_px = pictures[0].shape[:2]
    left, top, right, bottom = np.clip(box, 0, [width_px, height_px, width_px, height_px]).astype(int)
    if min(right - left, bottom - top) < LEAST_PX:
        return ()
    return tuple(np.ascontiguousarray(np.rot90(one[top:bottom, left:right], quarters)) for one in pictures)


def _shows_legs(poses: list[BodyPose], box: FloatArray) -> bool:
    """Whether a knee, ankle, heel or toe of anybody may be in the box."""
    bodies = [body for pose in poses for body in (pose.body_px, *pose.others_px) if len(body) == POINT_COUNT]
    points_px = np.array([body[BELOW_HIPS] for body in bodies])
    return bool(((points_px >= box[:2]) & (points_px <= box[2:])).all(axis=-1).any())


def _portraits() -> Iterator[Legless]:
    """The photograph of a person cut at the waist that comes with matplotlib, whole and in parts."""
    spec = find_spec("matplotlib")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for path in (Path(place) / "mpl-data/sample_data/grace_hopper.jpg" for place in places):
        photo = np.asarray(cv2.imread(str(path)), np.uint8)[..., ::-1]
        for quarters in range(4):
            turned = np.ascontiguousarray(np.rot90(photo, quarters))
            yield Legless(f"portrait turned {90 * quarters}", "real, portrait", (turned,))
        for name, rows in (("upper half", slice(0, 300)), ("lower half", slice(300, 600))):
            yield Legless(f"portrait, {name}", "real, portrait", (np.ascontiguousarray(photo[rows]),))


def _textures(seed_set: int) -> Iterator[Legless]:
    """Clouds of several coarseness, stripes and noise."""
    rng = np.random.default_rng(seed_set)
    for number in range(24):
        cells = int(rng.integers(2, 60))
        small = rng.uniform(0, 255, (cells, int(cells * rng.uniform(0.5, 2)) + 1, 3)).astype(np.float32)
        if number % 3 == 0:
            small[:] = small[:, :1]  # stripes
        cloud = cv2.resize(small, (640, 480), interpolation=cv2.INTER_CUBIC)
        yield Legless(f"texture {number}", "texture", (np.clip(cloud, 0, 255).astype(np.uint8),))
