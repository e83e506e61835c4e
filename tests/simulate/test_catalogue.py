"""Laws of the catalogue and of the truth that goes with each scenario."""

import json

import numpy as np
import pytest

from motionscan.body import REGIONS
from motionscan.simulate.catalogue import catalogue, samples
from motionscan.simulate.tables import HANDHELD, SHAKEN, STEADY
from motionscan.simulate.truth import truth_of


@pytest.fixture(scope="module")
def scenarios():
    return list(catalogue().values())


def test_it_covers_the_matrix(scenarios):
    assert len(scenarios) >= 64
    moves = [one.movements[0] for one in scenarios if one.movements]
    jerks = [one for one in moves if one.kind == "jerks"]
    assert {one.kind for one in moves} >= {"jerks", "tremor", "heel_bounce", "irregular_jerks", "slow_voluntary"}
    assert min(one.rate_hz for one in jerks) <= 1
    assert max(one.rate_hz for one in jerks) >= 7
    assert min(one.amplitude_px for one in moves) <= 0.5
    assert max(one.amplitude_px for one in jerks) >= 20
    assert {one.person.view for one in scenarios} == {"chair_front", "chair_side", "bed"}
    assert {one.person.skin for one in scenarios} == {"light", "medium", "brown", "dark"}
    assert {one.camera for one in scenarios} == {STEADY, HANDHELD, SHAKEN}
    assert {one.capture.rate_hz for one in scenarios} >= {24.0, 30.0, 60.0}
    assert {one.capture.rotation_deg for one in scenarios} == {0, 90, 180, 270}
    assert {one.capture.codec for one in scenarios} == {"h264", "hevc"}
    assert sum(one.null for one in scenarios) >= 10


def test_names_are_unique_and_match(scenarios):
    assert all(name == one.name for name, one in catalogue().items())
    assert len({one.seed for one in scenarios}) == len(scenarios)


def test_the_sets_for_tuning_and_reporting_share_nothing_but_their_kinds(scenarios):
    others = list(catalogue(1).values())
    assert len(others) == len(scenarios)
    assert not {one.seed for one in scenarios} & {one.seed for one in others}
    for one, other in zip(scenarios, others, strict=True):
        assert [m.kind for m in one.movements] == [m.kind for m in other.movements]
    moves = [(a.movements[0], b.movements[0]) for a, b in zip(scenarios, others, strict=True) if a.movements]
    assert np.mean([a.rate_hz != b.rate_hz for a, b in moves]) > 0.9
    assert catalogue(1) == catalogue(1)


def test_movement_is_on_a_limb_that_the_camera_sees(scenarios):
    for one in scenarios:
        if one.person.view == "chair_side" and one.movements:
            assert one.movements[0].side == one.person.near_side


def test_moving_skin_is_bare(scenarios):
    for one in scenarios:
        for movement in one.movements:
            if movement.kind == "skin_twitches":
                assert one.person.clothing == "bare"


@pytest.mark.parametrize("seed_set", [0, 1])
def test_every_truth_is_plain_json_whose_events_lie_in_the_clip(seed_set):
    for one in catalogue(seed_set).values():
        truth = json.loads(json.dumps(truth_of(one).as_json(), allow_nan=False))
        assert truth["null"] == (not truth["movements"])
        for movement in truth["movements"]:
            events = movement["events"]
            assert events, one.name
            assert movement["region"] in movement["regions_accepted"]
            assert set(movement["regions_accepted"]) <= set(REGIONS)
            assert 0 < movement["start_s"] < movement["end_s"] < one.duration_s
            assert all(event["onset_s"] < event["peak_s"] < event["offset_s"] for event in events)


def test_landmarks_of_the_truth_lie_in_the_picture(scenarios):
    for one in scenarios:
        places = np.array(list(truth_of(one).legs_px.values()))
        assert places.shape == (10, 2)
        assert np.all(places > 0)
        assert np.all(places < [one.capture.width_px, one.capture.height_px])


def test_a_rhythm_tells_its_frequency_and_twitches_do_not(scenarios):
    for one in scenarios:
        for movement in truth_of(one).movements:
            rhythm = movement.kind in ("jerks", "tremor", "heel_bounce")
            assert (movement.frequency_hz is not None) == rhythm
            if rhythm and not movement.slowing:
                assert movement.frequency_hz == pytest.approx(one.movements[0].rate_hz, rel=0.06)
            if movement.slowing:
                assert movement.frequency_start_hz > movement.frequency_hz > movement.frequency_end_hz


def test_samples_are_small_and_show_the_main_findings():
    kinds = [[movement.kind for movement in one.movements] for one in samples().values()]
    assert kinds == [["jerks"], ["skin_twitches"], ["jerks"], []]
    bits = sum(one.capture.bit_rate_mbps * one.duration_s for one in samples().values())
    assert bits / 8 < 8
