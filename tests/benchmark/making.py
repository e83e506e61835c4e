"""Makes the clips of the accuracy benchmark, each with its truth: part by part moved, filmed, stored."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from motionscan.body import LANDMARKS, Side, View, landmark
from motionscan.records import ByteArray, FloatArray
from motionscan.simulate.camera import CameraPath, camera_path
from motionscan.simulate.encode import encode
from motionscan.simulate.layers import Canvas, Float32Array, Layer, layer_from_rgb, paste, warped
from motionscan.simulate.scenario import Camera, Capture, Person
from motionscan.simulate.sensor import Sensor, shots
from tests.benchmark.backgrounds import STILLS, Background, Source, load
from tests.benchmark.movements import NOTHING, Act, Wave, true_movement, wave_of
from tests.benchmark.warped import PartWarp, ellipse_warp, heel_warp, joint_warp, person_mask, skin_warp

FULL_SIZE_PX: Final = 1080
"""Short side of the picture in which amplitudes are given."""
HAND_SHANKS: Final = 0.3
HAND_COLOUR: Final = (196.0, 150.0, 128.0)


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of the benchmark."""

    name: str
    group: str
    seed: int
    source: Source
    view: View
    acts: tuple[Act, ...]
    """Amplitudes in px at 1080p."""
    camera: Camera
    capture: Capture
    person: Person
    near: Side = "right"
    """Whose lower leg a close-up shows."""
    duration_s: float = 10.0
    tags: tuple[str, str] = ("steady", "30fps")
    """Words for how the camera is held and how the clip is recorded."""


@dataclass(slots=True, eq=False)
class _Moving:
    act: Act
    wave: Wave
    warp: PartWarp | None
    hand: Layer | None = None


