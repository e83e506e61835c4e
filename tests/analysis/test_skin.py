"""Twitches of the skin: weak ones count where they come again, strong ones count at once."""

import dataclasses

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.analysis.clock import make_clock
from motionscan.analysis.evidence import gather_all
from motionscan.analysis.limbs import own_events
from motionscan.analysis.scene import make_scene
from motionscan.records import Analysis, FloatArray, Motion, RegionMotion
from motionscan.settings import Settings
from tests.analysis.synthetic import SKIN_NOISE, person, soft, steady, with_regions

SETTINGS = Settings().analysis
REGION = "left_shank"
NOISE_PX = 0.1
SKIN_NOISE_PX = SKIN_NOISE * NOISE_PX
WEAK_PX = 6 * SKIN_NOISE_PX
PLACE = 16
TIMES_S = (2.0, 3.7, 5.1, 7.9, 9.2)


def twitching(
    places: list[int],
    height_px: float,
    times_s: tuple[float, ...] = TIMES_S,
    alone: bool = False,
    width_s: float = 0.106,
) -> Motion:
    """A still person, but for a bump at a patch of the left shank at each time; ``alone``: only there.

    ``width_s`` is the width of a bump at half height.
    """
    t_s = steady()
    motion = person(t_s=t_s, noise_px=NOISE_PX, seed=4)
    regions = []
    for one in motion.regions:
        skin = one.skin_px.copy()
        if one.id == REGION:
            for place, at_s in zip(places, times_s, strict=False):
                bump = height_px * np.exp(-0.5 * ((t_s - at_s) / (width_s / 2.355)) ** 2)
                share = np.arange(len(one.patches_px)) == place if alone else soft(one.patches_px, place)
                skin[..., 0] += share * bump[:, None]
        regions.append(dataclasses.replace(one, skin_px=skin))
    return dataclasses.replace(motion, regions=tuple(regions))


def jerking(motion: Motion, height_px: float, times_s: tuple[float, ...]) -> Motion:
    """The same with jerks of the left shank's joint, which carry the foot along."""
    jerks = height_px * np.exp(-0.5 * ((motion.t_s[:, None] - times_s) / 0.045) ** 2).sum(axis=1)
    path = np.stack([jerks, np.zeros_like(jerks)], axis=1)
    regions = tuple(
        dataclasses.replace(one, body_px=one.body_px + path, joint_px=one.joint_px + path * (one.id == REGION))
        if one.id in (REGION, "left_foot")
        else one
        for one in motion.regions
    )
    return dataclasses.replace(motion, regions=regions)


def twitches(analysis: Analysis) -> list[float]:
    return sorted(event.peak_s for event in analysis.events if event.site == "surface")


def test_weak_twitches_of_one_place_are_all_found() -> None:
    found = analyse(twitching([PLACE] * 5, WEAK_PX), SETTINGS)
    assert twitches(found) == pytest.approx(TIMES_S, abs=0.1)
    assert [(one.pattern, one.region, one.site) for one in found.findings] == [("isolated_twitches", REGION, "surface")]


def test_the_path_of_the_skin_that_twitched_is_given_and_rises_with_each_twitch() -> None:
    """That of its joint is flat then. Twice the twitch is twice the path."""
    reached_px = []
    for height_px in (2 * WEAK_PX, 4 * WEAK_PX):
        motion = twitching([PLACE] * 5, height_px)
        ((name, path_px),) = analyse(motion, SETTINGS).skin_px.items()
        assert name == REGION
        assert path_px.shape == motion.t_s.shape
        at_rest = np.abs(motion.t_s[:, None] - TIMES_S).min(axis=1) > 0.3
        assert np.nanstd(path_px[at_rest]) < 2 * SKIN_NOISE_PX
        reached_px.append(np.interp(TIMES_S, motion.t_s, path_px))
    assert reached_px[0].min() > 0.7 * 2 * WEAK_PX
    assert reached_px[1].mean() == pytest.approx(2 * reached_px[0].mean(), rel=0.1)


def test_the_path_of_skin_is_given_though_every_patch_is_lost_at_one_of_the_twitches() -> None:
    motion = twitching([PLACE] * 5, 4 * WEAK_PX)

    def lost(one: RegionMotion) -> FloatArray:
        skin = one.skin_px.copy()
        for number, at_s in enumerate(TIMES_S):
            skin[np.abs(motion.t_s - at_s) < 0.3, number::5] = np.nan
        return skin

    found = analyse(with_regions(motion, skin_px=lost), SETTINGS)
    assert len(twitches(found)) >= 3
    assert np.nanmax(found.skin_px[REGION]) > 2 * WEAK_PX


