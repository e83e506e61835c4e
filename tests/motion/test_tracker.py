"""Laws of the measured movement, on pictures whose movement is known to a fraction of a pixel."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from motionscan.body import EDGES, REGIONS
from motionscan.motion.camera_notes import LITTLE_BACKGROUND
from motionscan.motion.tracker import Tracker
from motionscan.records import BoolArray, FloatArray

from .scene import (
    HEIGHT_PX,
    RATE_HZ,
    REST,
    SETTINGS,
    SHANK_PX,
    SKIN_AT,
    SKIN_REGION,
    WIDTH_PX,
    Pose,
    Scene,
    body_pose,
    frame,
    region,
    to_luma,
    track,
    transform,
)

STILL = 0.05
"""[px] what counts as not moved."""


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def largest(path_px: FloatArray) -> float:
    return float(np.nanmax(np.abs(path_px)))


# ---------------------------------------------------------------- gain
@pytest.mark.parametrize("size_px", [0.3, 0.5, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("name", ["left_foot", "right_shank"])
def test_a_region_that_moves_is_measured_true(scene, name, size_px) -> None:
    steps = [0, size_px, -size_px, 1j * size_px, (0.6 - 0.8j) * size_px, 0]
    moved = region(track([Pose(shifts={name: step}) for step in steps], scene), name)
    way = np.stack([np.real(steps), np.imag(steps)], axis=1)
    gain = (moved.joint_px * way).sum() / (way**2).sum()
    assert 0.95 < gain < 1.05
    assert moved.joint_px == pytest.approx(way, abs=max(0.04, 0.03 * size_px))


def test_only_what_moves_has_moved(scene) -> None:
    motion = track([REST, Pose(shifts={"left_foot": 4 + 2j}), REST], scene)
    for other in motion.regions:
        if other.id != "left_foot":
            assert largest(other.joint_px) < STILL
    assert largest(motion.camera_px) < STILL


def test_small_movement_under_noise_is_right_on_average() -> None:
    size_px = 0.5
    steps = [size_px * (index % 2) for index in range(40)]
    measured = []
    for seed in range(3):
        motion = track([Pose(shifts={"left_foot": step}) for step in steps], Scene(seed), noise=2.0)
        path = region(motion, "left_foot").joint_px
        measured.append(path[1::2, 0].mean() - path[2::2, 0].mean())
    assert np.mean(measured) == pytest.approx(size_px, rel=0.07)


def test_a_turn_about_the_ankle_moves_the_foot_as_far_as_its_middle_goes(scene) -> None:
    angle = 0.05
    motion = track([REST, Pose(turns={"left_foot": angle}), REST], scene)
    # the middle of the foot lies about 0.2 shank lengths from the ankle
    assert np.hypot(*region(motion, "left_foot").joint_px[1]) == pytest.approx(angle * 0.2 * SHANK_PX, rel=0.4)
    landmarks = body_pose(0, Pose(turns={"left_foot": angle})).legs_px
    assert motion.landmarks_px[1, 4] == pytest.approx(landmarks[4], abs=0.3)


@pytest.mark.parametrize("name", ["left_foot", "right_shank"])
def test_a_part_that_turns_far_turns_about_its_joint_all_the_way(scene, name) -> None:
    """A window that only shifts loses most points from 0.3 on, and errs on the others."""
    turns = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.7, 0.5, 0.3, 0.1])
    motion = track([Pose(turns={name: turn}) for turn in turns], scene, pose_every=len(turns))
    moved = region(motion, name).joint_px @ (1, 1j)
    arms = moved[1:] / (np.exp(1j * turns[1:]) - 1)
    assert arms == pytest.approx(np.full(len(arms), np.median(arms)), abs=0.01 * abs(np.median(arms)) + 0.1)
    others = [other for other in motion.regions if name.split("_")[0] != other.side]
    assert max(largest(other.joint_px) for other in others) < STILL


# ---------------------------------------------------------------- noise
def test_the_noise_floor_is_what_still_regions_show(scene) -> None:
    motion = track([REST] * 50, scene, noise=3.0)
    for still in motion.regions:
        assert still.noise_px is not None
        measured = still.joint_px[1:].std()
        assert still.noise_px / 3 < measured < still.noise_px * 3


def test_the_noise_floor_of_skin_is_what_still_skin_shows(scene) -> None:
    floors = []
    for still in track([REST] * 50, scene, noise=3.0).regions:
        followed = np.isfinite(still.skin_px[1:]).all(axis=(0, 2))
        floors.append(still.skin_px[1:, followed].std(axis=(0, 2)) / still.skin_noise_px[followed])
    ratio = np.concatenate(floors)
    assert len(ratio) > 20
    assert 0.5 < np.median(ratio) < 2
    assert np.mean((ratio > 1 / 3) & (ratio < 3)) >= 0.95


def test_more_noise_is_a_higher_floor_and_movement_is_none(scene) -> None:
    quiet, loud = (region(track([REST] * 46, scene, noise=noise), "left_foot").noise_px for noise in (1.5, 6.0))
    assert quiet is not None
    assert loud is not None
    assert 2 < loud / quiet < 7
    jerks = [Pose(shifts={"left_foot": 4.0 * (index % 10 < 2)}) for index in range(46)]
    moving = region(track(jerks, scene, noise=1.5), "left_foot").noise_px
    assert moving == pytest.approx(quiet, rel=0.4)


# ---------------------------------------------------------------- light
def test_a_change_of_brightness_is_no_movement(scene) -> None:
    motion = track([REST] * 6, scene, change=lambda index, picture: picture * (1.1 if index > 2 else 1.0))
    assert motion.brightness[-1] == pytest.approx(1.1 * motion.brightness[0], rel=0.02)
    for still in motion.regions:
        assert largest(still.joint_px) < STILL


def test_bands_of_mains_flicker_are_no_movement(scene) -> None:
    rows = np.arange(HEIGHT_PX)[:, None]

    def flicker(index: int, picture: FloatArray) -> FloatArray:
        return picture * (1 + 0.08 * np.sin(2 * np.pi * (rows / 200 + index * 0.33)))

    for still in track([REST] * 8, scene, change=flicker).regions:
        assert largest(still.joint_px) < STILL


# ---------------------------------------------------------------- camera
def test_the_movement_of_the_camera_is_taken_off_and_told(scene) -> None:
    shake = [Pose(camera=step, roll=turn) for step, turn in ((0, 0), (3 - 2j, 0.004), (-5 + 1j, -0.006), (0, 0))]
    motion = track(shake, scene)
    for pose, row in zip(shake, motion.camera_px, strict=True):
        assert row == pytest.approx((pose.camera.real, pose.camera.imag, pose.roll * HEIGHT_PX / 2), abs=0.1)
    for still in motion.regions:
        assert largest(still.joint_px) < 0.1
        assert largest(still.body_px) < 0.1
    assert largest(motion.background_px) < 0.15


def test_a_foot_that_moves_before_a_moving_camera_keeps_its_movement(scene) -> None:
    poses = [Pose(camera=4 * np.exp(1j * k), shifts={"left_foot": 2.0 * (k % 2)}) for k in range(8)]
    path = region(track(poses, scene), "left_foot").joint_px[:, 0]
    assert path[1::2].mean() - path[2::2].mean() == pytest.approx(2.0, rel=0.06)


# ---------------------------------------------------------------- parents
def test_before_a_bare_wall_the_camera_is_what_most_of_the_legs_share(scene) -> None:
    """Where nothing beside the legs can be held on to, and the reader is told so."""

    def bare(index: int, picture: FloatArray) -> FloatArray:
        return np.where(on_the_legs(pose_at(index)), picture, 128.0)

    def pose_at(index: int) -> Pose:
        return Pose(camera=(0.7 - 0.4j) * index, shifts={"left_foot": 4.0 if index % 6 == 3 else 0j})

    motion = track([pose_at(index) for index in range(12)], scene, change=bare)
    assert motion.notes == (LITTLE_BACKGROUND,)
    assert not motion.camera_apart
    assert motion.camera_px[:, :2] == pytest.approx(np.outer(np.arange(12), (0.7, -0.4)), abs=0.15)
    foot = region(motion, "left_foot").body_px[:, 0]
    assert foot[3] == pytest.approx(4.0, abs=0.3)
    assert np.abs(np.delete(foot, [3, 9])).max() < 0.3
    known = track([pose_at(index) for index in range(12)], scene)
    assert known.notes == ()
    assert known.camera_apart


def test_a_wall_whose_points_wander_does_not_move_the_camera(scene) -> None:
    """What compression leaves of a bare wall is found again, each point somewhere else."""
    random = np.random.default_rng(4)
    shape = (HEIGHT_PX, WIDTH_PX)
    wall = 128 + 100 * gaussian_filter(random.normal(size=shape), 2)
    places = np.indices(shape).astype(np.float32)

    def wandering(index: int, picture: FloatArray) -> FloatArray:
        away = [gaussian_filter(random.normal(size=shape), 20) for _ in range(2)]
        rows, columns = places + np.float32([3 * one / one.std() for one in away])
        return np.where(on_the_legs(pose_at(index)), picture, cv2.remap(wall, columns, rows, cv2.INTER_LINEAR))

    def pose_at(index: int) -> Pose:
        return Pose(shifts={"left_foot": 4.0 if index % 6 == 3 else 0j})

    motion = track([pose_at(index) for index in range(12)], scene, change=wandering)
    assert largest(motion.camera_px) < 0.15
    assert np.isnan(motion.background_px[1:]).all()
    assert largest(region(motion, "right_foot").body_px) < 0.15
    assert not motion.camera_apart


@pytest.mark.parametrize("step_px", [1.0, 2.0, 4.0])
def test_the_foot_of_a_single_leg_before_a_bare_wall_does_not_drag_the_camera_along(scene, step_px) -> None:
    """Though it is a third of all that can be seen, and the pictures are noisy."""
    there = np.arange(WIDTH_PX) > WIDTH_PX / 2

    def pose_at(index: int) -> Pose:
        return Pose(shifts={"left_foot": step_px * (index % 2)})

    def single(index: int, picture: FloatArray) -> FloatArray:
        return np.where(on_the_legs(pose_at(index)) & there, picture, 128.0)

    motion = track([pose_at(index) for index in range(14)], scene, noise=2.0, change=single)
    path = region(motion, "left_foot").body_px[:, 0]
    assert path[1::2].mean() - path[2::2].mean() == pytest.approx(step_px, rel=0.15)


@pytest.mark.parametrize("jerk_px", [0.0, 4.0])
def test_before_a_bare_wall_the_legs_tell_the_noise_floor_whether_they_move_or_not(scene, jerk_px) -> None:
    def pose_at(index: int) -> Pose:
        return Pose(shifts={"left_foot": jerk_px * (index % 10 < 2)})

    def bare(index: int, picture: FloatArray) -> FloatArray:
        return np.where(on_the_legs(pose_at(index)), picture, 128.0)

    poses = [pose_at(index) for index in range(46)]
    known, alone = track(poses, scene, noise=1.0), track(poses, scene, noise=1.0, change=bare)
    assert alone.notes == (LITTLE_BACKGROUND,)
    for name in ("left_foot", "right_shank", "right_foot"):
        with_background, without = region(known, name).noise_px, region(alone, name).noise_px
        assert with_background is not None
        assert without is not None
        assert with_background / 2 < without < with_background * 2


def on_the_legs(pose: Pose) -> BoolArray:
    """(h, w) where the legs are in a picture, with a little around them."""
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    legs = body_pose(0, pose).legs_px
    for start, end in EDGES:
        cv2.line(mask, *(tuple(np.round(legs[at]).astype(int).tolist()) for at in (start, end)), 1, 50)
    return mask > 0


@pytest.mark.parametrize(("last", "renewed"), [(8, False), (40, True)])
def test_points_lost_for_a_moment_start_no_new_reference_picture(scene, last, renewed) -> None:
    """As those of a foot that is blurred while it jerks; lost until the next look, they do."""

    def covered(index: int, picture: FloatArray) -> FloatArray:
        if 4 <= index < last:
            picture[330:, 380:] = 128.0
        return picture

    motion = track([REST] * 31, scene, change=covered, pose_every=15)
    assert bool(motion.renewed_s) == renewed


def test_a_shank_carries_its_foot_without_moving_it(scene) -> None:
    shift = 6 - 2j
    motion = track([REST, Pose(shifts={"left_shank": shift}), REST], scene)
    foot, shank = region(motion, "left_foot"), region(motion, "left_shank")
    assert shank.joint_px[1] == pytest.approx((6, -2), abs=0.15)
    assert foot.body_px[1] == pytest.approx((6, -2), abs=0.15)
    assert largest(foot.joint_px) < 0.15


def test_a_swinging_shank_carries_its_foot_around(scene) -> None:
    motion = track([REST, Pose(turns={"left_shank": 0.03}), REST], scene)
    foot = region(motion, "left_foot")
    assert np.hypot(*foot.body_px[1]) > 0.03 * SHANK_PX
    assert largest(foot.joint_px) < 0.4


def test_what_was_covered_for_a_moment_is_looked_for_where_its_part_has_turned_to(scene) -> None:
    """Without a search far away: the lower end of a turning shank has moved further than its other points."""
    turns = [0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.18, 0.18]
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS.model_copy(update={"pyramid_levels": 0}))
    for index, turn in enumerate(turns):
        picture = scene.draw(Pose(turns={"left_shank": turn}))
        if index in (3, 4):
            picture[270:, 300:] = 128.0
        tracker.push(frame(index, to_luma(picture)), body_pose(0) if index == 0 else None)
    moved = region(tracker.finish(), "left_shank").joint_px @ (1, 1j)
    arms = moved[1:] / (np.exp(1j * np.array(turns[1:])) - 1)
    assert np.abs(arms[4:] - arms[0]).max() < 0.2


# ---------------------------------------------------------------- skin
def test_skin_that_moves_shows_in_its_patch_only_and_not_in_the_joint(scene) -> None:
    motion = track([REST, REST, Pose(skin=1.5 + 0j), REST], scene)
    shank = region(motion, SKIN_REGION)
    size = np.hypot(*np.moveaxis(shank.skin_px[2], -1, 0))
    patch = int(np.nanargmax(size))
    assert size[patch] > 0.4
    assert abs(complex(*shank.patches_px[patch]) - SKIN_AT) < 25
    away = np.hypot(*(shank.patches_px - shank.patches_px[patch]).T) > 40  # nearer patches overlap
    assert np.nanmax(size[away]) < size[patch] / 3
    assert largest(shank.joint_px) < 0.2
    for other in motion.regions:
        if other.id != SKIN_REGION:
            assert largest(other.skin_px) < 0.1


# ---------------------------------------------------------------- the pictures themselves
@pytest.mark.parametrize("times", [2, 3, 4, 6])
def test_a_larger_picture_is_measured_smaller_and_told_in_full_pixels(scene, times) -> None:
    """Legs 280 and 420 px from knee to ankle in whole pictures, 560 and 840 in pictures that are halved anyway."""
    tracker = Tracker(times * WIDTH_PX, times * HEIGHT_PX, SETTINGS)
    for index, step in enumerate((0, 0.75, -0.5)):
        small = to_luma(scene.draw(Pose(shifts={"left_foot": step})))
        large = cv2.resize(small, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
        tracker.push(frame(index, np.asarray(large, np.uint8)), body_pose(index / RATE_HZ, scale=times))
    motion = tracker.finish()
    assert (motion.width_px, motion.height_px) == (times * WIDTH_PX, times * HEIGHT_PX)
    foot = region(motion, "left_foot")
    assert foot.scale_px == pytest.approx(times * SHANK_PX)
    assert foot.joint_px[:, 0] == pytest.approx((0, 0.75 * times, -0.5 * times), abs=0.04 * times)
    assert motion.landmarks_px[0] == pytest.approx(times * body_pose(0).legs_px, abs=0.01)


def test_a_foot_of_smooth_skin_is_followed_from_near(scene) -> None:
    """What lies near the lens is smooth over more pixels than a window has."""
    tracker = Tracker(5 * WIDTH_PX // 2, 5 * HEIGHT_PX // 2, SETTINGS)
    for index, step in enumerate((0, 2.0, -1.0)):
        smooth = gaussian_filter(scene.draw(Pose(shifts={"left_foot": step})), 4.0)
        small = np.clip(np.round(smooth), 0, 255).astype(np.uint8)
        large = cv2.resize(small, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
        tracker.push(frame(index, np.asarray(large, np.uint8)), body_pose(index / RATE_HZ, scale=2.5))
    assert region(tracker.finish(), "left_foot").joint_px[:, 0] == pytest.approx((0, 5.0, -2.5), abs=0.4)


@pytest.mark.parametrize("goes", [True, False])
def test_legs_that_were_near_and_go_away_ask_to_begin_anew(scene, goes) -> None:
    near = cv2.resize(to_luma(scene.draw()), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    far = np.full_like(near, 128)
    far[:HEIGHT_PX, :WIDTH_PX] = to_luma(scene.draw())
    tracker = Tracker(3 * WIDTH_PX, 3 * HEIGHT_PX, SETTINGS)
    for index in range(10):
        away = goes and index > 2
        tracker.push(frame(index, far if away else near), body_pose(index / RATE_HZ, scale=1.0 if away else 3.0))
    assert tracker.gone_far == goes


def test_a_blank_picture_is_no_error(scene) -> None:
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(3):
        tracker.push(frame(index, np.full((HEIGHT_PX, WIDTH_PX), 128, np.uint8)), body_pose(index / RATE_HZ))
    motion = tracker.finish()
    assert motion.regions == ()
    assert len(motion.t_s) == 3


def test_repeated_pictures_are_known(scene) -> None:
    pictures = [to_luma(scene.draw(), np.random.default_rng(index), 2.0) for index in range(30)]
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(30):
        content = index - 1 if index % 5 == 4 else index
        tracker.push(frame(index, pictures[content]), body_pose(index / RATE_HZ) if index == 0 else None)
    assert np.flatnonzero(tracker.finish().duplicate).tolist() == [4, 9, 14, 19, 24, 29]


def test_a_still_scene_with_noise_has_no_repeated_pictures(scene) -> None:
    assert not track([REST] * 30, scene, noise=1.0).duplicate.any()


def test_what_is_covered_is_unknown_and_not_at_rest(scene) -> None:
    def covered(index: int, picture: FloatArray) -> FloatArray:
        if 5 <= index < 8:
            picture = picture.copy()
            picture[320:, :] = 60.0
        return picture

    poses = [Pose(shifts={"left_foot": 2.0 * (index > 3)}) for index in range(12)]
    motion = track(poses, scene, change=covered)
    foot = region(motion, "left_foot")
    assert np.isnan(foot.joint_px[5:8]).all()
    assert not foot.visible[5:8].any()
    assert foot.joint_px[8:, 0] == pytest.approx(np.full(4, 2.0), abs=0.1)
    assert np.isfinite(region(motion, "left_thigh").joint_px).all()


def test_a_mirrored_picture_gives_the_mirrored_movement_of_the_other_side(scene) -> None:
    poses = [REST, Pose(shifts={"left_foot": 3 + 1j}), REST]
    plain = region(track(poses, scene), "left_foot").joint_px
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index, pose in enumerate(poses):
        tracker.push(frame(index, np.ascontiguousarray(to_luma(scene.draw(pose))[:, ::-1])), body_pose(index / RATE_HZ))
    mirrored = region(tracker.finish(), "right_foot").joint_px
    assert mirrored == pytest.approx(plain * (-1, 1), abs=0.1)


def test_without_a_person_there_are_no_regions_and_no_error(scene) -> None:
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    assert tracker.finish().t_s.shape == (0,)
    for index in range(5):
        tracker.push(frame(index, to_luma(scene.draw())), None)
    motion = tracker.finish()
    assert motion.regions == ()
    assert motion.view is None
    assert np.isnan(motion.camera_px).all()
    assert motion.camera_px.shape == (5, 3)
    assert motion.background_px.shape[0] == 5


def test_shapes_and_ids_are_those_of_the_contract(scene) -> None:
    motion = track([REST] * 4, scene)
    assert tuple(one.id for one in motion.regions) == REGIONS
    assert motion.landmarks_px.shape == (4, 10, 2)
    for one in motion.regions:
        patches = one.patches_px.shape[0]
        assert one.joint_px.shape == one.body_px.shape == (4, 2)
        assert one.skin_px.shape == (4, patches, 2)
        assert one.skin_noise_px.shape == (patches,)
        assert one.id == f"{one.side}_{one.part}"
        assert one.visible.all()


def test_a_region_that_no_pose_confirms_any_more_is_not_visible(scene) -> None:
    count = round((SETTINGS.pose_memory_s + 0.5) * RATE_HZ)
    visible = region(track([REST] * count, scene, pose_every=1000), "left_foot").visible
    assert visible[: round(SETTINGS.pose_memory_s * RATE_HZ)].all()
    assert not visible[-5:].any()


def test_legs_found_alone_stay_visible_for_longer_without_being_seen_again(scene) -> None:
    count = round((SETTINGS.pose_memory_s + 0.5) * RATE_HZ)
    motion = track([REST] * count, scene, pose_every=1000, source="legs")
    assert region(motion, "left_foot").visible.all()


# ---------------------------------------------------------------- references
def far_away(index: int) -> Pose:
    """A slow walk of the camera that leaves the first reference picture behind."""
    return Pose(camera=complex(-6.0 * index, 0))


def test_a_new_reference_picture_goes_on_where_the_old_one_ended(scene) -> None:
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    rng = np.random.default_rng(0)
    for index in range(30):
        pose = far_away(index)
        tracker.push(frame(index, to_luma(scene.draw(pose), rng, 1.0)), body_pose(index / RATE_HZ, pose))
    motion = tracker.finish()
    assert len(tracker._references) > 1
    assert motion.camera_px[:, 0] == pytest.approx([-6.0 * index for index in range(30)], abs=1.0)
    for still in motion.regions:
        if still.side == "left":
            assert largest(np.diff(still.joint_px, axis=0)) < 0.5


def test_skin_keeps_its_patches_in_a_new_reference_picture(scene) -> None:
    """What was pulled before it was taken and stays pulled still shows; patches laid anew would show nothing."""
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(12):
        pose = Pose(skin=1.5 + 0j if index >= 3 else 0j)
        seen = body_pose(index / RATE_HZ, pose)
        legs_px = seen.legs_px.copy()
        if index < 6:
            legs_px[5:] = np.nan  # the other leg comes into view
        tracker.push(frame(index, to_luma(scene.draw(pose))), replace(seen, legs_px=legs_px))
    motion = tracker.finish()
    assert len(motion.renewed_s) == 1
    skin = region(motion, SKIN_REGION).skin_px
    patch = int(np.nanargmax(np.hypot(*np.moveaxis(skin[5], -1, 0))))
    size = np.hypot(*skin[:, patch].T)
    assert size[:3] == pytest.approx(0, abs=0.05)
    assert size[3:] == pytest.approx(size[5], abs=0.05)
    assert size[5] > 0.4


def test_the_pictures_of_old_references_are_let_go(scene) -> None:
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(30):
        pose = far_away(index)
        tracker.push(frame(index, to_luma(scene.draw(pose))), body_pose(index / RATE_HZ, pose))
    kept = [reference.picture.size for reference in tracker._references]
    assert len(kept) > 1
    assert kept[:-1] == [0] * (len(kept) - 1)


def test_the_same_pictures_give_the_same_motion(scene) -> None:
    poses = [Pose(shifts={"left_foot": k % 3}, camera=k % 2) for k in range(6)]
    one, other = (track(poses, scene, noise=1.0) for _ in range(2))
    for first, second in zip(one.regions, other.regions, strict=True):
        assert np.array_equal(first.joint_px, second.joint_px, equal_nan=True)


def test_landmarks_follow_the_legs(scene) -> None:
    pose = Pose(camera=3 + 1j, shifts={"left_foot": 2j, "right_shank": -3 + 0j})
    motion = track([REST, pose], scene)
    assert motion.landmarks_px[1, [4, 8]] == pytest.approx(body_pose(0, pose).legs_px[[4, 8]], abs=0.3)
    a, b = transform("left_foot", pose)
    assert a == pytest.approx(1)
    assert b == pytest.approx(3 + 3j)


def test_what_is_forgotten_changes_nothing_of_what_comes_after(scene) -> None:
    """An endless run keeps its last part only, and measures on as if it had kept everything."""
    poses = [Pose(shifts={"left_foot": 3 * (index % 2)}) for index in range(30)]
    whole, forgetful = (Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS) for _ in range(2))
    for index, pose in enumerate(poses):
        taken = frame(index, to_luma(scene.draw(pose)))
        seen = body_pose(taken.t_s, pose) if index % 10 == 0 else None
        whole.push(taken, seen)
        forgetful.push(taken, seen)
        forgetful.forget_before(taken.t_s - 0.2)
    late = forgetful.finish()
    assert late.t_s[0] >= whole.finish().t_s[-1] - 0.2 - 1e-9
    all_of_it = region(whole.finish(), "left_foot").joint_px[-len(late.t_s) :]
    np.testing.assert_array_equal(region(late, "left_foot").joint_px, all_of_it)


def test_references_that_are_not_needed_any_more_are_forgotten(scene) -> None:
    """However often a new reference picture is taken, memory holds those of the last part only."""
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(40):
        pose = far_away(index)
        taken = frame(index, to_luma(scene.draw(pose)))
        tracker.push(taken, body_pose(taken.t_s, pose))
        tracker.forget_before(taken.t_s - 0.1)
    assert len(tracker._references) <= 5
    assert len(tracker.finish().t_s) <= 5


def test_the_last_picture_alone_shows_where_everything_is(scene) -> None:
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS)
    for index in range(3):
        taken = frame(index, to_luma(scene.draw(REST)))
        tracker.push(taken, body_pose(taken.t_s, REST))
    last, whole = tracker.last(), tracker.finish()
    assert len(last.t_s) == 1
    np.testing.assert_array_equal(last.landmarks_px[0], whole.landmarks_px[-1])