def make(clip: Clip, folder: Path, recordings: Path | None) -> tuple[Path, Path]:
    """Write ``NAME.mp4`` and ``NAME.truth.json`` into the folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    video, truth = folder / f"{clip.name}.mp4", folder / f"{clip.name}.truth.json"
    background = load(clip.source, clip.view, clip.near, clip.capture, recordings, folder, clip.person, clip.seed)
    capture = _capture(clip, background)
    seeds = np.random.SeedSequence(clip.seed).spawn(5)
    draws = np.random.default_rng(seeds[0])
    moving = [_moving(act, background, draws) for act in clip.acts]
    part = folder / f".{clip.name}.{os.getpid()}.mp4"
    encode(part, capture, _pictures(clip, capture, background, moving, seeds[1:]), clip.duration_s)
    truth.write_text(json.dumps(_truth(clip, capture, background, moving), indent=1) + "\n", encoding="utf-8")
    part.replace(video)
    return video, truth


def _capture(clip: Clip, background: Background) -> Capture:
    """A recording keeps its own rate and noise; every picture its own size."""
    height, width = background.shape
    capture = replace(clip.capture, width_px=width, height_px=height)
    if clip.source in STILLS:
        return capture
    return replace(capture, rate_hz=background.rate_hz or 30.0, noise_levels=0.0)


def _moving(act: Act, background: Background, rng: np.random.Generator) -> _Moving:
    act = replace(act, amplitude_px=act.amplitude_px * min(background.shape) / FULL_SIZE_PX)
    legs, shape = background.legs_px, background.shape
    if act.what == "patting":
        return _Moving(act, wave_of(act, rng), None, _hand(act, background, rng))
    if act.what == "breathing":
        warp = _belly(legs, shape)
    elif act.skin:
        warp = skin_warp(legs, act.side, act.part, shape)
    elif act.what == "heel_bounce":
        warp = heel_warp(legs, act.side, act.amplitude_px, shape)
    else:
        warp = joint_warp(legs, act.side, act.part, act.amplitude_px * (1 + 2 * act.amplitude_cv), shape)
    act = replace(act, amplitude_px=min(act.amplitude_px, warp.largest_px))
    return _Moving(act, wave_of(act, rng), warp)


def _belly(legs: FloatArray, shape: tuple[int, int]) -> PartWarp:
    hips = (legs[landmark("left", "hip")] + legs[landmark("right", "hip")]) / 2
    knees = (legs[landmark("left", "knee")] + legs[landmark("right", "knee")]) / 2
    along = (hips - knees) / np.linalg.norm(hips - knees)
    thigh_px = float(np.linalg.norm(legs[landmark("left", "hip")] - legs[landmark("left", "knee")]))
    return ellipse_warp(hips + 0.7 * thigh_px * along, along, np.array([0.6, 0.45]) * thigh_px, shape)


def _hand(act: Act, background: Background, rng: np.random.Generator) -> Layer:
    """A hand-sized piece of mottled skin beside the knee, on the outer side."""
    legs = background.legs_px
    shank_px = float(np.linalg.norm(legs[landmark(act.side, "knee")] - legs[landmark(act.side, "ankle")]))
    radius = max(8, round(HAND_SHANKS * shank_px / 2) * 2)
    y, x = np.mgrid[-radius:radius, -radius:radius] + 0.5
    alpha = np.clip(2.5 * (1 - (x / radius) ** 2 - (y / (0.6 * radius)) ** 2), 0, 1).astype(np.float32)
    mottle = cv2.GaussianBlur(rng.normal(0, 1, alpha.shape), (0, 0), radius / 10)
    shade = 1 + 0.12 * mottle / mottle.std()
    rgb = np.clip(np.array(HAND_COLOUR) * shade[..., None], 0, 255).astype(np.float32)
    other: Side = "left" if act.side == "right" else "right"
    knee, inner = legs[landmark(act.side, "knee")], legs[landmark(other, "knee")]
    outward = (knee - inner) / max(1.0, float(np.linalg.norm(knee - inner)))
    place = knee + outward * 0.45 * shank_px - [radius, radius]
    x0, y0 = (int(value) // 2 * 2 for value in place)
    return layer_from_rgb(rgb, alpha, x0, y0)


def _pictures(
    clip: Clip, capture: Capture, background: Background, moving: list[_Moving], seeds: list[np.random.SeedSequence]
) -> Iterator[tuple[float, ByteArray, ByteArray]]:
    timing, noise, path_seed, _ = seeds
    taken = shots(capture, clip.duration_s, np.random.default_rng(timing))
    sensor = Sensor(capture, background.at(0), np.random.default_rng(noise))
    path = camera_path(clip.camera, capture.width_px, capture.height_px, np.random.default_rng(path_seed))
    apart = clip.camera.parallax > 0 and not clip.camera.steady
    mask = person_mask(background.legs_px, background.body_px, background.shape) if apart else None
    last: tuple[ByteArray, ByteArray] | None = None
    last_s = -1.0
    for number, shot in enumerate(taken):
        if last is None or shot.taken_s != last_s:
            picture = _drawn(background.at(number), moving, shot.taken_s)
            if not clip.camera.steady:
                picture = _filmed(picture, path, shot.taken_s, mask)
            last, last_s = sensor.expose(picture, shot), shot.taken_s
        yield shot.shown_s, *last


def _drawn(rest: Canvas, moving: list[_Moving], t_s: float) -> Canvas:
    canvas = rest.copy()
    for one in moving:
        size_px = float(one.wave.at(np.array([t_s]))[0])
        if one.warp is not None and abs(size_px) > 1e-6:
            before = canvas if len(moving) == 1 else canvas.copy()
            one.warp.apply(rest if len(moving) == 1 else before, canvas, size_px)
        if one.hand is not None:
            shift = np.array([[1.0, 0, 0], [0, 1, -size_px]])
            placed = warped(one.hand, shift, canvas.luma.shape[1], canvas.luma.shape[0])
            if placed is not None:
                paste(canvas, placed)
    return canvas


def _filmed(picture: Canvas, path: CameraPath, t_s: float, mask: Any) -> Canvas:
    """The picture as the moving camera sees it; what is near the person moves more than what is behind."""
    if mask is None:
        return _shifted(picture, path.person_map(t_s))
    half = cv2.resize(mask, (mask.shape[1] // 2, mask.shape[0] // 2), interpolation=cv2.INTER_AREA)[..., None]
    near = _shifted(Canvas(picture.luma * mask, picture.chroma * half), path.person_map(t_s))
    far = _shifted(Canvas(picture.luma * (1 - mask), picture.chroma * (1 - half)), path.background_map(t_s))
    return Canvas(near.luma + far.luma, near.chroma + far.chroma)


def _shifted(picture: Canvas, mapping: FloatArray) -> Canvas:
    linear = mapping[:, :2]
    offset = (linear @ np.array([0.5, 0.5]) + mapping[:, 2] - 0.5) / 2
    colour = np.column_stack([linear, offset])
    return Canvas(_turned(picture.luma, mapping), _turned(picture.chroma, colour))


def _turned(plane: Any, mapping: FloatArray) -> Float32Array:
    size = (plane.shape[1], plane.shape[0])
    return np.asarray(
        cv2.warpAffine(plane, mapping, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.float32
    )


# ---------------------------------------------------------------- truth
def _truth(clip: Clip, capture: Capture, background: Background, moving: list[_Moving]) -> dict[str, Any]:
    claimed = [one for one in moving if one.act.what not in NOTHING]
    return {
        "name": clip.name,
        "group": clip.group,
        "seed": clip.seed,
        "source": clip.source,
        "real_pixels": clip.source != "person",
        "back_and_forth": len(background.pictures) > 1,
        "view": clip.view,
        "camera": clip.tags[0],
        "recording": clip.tags[1],
        "duration_s": clip.duration_s,
        "null": not claimed,
        "disturbances": [one.act.what for one in moving if one.act.what in NOTHING],
        "capture": asdict(capture),
        "legs_px": {name: list(map(float, at)) for name, at in zip(LANDMARKS, background.legs_px, strict=True)},
        "movements": [true_movement(one.act, one.wave) | _extent(one) for one in claimed],
    }


def _extent(one: _Moving) -> dict[str, float]:
    """How far the far end of a turning part goes; skin and its like do not turn."""
    ratio = 1.0 if one.warp is None or one.warp.centre_px is None else 2.0
    return {"far_end_px": ratio * one.act.amplitude_px}