def test_no_path_of_skin_is_given_where_nothing_is_told_of_it() -> None:
    assert analyse(twitching([], 0.0), SETTINGS).skin_px == {}
    jerked = analyse(jerking(twitching([], 0.0), 40 * NOISE_PX, TIMES_S), SETTINGS)
    assert jerked.findings
    assert jerked.skin_px == {}


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_patches_that_the_reference_picture_shows_elsewhere_are_judged_where_they_mostly_rest(share: float) -> None:
    """As where its key picture was compressed otherwise than all later ones; what leaves its place now and then is
    not judged meanwhile."""
    motion = twitching([PLACE] * 5, WEAK_PX)
    there = motion.t_s >= share * motion.t_s[-1]

    def moved(one: RegionMotion) -> FloatArray:
        skin, far_px = one.skin_px.copy(), 3 * SETTINGS.skin_bent_shanks * (one.scale_px or 0.0)
        skin[there, PLACE % 3 :: 3, 1] += far_px
        return skin

    found = twitches(analyse(with_regions(motion, skin_px=moved), SETTINGS))
    expected = [at_s for at_s in TIMES_S if at_s > share * motion.t_s[-1] + 1.0] if share else TIMES_S
    assert found == pytest.approx(expected, abs=0.1)


def test_weak_bumps_at_other_places_each_time_are_noise() -> None:
    assert twitches(analyse(twitching([4, 13, 19, 25, 31], WEAK_PX), SETTINGS)) == []


def test_weak_bumps_of_one_patch_that_no_other_shows_are_noise_and_make_no_other_likely() -> None:
    """A patch on the edge of a limb has many of them while the camera shakes; one may well meet a twitch."""
    lonely = twitching([PLACE] * 4, 3 * WEAK_PX, TIMES_S[:4], alone=True)
    met = twitching([PLACE], WEAK_PX, TIMES_S[4:])
    regions = tuple(
        dataclasses.replace(one, skin_px=one.skin_px + other.skin_px) if one.id == REGION else one
        for one, other in zip(lonely.regions, met.regions, strict=True)
    )
    assert twitches(analyse(dataclasses.replace(lonely, regions=regions), SETTINGS)) == []


OFTEN_S = (1.3, 2.1, 3.4, 4.2, 5.5, 6.1, 7.4, 8.8)


def test_twitches_that_hardly_stand_out_are_found_where_all_move_the_same_skin() -> None:
    """None would be told by its size alone; bumps as small at other places each time are noise."""
    height_px = 3.5 * SKIN_NOISE_PX
    found = twitches(analyse(twitching([PLACE] * 8, height_px, OFTEN_S), SETTINGS))
    assert len(found) >= 5
    assert all(min(abs(at_s - true_s) for true_s in OFTEN_S) < 0.1 for at_s in found)
    by_size = SETTINGS.model_copy(update={"alike_events": 20})
    assert twitches(analyse(twitching([PLACE] * 8, height_px, OFTEN_S), by_size)) == []
    places = [4, 13, 19, 25, 31, 7, 22, 34]
    assert twitches(analyse(twitching(places, height_px, OFTEN_S), SETTINGS)) == []


@pytest.mark.parametrize(("share", "told"), [(0.04, False), (0.2, True)])
def test_what_is_like_a_large_twitch_and_hardly_there_is_none(share: float, told: bool) -> None:
    """The twitches of one muscle differ in size, but not by so much."""
    large_px, small_s = 150 * SKIN_NOISE_PX, 6.3
    large, small = twitching([PLACE] * 5, large_px), twitching([PLACE], share * large_px, (small_s,))
    regions = tuple(
        dataclasses.replace(one, skin_px=one.skin_px + (other.skin_px - still.skin_px)) if one.id == REGION else one
        for one, other, still in zip(large.regions, small.regions, twitching([], 0.0).regions, strict=True)
    )
    found = twitches(analyse(dataclasses.replace(large, regions=regions), SETTINGS))
    assert found == pytest.approx(sorted((*TIMES_S, small_s) if told else TIMES_S), abs=0.1)


