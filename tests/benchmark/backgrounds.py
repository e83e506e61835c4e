"""The pictures in which parts are moved: real recordings and photos, and people drawn at rest; framed as people film.

Real ones lie in the folder that ``MOTIONSCAN_CLIPS`` names. Their joints are placed once for a clip by the pose network
(median over the pictures that are looked at) and held, so that what is moved is known. A still picture gets the noise
of a sensor afterwards; a recording keeps its own noise, light and sway, and runs forwards and backwards when it is
shorter than the clip.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import numpy as np

from motionscan.body import LANDMARKS, Side, View, landmark
from motionscan.pose.models import ensure_model
from motionscan.pose.source import LEG_POINTS
from motionscan.pose.worker import PoseWorker
from motionscan.records import ByteArray, FloatArray
from motionscan.settings import Settings
from motionscan.simulate.layers import Canvas, layer_from_rgb
from motionscan.simulate.render import Renderer
from motionscan.simulate.scenario import Camera, Capture, Person, Scenario
from motionscan.simulate.skeleton import legs_px, rest_joints, stage
from motionscan.video.reader import VideoReader

Source = Literal["person", "photo", "standing", "barefoot", "cot", "arms", "passing", "players", "balance"]
FILES: Final[dict[str, str]] = {
    "photo": "tfjs_pose.jpg",
    "standing": "tfjs_pose_squats.mp4",
    "barefoot": "pose2sim_single_cam01.mp4",
    "cot": "evm_baby.mp4",
    "arms": "tfjs_pose_1.mp4",
    "passing": "sports2d_demo.mp4",
    "players": "shotform_sample.mp4",
    "balance": "pose2sim_single_cam01.mp4",
}
STILLS: Final = ("person", "photo", "standing", "barefoot")
"""Of the two recordings among them the first picture is taken."""
LOOKED_AT: Final = 5
"""Pictures of a recording on which the joints are placed."""
MARGIN_SHANKS: Final = 0.35
DRAWN_PX: Final = {"full_body": (1920, 1080), "legs_only": (2880, 1620), "close_up": (2880, 1620)}
"""Drawn people are drawn larger, so that a part of the picture is nearly as sharp as the whole."""
DRAWINGS: Final = 4
"""So many drawings of each sort of person are made and kept."""


@dataclass(slots=True, eq=False)
class Background:
    """Pictures of one framing, and where the legs are in them."""

    pictures: list[Canvas]
    """One for a still, all of a recording otherwise; (h, w) brightness and (h/2, w/2, 2) colour."""
    legs_px: FloatArray
    """(10, 2) in the order of ``body.LANDMARKS``, some perhaps outside the picture."""
    body_px: FloatArray
    """(m, 2) further points of the person."""
    rate_hz: float | None
    """Of the recording; None for a still."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.pictures[0].luma.shape
        return int(height), int(width)

    def at(self, number: int) -> Canvas:
        """The picture of that number, forwards and backwards through the recording."""
        last = len(self.pictures) - 1
        place = number % (2 * last) if last else 0
        return self.pictures[min(place, 2 * last - place)]


def load(
    source: Source, view: View, side: Side, capture: Capture, folder: Path | None, work: Path, person: Person, seed: int
) -> Background:
    """A background of the capture's size (stills) or of the recording's own.

    Args:
        source: which.
        view: the whole picture, the legs only, or one lower leg.
        side: whose lower leg.
        capture: its size is aimed at; upright pictures of upright people.
        folder: where the recordings are.
        work: where joints are kept.
        person: who is drawn, where nobody was recorded.
        seed: of the drawing.
    """
    if source == "person":
        whole = _drawn(person, DRAWN_PX[view], seed % DRAWINGS, work)
    else:
        assert folder is not None
        whole = _recorded(source, folder / FILES[source], work)
    x0, y0, x1, y1 = window(whole, view, side)
    size = (capture.width_px, capture.height_px) if source in STILLS else _own_size(x1 - x0, y1 - y0)
    size = _turned_like(size, x1 - x0, y1 - y0)
    box = _of_aspect((x0, y0, x1, y1), size[0] / size[1], whole.shape)
    scale = np.array([size[0] / (box[2] - box[0]), size[1] / (box[3] - box[1])])
    pictures = [_framed(one, box, size) for one in whole.pictures]
    place = [(points + 0.5 - box[:2]) * scale - 0.5 for points in (whole.legs_px, whole.body_px)]
    return Background(pictures, place[0], place[1], whole.rate_hz)


