"""Regions that no pose places: marked by hand, or found by what moves by itself."""

import numpy as np
import pytest

from motionscan.body import Part
from motionscan.motion.camera_notes import NO_BACKGROUND
from motionscan.motion.colour import is_only_skin
from motionscan.motion.layout import MarkedRegion
from motionscan.motion.regions import find_groups, found_regions, narrowed
from motionscan.motion.survey import Paths, Survey
from motionscan.motion.tracker import Tracker
from motionscan.records import FloatArray, Motion

from .scene import HEIGHT_PX, RATE_HZ, SETTINGS, WIDTH_PX, Pose, Scene, frame, legs_px, region, to_luma

FOOT, OTHER_FOOT = "left_foot", "right_foot"


def box(name: str, left: float, top: float, right: float, bottom: float, part: Part | None = None) -> MarkedRegion:
    outline = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float)
    unit_px = float(np.hypot(right - left, bottom - top))
    return MarkedRegion(name, "left" if part else None, part, "manual", outline, unit_px)


FOOT_BOX = box("toe", 420, 330, 485, 385)


def jerk(index: int) -> float:
    """Two jerks a second, up to 4 px."""
    return 4.0 * max(0.0, np.sin(2 * np.pi * 2 * index / RATE_HZ)) ** 2


def shake(index: int) -> complex:
    t_s = index / RATE_HZ
    return complex(5 * np.sin(2 * np.pi * 0.5 * t_s) + np.sin(2 * np.pi * 7.3 * t_s), 3 * np.sin(2 * np.pi * 0.9 * t_s))


def poses(count: int, moving: str | None = FOOT, held: bool = True) -> list[Pose]:
    return [
        Pose(camera=0j if held else shake(i) - shake(0), shifts={moving: 1j * jerk(i)} if moving else {})
        for i in range(count)
    ]


def followed(views: list[Pose], *marked: MarkedRegion) -> Motion:
    scene, rng = Scene(), np.random.default_rng(1)
    tracker = Tracker(WIDTH_PX, HEIGHT_PX, SETTINGS, marked)
    for index, view in enumerate(views):
        tracker.push(frame(index, to_luma(scene.draw(view), rng, 1.0)), None)
    return tracker.finish()


def surveyed(views: list[Pose], marked: tuple[MarkedRegion, ...] = ()) -> Paths:
    scene, rng = Scene(), np.random.default_rng(1)
    survey = Survey(SETTINGS, marked)
    for index, view in enumerate(views):
        survey.push(frame(index, to_luma(scene.draw(view), rng, 1.0)))
    return survey.paths()


@pytest.fixture(scope="module")
def shaken() -> Motion:
    return followed(poses(60, held=False), FOOT_BOX, box("knee", 405, 215, 455, 290))


@pytest.fixture(scope="module")
def jerking() -> Paths:
    return surveyed(poses(75, held=False))


# ---------------------------------------------------------------- following
def test_a_marked_foot_moves_as_it_was_moved_under_a_shaking_camera(shaken: Motion) -> None:
    true = np.array([jerk(i) for i in range(60)])
    assert region(shaken, "toe").joint_px[:, 1] == pytest.approx(true, abs=0.3)
    assert np.abs(region(shaken, "toe").joint_px[:, 0]).max() < 0.3


def test_a_marked_part_that_is_still_stays_still(shaken: Motion) -> None:
    assert np.abs(region(shaken, "knee").joint_px).max() < 0.2


def test_marked_regions_say_what_they_are(shaken: Motion) -> None:
    for one in shaken.regions:
        assert (one.source, one.side, one.part, one.shank_known) == ("manual", None, None, False)
        assert one.visible.all()
    assert shaken.view == "close_up"
    assert shaken.camera_apart
    assert not np.isfinite(shaken.landmarks_px).any()


def test_a_marked_foot_hangs_on_the_shank_that_is_marked_too() -> None:
    views = [Pose(shifts={"left_shank": 1j * jerk(i)}) for i in range(30)]
    shank, foot = box("left_shank", 405, 215, 455, 320, "shank"), box(FOOT, 420, 338, 485, 385, "foot")
    motion = followed(views, shank, foot)
    assert np.abs(region(motion, FOOT).body_px[:, 1]).max() > 3
    assert np.abs(region(motion, FOOT).joint_px[:, 1]).max() < 0.6


def test_a_region_that_leaves_the_picture_is_not_visible_and_comes_back() -> None:
    away = [0.0] * 5 + [float(d) for d in range(0, 220, 16)] + [220.0] * 55
    back = [*away, *(float(d) for d in range(208, 0, -16)), *[0.0] * 35]
    motion = followed([Pose(camera=complex(d, 0)) for d in back], FOOT_BOX)
    visible = region(motion, "toe").visible
    assert visible[:8].all()
    assert not visible[len(away) - 5]
    assert visible[-1]


