"""People cut at the hips or knees: pictures that show legs only, with where the legs are in them."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np

from motionscan.body import JOINTS, SIDES, landmark
from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import shank_px
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, ByteArray, FloatArray, Frame
from motionscan.settings import Settings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.render import Renderer
from motionscan.simulate.scenario import Scenario

Level = Literal["hips", "knees"]
PICTURES = 5
LONG_SIDE_PX = 960
PEOPLE_PER_VIEW = 8
SIDE_VIEWS = ("sports2d_demo", "shotform_sample")
LYING = ("evm_baby",)
SIM_VIEWS = {"chair_front": "seated, front", "chair_side": "seated, side", "bed": "lying"}
KNEES = [landmark(side, "knee") for side in SIDES]
HIPS = [landmark(side, "hip") for side in SIDES]
ENDS = np.array([landmark(side, joint) for side in SIDES for joint in JOINTS[2:]])
"""Ankles, heels and toes."""
LEVELS: tuple[Level, ...] = ("hips", "knees")
PLACES = 2
TURNED = 0.3
LEAST_PX = 40
WINDOWS = ((9.0, 9.0, 9.0), (0.25, 0.25, 0.15), (0.2, 1.5, 0.6), (1.5, 0.2, 0.05))
"""What is kept beyond the legs to their left, right and below, in heights of the cut: all, near, and off the middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A few pictures of one person, uncut."""

    name: str
    group: str
    pictures: tuple[ByteArray, ...]
    truth_px: tuple[FloatArray, ...] | None = None
    """(10, 2) where the legs truly are, of simulated people."""
    reference: tuple[BodyPose | None, ...] = ()
    """The legs as MediaPipe sees them in each picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Pictures of legs only."""

    name: str
    group: str
    level: Level
    views: "tuple[View, ...]"


# ---------------------------------------------------------------- whole people
def simulated_clips(seed_set: int, people: int = PEOPLE_PER_VIEW) -> Iterator[Clip]:
    """Different people of each view, as they look at a few moments."""
    taken: dict[str, set[object]] = {view: set() for view in SIM_VIEWS}
    for name, scenario in catalogue(seed_set).items():
        seen_people = taken[scenario.person.view]
        if scenario.person in seen_people or len(seen_people) == people:
            continue
        seen_people.add(scenario.person)
        yield _rendered(name, scenario)


def _rendered(name: str, scenario: Scenario) -> Clip:
    renderer = Renderer(scenario)
    moments_s = np.linspace(1, scenario.duration_s - 1, PICTURES)
    drawn = [_rgb(renderer.picture(float(t_s))) for t_s in moments_s]
    scale = LONG_SIDE_PX / max(drawn[0].shape[:2])
    joints = [renderer.joints_at(float(t_s)) for t_s in moments_s]
    truth = [np.array([one[f"{side}_{joint}"] for side in SIDES for joint in JOINTS]) * scale for one in joints]
    group = f"simulated, {SIM_VIEWS[scenario.person.view]}"
    return Clip(name, group, tuple(_small(picture) for picture in drawn), tuple(truth))


def _rgb(canvas: object) -> ByteArray:
    """Limited-range BT.709 planes with sensor noise to RGB."""
    luma, chroma = (np.asarray(getattr(canvas, name), float) for name in ("luma", "chroma"))
    luma = luma + np.random.default_rng(0).normal(0, 1.6, luma.shape)
    y = (luma - 16) * 255 / 219
    colour = (cv2.resize(chroma, luma.shape[::-1]) - 128) * 255 / 224
    red, blue = y + 1.5748 * colour[..., 1], y + 1.8556 * colour[..., 0]
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.clip(np.stack([red, green, blue], axis=-1), 0, 255).astype(np.uint8)


def _small(rgb: ByteArray) -> ByteArray:
    scale = LONG_SIDE_PX / max(rgb.shape[:2])
    return rgb if scale >= 1 else np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def real_clips(folder: Path) -> Iterator[Clip]:
    """Pictures spread over every clip of the folder, and its stills."""
    for path in sorted([*folder.glob("*.mp4"), *folder.glob("*.jpg")]):
        view = "side or walking" if path.stem in SIDE_VIEWS else "lying" if path.stem in LYING else "facing"
        yield Clip(path.stem, f"real, {view}", tuple(_spread(path)))


def _spread(path: Path) -> Iterator[ByteArray]:
    with av.open(f"file:{path}") as container:
        count = sum(1 for _ in container.decode(video=0))
    wanted = {round(number) for number in np.linspace(0, count - 1, PICTURES)}
    with av.open(f"file:{path}") as container:
        for number, frame in enumerate(islice(container.decode(video=0), count)):
            if number in wanted:
                yield _small(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))


def with_reference(clip: Clip, finder: PoseWorker, settings: Settings) -> Clip:
    """The clip with the legs that MediaPipe sees in each picture."""
    return replace(clip, reference=tuple(seen(picture, finder, settings) for picture in clip.pictures))


def seen(picture: ByteArray, finder: PoseWorker, settings: Settings) -> BodyPose | None:
    """The legs in one picture, looked at for itself."""
    finder.submit(0, picture, 1)
    height_px, width_px = picture.shape[:2]
    return PersonChooser(settings.pose).choose(0, finder.result(), width_px, height_px)


def as_frames(pictures: tuple[ByteArray, ...]) -> list[Frame]:
    """The pictures as a video would give them, a second apart."""
    return [_frame(number, picture) for number, picture in enumerate(pictures)]


def _frame(number: int, picture: ByteArray) -> Frame:
    def planes() -> tuple[ByteArray, ByteArray, ByteArray]:
        luma, red, blue = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
        half = (-(-picture.shape[1] // 2), -(-picture.shape[0] // 2))
        blue, red = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (blue, red))
        return np.asarray(luma, np.uint8), np.asarray(blue, np.uint8), np.asarray(red, np.uint8)

    return Frame(number, float(number), picture[..., 1].copy(), True, lambda max_side_px: picture, planes)


# ---------------------------------------------------------------- legs only
def cuts_of(clip: Clip) -> Iterator[Cut]:
    """The clip cut at hips and at knees, each at two of the places; some with the phone turned as well."""
    known = [number for number, pose in enumerate(clip.reference) if pose is not None]
    if not known:
        return
    rng = np.random.default_rng(zlib.crc32(clip.name.encode()))
    legs_px = [pose.legs_px for pose in clip.reference if pose is not None]
    quarters = _feet_below(legs_px)
    uncut = (View(clip.pictures[n], legs, _truth(clip, n)) for n, legs in zip(known, legs_px, strict=True))
    views = [view.turned(quarters) for view in uncut]
    for level in LEVELS:
        for place in rng.permutation(len(WINDOWS))[:PLACES]:
            box = _box([view.legs_px for view in views], level, WINDOWS[place])
            phone = int(rng.integers(4)) if rng.random() < TURNED else -quarters
            shown = [view.cut(*box).turned(phone) for view in views]
            if min(shown[0].picture.shape[:2]) >= LEAST_PX:
                yield Cut(f"{clip.name} {level} {place}", clip.group, level, tuple(shown))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture, where MediaPipe saw the legs in it before it was cut, and where they truly are, if that is known."""

    picture: ByteArray
    legs_px: FloatArray
    truth_px: FloatArray | None

    def turned(self, quarters: int) -> "View":
        """Turned counter-clockwise."""
        view = self
        for _ in range(quarters % 4):
            width_px = view.picture.shape[1]
            truth_px = None if view.truth_px is None else _quarter(view.truth_px, width_px)
            view = View(np.ascontiguousarray(np.rot90(view.picture)), _quarter(view.legs_px, width_px), truth_px)
        return view

    def cut(self, left: int, top: int, right: int, bottom: int) -> "View":
        """Only that part of it."""
        corner = (left, top)
        truth_px = None if self.truth_px is None else self.truth_px - corner
        return View(self.picture[top:bottom, left:right], self.legs_px - corner, truth_px)


