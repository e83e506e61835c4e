"""Legs found alone are laid where the silhouette shows them, now and then; in between what it said goes on."""

from dataclasses import replace

import numpy as np
import pytest

from motionscan.body import JOINTS, LANDMARKS, SIDES, landmark
from motionscan.pose.landmark_net import LandmarkNet, Pyramid
from motionscan.pose.laying import Laying
from motionscan.pose.legs import LegsFinder
from motionscan.pose.legs_evidence import shanks_px, together
from motionscan.settings import LegsSettings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.render import Renderer
from tests.pose.test_legs import rgb

SETTINGS = LegsSettings()
FEET = [landmark(side, joint) for side in SIDES for joint in ("ankle", "heel", "toe")]


@pytest.fixture(scope="module")
def net(lite_model):
    return LandmarkNet(lite_model.read_bytes())


def seated(name, level):
    """Picture (h, w, 3) of somebody cut above a joint, and the (10, 2) joints in it."""
    renderer = Renderer(catalogue()[name])
    picture, scale = rgb(renderer.picture(0.0))
    joints = renderer.joints_at(0.0)
    legs = np.array([joints[f"{side}_{joint}"] for side in SIDES for joint in JOINTS]) / scale
    top = int(min(legs[landmark(side, level), 1] for side in SIDES))
    return np.ascontiguousarray(picture[top:]), legs - (0, top)


@pytest.fixture(scope="module")
def two_legs():
    return seated("right_foot_jerks_3p5hz_side_steady", "hip")


@pytest.fixture(scope="module")
def found(net, two_legs):
    """What the network alone sees there."""
    legs = LegsFinder(net, SETTINGS).search(Pyramid(two_legs[0]))
    assert legs is not None
    return legs


def asked(net, work):
    """How often the silhouette is asked for meanwhile."""
    calls = []
    ask = net.silhouette
    net.silhouette = lambda *what, **how: calls.append(1) or ask(*what, **how)
    work()
    net.silhouette = ask
    return len(calls)


def test_the_silhouette_is_asked_at_first_then_now_and_then_and_seldom_once_enough_is_known(net, two_legs, found):
    settings = LegsSettings(laid_first=2, laid_every=3, laid_later=5, laid_kept=4)
    pyramid, laying = Pyramid(two_legs[0]), Laying(net, settings)
    looks = [asked(net, lambda: laying.laid(pyramid, found)) for _ in range(18)]
    assert [n for n, look in enumerate(looks) if look] == [0, 1, 3, 6, 10, 15]


def test_it_is_asked_more_often_while_it_says_nothing(net, two_legs, found):
    settings = LegsSettings(laid_first=2, laid_every=3, laid_later=5, laid_kept=4)
    nothing, laying = Pyramid(np.full_like(two_legs[0], 128)), Laying(net, settings)
    looks = [asked(net, lambda: laying.laid(nothing, found)) for _ in range(18)]
    assert [n for n, look in enumerate(looks) if look] == [0, 1, 3, 6, 9, 12, 15]


def test_legs_that_are_told_elsewhere_are_laid_into_the_same_place(net, two_legs, found):
    """Where one look puts them, beside where several do, is corrected too."""
    pyramid, laying, other = Pyramid(two_legs[0]), Laying(net, SETTINGS), Laying(net, SETTINGS)
    shown = replace(found, plain_px=found.plain_px + np.array([5.0, -3.0]))
    laid, laid_other = laying.laid(pyramid, found), other.laid(pyramid, shown)
    inside = pyramid.shows(laid.points_px) & pyramid.shows(laid_other.points_px)
    assert inside[FEET].all()
    assert np.allclose(laid_other.points_px[inside], laid.points_px[inside])


def test_what_it_said_goes_on_as_the_legs_move(net, two_legs, found):
    """In a picture in which it is not asked the legs are moved by as much as before."""
    pyramid, laying = Pyramid(two_legs[0]), Laying(net, SETTINGS)
    for _ in range(SETTINGS.laid_first):
        laid = laying.laid(pyramid, found)
    step = np.array([6.0, -4.0])
    moved = replace(found, points_px=found.points_px + step, plain_px=found.plain_px + step)
    follows = laying.laid(pyramid, moved)
    inside = pyramid.shows(laid.points_px) & pyramid.shows(follows.points_px)
    assert inside[FEET].all()
    assert np.allclose(follows.points_px[inside], laid.points_px[inside] + step)
    assert not np.allclose(laid.points_px[FEET], found.points_px[FEET], atol=1)


def test_legs_searched_anew_are_laid_anew(net, two_legs, found):
    pyramid, laying = Pyramid(two_legs[0]), Laying(net, SETTINGS)
    laying.laid(pyramid, found)
    laying.forget()
    assert asked(net, lambda: laying.laid(pyramid, found)) > 0


def test_legs_without_a_silhouette_stay_where_the_network_put_them(net, two_legs, found):
    nothing = Pyramid(np.full_like(two_legs[0], 128))
    assert np.array_equal(Laying(net, SETTINGS).laid(nothing, found).points_px, found.points_px)


@pytest.mark.parametrize("side", [0, 1])
def test_of_a_leg_alone_the_other_is_not_seen(net, side):
    """The network sees two, one to its left and one to its right; the one that stays runs down its middle."""
    picture, truth = seated("right_foot_jerks_3hz_front_steady", "hip")
    shank_px = shanks_px(truth).max()
    leg = truth.reshape(len(SIDES), -1, 2)[side, 1:]
    left, right = int(leg[:, 0].min() - 0.4 * shank_px), int(leg[:, 0].max() + 0.4 * shank_px)
    legs = LegsFinder(net, SETTINGS).find(np.ascontiguousarray(picture[:, left:right]))
    assert legs is not None
    assert legs.visibility[len(JOINTS) :].tolist() == [0] * len(JOINTS)
    knee_px, ankle_px = legs.points_px[1:3]
    assert abs((knee_px + ankle_px)[0] / 2 - (leg[:2, 0].mean() - left)) < 0.08 * shank_px


def test_two_legs_are_both_seen(net, two_legs):
    legs = LegsFinder(net, SETTINGS).find(two_legs[0])
    assert legs is not None
    assert (legs.visibility.reshape(len(SIDES), -1)[:, 1:].mean(axis=1) > 0.3).all()


def test_together_is_the_middle_and_one_leg(found):
    one = together(found)
    middle = found.points_px.reshape(2, -1, 2).mean(axis=0)
    assert np.allclose(one.points_px, np.tile(middle, (2, 1)))
    assert one.visibility[len(JOINTS) :].max() == 0
    assert len(one.points_px) == len(LANDMARKS)