@pytest.mark.parametrize("sigmas", [7, 8])
def test_two_twitches_that_much_of_the_skin_shows_alike_vouch_for_each_other(sigmas) -> None:
    """Where neither is told by its own size, and not where each moves other skin."""
    times_s, lone = (3.4, 7.4), SETTINGS.model_copy(update={"lone_patch_sigmas": 14})
    motion = twitching([PLACE] * 2, sigmas * SKIN_NOISE_PX, times_s)
    assert twitches(analyse(motion, lone)) == pytest.approx(times_s, abs=0.1)
    by_size = lone.model_copy(update={"again_cosine": 1.0})
    assert twitches(analyse(motion, by_size)) == []
    assert twitches(analyse(twitching([4, 25], sigmas * SKIN_NOISE_PX, times_s), lone)) == []


def test_a_shaking_camera_hides_no_twitches_that_move_the_same_skin() -> None:
    """By their size alone they might be what leaks of its shaking."""
    motion = twitching([PLACE] * 8, 5 * SKIN_NOISE_PX, OFTEN_S)
    shaken = dataclasses.replace(motion, camera_px=25 * np.sin(2 * np.pi * 8.7 * motion.t_s)[:, None] * [1.0, 0.5, 0.0])
    assert len(twitches(analyse(shaken, SETTINGS))) >= 6
    by_size = SETTINGS.model_copy(update={"alike_events": 20, "again_cosine": 1.0})
    assert twitches(analyse(shaken, by_size)) == []


@pytest.mark.parametrize(("share", "told"), [(0.0, True), (0.25, True), (1.0, False)])
def test_what_comes_with_key_pictures_vouches_for_no_twitch(share: float, told: bool) -> None:
    """They sharpen what the codec has blurred, each time the same; now and then one meets a twitch."""
    motion = twitching([PLACE] * 8, 3.5 * SKIN_NOISE_PX, OFTEN_S)
    keys_s = OFTEN_S[: round(share * len(OFTEN_S))]
    keyframe = np.abs(motion.t_s[:, None] - keys_s).min(axis=1, initial=np.inf) < 0.02
    found = twitches(analyse(dataclasses.replace(motion, keyframe=keyframe), SETTINGS))
    assert bool(found) == told
    every = analyse(dataclasses.replace(motion, keyframe=np.ones_like(keyframe)), SETTINGS)
    assert twitches(every) == twitches(analyse(motion, SETTINGS))


@pytest.mark.parametrize(("shared", "told"), [(2, 3), (3, 0)])
def test_twitches_that_vouch_for_each_other_are_not_told_when_half_are_another_legs(shared: int, told: int) -> None:
    motion = twitching([PLACE] * 5, 20 * SKIN_NOISE_PX)
    jerks = 3 * np.exp(-0.5 * ((motion.t_s[:, None] - TIMES_S[:shared]) / 0.06) ** 2).sum(axis=1)
    path = np.stack([jerks, np.zeros_like(jerks)], axis=1)
    regions = [
        dataclasses.replace(one, joint_px=one.joint_px + path, body_px=one.body_px + path)
        if one.id == "right_foot"
        else one
        for one in motion.regions
    ]
    assert len(twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS))) == told


@pytest.mark.parametrize("unseen", [(), (4,), (4, 7), (2, 4, 5, 9, 12), (3, 4, 5, 8, 10)])
def test_skin_that_moves_like_clockwork_is_no_twitching_whether_each_beat_is_seen_or_not(
    unseen: tuple[int, ...],
) -> None:
    """As under a hand that pats."""
    beats_s = tuple(1.0 + 0.6 * n + 0.02 * (-1) ** n for n in range(17) if n not in unseen)
    found = analyse(twitching([PLACE] * len(beats_s), 20 * SKIN_NOISE_PX, beats_s), SETTINGS)
    assert [one.pattern for one in found.findings] == ["indeterminate"]


def test_skin_that_keeps_time_but_for_a_pause_is_no_twitching() -> None:
    """As that of a foot that jerks, where its place is not found right."""
    beats_s = (*np.arange(1.0, 4.5, 0.4), *np.arange(6.0, 9.5, 0.4))
    found = analyse(twitching([PLACE] * len(beats_s), 20 * SKIN_NOISE_PX, beats_s), SETTINGS)
    assert [one.pattern for one in found.findings] == ["indeterminate"]


def test_a_weak_twitch_that_comes_once_is_not_told_and_a_strong_one_is() -> None:
    assert twitches(analyse(twitching([PLACE], WEAK_PX), SETTINGS)) == []
    assert twitches(analyse(twitching([PLACE], 60 * SKIN_NOISE_PX), SETTINGS)) == pytest.approx(TIMES_S[:1], abs=0.1)


