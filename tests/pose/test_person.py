"""Who is judged, and which leg is which."""

from dataclasses import replace

import numpy as np
import pytest

from motionscan.body import landmark
from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import apart_rel, built_as_a_person, swapped
from motionscan.pose.source import LEG_POINTS, Person
from motionscan.records import BodyPose
from motionscan.settings import PoseSettings

from .conftest import moved, standing

WIDTH, HEIGHT = 1920, 1080
SETTINGS = PoseSettings()
PAIRS = [(a, a + 1) for a in range(11, 33, 2)] + [(1, 4), (2, 5), (3, 6), (7, 8), (9, 10)]


def choose(chooser: PersonChooser, t_s: float, *persons: Person) -> BodyPose | None:
    return chooser.choose(t_s, persons, WIDTH, HEIGHT)


def exchanged(person: Person) -> Person:
    """The same person with every left called right."""
    order = np.arange(33)
    for a, b in PAIRS:
        order[[a, b]] = order[[b, a]]
    return Person(person.landmarks_px[order], person.visibility[order], person.presence[order])


def mirrored(person: Person) -> Person:
    flipped = person.landmarks_px * (-1, 1) + (WIDTH, 0)
    return exchanged(Person(flipped, person.visibility, person.presence))


def legs_exchanged(person: Person) -> Person:
    """Only the legs' names are exchanged, as the network does it."""
    points, legs = person.landmarks_px.copy(), person.landmarks_px[LEG_POINTS]
    points[LEG_POINTS] = swapped(legs)
    return Person(points, person.visibility, person.presence)


def test_the_largest_person_is_judged_and_the_others_are_remembered() -> None:
    small, large = standing(1200, 500, 400), standing(100, 50, 900)
    pose = choose(PersonChooser(SETTINGS), 0, small, large)
    assert pose is not None
    np.testing.assert_allclose(pose.legs_px, large.landmarks_px[LEG_POINTS])
    assert [len(other) for other in pose.others_px] == [33]
    assert pose.view == "full_body"
    assert pose.source == "pose"


def test_a_larger_person_without_visible_legs_is_not_judged() -> None:
    cut_off = standing(900, 300, 1500)  # knees below the picture's edge
    pose = choose(PersonChooser(SETTINGS), 0, cut_off, standing(100, 50, 700))
    assert pose is not None
    assert pose.legs_px[:, 0].max() < 900


def test_a_person_who_comes_nearer_does_not_take_over() -> None:
    chooser = PersonChooser(SETTINGS)
    patient = standing(100, 200, 600)
    assert choose(chooser, 0, patient) is not None
    for t_s in (0.5, 1.0, 1.5):
        pose = choose(chooser, t_s, standing(1000, 0, 1050), moved(patient, (5, 0)))
        assert pose is not None
        assert pose.legs_px[0, 0] < 700


def test_when_detection_of_the_person_flickers_nobody_else_is_taken() -> None:
    chooser = PersonChooser(SETTINGS)
    patient, passer_by = standing(100, 200, 800), standing(1000, 200, 700)
    assert choose(chooser, 0, patient, passer_by) is not None
    assert choose(chooser, 0.5, passer_by) is None
    back = choose(chooser, 1.0, passer_by, patient)
    assert back is not None
    np.testing.assert_allclose(back.legs_px, patient.landmarks_px[LEG_POINTS])


def test_after_a_long_loss_somebody_else_may_be_taken() -> None:
    chooser = PersonChooser(SETTINGS)
    assert choose(chooser, 0, standing(100, 200, 800)) is not None
    late_s = SETTINGS.keep_person_s + 0.1
    assert choose(chooser, late_s, standing(1000, 200, 700)) is not None


def test_one_person_seen_twice_is_not_two_people() -> None:
    person = standing(100, 100, 900)
    pose = choose(PersonChooser(SETTINGS), 0, person, moved(person, (10, 0)))
    assert pose is not None
    assert pose.others_px == ()


def test_landmarks_outside_the_picture_or_hidden_are_not_given() -> None:
    person = standing(100, 150, 950)  # the feet are below the edge
    person.visibility[25] = 0.3
    pose = choose(PersonChooser(SETTINGS), 0, person)
    assert pose is not None
    for hidden in (landmark("left", "toe"), landmark("right", "toe"), landmark("left", "knee")):
        assert np.isnan(pose.legs_px[hidden]).all()
        assert pose.visibility[hidden] == 0
    assert np.isfinite(pose.legs_px[landmark("right", "ankle")]).all()
    assert len(pose.body_px) == 33


@pytest.mark.parametrize(
    "invented",
    [
        standing(100, 50, 900, visibility=0.3),
        standing(100, 50, 60),
        Person(standing(100, 50, 900).landmarks_px * (1, 0.01), np.ones(33), np.ones(33)),
    ],
    ids=["barely visible, as on a bare forearm", "tiny", "crushed flat"],
)
def test_invented_people_are_not_judged(invented: Person) -> None:
    assert choose(PersonChooser(SETTINGS), 0, invented) is None


HEAD = list(range(11))
TORSO = list(range(23))


def head_between_the_legs() -> Person:
    """As the network makes up of legs alone."""
    person = standing(100, 50, 900)
    knees_px = person.landmarks_px[[25, 26]].mean(axis=0)
    person.landmarks_px[HEAD] += knees_px - person.landmarks_px[HEAD].mean(axis=0)
    return person


def hardly_any_torso() -> Person:
    person = standing(100, 50, 900)
    hips_px = person.landmarks_px[[23, 24]].mean(axis=0)
    person.landmarks_px[TORSO] = hips_px + 0.3 * (person.landmarks_px[TORSO] - hips_px)
    return person


