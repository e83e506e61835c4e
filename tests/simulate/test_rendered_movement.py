"""The drawn movement is as large as the truth says, in the place where it says."""

import cv2
import numpy as np
import pytest

from motionscan.body import SEGMENT_JOINTS
from motionscan.simulate.render import Renderer
from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario

ONE_TWITCH_S = (0.5,)
HAND = Camera(drift_px=6.0, tremor_px=0.8, roll_deg=0.12, parallax=0.02)


def scene(movements, view="chair_front", camera=None, near_side="right", seed=7, size=(960, 540)):
    person = Person(view, near_side, clothing="bare", footwear="barefoot")
    return Scenario("x", "", 2.0, person, movements, camera or Camera(), Capture(*size), seed)


def twitch(kind, part, amplitude_px, side="right"):
    return Movement(
        kind, side, part, amplitude_px, 1.0, 0.1, 2.0, times_s=ONE_TWITCH_S, amplitude_cv=0.0, patch=(0.5, 0.0)
    )


def luma(renderer, t_s):
    return np.clip(np.rint(renderer.picture(t_s).luma), 0, 255).astype(np.uint8)


def measured(renderer, middle_px, reach_px, t_s):
    """(2,) median optical flow of points around a place, from rest, without the camera's movement."""
    steps = np.arange(-reach_px, reach_px + 1, 3)
    start = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 1, 2) + middle_px
    start = start.astype(np.float32)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 60, 1e-3)
    pictures = luma(renderer, 0.0), luma(renderer, t_s)
    end, found, _ = cv2.calcOpticalFlowPyrLK(*pictures, start, None, winSize=(15, 15), maxLevel=3, criteria=stop)
    assert found.all()
    camera = renderer.camera.person_map(t_s)
    rest = start[:, 0] @ camera[:, :2].T + camera[:, 2]
    return np.median(end[:, 0] - rest, axis=0)


@pytest.mark.parametrize("view", ["chair_front", "chair_side", "bed"])
@pytest.mark.parametrize("part", ["foot", "shank"])
@pytest.mark.parametrize("amplitude_px", [0.5, 4.0])
def test_the_middle_of_a_part_moves_by_the_amplitude(view, part, amplitude_px):
    movements = (twitch("joint_twitches", part, amplitude_px),)
    sizes = []
    for seed in (0, 3, 4, 5):  # one texture alone may mislead the measurement by a tenth
        renderer = Renderer(scene(movements, view, size=(1280, 720), seed=seed))
        start, end = (renderer.joints[f"right_{joint}"] for joint in SEGMENT_JOINTS[part])
        peak_s = renderer.movers[0].wave.events[0].peak_s
        sizes.append(np.linalg.norm(measured(renderer, (start + end) / 2, 6, peak_s)))
    assert np.mean(sizes) == pytest.approx(amplitude_px, rel=0.05, abs=0.035)


@pytest.mark.parametrize("view", ["chair_front", "bed"])
@pytest.mark.parametrize(("amplitude_px", "camera"), [(0.8, None), (4.0, None), (2.5, HAND)])
def test_the_middle_of_twitching_skin_moves_by_the_amplitude_and_the_rest_does_not(view, amplitude_px, camera):
    movement = twitch("skin_twitches", "shank", amplitude_px)
    renderer = Renderer(scene((movement,), view, camera, size=(1920, 1080)))
    middle, _, _ = renderer.patch(movement)
    peak_s = renderer.movers[0].wave.events[0].peak_s
    assert np.linalg.norm(measured(renderer, middle, 3, peak_s)) == pytest.approx(amplitude_px, rel=0.07)
    toe = (renderer.joints["right_ankle"] + renderer.joints["right_toe"]) / 2
    assert np.linalg.norm(measured(renderer, toe, 9, peak_s)) < 0.04


def test_only_the_moving_leg_changes():
    renderer = Renderer(scene((twitch("joint_twitches", "foot", 6.0),)))
    rest, peak = luma(renderer, 0.0), luma(renderer, renderer.movers[0].wave.events[0].peak_s)
    changed = np.argwhere(rest != peak)
    assert changed.size
    foot = np.array([renderer.joints[f"right_{joint}"] for joint in ("ankle", "toe")])
    assert np.all(changed[:, 1] < renderer.stage.middle_px)  # the right leg is on the picture's left
    assert np.all(changed[:, 0] > foot[:, 1].min() - 40)


def test_a_moving_shank_carries_the_foot_and_a_moving_foot_does_not_carry_the_shank():
    for part, carried in (("shank", True), ("foot", False)):
        renderer = Renderer(scene((twitch("joint_twitches", part, 5.0),)))
        now = renderer.joints_at(renderer.movers[0].wave.events[0].peak_s)
        assert np.any(now["right_ankle"] != renderer.joints["right_ankle"]) == carried
        assert np.any(now["right_toe"] != renderer.joints["right_toe"])
        assert np.all(now["right_knee"] == renderer.joints["right_knee"])


def test_a_heel_bounce_leaves_the_toe_on_the_floor_and_lifts_the_knee():
    movement = Movement("heel_bounce", "left", "foot", 5.0, 5.0, 0.1, 2.0)
    renderer = Renderer(scene((movement,), size=(640, 360)))
    event = renderer.movers[0].wave.events[4]
    now = renderer.joints_at(event.peak_s)
    foot = (now["left_ankle"] + now["left_toe"] - renderer.joints["left_ankle"] - renderer.joints["left_toe"]) / 2
    assert np.all(now["left_toe"] == renderer.joints["left_toe"])
    assert now["left_knee"][1] < renderer.joints["left_knee"][1] - 4
    assert foot == pytest.approx([0, -event.amplitude_px], rel=0.02)


def test_the_person_seen_from_the_other_side_is_the_mirror_image():
    sizes = {side: Renderer(scene((), "chair_side", near_side=side)) for side in ("left", "right")}
    middle = sizes["left"].stage.middle_px
    for joint in ("knee", "ankle", "toe"):
        left, right = sizes["left"].joints[f"left_{joint}"], sizes["right"].joints[f"right_{joint}"]
        assert left == pytest.approx([2 * middle - right[0], right[1]])


def test_the_same_seed_gives_the_same_picture_and_another_seed_another():
    movements = (twitch("joint_twitches", "foot", 3.0),)
    pictures = [Renderer(scene(movements, camera=HAND, seed=seed)).picture(0.7).luma for seed in (1, 1, 2)]
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_a_steady_camera_keeps_everything_still():
    renderer = Renderer(scene(()))
    assert np.array_equal(renderer.picture(0.0).luma, renderer.picture(1.3).luma)


def test_the_hand_moves_the_background_as_its_path_says():
    renderer = Renderer(scene((), camera=HAND))
    place = np.array([90.0, 90.0])
    moved = measured(renderer, place, 20, 1.0) + _person_shift(renderer, place)
    mapping = renderer.camera.background_map(1.0)
    assert moved == pytest.approx(mapping[:, :2] @ place + mapping[:, 2] - place, abs=0.1)


def _person_shift(renderer, place):
    mapping = renderer.camera.person_map(1.0)
    return mapping[:, :2] @ place + mapping[:, 2] - place