@pytest.mark.parametrize(("wide_patches", "told"), [(5, True), (30, False)])
def test_a_twitch_that_comes_once_is_told_where_many_patches_show_it(wide_patches: int, told: bool) -> None:
    """However far a single patch would have to stand out for that."""
    settings = SETTINGS.model_copy(update={"lone_patch_sigmas": 50, "wide_patches": wide_patches})
    assert bool(twitches(analyse(twitching([PLACE], 20 * SKIN_NOISE_PX), settings))) == told


@pytest.mark.parametrize(("width_s", "told"), [(0.1, True), (0.22, True), (0.42, False)])
def test_what_lasts_longer_than_a_muscle_twitches_is_no_twitch(width_s: float, told: bool) -> None:
    """A codec shifts skin until its next key picture, by as much as it likes."""
    found = twitches(analyse(twitching([PLACE] * 5, 30 * SKIN_NOISE_PX, width_s=width_s), SETTINGS))
    assert len(found) == (len(TIMES_S) if told else 0)


@pytest.mark.parametrize(("sigmas", "renewed", "told"), [(14, False, True), (14, True, False), (60, True, True)])
def test_only_a_strong_twitch_is_told_while_a_new_reference_picture_is_taken(
    sigmas: float, renewed: bool, told: bool
) -> None:
    """Patches jump then, and a strong twitch may be why it was taken."""
    motion = twitching([PLACE], sigmas * SKIN_NOISE_PX)
    motion = dataclasses.replace(motion, renewed_s=TIMES_S[:1] if renewed else ())
    assert bool(twitches(analyse(motion, SETTINGS))) == told


def test_a_twitch_seen_in_two_parts_is_told_of_the_one_that_shows_most_of_them_larger() -> None:
    """The muscle is one, though some seem larger beside it; the parts exchanged, the other one is told."""
    shares = {True: (1, 1, 1, 1, 1), False: (0.5, 0.5, 1.5, 0.5, 1.5)}
    motion, parts = person(noise_px=NOISE_PX, seed=4), (REGION, "left_thigh")
    for muscle in parts:
        regions = []
        for one in motion.regions:
            bumps = np.exp(-0.5 * ((motion.t_s[:, None] - TIMES_S) / 0.045) ** 2) @ shares[one.id == muscle]
            path_px = 3 * WEAK_PX * bumps[:, None] * soft(one.patches_px, PLACE) * (one.id in parts)
            regions.append(dataclasses.replace(one, skin_px=one.skin_px + path_px[..., None] * [1.0, 0.0]))
        analysis = analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS)
        assert {event.region for event in analysis.events} == {muscle}
        assert twitches(analysis) == pytest.approx(TIMES_S, abs=0.1)


@pytest.mark.parametrize(("along", "told"), [((), True), (("left_foot",), False), (("left_thigh",), False)])
def test_flesh_that_drags_its_part_along_is_skin_unless_a_part_beside_it_moves_too(
    along: tuple[str, ...], told: bool
) -> None:
    """A strong twitch takes half of the calf with it; a joint takes the foot or the thigh."""
    height_px = 30 * SKIN_NOISE_PX
    motion = twitching([PLACE] * 5, height_px)
    dragged = np.exp(-0.5 * ((motion.t_s[:, None] - TIMES_S) / 0.045) ** 2).sum(axis=1)
    path = 0.9 * height_px * np.stack([dragged, np.zeros_like(dragged)], axis=1)
    regions = [
        dataclasses.replace(one, body_px=one.body_px + path, joint_px=one.joint_px + path * (one.id == REGION))
        if one.id in (REGION, *along)
        else one
        for one in motion.regions
    ]
    found = twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS))
    assert found == (pytest.approx(TIMES_S, abs=0.1) if told else [])


@pytest.mark.parametrize(("more_often", "told"), [(False, True), (True, False)])
def test_skin_that_moves_now_and_then_when_its_joint_jerks_is_the_joints(more_often: bool, told: bool) -> None:
    """However much further it moves then: one muscle is one, and does not twitch with some of the jerks."""
    times_s = (*TIMES_S, *(2.9, 4.3, 6.0, 7.1, 8.5, 10.4) * more_often)
    motion = jerking(twitching([PLACE] * 5, 40 * SKIN_NOISE_PX), 12 * SKIN_NOISE_PX, times_s)
    clock = make_clock(motion.t_s, motion.duplicate, SETTINGS)
    evidences = gather_all(motion.regions, make_scene(motion, clock, SETTINGS), SETTINGS)
    (own,) = (one for one in own_events(evidences, SETTINGS) if one.region.id == REGION)
    assert bool(own.skin_peaks) == told


