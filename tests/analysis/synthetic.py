"""A measured person whose movement is known: ``Motion`` without any video."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from motionscan.body import LANDMARKS, PARTS, REGIONS, SIDES
from motionscan.records import Analysis, Finding, FloatArray, Motion, RegionMotion
from motionscan.settings import AnalysisSettings
from motionscan.simulate.scenario import Kind, Movement
from motionscan.simulate.waveforms import Waveform, waveform

SETTINGS = AnalysisSettings()
SHANK_PX = 300.0
NOISE_PX = 0.05
"""Of the place of a region in one picture, one axis; against its parent it has that of both."""
SKIN_NOISE = 1.5
"""Noise of a patch of skin over that of its region."""
PATCHES = {"thigh": (8, 3), "shank": (12, 3), "foot": (6, 3)}
"""Patches of skin along and across a part."""
MUSCLE_SHANKS = 0.1
"""Standard width of the skin that a twitch moves."""
CLUSTERS = 12
LIMB = ((0.8, 0.6), (-0.6, 0.8))
"""Unit vectors along which the regions move on the left and on the right."""


# ---------------------------------------------------------------- movements
def movement(kind: Kind, region: str = "right_foot", rate_hz: float = 3.0, **more: object) -> Movement:
    """A movement from 1.5 to 10.8 s, 6 px high, unless told otherwise."""
    side, part = region.split("_")
    given = {"amplitude_px": 6.0, "start_s": 1.5, "end_s": 10.8} | more
    return Movement(kind, side, part, rate_hz=rate_hz, **given)  # type: ignore[arg-type]


def drawn(one: Movement, seed: int = 0) -> Waveform:
    return waveform(one, np.random.default_rng(seed))


# ---------------------------------------------------------------- times
def steady(rate_hz: float = 30.0, duration_s: float = 12.0) -> FloatArray:
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def jittered(rate_hz: float = 30.0, duration_s: float = 12.0, sd_ms: float = 4.0) -> FloatArray:
    """Frame times with a spread around the regular grid that never swaps two pictures."""
    limit_s = 0.45 / rate_hz
    shift = np.random.default_rng(7).normal(0, sd_ms / 1000, round(duration_s * rate_hz))
    return steady(rate_hz, duration_s) + np.clip(shift, -limit_s, limit_s)


def low_light(at_s: float = 6.0, duration_s: float = 12.0) -> FloatArray:
    """30 pictures a second that become 20 when the light goes."""
    bright = np.arange(0, at_s, 1 / 30)
    return np.concatenate([bright, np.arange(bright[-1] + 1 / 20, duration_s, 1 / 20)])


def with_pause(t_s: FloatArray, from_s: float, to_s: float) -> FloatArray:
    """The same times without the pictures of a pause."""
    return t_s[(t_s < from_s) | (t_s > to_s)]


# ---------------------------------------------------------------- the measured person
def person(
    movements: Iterable[Movement | tuple[Movement, Waveform]] = (),
    t_s: FloatArray | None = None,
    *,
    seed: int = 0,
    noise_px: float = NOISE_PX,
    duplicate: np.ndarray | None = None,
    shift_s: float = 0.0,
    paths_px: dict[str, FloatArray] | None = None,
    skin: bool = True,
) -> Motion:
    """Six regions that do what the movements say, each seen at ``t_s`` with white noise of ``noise_px``.

    ``duplicate`` marks pictures that repeat the one before; ``shift_s`` starts the clock later; ``paths_px``
    adds (T, 2) paths to the displacement of regions relative to their parents. Without ``skin``, which takes most of
    the time that a judgement takes, laws of joints can be tried many times.
    """
    t_s = steady() if t_s is None else t_s
    duplicate = np.zeros(len(t_s), dtype=bool) if duplicate is None else duplicate
    taken_s = t_s[np.maximum.accumulate(np.where(duplicate, 0, np.arange(len(t_s))))]
    rng = np.random.default_rng([seed, 99])
    pairs = [one if isinstance(one, tuple) else (one, drawn(one, seed)) for one in movements]
    regions: list[RegionMotion] = []
    truth, seen = np.zeros((len(t_s), 2)), np.zeros((len(t_s), 2))
    for name in REGIONS:
        side, part = name.split("_")
        own = np.zeros((len(t_s), 2)) + (paths_px or {}).get(name, 0.0)
        patches = _patches_px(name, PATCHES[part] if skin else (0, 0))
        patch = _noise(rng, (len(t_s), len(patches), 2), SKIN_NOISE * noise_px, duplicate)
        for one, wave in pairs:
            if one.region == name:
                path = wave.at(taken_s)[:, None] * LIMB[SIDES.index(side)]
                if one.kind == "skin_twitches":
                    patch += soft(patches, 4)[:, None] * path[:, None]
                else:
                    own += path
        if part == PARTS[0]:
            truth, seen = np.zeros((len(t_s), 2)), np.zeros((len(t_s), 2))
        parent, truth = seen, truth + own
        seen = truth + _noise(rng, (len(t_s), 2), noise_px, duplicate)
        regions.append(_region(name, seen - parent, seen, patch, patches, noise_px))
    return Motion(
        t_s=t_s + shift_s,
        width_px=1920,
        height_px=1080,
        view="full_body",
        camera_px=_noise(rng, (len(t_s), 3), 0.01, duplicate),
        background_px=_noise(rng, (len(t_s), CLUSTERS, 2), noise_px, duplicate),
        brightness=np.full(len(t_s), 120.0),
        keyframe=np.arange(len(t_s)) % 30 == 0,
        duplicate=duplicate,
        landmarks_px=np.full((len(t_s), len(LANDMARKS), 2), 500.0),
        regions=tuple(regions),
    )


def _noise(rng: np.random.Generator, shape: tuple[int, ...], size_px: float, duplicate: np.ndarray) -> FloatArray:
    """White noise that a repeated picture repeats."""
    values = rng.normal(0, size_px, shape)
    return values[np.maximum.accumulate(np.where(duplicate, 0, np.arange(shape[0])))]


def _patches_px(name: str, grid: tuple[int, int]) -> FloatArray:
    """Rows of patches 0.1 of a shank apart along and 0.04 across, each region's far from the others'."""
    along, across = np.indices(grid).reshape(2, -1)
    return np.stack([3 * SHANK_PX * REGIONS.index(name) + 0.04 * SHANK_PX * across, 0.1 * SHANK_PX * along], axis=1)


def soft(patches_px: FloatArray, patch: int) -> FloatArray:
    """(P,) how far each patch goes with one of them, as a share: skin is soft."""
    apart_shanks = np.hypot(*(patches_px - patches_px[patch]).T) / SHANK_PX
    return np.exp(-0.5 * (apart_shanks / MUSCLE_SHANKS) ** 2)


def _region(
    name: str, joint: FloatArray, body: FloatArray, skin: FloatArray, patches: FloatArray, noise_px: float
) -> RegionMotion:
    side, part = name.split("_")
    return RegionMotion(
        id=name,
        side=side,  # type: ignore[arg-type]
        part=part,  # type: ignore[arg-type]
        source="pose",
        joint_px=joint,
        body_px=body,
        skin_px=skin,
        patches_px=patches,
        noise_px=noise_px if part == PARTS[0] else float(np.sqrt(2)) * noise_px,
        body_noise_px=noise_px,
        skin_noise_px=np.full(skin.shape[1], SKIN_NOISE * noise_px),
        scale_px=SHANK_PX,
        visible=np.ones(len(joint), dtype=bool),
    )


# ---------------------------------------------------------------- the same person, seen otherwise
def turned(motion: Motion, matrix: FloatArray, swap_sides: bool = False) -> Motion:
    """Every displacement put through a (2, 2) matrix; ``swap_sides`` names left right and right left."""
    regions = tuple(
        replace(
            region,
            joint_px=region.joint_px @ matrix.T,
            body_px=region.body_px @ matrix.T,
            skin_px=region.skin_px @ matrix.T,
        )
        for region in motion.regions
    )
    if swap_sides:
        half = len(regions) // 2
        regions = tuple(
            replace(region, id=kept.id, side=kept.side)
            for region, kept in zip(regions[half:] + regions[:half], regions, strict=True)
        )
    camera = np.concatenate(
        [motion.camera_px[:, :2] @ matrix.T, motion.camera_px[:, 2:] * np.linalg.det(matrix)], axis=1
    )
    return replace(motion, camera_px=camera, background_px=motion.background_px @ matrix.T, regions=regions)


def with_camera(motion: Motion, path_px: FloatArray, leak: float) -> Motion:
    """The same person filmed by a hand that moves by (T, 2), of which every region keeps a share."""
    regions = tuple(
        replace(region, joint_px=region.joint_px + leak * path_px, body_px=region.body_px + leak * path_px)
        for region in motion.regions
    )
    camera = motion.camera_px + np.pad(path_px, ((0, 0), (0, 1)))
    return replace(motion, camera_px=camera, regions=regions)


def with_regions(motion: Motion, **changes: Any) -> Motion:
    """The same with fields of every region changed; a callable gets the region."""
    regions = (
        replace(region, **{name: new(region) if callable(new) else new for name, new in changes.items()})
        for region in motion.regions
    )
    return replace(motion, regions=tuple(regions))


def only(analysis: Analysis) -> Finding:
    """The one finding there is."""
    assert len(analysis.findings) == 1, [(f.pattern, f.region, f.frequency_hz) for f in analysis.findings]
    return analysis.findings[0]