def test_where_the_region_is_the_whole_picture_it_is_said_so() -> None:
    motion = followed(poses(20), box("all", 0, 0, WIDTH_PX, HEIGHT_PX))
    assert not motion.camera_apart
    assert motion.notes == (NO_BACKGROUND,)
    assert region(motion, "all").noise_px is None
    assert np.isfinite(region(motion, "all").joint_px).all()


# ---------------------------------------------------------------- finding
def inside(outline_px: FloatArray, name: str) -> bool:
    side, _ = name.split("_")
    places = legs_px()[[2, 3, 4] if side == "left" else [7, 8, 9]]
    low, high = places.min(axis=0) - 48, places.max(axis=0) + 48
    return bool((outline_px >= low).all() and (outline_px <= high).all())


def test_the_foot_that_jerks_is_found_under_a_shaking_camera(jerking: Paths) -> None:
    (found,) = found_regions(jerking, WIDTH_PX, HEIGHT_PX, SETTINGS)
    assert (found.id, found.source, found.side, found.part) == ("region_1", "motion", None, None)
    assert inside(found.outline_px, FOOT)


def test_two_feet_that_move_at_their_own_times_are_two_regions() -> None:
    views = [Pose(shifts={FOOT: 1j * jerk(i), OTHER_FOOT: 1j * jerk(int(1.37 * i) + 4)}) for i in range(75)]
    found = found_regions(surveyed(views), WIDTH_PX, HEIGHT_PX, SETTINGS)
    assert len(found) == 2
    assert {name for name in (FOOT, OTHER_FOOT) for one in found if inside(one.outline_px, name)} == {FOOT, OTHER_FOOT}


@pytest.mark.parametrize("held", [True, False])
def test_nothing_is_found_where_nothing_moves_and_the_middle_is_watched(held: bool) -> None:
    paths = surveyed(poses(75, None, held))
    assert find_groups(paths, SETTINGS) == []
    (middle,) = found_regions(paths, WIDTH_PX, HEIGHT_PX, SETTINGS)
    assert middle.outline_px.mean(axis=0) == pytest.approx((WIDTH_PX / 2, HEIGHT_PX / 2))


def test_a_few_pictures_find_nothing() -> None:
    assert find_groups(surveyed(poses(5)), SETTINGS) == []


def test_a_limb_that_fills_the_picture_is_not_taken_for_the_camera(jerking: Paths) -> None:
    """Most points belong to the limb: the region is the limb all the same."""
    t_s = jerking.t_s
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(20, 620, 20), np.arange(20, 460, 20)))
    rest = x > 430
    camera = np.array([shake(i) for i in range(len(t_s))])
    limb = np.array([3j * jerk(i) for i in range(len(t_s))])
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.03, (2, len(x), len(t_s)))
    places = (x + 1j * y)[:, None] + camera + np.where(rest, 0, 1)[:, None] * limb + noise[0] + 1j * noise[1]
    paths = Paths(t_s, places, np.full(len(x), 1e-3), 20.0, (WIDTH_PX, HEIGHT_PX))
    (group,) = find_groups(paths, SETTINGS)
    assert group.points_px[:, 0].max() <= 430


def test_parallax_is_no_movement_of_its_own() -> None:
    t_s = np.arange(90) / RATE_HZ
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(20, 620, 20), np.arange(20, 460, 20)))
    camera = np.array([shake(i) for i in range(len(t_s))])
    nearer = np.where((abs(x - 320) < 60) & (abs(y - 240) < 60), 1.12, 1.0)
    noise = np.random.default_rng(3).normal(0, 0.03, (2, len(x), len(t_s)))
    places = (x + 1j * y)[:, None] + nearer[:, None] * camera + noise[0] + 1j * noise[1]
    assert find_groups(Paths(t_s, places, np.full(len(x), 1e-3), 20.0, (WIDTH_PX, HEIGHT_PX)), SETTINGS) == []


def test_a_generous_box_is_narrowed_to_what_moves_in_it() -> None:
    wide = box("toe", 370, 280, 540, 440)
    marked = (wide, box("knee", 405, 215, 455, 280))
    first, second = narrowed(marked, surveyed(poses(75), marked), 1.0, SETTINGS)
    assert np.ptp(first.outline_px[:, 0]) < 150
    assert (first.outline_px >= wide.outline_px.min(axis=0) - 0.01).all()
    assert (first.outline_px <= wide.outline_px.max(axis=0) + 0.01).all()
    assert second is marked[1]


# ---------------------------------------------------------------- colour
@pytest.mark.parametrize("tone", [(224, 180, 156), (196, 148, 116), (146, 100, 74), (98, 68, 54)])
def test_skin_of_every_tone_fills_the_picture(tone: tuple[int, int, int]) -> None:
    shade = np.linspace(0.85, 1.1, 160)[None, :, None]
    picture = np.clip(np.array(tone) * np.repeat(shade, 90, axis=0), 0, 255).astype(np.uint8)
    assert is_only_skin(picture, SETTINGS)
    picture[:30] = (90, 110, 150)
    assert not is_only_skin(picture, SETTINGS)
