"""Which points are followed, and that they are found again."""

import cv2
import numpy as np
import pytest

from motionscan.body import REGIONS, SIDES
from motionscan.motion.body_layout import BODY_LAYOUT, place_body
from motionscan.motion.flow import follow, prepare, window_px
from motionscan.motion.noise import jitter_px
from motionscan.motion.outline import background_mask, region_polygon, shank_length_px, shown_regions
from motionscan.motion.points import choose_points, without_some
from motionscan.motion.repeats import repeated_pictures

from .scene import (
    HEIGHT_PX,
    REST,
    SETTINGS,
    SHANK_PX,
    WIDTH_PX,
    Pose,
    Scene,
    body_pose,
    legs_px,
    side_and_part,
    to_luma,
)


@pytest.fixture(scope="module")
def picture():
    return prepare(to_luma(Scene().draw()), SETTINGS)


@pytest.fixture(scope="module")
def points(picture):
    return chosen(picture)


def chosen(picture):
    placement = place_body(body_pose(0), 1.0, picture.shape, SETTINGS)
    return choose_points(picture, placement, BODY_LAYOUT, 13, SETTINGS)


def test_points_lie_in_their_region_and_away_from_each_other(points) -> None:
    for number, name in enumerate(REGIONS):
        outline = region_polygon(legs_px(), *side_and_part(name), SHANK_PX, SETTINGS).astype(np.float32)
        mine = points.points_px[points.group == number]
        assert len(mine) >= SETTINGS.min_points
        assert all(cv2.pointPolygonTest(outline, (x, y), True) > -1.5 for x, y in mine)
        assert len(mine) <= SETTINGS.region_points
        assert len(np.unique(mine, axis=0)) == len(mine)


def test_points_of_the_background_lie_off_the_body(points) -> None:
    away = background_mask(body_pose(0), 1.0, (HEIGHT_PX, WIDTH_PX), SHANK_PX, SETTINGS)
    mine = points.points_px[points.group == BODY_LAYOUT.size].astype(int)
    assert len(mine) >= SETTINGS.min_background_points
    assert (away[mine[:, 1], mine[:, 0]] == 255).all()
    assert not away[200, 430]
    assert not away[100, 320]  # between the legs


def test_of_two_legs_on_each_other_the_better_seen_one_is_followed_unless_both_or_the_other_were() -> None:
    """The names of the legs exchanged, the other one is."""
    apart, shank = legs_px(), [REGIONS.index(f"{side}_shank") for side in SIDES]
    on_each_other = np.concatenate([apart[:5], apart[:5] + 1.0])
    clear = np.repeat([0.9, 0.6], 5)
    for order in (clear, clear[::-1]):
        alone = shown_regions(on_each_other, order, SHANK_PX, SETTINGS)
        assert [region in alone for region in shank] == (order[[0, 5]] == 0.9).tolist()
        both = shown_regions(on_each_other, order, SHANK_PX, SETTINGS, followed=shank)
        assert set(shank) <= set(both)
        other = shank[int(order[0] == 0.9)]
        kept = shown_regions(on_each_other, order, SHANK_PX, SETTINGS, followed=[other])
        assert [region for region in shank if region in kept] == [other]
        stays = shown_regions(on_each_other, order, SHANK_PX, SETTINGS, before=[other])
        assert [region for region in shank if region in stays] == [other]
    assert set(shank) <= set(shown_regions(apart, clear, SHANK_PX, SETTINGS))


def test_other_people_are_no_background() -> None:
    alone = body_pose(0)
    other = np.array([[20.0, 20.0], [80.0, 20.0], [80.0, 200.0], [20.0, 200.0]])
    both = type(alone)(alone.t_s, alone.legs_px, alone.visibility, alone.body_px, (other,), alone.source, alone.view)
    shape = (HEIGHT_PX, WIDTH_PX)
    assert background_mask(alone, 1.0, shape, SHANK_PX, SETTINGS)[100, 50]
    assert not background_mask(both, 1.0, shape, SHANK_PX, SETTINGS)[100, 50]


def test_a_plain_wall_has_no_points() -> None:
    plain = np.full((HEIGHT_PX, WIDTH_PX), 120, np.uint8)
    assert len(chosen(plain).points_px) == 0


