"""What the legs are called: by their side where it is known, and by number where it is not."""

import numpy as np
import pytest

from motionscan.body import LANDMARKS, PARTS, SIDES, landmark
from motionscan.naming import named
from motionscan.records import Motion, RegionMotion

T = 4
KNEE_X = {"left": 300.0, "right": 100.0}


def region(side, part, visible=1.0):
    nothing = np.zeros((T, 2))
    return RegionMotion(
        id=f"{side}_{part}",
        side=side,
        part=part,
        source="legs",
        joint_px=nothing + KNEE_X[side],  # so that a region is known by what it measured
        body_px=nothing,
        skin_px=np.zeros((T, 0, 2)),
        patches_px=np.zeros((0, 2)),
        noise_px=None,
        skin_noise_px=np.zeros(0),
        scale_px=100.0,
        visible=np.arange(T) < visible * T,
    )


def motion(sides=SIDES, left_x=KNEE_X["left"], visible=None):
    landmarks_px = np.full((T, len(LANDMARKS), 2), np.nan)
    for side in sides:
        x = left_x if side == "left" else KNEE_X["right"]
        landmarks_px[:, landmark(side, "knee")] = (x, 0)
        landmarks_px[:, landmark(side, "ankle")] = (x, 100)
    regions = tuple(region(side, part, (visible or {}).get(side, 1.0)) for side in sides for part in PARTS)
    empty = np.zeros((T, 0, 2))
    flat = np.zeros(T, dtype=bool)
    return Motion(
        np.arange(T) / 30,
        640,
        480,
        "legs_only",
        np.zeros((T, 3)),
        empty,
        np.zeros(T),
        flat,
        flat,
        landmarks_px,
        regions,
    )


def measured_by(done, name):
    """The side that the network had called what now has that name."""
    x = next(r for r in done.regions if r.id == f"{name}_foot").joint_px[0, 0]
    return next(side for side, place in KNEE_X.items() if place == x)


def test_known_sides_stay():
    assert named(motion(), right=True, side=None, mirrored=False) is not None
    assert measured_by(named(motion(), right=True, side=None, mirrored=False), "left") == "left"
    assert measured_by(named(motion(), right=False, side=None, mirrored=False), "left") == "right"
    assert measured_by(named(motion(), right=False, side=None, mirrored=True), "left") == "left"


def test_unknown_sides_are_numbered_from_the_left_of_the_picture():
    done = named(motion(), right=None, side=None, mirrored=False)
    assert [r.id for r in done.regions if r.part == "foot"] == ["leg_1_foot", "leg_2_foot"]
    assert {r.side for r in done.regions} == {None}
    assert measured_by(done, "leg_1") == "right"
    other = named(motion(left_x=20.0), right=None, side=None, mirrored=False)
    assert measured_by(other, "leg_1") == "left"


@pytest.mark.parametrize("side", SIDES)
def test_a_leg_seen_alone_is_the_first_whatever_the_network_called_it(side):
    done = named(motion(sides=(side,)), right=None, side=None, mirrored=False)
    assert [r.id for r in done.regions] == ["leg_1_thigh", "leg_1_shank", "leg_1_foot"]
    assert measured_by(done, "leg_1") == side
    assert np.isfinite(done.landmarks_px[0, landmark("left", "knee")]).all()


def test_a_mirrored_picture_exchanges_the_sides():
    done = named(motion(), right=True, side=None, mirrored=True)
    assert measured_by(done, "left") == "right"
    assert [r.side for r in done.regions] == ["left"] * 3 + ["right"] * 3
    assert np.array_equal(done.landmarks_px[:, 5:], motion().landmarks_px[:, :5], equal_nan=True)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_user_settles_the_side_of_a_single_leg(mirrored):
    done = named(motion(sides=("right",)), right=True, side="left", mirrored=mirrored)
    assert {r.id for r in done.regions} == {"left_thigh", "left_shank", "left_foot"}
    assert np.isfinite(done.landmarks_px[0, landmark("left", "knee")]).all()


def test_of_two_unknown_legs_the_one_seen_more_is_the_one_that_the_user_means():
    done = named(motion(visible={"left": 0.5}), right=None, side="left", mirrored=False)
    assert measured_by(done, "left") == "right"
    assert {r.side for r in done.regions} == {"left", "right"}


def test_two_legs_whose_sides_are_known_stay_whatever_the_user_says():
    assert measured_by(named(motion(), right=True, side="right", mirrored=False), "left") == "left"


def test_without_legs_there_is_nothing_to_name():
    empty = motion(sides=())
    assert named(empty, right=None, side="left", mirrored=True).regions == ()
