"""A made-up person whose right foot jerks at 3 Hz, as the rooms before this one would hand it over."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from motionscan.body import LANDMARKS, REGIONS, landmark
from motionscan.records import (
    Analysis,
    Event,
    Finding,
    FloatArray,
    Gate,
    Motion,
    Pair,
    Quality,
    Region,
    RegionMotion,
    Timing,
    VideoInfo,
)


@dataclass(frozen=True)
class Case:
    """One video's measurement and judgement."""

    motion: Motion
    analysis: Analysis


def video_info(name: str = "foot.mp4", width: int = 640, height: int = 360) -> VideoInfo:
    return VideoInfo(
        file_name=name,
        sha256="0" * 64,
        size_bytes=1_000_000,
        container="mov,mp4",
        codec="h264",
        pixel_format="yuv420p",
        width_px=width,
        height_px=height,
        rotation_deg=0,
        nominal_rate_hz=30.0,
        declared_duration_s=10.0,
        has_audio=False,
        transfer=None,
        recorded_at=None,
        capture_rate_hz=None,
        slow_motion=False,
    )


def seated_legs(width: int, height: int) -> FloatArray:
    """(10, 2) the leg landmarks of somebody who sits and faces the camera."""
    middle, unit = width / 2, min(width, height) / 10
    legs = np.zeros((len(LANDMARKS), 2))
    for side, sign in (("left", 1), ("right", -1)):
        for joint, x, y in (
            ("hip", 0.9, 4.2),
            ("knee", 1.5, 5.4),
            ("ankle", 1.3, 8.2),
            ("heel", 1.1, 8.6),
            ("toe", 2.0, 9.2),
        ):
            legs[landmark(side, joint)] = middle + sign * x * unit, y * height / 10
    return legs


def events_at(peaks: FloatArray, region: str = "right_foot") -> tuple[Event, ...]:
    return tuple(
        Event(f"e{i}", region, float(p) - 0.05, float(p), float(p) + 0.1, 4.0, 0.03, 0.08, "joint")
        for i, p in enumerate(peaks, 1)
    )


def jerking(events: tuple[Event, ...], start_s: float, end_s: float) -> Finding:
    return Finding(
        id="f1",
        pattern="rhythmic_jerking",
        region="right_foot",
        start_s=start_s,
        end_s=end_s,
        event_ids=tuple(event.id for event in events),
        event_count=len(events),
        frequency_hz=3.0,
        frequency_ci95_hz=(2.96, 3.04),
        frequency_start_hz=3.0,
        frequency_end_hz=3.0,
        slowing=False,
        interval_cv=0.04,
        silent_fraction=0.5,
        amplitude_px=4.0,
        amplitude_rel=0.03,
        site="joint",
        confidence=0.9,
        reasons=("interval CV 0.04 <= 0.25",),
        alternatives=("voluntary or habitual movement",),
    )


def make_case(
    width: int = 640,
    height: int = 360,
    duration_s: float = 10.0,
    rate_hz: float = 30.0,
    found: bool = True,
    assessable: bool = True,
) -> Case:
    """A right foot that jerks at 3 Hz from 20 % to 80 % of the clip; ``found=False``: nobody moves."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    start, end = (0.2 * duration_s, 0.8 * duration_s) if found else (0.0, 0.0)
    peaks = np.arange(start, end, 1 / 3)
    trace = 0.05 * np.sin(2 * np.pi * 0.4 * t)
    for peak in peaks:
        trace = trace + 4 * np.exp(-0.5 * ((t - peak) / 0.04) ** 2)
    traces = {region: 0.05 * np.cos(2 * np.pi * 0.3 * t) for region in REGIONS} | {"right_foot": trace}
    events = events_at(peaks)
    gate = Gate("duration_s", duration_s, 6.0, assessable, None if assessable else "Film at least 10 s.")
    analysis = Analysis(
        timing=Timing(False, 0.1, 0, 0),
        frame_rate_hz=rate_hz,
        quality=Quality(assessable, (gate,), 12.0, 0.2, None),
        regions=tuple(_region(region) for region in REGIONS),
        events=events,
        findings=(jerking(events, start, end),) if found else (),
        pairs=(Pair("left_foot", "right_foot", None, None, 0.1, 0.4),) if found else (),
        sentence="The right foot jerked rhythmically at 3.0 Hz." if found else "No finding.",
        not_assessed=("face", "awareness"),
        caveats=("Describes movement, not a diagnosis.",),
        traces_px=traces,
        tracked=np.ones(len(t), bool),
    )
    return Case(_motion(t, width, height), analysis)


def _region(region: str) -> Region:
    side, part = region.split("_")
    return Region(region, side, part, "pose", 1.0, 130.0, 0.05, 3.0, 15.123456)  # type: ignore[arg-type]


def _motion(t: FloatArray, width: int, height: int) -> Motion:
    count = len(t)
    return Motion(
        t_s=t,
        width_px=width,
        height_px=height,
        view="full_body",
        camera_px=np.zeros((count, 3)),
        background_px=np.zeros((count, 0, 2)),
        brightness=np.full(count, 120.0),
        keyframe=np.arange(count) % 30 == 0,
        duplicate=np.zeros(count, bool),
        landmarks_px=np.repeat(seated_legs(width, height)[None], count, axis=0),
        regions=tuple(_region_motion(region, count, width, height) for region in REGIONS),
    )


def _region_motion(region: str, count: int, width: int, height: int) -> RegionMotion:
    side, part = region.split("_")
    return RegionMotion(
        id=region,
        side=side,  # type: ignore[arg-type]
        part=part,  # type: ignore[arg-type]
        source="pose",
        joint_px=np.zeros((count, 2)),
        body_px=np.zeros((count, 2)),
        skin_px=np.zeros((count, 4, 2)),
        patches_px=np.array([[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]) * (width, height),
        noise_px=0.05,
        skin_noise_px=np.full(4, 0.05),
        scale_px=130.0,
        visible=np.ones(count, bool),
    )


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def new_case() -> Callable[..., Case]:
    return make_case
