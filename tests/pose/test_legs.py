"""Legs without a person: found where they are in whatever place, size and turn; and never where there are none."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from motionscan.body import JOINTS, SIDES, landmark
from motionscan.pose.landmark_net import LandmarkNet, Pyramid
from motionscan.pose.legs import LegsFinder
from motionscan.pose.legs_evidence import Legs, heat_of_legs, named_as, well_named
from motionscan.pose.source import LEG_POINTS
from motionscan.settings import LegsSettings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.render import Renderer
from tests.simulate.test_recognised import rgb

SETTINGS = LegsSettings()
SHOWN = [landmark(side, joint) for side in SIDES for joint in JOINTS[1:]]
FRONT = "right_foot_jerks_3hz_front_steady"
KNEES = (500, 660, 1500, 1080)
"""What is kept of its picture: left, top, right, bottom."""


@pytest.fixture(scope="module")
def net(lite_model):
    return LandmarkNet(lite_model.read_bytes())


@pytest.fixture(scope="module")
def whole():
    """Picture (h, w, 3) of a seated person, the (10, 2) joints in it, and how much smaller it is than the film."""
    renderer = Renderer(catalogue()[FRONT])
    picture, scale = rgb(renderer.picture(0.0))
    joints = renderer.joints_at(0.0)
    return picture, np.array([joints[f"{side}_{joint}"] for side in SIDES for joint in JOINTS]) / scale, scale


@pytest.fixture(scope="module")
def seated(whole):
    """The same cut at the knees."""
    picture, legs, scale = whole
    left, top, right, bottom = (round(edge / scale) for edge in KNEES)
    return np.ascontiguousarray(picture[top:bottom, left:right]), legs - (left, top)


def error_rel(found, truth):
    """Mean distance of knees, ankles, heels and toes in shank lengths, whichever leg is called left."""
    shank = np.hypot(*(truth[landmark("left", "knee")] - truth[landmark("left", "ankle")]))
    apart = [np.hypot(*(named - truth)[SHOWN].T).mean() for named in (found, np.roll(found, len(JOINTS), axis=0))]
    return min(apart) / shank


def turned(picture, points, quarters):
    for _ in range(quarters):
        points = np.column_stack([points[:, 1], picture.shape[1] - points[:, 0]])
        picture = np.rot90(picture)
    return np.ascontiguousarray(picture), points


@pytest.mark.parametrize("quarters", range(4))
def test_legs_are_found_however_the_phone_is_held(net, seated, quarters):
    picture, truth = turned(*seated, quarters)
    legs = LegsFinder(net, SETTINGS).find(picture)
    assert legs is not None
    assert error_rel(legs.points_px, truth) < 0.25


def looks_at(net, finder, picture):
    """The legs in the next picture, in which there must be some, and how many looks it takes."""
    asked = []
    look = net.look
    net.look = lambda pyramid, squares, **how: asked.append(len(squares)) or look(pyramid, squares, **how)
    legs = finder.find(np.ascontiguousarray(picture))
    net.look = look
    assert legs is not None
    return legs, sum(asked)


def test_legs_are_followed_from_picture_to_picture(net, seated):
    """A few looks instead of a search at first, then one, and as near to the truth."""
    picture, truth = seated
    finder = LegsFinder(net, SETTINGS)
    looks = []
    for k in range(SETTINGS.laid_first + 2):
        step = k * np.array([12, 6])
        moved = cv2.warpAffine(picture, np.array([[1.0, 0, step[0]], [0, 1, step[1]]]), picture.shape[1::-1])
        legs, asked = looks_at(net, finder, moved)
        looks.append(asked)
        assert error_rel(legs.points_px, truth + step) < 0.25
    assert looks[1:] == [2] * (SETTINGS.laid_first - 1) + [1, 1]


@pytest.mark.parametrize("sided", [True, False, None])
def test_one_look_tells_no_side_of_its_own(net, seated, sided):
    """What two looks that agree have said of the sides goes on; one exchanges the names now and then."""
    picture, _ = seated
    finder = LegsFinder(net, SETTINGS)
    for _ in range(SETTINGS.laid_first):
        looks_at(net, finder, picture)
    finder._last = replace(finder._last, sided=sided)
    legs, asked = looks_at(net, finder, picture)
    assert (asked, legs.sided) == (1, sided)


def test_legs_that_one_look_shows_unclearly_are_looked_at_twice(net, seated):
    picture, _ = seated
    finder = LegsFinder(net, SETTINGS.model_copy(update={"clear_heat": 1.0}))
    looks = [looks_at(net, finder, picture)[1] for _ in range(SETTINGS.laid_first + 3)]
    assert looks[1:] == [2] * (len(looks) - 1)


def test_legs_cut_at_the_knees_and_held_by_hand_are_followed_by_few_looks(net, whole):
    """The network guesses hips and knees outside the picture further away each time: they must not carry it along."""
    picture, truth, _ = whole
    knee_px, ankle_px = (max(truth[landmark(side, joint), 1] for side in SIDES) for joint in ("knee", "ankle"))
    shank_px = ankle_px - knee_px
    left, right = (int(truth[:, 0].min() - 0.5 * shank_px), int(truth[:, 0].max() + 0.5 * shank_px))
    shaken = [
        picture[int(knee_px + 0.1 * shank_px + 10 * np.sin(1.7 * k)) :, left + across : right + across]
        for k, across in enumerate((10 * np.cos(2.3 * np.arange(10))).astype(int))
    ]
    finder = LegsFinder(net, SETTINGS)
    looks = [looks_at(net, finder, one)[1] for one in shaken]
    assert looks[0] > 100
    assert max(looks[1 : SETTINGS.laid_first]) == 2
    assert max(looks[SETTINGS.laid_first : SETTINGS.laid_every]) == 1


def test_legs_that_keep_still_are_looked_at_in_the_square_that_showed_them_best(net, seated):
    """A square that went with each answer would go astray with it."""
    picture, _ = seated
    finder = LegsFinder(net, SETTINGS)
    finder.find(picture)
    squares, evidence = [], []
    for k in range(6):
        legs = finder.find(cv2.add(picture, np.random.default_rng(k).integers(0, 12, picture.shape, np.uint8)))
        assert legs is not None
        squares.append(legs.square)
        evidence.append(legs.evidence)
    changes = (np.abs(np.diff(squares, axis=0)) > 1e-9).any(axis=1)
    assert not changes[np.diff(np.maximum.accumulate(evidence)) <= 0].any()
    assert changes.sum() <= 1


def test_the_network_says_the_same_of_a_mirror_image(net, seated):
    """Sides included: what is said of the mirror image has been turned back."""
    picture, _ = seated
    finder = LegsFinder(net, SETTINGS)
    legs = finder.find(picture)
    mirrored = LegsFinder(net, SETTINGS).find(np.ascontiguousarray(picture[:, ::-1]))
    assert legs is not None
    assert mirrored is not None
    back = mirrored.points_px * (-1, 1) + (picture.shape[1] - 1, 0)
    assert error_rel(back, legs.points_px) < 0.25


def legless():
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 255, (300, 400, 3), np.uint8)
    clouds = cv2.resize(rng.integers(0, 255, (9, 12, 3), np.uint8), (400, 300), interpolation=cv2.INTER_CUBIC)
    bars = np.repeat(np.repeat(rng.integers(0, 255, (1, 20, 3), np.uint8), 300, axis=0), 20, axis=1)
    return {"black": np.zeros_like(noise), "noise": noise, "clouds": clouds, "bars": bars}


@pytest.mark.parametrize("name", legless())
def test_no_legs_where_there_are_none(net, name):
    assert LegsFinder(net, SETTINGS).find(legless()[name]) is None


def test_searches_that_find_nothing_become_rare(net):
    """A video without legs does not cost a search for every picture."""
    searched = []
    finder = LegsFinder(net, SETTINGS)
    finder.search = lambda pyramid: searched.append(pyramid)
    for _ in range(30):
        finder.find(np.zeros((64, 64, 3), np.uint8))
    assert 3 <= len(searched) <= 6


@pytest.mark.parametrize(("drawn_out", "outside"), [(0.0, 0), (1.0, 1)])
def test_what_is_outside_the_picture_is_black_or_its_edge(drawn_out, outside):
    cut = Pyramid(np.full((100, 100, 3), 255, np.uint8)).cut(np.array([0.0, 0.0, 100.0, 0.0, drawn_out]))
    assert cut.shape == (256, 256, 3)
    assert cut[:120, :120].max() == outside
    assert cut[136:, 136:].min() == 1


# ---------------------------------------------------------------- which leg is the left one
def standing(toes, order=1):
    """(10, 2) upright legs whose toes lie so from the heels; with ``order`` -1 the left leg is on the left."""
    legs = np.zeros((10, 2))
    for number, x in enumerate((50 * order, -50 * order)):
        legs[5 * number : 5 * number + 5] = [(x, -200), (x, -100), (x, 100), (x, 110), (x + toes[0], 110 + toes[1])]
    return legs


def test_feet_that_point_to_the_camera_have_the_left_leg_on_the_right():
    assert well_named(standing((0, 40)), SETTINGS) is True
    assert well_named(standing((0, 40), order=-1), SETTINGS) is False


def test_feet_seen_from_behind_have_the_left_leg_on_the_left():
    assert well_named(standing((0, -30), order=-1), SETTINGS) is True
    assert well_named(standing((0, -30)), SETTINGS) is False


@pytest.mark.parametrize("order", [1, -1])
def test_feet_that_point_sideways_tell_no_side(order):
    assert well_named(standing((60, 3), order), SETTINGS) is None
    assert well_named(standing((60, 15), order), SETTINGS) is None


def test_legs_one_behind_the_other_tell_no_side():
    assert well_named(standing((0, 40), order=0.1), SETTINGS) is None


def legs_at(points_px, *, sided):
    return Legs(points_px, points_px, np.arange(10.0), np.zeros(5), np.zeros(5), 0.8, sided)


@pytest.mark.parametrize("order", [1, -1])
def test_legs_keep_the_names_that_they_had(order):
    """Whatever the network calls them in the next picture, and what it knows of the sides goes with the names."""
    first = legs_at(standing((0, 40), order), sided=order > 0)
    renamed = legs_at(standing((3, 41), -order), sided=order < 0)
    kept = named_as(renamed, first)
    assert np.abs(kept.points_px - first.points_px).max() < 5
    assert kept.sided is first.sided
    assert np.array_equal(kept.plain_px, kept.points_px)
    assert np.array_equal(kept.visibility, np.roll(renamed.visibility, 5))
    assert named_as(first, first) is first


def test_legs_without_a_whole_shank_are_no_legs(net, seated):
    """Seen as clearly, but with both knees far above the picture."""
    picture, _ = seated
    pyramid = Pyramid(picture)
    legs = LegsFinder(net, SETTINGS).search(pyramid)
    seen = net.look(pyramid, legs.square[None])
    assert heat_of_legs(seen, pyramid, SETTINGS)[0] > SETTINGS.min_heat
    seen.points_px[:, LEG_POINTS[[landmark(side, "knee") for side in SIDES]], 1] = -200.0
    assert heat_of_legs(seen, pyramid, SETTINGS)[0] == 0
