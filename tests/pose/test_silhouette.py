"""Legs laid into a silhouette: they go where it shows legs, both of them, and nowhere that it does not know."""

import cv2
import numpy as np
import pytest

from motionscan.body import LANDMARKS, landmark
from motionscan.pose.landmark_net import LandmarkNet, Pyramid
from motionscan.pose.legs import LegsFinder
from motionscan.pose.plausible import swapped
from motionscan.pose.silhouette import Silhouette, laid_into, reaching_on
from motionscan.settings import LegsSettings
from tests.pose.test_laying import FEET, seated

SETTINGS = LegsSettings()
SIZE = (640, 480)
WHOLE = np.array([320.0, 240, 640, 0, 0])
SHANK = 100.0
LEFT = np.array([(400, 150), (300, 150), (290, 250), (310, 275), (230, 275)], float)
"""Hip, knee, ankle, heel and toe of a person who sits and looks to the left of the picture."""
RIGHT = np.array([(410, 190), (320, 190), (370, 290), (395, 312), (310, 320)], float)
LEGS = np.concatenate([LEFT, RIGHT])


def drawn(*legs_px):
    """(480, 640) 0..1 the outline of legs (5, 2), by OpenCV and not by what is tested."""
    canvas = np.zeros(SIZE[::-1], np.uint8)
    for leg in legs_px:
        hip, knee, ankle, heel, toe = leg.astype(np.int32)
        cv2.line(canvas, hip.tolist(), knee.tolist(), 255, 36)
        cv2.line(canvas, knee.tolist(), ankle.tolist(), 255, 26)
        foot = cv2.convexHull(np.array([ankle, heel, toe]))
        cv2.fillConvexPoly(canvas, foot, 255)
        cv2.polylines(canvas, [foot], True, 255, 16)
    return cv2.GaussianBlur(canvas, (0, 0), 3) / 255


