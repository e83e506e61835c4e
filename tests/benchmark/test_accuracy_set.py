"""The clips of the accuracy benchmark: what they hold, and that a clip shows what its truth says."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from motionscan.body import LANDMARKS
from motionscan.pose.source import LEG_POINTS, POINT_COUNT
from motionscan.settings import Settings
from motionscan.simulate.scenario import Camera, Capture, Person
from motionscan.video.reader import VideoReader
from tests.benchmark.accuracy_set import ROWS, accuracy_set
from tests.benchmark.making import Clip, make
from tests.benchmark.movements import Act, true_movement, wave_of
from tests.benchmark.test_warped import PLACES, SHAPE, Texture, legs

SIZE = (SHAPE[1], SHAPE[0])


def act(what: str = "clonic", **changes: object) -> Act:
    given = {"side": "right", "part": "foot", "amplitude_px": 6.0, "rate_hz": 3.0} | changes
    return Act(what, **given)  # type: ignore[arg-type]


def truth(one: Act, seed: int = 0) -> dict[str, Any]:
    return true_movement(one, wave_of(one, np.random.default_rng(seed)))


# ---------------------------------------------------------------- the set
def test_half_of_three_hundred_clips_is_kept_for_the_report() -> None:
    tuning, report = accuracy_set(0, real=True), accuracy_set(1, real=True)
    assert len(tuning) == len(report) >= 150
    assert not {clip.seed for clip in tuning} & {clip.seed for clip in report}
    assert len({clip.name for clip in tuning}) == len(tuning)
    assert accuracy_set(0, real=True) == tuning


def test_the_quick_set_holds_every_movement_and_circumstance() -> None:
    quick = accuracy_set(0, real=True, quick=True)
    assert 20 <= len(quick) <= 30
    assert {a.what for clip in quick for a in clip.acts} >= {row.what for row in ROWS if row.quick and row.what}
    assert {clip.view for clip in quick} == {"full_body", "legs_only", "close_up"}
    assert {clip.tags[0] for clip in quick} == {"steady", "handheld", "shaken"}


def test_circumstances_are_met_about_equally_often() -> None:
    clips = accuracy_set(0, real=True)
    views, recordings = Counter(c.view for c in clips), Counter(c.tags[1] for c in clips)
    assert min(views.values()) > len(clips) / 7
    assert min(recordings.values()) >= 3
    assert all(a.amplitude_px <= 40 for c in clips for a in c.acts)


def test_without_recordings_everybody_is_drawn() -> None:
    clips = accuracy_set(0, real=False)
    assert {clip.source for clip in clips} == {"person"}
    assert len(clips) > 150


# ---------------------------------------------------------------- movements
def test_a_rhythm_that_starts_three_times_has_two_pauses_and_its_own_rate() -> None:
    one = truth(act("intermittent", runs=3, end_s=13.5, interval_cv=0.03))
    steps = np.diff([e["peak_s"] for e in one["events"]])
    assert (steps > 1.5).sum() == 2
    assert one["frequency_hz"] == pytest.approx(3.0, rel=0.05)
    assert not one["steady_run"]


def test_a_slowing_rhythm_gets_slower_and_wider() -> None:
    one = truth(act("slowing", rate_hz=4.0, end_rate_hz=2.0, end_length_s=0.3))
    widths = [e["offset_s"] - e["onset_s"] for e in one["events"]]
    assert one["slowing"]
    assert one["frequency_start_hz"] > 1.7 * one["frequency_end_hz"]
    assert np.mean(widths[-4:]) > 1.4 * np.mean(widths[:4])


def test_twitches_are_irregular_uneven_and_sometimes_double() -> None:
    one = replace(act("joint_twitches", rate_hz=0.8, amplitude_cv=0.4), end_s=200.0)
    events = wave_of(one, np.random.default_rng(0)).events
    steps = np.diff([e.peak_s for e in events])
    assert 0.7 < steps.std() / steps.mean() < 1.3
    assert (steps < 0.35).sum() > 5
    assert 0.3 < np.std([e.amplitude_px for e in events]) / np.mean([e.amplitude_px for e in events]) < 0.5


@pytest.mark.parametrize("what", ["sway", "swing", "walking"])
def test_movement_that_is_no_jerk_need_not_be_found(what: str) -> None:
    one = truth(act(what, rate_hz=0.9, part="shank"))
    assert not one["finding_required"]
    assert "rhythmic_jerking" not in one["patterns_accepted"]


# ---------------------------------------------------------------- clips
@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A photo whose legs are known, in place of a real one; the joints are already placed."""
    picture = Texture.drawn(3).picture().luma
    cv2.imwrite(
        str(tmp_path / "tfjs_pose.jpg"), np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 98]
    )
    points = np.tile(np.array([300.0, 100.0]), (POINT_COUNT, 1))
    points[LEG_POINTS] = legs()
    (tmp_path / "joints_photo.json").write_text(json.dumps(points.tolist()), encoding="utf-8")
    return tmp_path


def clip(*acts: Act, camera: Camera | None = None, **changes: object) -> Clip:
    capture = Capture(width_px=SIZE[0], height_px=SIZE[1], noise_levels=0.5, bit_rate_mbps=8.0)
    one = Clip("clip", "clonic", 1, "photo", "full_body", acts, camera or Camera(), capture, Person(), duration_s=2.0)
    return replace(one, **changes)  # type: ignore[arg-type]


def pictures(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with VideoReader(path, Settings().video) as reader:
        frames = list(reader)
    return np.array([f.t_s for f in frames]), np.stack([f.luma for f in frames]).astype(float)


def test_a_clip_shows_its_movement_when_the_truth_says(recordings: Path) -> None:
    scale = 1080 / SHAPE[0]  # amplitudes are given for 1080 lines
    one = act("clonic", amplitude_px=6 * scale, rate_hz=2.0, start_s=0.3, end_s=1.9)
    video, told = make(clip(one), recordings, recordings)
    t_s, luma = pictures(video)
    said = json.loads(told.read_text(encoding="utf-8"))
    (movement,) = said["movements"]
    assert movement["amplitude_px"] == pytest.approx(6, rel=0.01)
    assert set(said["legs_px"]) == set(LANDMARKS)
    change = np.abs(luma - luma[0]).mean(axis=(1, 2))
    first = movement["events"][0]
    around = (t_s > first["onset_s"] - 0.15) & (t_s < first["offset_s"] + 0.15)
    assert t_s[around][np.argmax(change[around])] == pytest.approx(first["peak_s"], abs=0.04)
    peak = luma[np.argmin(np.abs(t_s - first["peak_s"]))]
    foot, knee = (np.s_[y - 8 : y + 8, x - 8 : x + 8] for x, y in ((345, 345), PLACES["knee"]))
    assert np.abs(peak - luma[0])[foot].mean() > 8 * np.abs(peak - luma[0])[knee].mean()


def test_a_patting_hand_and_a_moving_camera_leave_no_movement_in_the_truth(recordings: Path) -> None:
    held = Camera(drift_px=4, tremor_px=0.5, roll_deg=0.1, parallax=0.02)
    hand = act("patting", amplitude_px=60, rate_hz=2.0, start_s=0.3, end_s=1.9)
    video, told = make(clip(hand, camera=held), recordings, recordings)
    said = json.loads(told.read_text(encoding="utf-8"))
    assert said["null"]
    assert (said["movements"], said["disturbances"]) == ([], ["patting"])
    _, luma = pictures(video)
    assert np.abs(np.diff(luma, axis=0)).mean() > 1