def window(whole: Background, view: View, side: Side) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the part of the picture that a view shows, before its shape is made that of the clip."""
    height, width = whole.shape
    if view == "full_body":
        return 0, 0, width, height
    legs = whole.legs_px
    middle = {one: (legs[landmark(one, "hip")] + legs[landmark(one, "knee")]) / 2 for one in _sides(side)}
    names = [f"{one}_{joint}" for one in _sides(side) for joint in ("knee", "ankle", "heel", "toe")]
    points = np.concatenate([legs[[LANDMARKS.index(name) for name in names]], np.stack(list(middle.values()))])
    if view == "close_up":
        points = legs[[landmark(side, joint) for joint in ("knee", "ankle", "heel", "toe")]]
    margin = MARGIN_SHANKS * float(np.linalg.norm(legs[landmark(side, "knee")] - legs[landmark(side, "ankle")]))
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    x0, y0, x1, y1 = (int(v) for v in (*np.clip(low, 0, [width, height]), *np.clip(high, 0, [width, height])))
    return x0, y0, x1, y1


def _sides(first: Side) -> tuple[Side, Side]:
    return ("left", "right") if first == "left" else ("right", "left")


def _own_size(width: int, height: int) -> tuple[int, int]:
    """A part of a recording is enlarged to twice its size at most, so that its noise stays its noise."""
    factor = float(np.clip(720 / min(width, height), 1, 2))
    return round(width * factor / 2) * 2, round(height * factor / 2) * 2


def _turned_like(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    long_side, short_side = max(size), min(size)
    return (long_side, short_side) if width >= height else (short_side, long_side)


def _of_aspect(
    box: tuple[int, int, int, int], aspect: float, shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The box grown to an aspect and moved into the picture; where the picture ends, made smaller."""
    x0, y0, x1, y1 = box
    height, width = shape
    wide = max(x1 - x0, (y1 - y0) * aspect)
    high = wide / aspect
    shrink = min(1.0, width / wide, height / high)
    wide, high = wide * shrink, high * shrink
    left = float(np.clip((x0 + x1 - wide) / 2, 0, width - wide))
    top = float(np.clip((y0 + y1 - high) / 2, 0, height - high))
    if shrink < 1:  # rather lose what is above than the feet
        top = float(np.clip(y1 - high, 0, height - high))
    return left, top, left + wide, top + high


