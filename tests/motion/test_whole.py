"""Laws of small parts without texture of their own, which are followed by their outline."""

import cv2
import numpy as np
import pytest

from motionscan.motion.tracker import Tracker
from motionscan.records import ByteArray, FloatArray, Motion

from .scene import HEIGHT_PX, RATE_HZ, SETTINGS, SHANK_PX, WIDTH_PX, Pose, Scene, body_pose, frame, region, to_luma

SMALLER = 2
"""Pictures are made so many times smaller: shanks of 70 px."""
assert SHANK_PX / SMALLER < SETTINGS.whole_shank_px < SHANK_PX


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(plain=True)


def small(scene: Scene, pose: Pose, rng: np.random.Generator) -> FloatArray:
    size = (WIDTH_PX // SMALLER, HEIGHT_PX // SMALLER)
    picture: FloatArray = cv2.resize(scene.draw(pose), size, interpolation=cv2.INTER_AREA)
    return picture + rng.normal(0, 1.5, picture.shape)


def track_small(poses: list[Pose], scene: Scene, hand_px: list[int] | None = None, grain_levels: float = 0.0) -> Motion:
    """The tracker over small pictures; a bright disc lies on the right shank, so many pixels from its place.

    ``grain_levels`` of noise are added around the left foot.
    """
    rng = np.random.default_rng(3)
    tracker = Tracker(WIDTH_PX // SMALLER, HEIGHT_PX // SMALLER, SETTINGS)
    for index, pose in enumerate(poses):
        picture = small(scene, pose, rng)
        picture[155:205, 190:260] += rng.normal(0, grain_levels, (50, 70))
        luma: ByteArray = to_luma(picture)
        if hand_px is not None:
            middle = ((WIDTH_PX - 430) // SMALLER - 14 + hand_px[index], 270 // SMALLER)
            cv2.circle(luma, middle, 9, 230, -1, cv2.LINE_AA)
        known = body_pose(index / RATE_HZ, pose, 1 / SMALLER) if index % 15 == 0 else None
        tracker.push(frame(index, luma), known)
    return tracker.finish()


@pytest.mark.parametrize("size_px", [1.0, 2.0, 4.0, 6.0])
def test_a_plain_foot_is_measured_true_and_alone(scene, size_px) -> None:
    steps = [0, size_px, -size_px, 1j * size_px, (0.6 - 0.8j) * size_px, 0] * 2
    motion = track_small([Pose(shifts={"left_foot": step}) for step in steps], scene)
    way = np.stack([np.real(steps), np.imag(steps)], axis=1) / SMALLER
    assert region(motion, "left_foot").joint_px == pytest.approx(way, abs=0.05 + 0.08 * size_px)
    for other in ("left_shank", "right_foot"):
        assert float(np.nanmax(np.abs(region(motion, other).body_px))) < 0.15


def test_twice_the_turn_moves_a_plain_foot_twice_as_far(scene) -> None:
    angles = [0.0, 0.06, 0.12, 0.0]
    motion = track_small([Pose(turns={"right_foot": angle}) for angle in angles], scene)
    rest, once, twice, back = np.hypot(*region(motion, "right_foot").joint_px.T)
    assert twice == pytest.approx(2 * once, rel=0.15)
    assert once > 10 * max(rest, back, 0.01)


def test_the_noise_floor_of_a_plain_foot_is_its_jitter_at_rest_whether_it_jerks_or_not(scene) -> None:
    resting = [Pose()] * 120
    jerking = [Pose(shifts={"left_foot": 6.0 * (index > 60 and index % 6 < 2)}) for index in range(120)]
    rest, jerks = (region(track_small(poses, scene, grain_levels=10), "left_foot") for poses in (resting, jerking))
    jitter_px = rest.body_px[1:].std(axis=0).max()
    assert 0.4 * jitter_px < rest.body_noise_px < 2.5 * jitter_px
    assert jerks.body_noise_px == pytest.approx(rest.body_noise_px, rel=0.5)


def test_a_hand_that_pats_a_plain_shank_does_not_draw_it_along(scene) -> None:
    pats = [round(6 * np.sin(index / 2) ** 2) for index in range(30)]
    motion = track_small([Pose()] * 30, scene, pats)
    assert float(np.nanmax(np.abs(region(motion, "right_shank").body_px))) < 0.5


def test_a_covered_part_is_lost_and_found_again(scene) -> None:
    """While something lies on both feet they are not measured; afterwards they are where they were."""
    rng = np.random.default_rng(3)
    tracker = Tracker(WIDTH_PX // SMALLER, HEIGHT_PX // SMALLER, SETTINGS)
    for index in range(12):
        luma = to_luma(small(scene, Pose(), rng))
        if 4 <= index < 8:
            luma[150:] = rng.integers(0, 255, luma[150:].shape)
        tracker.push(frame(index, luma), body_pose(0, Pose(), 1 / SMALLER) if index == 0 else None)
    path = region(tracker.finish(), "left_foot").body_px
    assert np.isnan(path[4:8]).all()
    assert float(np.abs(path[8:]).max()) < 0.15