def test_a_part_whose_skin_goes_further_than_its_middle_jerks_where_both_keep_time() -> None:
    """Half of a foot's points may lie on what stays; no muscle twitches like clockwork."""
    beats_s = tuple(np.arange(1.0, 9.0, 0.4))
    moved = jerking(twitching([PLACE] * len(beats_s), 40 * SKIN_NOISE_PX, beats_s), 12 * SKIN_NOISE_PX, beats_s)
    (found,) = analyse(moved, SETTINGS).findings
    assert (found.pattern, found.region, found.site) == ("rhythmic_jerking", REGION, "joint")
    assert found.event_count == len(beats_s)


@pytest.mark.parametrize(("bent", "told"), [(PLACE - 1, False), (1, True)])
def test_no_twitch_is_told_beside_a_patch_that_has_left_its_place(bent: int, told: bool) -> None:
    """A hand that slides over a thigh shows in the patches that it does not cover yet."""
    motion = twitching([PLACE] * 5, 30 * SKIN_NOISE_PX)
    regions = []
    for one in motion.regions:
        skin = one.skin_px.copy()
        if one.id == REGION:
            skin[:, bent, 1] += np.linspace(0, 0.1 * (one.scale_px or 0), len(skin))
        regions.append(dataclasses.replace(one, skin_px=skin))
    found = twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS))
    assert (max(found, default=0.0) > TIMES_S[2]) == told


def test_a_jittery_background_hides_no_twitch_and_a_jolt_of_it_does() -> None:
    """What counts is what the background shows beyond its usual jitter."""
    height_px = 40 * SKIN_NOISE_PX
    motion = twitching([PLACE] * 5, height_px)
    jitter_px = np.random.default_rng(3).normal(0, 0.2 * height_px, motion.background_px.shape)
    jittery = dataclasses.replace(motion, background_px=jitter_px)
    assert twitches(analyse(jittery, SETTINGS)) == pytest.approx(TIMES_S, abs=0.1)
    jolts = np.exp(-0.5 * ((motion.t_s[:, None] - TIMES_S) / 0.045) ** 2).sum(axis=1)
    jolted = dataclasses.replace(motion, background_px=jitter_px + 0.9 * height_px * jolts[:, None, None])
    assert twitches(analyse(jolted, SETTINGS)) == []


def test_skin_that_moves_all_over_a_part_is_no_twitch_of_the_skin() -> None:
    motion = twitching([], 0.0)
    wave = sum(np.exp(-0.5 * ((motion.t_s - at_s) / 0.045) ** 2) for at_s in TIMES_S)
    regions = [
        dataclasses.replace(one, skin_px=one.skin_px + 3.0 * np.asarray(wave)[:, None, None] * (one.id == REGION))
        for one in motion.regions
    ]
    assert twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS)) == []


def test_skin_of_a_part_that_has_left_its_place_is_not_judged() -> None:
    motion = twitching([PLACE] * 5, 20 * SKIN_NOISE_PX)
    late = motion.t_s > 4.5
    regions = [
        dataclasses.replace(one, joint_px=one.joint_px + np.where(late, 0.0, 30.0)[:, None] * (one.id == REGION))
        for one in motion.regions
    ]
    found = twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS))
    assert found == pytest.approx([at_s for at_s in TIMES_S if at_s > 5.0], abs=0.1)


def test_a_patch_that_moves_alone_has_slipped() -> None:
    assert twitches(analyse(twitching([PLACE] * 5, 60 * SKIN_NOISE_PX, alone=True), SETTINGS)) == []


def test_a_jitter_of_the_whole_part_hides_no_twitch() -> None:
    motion = twitching([PLACE] * 5, 20 * SKIN_NOISE_PX)
    jitter = np.random.default_rng(1).normal(0, 4 * SKIN_NOISE_PX, (len(motion.t_s), 1, 2))
    regions = [dataclasses.replace(one, skin_px=one.skin_px + jitter * (one.id == REGION)) for one in motion.regions]
    found = twitches(analyse(dataclasses.replace(motion, regions=tuple(regions)), SETTINGS))
    assert found == pytest.approx(TIMES_S, abs=0.1)