@pytest.mark.parametrize("made_up", [head_between_the_legs(), hardly_any_torso()], ids=["head", "torso"])
def test_bodies_made_up_of_legs_are_told_from_people(made_up: Person) -> None:
    """They are nobody who is seen; whether their legs are right is for others to say."""
    chooser = PersonChooser(SETTINGS)
    assert choose(chooser, 0, made_up) is not None
    assert not chooser.person_seen
    assert not built_as_a_person(made_up.landmarks_px, SETTINGS)
    assert built_as_a_person(standing(100, 50, 900).landmarks_px, SETTINGS)


@pytest.mark.parametrize("turn", [0.5, 1.6, 3.1])
def test_people_are_built_as_such_however_the_phone_is_held(turn: float) -> None:
    cos, sin = np.cos(turn), np.sin(turn)
    turned = standing(100, 50, 900).landmarks_px @ np.array([[cos, sin], [-sin, cos]])
    assert built_as_a_person(turned, SETTINGS)


def test_a_person_cut_at_the_hips_is_seen() -> None:
    chooser = PersonChooser(SETTINGS)
    assert choose(chooser, 0, standing(900, 300, 1500)) is None
    assert chooser.person_seen


def test_a_person_on_its_head_without_legs_in_view_is_nobody() -> None:
    """As the network makes up of a bare leg from near, with the toes as a face; one whose legs are seen is somebody."""
    upright = standing(900, 300, 1500)
    middle_px = np.array([960.0, 540.0])
    on_its_head = replace(upright, landmarks_px=2 * middle_px - upright.landmarks_px)
    chooser = PersonChooser(SETTINGS)
    assert choose(chooser, 0, on_its_head) is None
    assert not chooser.person_seen


def test_legs_are_compared_whatever_the_names_of_their_sides() -> None:
    legs_px = standing(100, 50, 900).landmarks_px[LEG_POINTS]
    assert apart_rel(legs_px, swapped(legs_px)) == 0
    shank_px = float(np.hypot(*(legs_px[1] - legs_px[2])))
    assert apart_rel(legs_px, legs_px + np.array([shank_px, 0])) == pytest.approx(1, rel=0.1)
    assert np.isnan(apart_rel(legs_px, np.full((10, 2), np.nan)))


def test_feet_longer_than_any_foot_are_not_a_person() -> None:
    person = standing(100, 50, 500)
    person.landmarks_px[31] += (900, 0)
    assert choose(PersonChooser(SETTINGS), 0, person) is None


def test_no_persons_is_no_pose() -> None:
    assert choose(PersonChooser(SETTINGS), 0) is None


def test_a_mirrored_picture_exchanges_the_sides_and_nothing_else(rng: np.random.Generator) -> None:
    plain, mirror = PersonChooser(SETTINGS), PersonChooser(SETTINGS)
    base = [standing(150, 80, 900), standing(1000, 200, 700)]
    for t_s in np.arange(0, 4, 0.5):
        persons = [moved(person, rng.normal(0, 20, (33, 2))) for person in base]
        for person in persons:
            person.visibility[:] = rng.uniform(0.3, 1, 33)
        if rng.random() < 0.3:
            persons[0] = legs_exchanged(persons[0])
        a = choose(plain, t_s, *persons)
        b = choose(mirror, t_s, *map(mirrored, persons))
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            np.testing.assert_allclose(swapped(b.legs_px) * (-1, 1) + (WIDTH, 0), a.legs_px)
            np.testing.assert_allclose(swapped(b.visibility), a.visibility)


@pytest.mark.parametrize("bad", [(3,), (3, 5), (4, 5)])
def test_legs_whose_names_the_network_exchanges_for_a_moment_stay_where_they_are(bad: tuple[int, ...]) -> None:
    chooser = PersonChooser(SETTINGS)
    person = standing(100, 50, 900)
    for number in range(8):
        shown = legs_exchanged(person) if number in bad else person
        pose = choose(chooser, number * 0.5, shown)
        assert pose is not None
        np.testing.assert_allclose(pose.legs_px, person.landmarks_px[LEG_POINTS])


def test_a_wrong_first_picture_does_not_fix_the_names_for_ever() -> None:
    chooser = PersonChooser(SETTINGS)
    person = standing(100, 50, 900)
    shown = [legs_exchanged(person), person, person, person]
    poses = [choose(chooser, number * 0.5, person) for number, person in enumerate(shown)]
    assert poses[-1] is not None
    np.testing.assert_allclose(poses[-1].legs_px, person.landmarks_px[LEG_POINTS])


def test_a_person_who_turns_round_is_named_anew() -> None:
    """The legs have gone somewhere else meanwhile: continuity says nothing, the network is believed."""
    chooser = PersonChooser(SETTINGS)
    person = standing(100, 50, 900)
    choose(chooser, 0, person)
    turned = moved(legs_exchanged(person), (150, 0))
    pose = choose(chooser, 0.5, turned)
    assert pose is not None
    np.testing.assert_allclose(pose.legs_px, turned.landmarks_px[LEG_POINTS])


def test_one_leg_alone_keeps_its_name() -> None:
    chooser = PersonChooser(SETTINGS)
    person = standing(100, 50, 900)
    person.visibility[[24, 26, 28, 30, 32]] = 0.1
    for t_s in (0, 0.5, 1):
        pose = choose(chooser, t_s, person)
        assert pose is not None
        assert np.isfinite(pose.legs_px[:5]).all()
        assert np.isnan(pose.legs_px[5:]).all()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