def _framed(picture: Canvas, box: tuple[float, float, float, float], size: tuple[int, int]) -> Canvas:
    half = (size[0] // 2, size[1] // 2)
    colour_box = tuple(value / 2 for value in box)
    return Canvas(_cut(picture.luma, box, size), _cut(picture.chroma, colour_box, half))


def _cut(plane: Any, box: Sequence[float], size: tuple[int, int]) -> Any:
    x0, y0, x1, y1 = box
    if (x0, y0, x1, y1) == (0, 0, plane.shape[1], plane.shape[0]) and size == (plane.shape[1], plane.shape[0]):
        return plane
    scale_x, scale_y = (x1 - x0) / size[0], (y1 - y0) / size[1]
    if max(scale_x, scale_y) > 1.01:  # made smaller: no pixel may be skipped
        plane = cv2.GaussianBlur(plane, (0, 0), 0.4 * max(scale_x, scale_y))
    matrix = np.array([[scale_x, 0, x0 + 0.5 * scale_x - 0.5], [0, scale_y, y0 + 0.5 * scale_y - 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


# ---------------------------------------------------------------- drawn people
def _drawn(person: Person, size: tuple[int, int], seed: int, work: Path) -> Background:
    """A person at rest; the drawing is kept in half precision, which is finer than a grey level."""
    capture = Capture(width_px=size[0], height_px=size[1])
    where = stage(person, *size)
    joints = rest_joints(person, where)
    words = f"{person.view}_{person.near_side}_{person.skin}_{person.clothing}_{person.footwear}_{person.colours}"
    kept = work / f"drawn_{words}_{size[1]}_{seed}.npz"
    if not kept.exists():
        canvas = Renderer(Scenario("rest", "nobody moves", 1.0, person, (), Camera(), capture, seed)).picture(0.0)
        part = kept.with_suffix(f".{os.getpid()}.npz")
        work.mkdir(parents=True, exist_ok=True)
        np.savez(part, luma=canvas.luma.astype(np.float16), chroma=canvas.chroma.astype(np.float16))
        part.replace(kept)
    with np.load(kept) as planes:
        canvas = Canvas(planes["luma"].astype(np.float32), planes["chroma"].astype(np.float32))
    return Background([canvas], legs_px(joints), np.array(list(joints.values())), None)


# ---------------------------------------------------------------- real ones
def _recorded(source: Source, path: Path, work: Path) -> Background:
    if path.suffix == ".jpg":
        rgb = cv2.cvtColor(_even(cv2.imread(str(path))), cv2.COLOR_BGR2RGB)
        opaque = np.ones(rgb.shape[:2], np.float32)
        layer = layer_from_rgb(rgb.astype(np.float32), opaque, 0, 0)
        pictures, rate_hz, looked_at = [Canvas(layer.luma, layer.chroma)], None, [np.asarray(rgb, np.uint8)]
    else:
        pictures, rate_hz, looked_at = _decoded(path, 1 if source in STILLS else None)
    persons = _placed(work / f"joints_{source}.json", looked_at)
    return Background(pictures, persons[LEG_POINTS], persons, None if len(pictures) == 1 else rate_hz)


def _even(picture: Any) -> Any:
    return picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]


def _decoded(path: Path, most: int | None) -> tuple[list[Canvas], float | None, list[ByteArray]]:
    pictures, colours = [], []
    with VideoReader(path, Settings().video) as reader:
        rate_hz = reader.info.nominal_rate_hz
        for frame in reader:
            luma, blue, red = (np.asarray(plane, np.float32) for plane in frame.planes())
            luma = _even(luma)
            chroma = np.stack([blue, red], axis=2)[: luma.shape[0] // 2, : luma.shape[1] // 2]
            pictures.append(Canvas(luma, chroma))
            colours.append(frame.rgb)
            if len(pictures) == most:
                break
        numbers = np.unique(np.linspace(0, len(colours) - 1, LOOKED_AT).astype(int))
        return pictures, rate_hz, [colours[number](max(pictures[0].luma.shape)) for number in numbers]


def _placed(kept: Path, pictures: list[ByteArray]) -> FloatArray:
    """(33, 2) where the person's points are: the median of what the pose network says on each picture."""
    if not kept.exists():
        settings = Settings()
        found = []
        with PoseWorker(ensure_model("full"), settings.pose) as worker:
            for rgb in pictures:
                worker.submit(0.0, np.ascontiguousarray(rgb), 1.0)
                found += [person.landmarks_px for person in worker.result()[:1]]
        if not found:
            raise RuntimeError(f"nobody is found in {kept.stem}; no part of that picture can be moved")
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(np.median(found, axis=0).tolist()), encoding="utf-8")
        part.replace(kept)
    return np.array(json.loads(kept.read_text(encoding="utf-8")))