def _quarter(points_px: FloatArray, width_px: int) -> FloatArray:
    return np.column_stack([points_px[:, 1], width_px - points_px[:, 0]])


def _truth(clip: Clip, number: int) -> FloatArray | None:
    return None if clip.truth_px is None else clip.truth_px[number]


def _feet_below(legs_px: list[FloatArray]) -> int:
    """Quarter turns, counter-clockwise, that bring the feet below the hips."""
    ways = [np.nanmean(legs[ENDS], axis=0) - np.nanmean(legs[[*HIPS, *KNEES]], axis=0) for legs in legs_px]
    x, y = np.nanmedian(ways, axis=0)
    return int(np.round((np.arctan2(y, x) - np.pi / 2) / (np.pi / 2))) % 4


def _box(legs_px: list[FloatArray], level: Level, window: tuple[float, float, float]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is kept of every picture; beyond the picture means up to its edge."""
    joints = np.array(HIPS if level == "hips" else KNEES)
    below = np.concatenate([legs if level == "hips" else legs[[*KNEES, *ENDS]] for legs in legs_px])
    top = float(np.nanmin([legs[joints, 1] for legs in legs_px]))
    if level == "knees":
        top -= 0.1 * float(np.nanmax([shank_px(legs) for legs in legs_px]))
    height = float(np.nanmax(below[:, 1])) - top
    left, right = np.nanmin(below[:, 0]) - window[0] * height, np.nanmax(below[:, 0]) + window[1] * height
    return max(0, int(left)), max(0, int(top)), max(0, int(right)), max(0, int(top + (1 + window[2]) * height))