def silhouette(canvas, square=WHOLE):
    """What a network would show of it in a square."""
    matrix = np.array(
        [[square[2] / 256, 0, square[0] - square[2] / 2], [0, square[2] / 256, square[1] - square[2] / 2]]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return Silhouette(square, cv2.warpAffine(canvas, matrix, (256, 256), flags=flags), SIZE)


def off(legs_px, truth_px, points=FEET):
    """Mean distance of feet in shank lengths."""
    return float(np.hypot(*(legs_px - truth_px)[points].T).mean()) / SHANK


def laid_in(silhouettes, legs_px, shank_px=SHANK):
    """The landmarks; there must be two legs."""
    laid = laid_into(silhouettes, legs_px, shank_px, SETTINGS)
    assert laid is not None
    assert not laid.one
    return laid.legs_px


def test_landmarks_between_the_legs_are_moved_onto_them():
    between = LEGS.copy()
    middle = LEGS.reshape(2, 5, 2).mean(axis=0)
    between[FEET] = (0.45 * LEGS.reshape(2, 5, 2) + 0.55 * middle).reshape(10, 2)[FEET]
    laid = laid_in([silhouette(drawn(LEFT, RIGHT))], between)
    assert off(between, LEGS) > 0.2
    assert off(laid, LEGS) < 0.06


def test_of_two_legs_put_on_one_the_other_is_found():
    other = LEFT + np.array([40, 10])
    truth = np.concatenate([other, RIGHT])
    on_one = np.concatenate([RIGHT, RIGHT])
    on_one[:2] = other[:2]
    laid = laid_in([silhouette(drawn(other, RIGHT))], on_one)
    assert off(on_one, truth) > 0.25
    assert off(laid, truth) < 0.12


def test_landmarks_that_are_right_stay():
    laid = laid_in([silhouette(drawn(LEFT, RIGHT))], LEGS)
    assert off(laid, LEGS) < 0.05
    assert off(laid, LEGS, list(range(len(LANDMARKS)))) < 0.06


def test_a_mirrored_picture_is_laid_mirrored():
    began = LEGS + np.random.default_rng(3).normal(0, 8, LEGS.shape)
    plain = laid_in([silhouette(drawn(LEFT, RIGHT))], began)
    mirror = np.array([-1.0, 1.0]), np.array([SIZE[0], 0.0])
    flipped = silhouette(drawn(LEFT, RIGHT)[:, ::-1].copy())
    mirrored = laid_in([flipped], swapped(began * mirror[0] + mirror[1]))
    assert np.abs(swapped(mirrored) * mirror[0] + mirror[1] - plain).max() < 0.02 * SHANK


@pytest.mark.parametrize("times", [0.5, 2.0])
def test_size_does_not_matter(times):
    began = LEGS + np.random.default_rng(4).normal(0, 8, LEGS.shape)
    seen = silhouette(drawn(LEFT, RIGHT))
    resized = Silhouette(WHOLE * (times, times, times, 1, 1), seen.shown, (int(SIZE[0] * times), int(SIZE[1] * times)))
    plain = laid_in([seen], began)
    scaled = laid_in([resized], began * times, SHANK * times)
    assert np.abs(scaled / times - plain).max() < 0.01 * SHANK


def test_what_one_silhouette_overlooks_another_may_show():
    seen, dark = silhouette(drawn(LEFT, RIGHT)), silhouette(drawn(RIGHT))
    began = LEGS + np.random.default_rng(5).normal(0, 8, LEGS.shape)
    alone = laid_in([seen], began)
    both = laid_in([dark, seen], began)
    assert np.allclose(both, alone)


def test_what_lies_outside_the_picture_says_nothing():
    """A foot that the picture does not show stays where the network guessed it; black there is no word against it."""
    below = 285
    cut = drawn(LEFT, RIGHT)
    cut[below:] = 0
    seen = silhouette(cut)
    short = Silhouette(seen.square, seen.shown, (SIZE[0], below))
    laid = laid_in([short], LEGS)
    assert off(laid, LEGS, [landmark("right", "heel"), landmark("right", "toe")]) < 0.05


def test_legs_that_are_not_in_the_silhouette_are_not_laid():
    nobody = np.zeros(SIZE[::-1])
    assert laid_into([silhouette(nobody)], LEGS, SHANK, SETTINGS) is None
    everywhere = np.ones(SIZE[::-1])
    assert laid_into([silhouette(everywhere)], LEGS, SHANK, SETTINGS) is None


def test_a_hip_guessed_far_away_costs_no_more_than_the_picture():
    far = LEGS.copy()
    far[landmark("left", "hip")] += (30 * SHANK, -40 * SHANK)
    laid = laid_into([silhouette(drawn(LEFT, RIGHT))], far, SHANK, SETTINGS)
    assert laid is None or np.isfinite(laid.legs_px).all()


def test_a_leg_alone_is_one_leg():
    """The network puts both on it, to its left and right."""
    beside = np.concatenate([RIGHT + np.array([-9, 0]), RIGHT + np.array([7, 4])])
    laid = laid_into([silhouette(drawn(RIGHT))], beside, SHANK, SETTINGS)
    assert laid.one
    assert np.array_equal(laid.legs_px[:5], laid.legs_px[5:])
    assert off(laid.legs_px, np.tile(RIGHT, (2, 1))) < 0.06


@pytest.mark.parametrize("foot_px", [44, 60])
def test_hips_that_are_knees_are_told_by_a_leg_too_wide_for_its_length_and_the_leg_found_when_it_reaches_on(foot_px):
    """A lower leg from the front, near enough to fill the picture; the network halves it now and then."""
    near = np.array([(330, -150), (320, 60), (320, 330), (322, 360), (300, 440)], float)
    canvas = np.zeros(SIZE[::-1], np.uint8)
    for start, stop, width in ((0, 1, 100), (1, 2, 76), (2, 4, foot_px)):
        cv2.line(canvas, near[start].astype(int).tolist(), near[stop].astype(int).tolist(), 255, width)
    shown = [silhouette(canvas / 255)]
    right, halved = np.tile(near, (2, 1)), near.copy()
    halved[0], halved[1] = near[1], (near[1] + near[2]) / 2
    halved = np.tile(halved, (2, 1))
    said = laid_into(shown, halved, 135.0, SETTINGS)
    assert said is not None
    assert said.half
    longer = laid_into(shown, reaching_on(halved), 270.0, SETTINGS)
    assert longer is not None
    assert (longer.one, longer.half) == (True, False)
    assert longer.one_cost < said.one_cost
    assert longer.legs_px[[1, 2]] == pytest.approx(near[[1, 2]], abs=0.2 * 270)
    known = laid_into(shown, right, 270.0, SETTINGS)
    assert known is not None
    assert not known.half


def test_two_legs_are_no_half_of_one():
    for legs_px in (LEGS, np.concatenate([LEFT, LEFT + np.array([12, 6])])):
        laid = laid_into([silhouette(drawn(LEFT, RIGHT))], legs_px, SHANK, SETTINGS)
        assert laid is None or not laid.half


def test_a_hip_outside_the_picture_stays_there():
    """Its thigh is a guess, and may cross what is no thigh."""
    out = LEGS.copy()
    out[[0, 5]] = (660, 300), (655, 330)
    laid = laid_in([silhouette(drawn(LEFT, RIGHT))], out)
    assert np.allclose(laid[[0, 5]], out[[0, 5]], atol=0.02 * SHANK)


@pytest.fixture(scope="module")
def net(lite_model):
    return LandmarkNet(lite_model.read_bytes())


@pytest.fixture(scope="module")
def from_the_side():
    """Picture (h, w, 3) of somebody who sits, cut at the knees, and the (10, 2) joints in it."""
    return seated("right_foot_jerks_3p5hz_side_steady", "knee")


def nearest(legs_px, truth_px):
    """Mean distance of feet in shank lengths, whichever leg is called left."""
    shank = np.hypot(*(truth_px[landmark("left", "knee")] - truth_px[landmark("left", "ankle")]))
    return min(off(named, truth_px) for named in (legs_px, swapped(legs_px))) * SHANK / shank


def test_feet_are_found_nearer_from_the_side(net, from_the_side):
    picture, truth = from_the_side
    finder = LegsFinder(net, SETTINGS)
    legs = finder.find(picture)
    raw = finder.search(Pyramid(picture))
    assert legs is not None
    assert raw is not None
    assert nearest(legs.points_px, truth) < 0.7 * nearest(raw.points_px, truth)


def test_a_square_seen_mirrored_shows_the_same_person(net, from_the_side):
    picture, truth = from_the_side
    pyramid = Pyramid(picture)
    square = LegsFinder(net, SETTINGS).search(pyramid).square
    plain, mirrored = (net.silhouette(pyramid, square, mirrored=flip).at(truth[None]) for flip in (False, True))
    known = plain[1] & mirrored[1]
    assert known.sum() >= 8
    assert (plain[0][known] > 0.5).mean() > 0.7
    assert np.abs(plain[0] - mirrored[0])[known].mean() < 0.25