def test_a_leg_that_is_not_seen_has_no_outline() -> None:
    legs = legs_px()
    legs[:5] = np.nan
    assert region_polygon(legs, "left", "foot", SHANK_PX, SETTINGS) is None
    assert region_polygon(legs, "left", "shank", SHANK_PX, SETTINGS) is None
    assert region_polygon(legs, "right", "shank", SHANK_PX, SETTINGS) is not None
    assert shank_length_px(legs) == pytest.approx(SHANK_PX)
    assert shank_length_px(np.full((10, 2), np.nan)) is None


def test_every_point_is_found_where_it_went(picture, points) -> None:
    shift = 1.37 - 0.81j
    moved = prepare(to_luma(Scene().draw(Pose(camera=shift))), SETTINGS)
    found, good = follow(
        picture, moved, points.points_px, points.points_px, [np.arange(len(points.points_px))], 13, SETTINGS
    )
    assert good.mean() > 0.98
    steps = (found - points.points_px)[good]
    assert np.median(steps, axis=0) == pytest.approx((1.37, -0.81), abs=0.01)
    assert np.percentile(np.abs(steps - (1.37, -0.81)), 95) < 0.1


def test_points_are_not_found_in_another_picture(picture, points) -> None:
    other = prepare(to_luma(Scene(seed=5).draw()), SETTINGS)
    _, good = follow(
        picture, other, points.points_px, points.points_px, [np.arange(len(points.points_px))], 13, SETTINGS
    )
    assert good.mean() < 0.25


def test_no_points_give_no_points(picture) -> None:
    found, good = follow(picture, picture, np.empty((0, 2)), np.empty((0, 2)), [], 13, SETTINGS)
    assert found.shape == (0, 2)
    assert good.shape == (0,)


def test_the_local_mean_takes_brightness_away() -> None:
    picture = Scene().draw(REST)
    dark, light = (prepare(to_luma(picture + step), SETTINGS).astype(float) for step in (-10, 10))
    assert np.abs(dark - light).max() <= 2


@pytest.mark.parametrize("shank_px", [10.0, 140.0, 300.0, 5000.0])
def test_the_window_is_odd_and_bounded(shank_px) -> None:
    side = window_px(shank_px, SETTINGS)
    assert side % 2 == 1
    assert SETTINGS.window_min_px <= side <= SETTINGS.window_max_px + 1


def test_jitter_is_blind_to_drift_and_to_what_is_hardly_measured() -> None:
    t_s = np.arange(300) / 30
    rng = np.random.default_rng(0)
    paths = rng.normal(0, 0.2, (300, 3, 2)) + 2 * t_s[:, None, None]
    paths[:, 2] = np.nan
    jitter = jitter_px(t_s, paths)
    assert jitter[:2] == pytest.approx((0.2, 0.2), rel=0.15)
    assert np.isnan(jitter[2])


def test_pictures_that_hardly_change_are_repeats_only_among_pictures_that_do() -> None:
    t_s = np.arange(60) / 30
    change = np.full(60, 1.5)
    change[0] = np.nan
    change[[10, 25]] = 0.01
    assert np.flatnonzero(repeated_pictures(t_s, change, SETTINGS)).tolist() == [10, 25]
    calm = np.full(60, 0.3)
    calm[0] = np.nan
    assert not repeated_pictures(t_s, calm, SETTINGS).any()
    assert repeated_pictures(t_s[:1], change[:1], SETTINGS).tolist() == [False]


@pytest.mark.parametrize(("seen", "together"), [(range(6), True), (range(3), False)], ids=["two legs", "one leg"])
def test_a_shank_and_its_foot_may_move_together_where_enough_is_left_to_tell_the_camera(seen, together) -> None:
    group = np.repeat(list(seen), 5)
    left = without_some(np.arange(len(group)), group, BODY_LAYOUT.moving_together, SETTINGS.branch_share)
    left_out = [set(seen) - set(group[members].tolist()) for members in left]
    assert all({part} in left_out for part in seen)
    shank, foot = REGIONS.index("left_shank"), REGIONS.index("left_foot")
    assert ({shank, foot} in left_out) is together
    assert all(len(parts) <= 2 for parts in left_out)
