"""Which word a movement gets, and which it must never get."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from motionscan.analysis.analyse import analyse
from motionscan.analysis.events import Peak
from motionscan.analysis.stretch import Stretch, in_one_word
from motionscan.records import Analysis, FloatArray, Motion, Pattern

from .synthetic import LIMB, SETTINGS, drawn, movement, only, person, steady, with_regions

FASCICULATIONS_S = (1.43, 5.02, 6.25, 8.09, 8.96, 9.37)
"""Marked by an expert in 9.5 s of ultrasound (a public recording); peaks."""


def judged(motion: Motion) -> Analysis:
    return analyse(motion, SETTINGS)


def along_x(path_px: FloatArray) -> FloatArray:
    return path_px[:, None] * np.array([1.0, 0.0])


# ---------------------------------------------------------------- nothing
def test_silence_gives_nothing() -> None:
    for seed in range(25):
        analysis = judged(person(seed=seed))
        assert (analysis.findings, analysis.events, analysis.pairs) == ((), (), ())
        assert analysis.quality.assessable
        assert analysis.sentence == "No rhythmic movement and no twitches were seen."


@pytest.mark.parametrize("noise_px", [0.02, 0.2, 0.5])
def test_silence_gives_nothing_however_noisy(noise_px) -> None:
    for seed in range(5):
        assert judged(person(seed=seed, noise_px=noise_px)).findings == ()


def test_red_noise_gives_nothing() -> None:
    """Slow wander, as of a tracker that follows a breathing person."""
    for seed in range(10):
        walk = np.cumsum(np.random.default_rng(seed).normal(0, 0.04, (360, 2)), axis=0)
        assert judged(person(seed=seed, paths_px={"left_shank": walk})).findings == ()


@pytest.mark.parametrize("smooth", [0.5, 3.0])
def test_a_step_to_a_new_place_is_no_jerk(smooth) -> None:
    path = gaussian_filter1d(np.where(steady() > 6.0, 8.0, 0.0), smooth)
    assert judged(person(paths_px={"right_foot": along_x(path)})).findings == ()


def test_steps_one_after_another_are_no_jerks() -> None:
    path = gaussian_filter1d(np.floor(steady() / 2.5) * 6.0, 2.0)
    assert judged(person(paths_px={"right_foot": along_x(path)})).findings == ()


@pytest.mark.parametrize("rate_hz", [0.25, 0.3, 0.4])
@pytest.mark.parametrize("size_px", [1.0, 6.0])
def test_slow_sway_is_no_rhythm(rate_hz, size_px) -> None:
    path = size_px * np.sin(2 * np.pi * rate_hz * steady())
    assert judged(person(paths_px={"right_foot": along_x(path)})).findings == ()


def test_a_large_slow_movement_is_a_change_of_posture_and_no_rhythm() -> None:
    path = 60 * np.clip((steady() - 4.0) / 3.0, 0, 1)
    found = judged(person(paths_px={"left_shank": along_x(path)})).findings
    assert {one.pattern for one in found} == {"gross_movement"}
    assert {one.region for one in found} == {"left_shank", "left_foot"}  # the foot is carried to its new place
    for one in found:
        assert one.amplitude_px == pytest.approx(60, rel=0.05)


# ---------------------------------------------------------------- rhythms
@pytest.mark.parametrize("rate_hz", [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
def test_a_rhythm_is_one_at_every_rate_of_jerks(rate_hz) -> None:
    found = only(judged(person([movement("jerks", rate_hz=rate_hz)])))
    peaks = [event.peak_s for event in drawn(movement("jerks", rate_hz=rate_hz)).events]
    true_hz = (len(peaks) - 1) / (peaks[-1] - peaks[0])
    accepted = ("rhythmic_jerking",) if rate_hz < 4 else ("rhythmic_jerking", "rhythmic_oscillation")
    assert found.pattern in accepted
    assert found.frequency_hz == pytest.approx(true_hz, abs=0.05)
    low, high = found.frequency_ci95_hz
    assert low - 0.02 <= true_hz <= high + 0.02


def test_small_bumps_between_slow_jerks_do_not_hide_their_rhythm() -> None:
    """Each is far above the noise, and a sixth as high as the jerks."""
    jerks = movement("jerks", rate_hz=0.5, amplitude_px=12.0, end_s=18.0)
    bumps = movement("joint_twitches", rate_hz=2.0, amplitude_px=2.0, end_s=18.0)
    for seed in range(4):
        found = only(judged(person([jerks, bumps], steady(duration_s=19.0), seed=seed)))
        assert found.pattern == "rhythmic_jerking"
        assert found.frequency_hz == pytest.approx(0.5, abs=0.05)


def with_jolts(motion: Motion, times_s: FloatArray, height_px: float) -> Motion:
    """The background moves at these times, as when the hand that holds the camera starts."""
    jolts = np.exp(-0.5 * ((motion.t_s[:, None] - times_s) / 0.04) ** 2).sum(axis=1)
    return replace(motion, background_px=motion.background_px + height_px * jolts[:, None, None])


def test_beats_during_a_jolt_are_told_where_the_others_keep_their_rhythm() -> None:
    jerks = movement("jerks", rate_hz=2.5, interval_cv=0.15)
    peaks_s = np.array([event.peak_s for event in drawn(jerks).events])
    for jolted_s, told in ((peaks_s[::3], len(peaks_s)), (peaks_s, 0)):
        analysis = judged(with_jolts(person([jerks]), jolted_s, height_px=3.0))
        assert len(analysis.events) == told
        assert {found.pattern for found in analysis.findings} == ({"rhythmic_jerking"} if told else set())


@pytest.mark.parametrize("at_the_beats", [True, False])
def test_few_beats_beyond_doubt_vouch_for_the_others_unless_the_camera_makes_those(at_the_beats) -> None:
    """Two of three beats come while the background jolts: then alone, or as often halfway between."""
    jerks = movement("jerks", rate_hz=1.5, interval_cv=0.05)
    peaks_s = np.array([event.peak_s for event in drawn(jerks).events])
    calm_s, jolted_s = peaks_s[::3], np.delete(peaks_s, np.s_[::3])
    times_s = np.concatenate([jolted_s + shift_s for shift_s in ((0.0,) if at_the_beats else (-0.3, 0.0, 0.3))])
    apart = np.abs(times_s[:, None] - calm_s).min(axis=1) > 0.15
    motion = with_jolts(person([jerks]), times_s[apart], height_px=3.0)
    told = [one for one in judged(motion).findings if one.event_count == len(peaks_s)]
    assert [one.pattern for one in told] == ([] if at_the_beats else ["rhythmic_jerking"])


def test_beats_of_a_swaying_leg_that_end_elsewhere_are_told_where_the_others_keep_their_rhythm() -> None:
    """Every fourth takes the foot a step along; such steps alone are none."""
    jerks = movement("jerks", rate_hz=1.5)
    peaks_s = np.array([event.peak_s for event in drawn(jerks).events])
    moving, still = person([jerks]), person()
    for motion, stepping_s, told in ((moving, peaks_s[1::4], len(peaks_s)), (still, peaks_s, 0)):
        steps = 3.2 * np.tanh((motion.t_s[:, None] - stepping_s) / 0.02) * (-1) ** np.arange(len(stepping_s))
        path = np.outer(steps.sum(axis=1), [1.0, 0.0])
        stepping = with_regions(
            motion,
            joint_px=lambda r, path=path: r.joint_px + path * (r.id == "right_foot"),
            body_px=lambda r, path=path: r.body_px + path * (r.id == "right_foot"),
        )
        analysis = judged(stepping)
        assert len([e for e in analysis.events if e.region == "right_foot"]) == told
        assert [f.pattern for f in analysis.findings] == ["rhythmic_jerking"] * bool(told)


@pytest.mark.parametrize("shift_px", [20, 40, 60])
def test_a_leg_that_is_shifted_meanwhile_keeps_its_rhythm(shift_px) -> None:
    """The beats during it are told with the others; without them what is left is no rhythm."""
    beats_s = np.arange(1.2, 11.5, 1.05)
    foot = along_x(bumps(beats_s, 2.0))
    shank = along_x(shift_px * np.exp(-0.5 * ((steady() - 6.0) / 0.8) ** 2))
    motion = person(paths_px={"right_foot": foot, "right_shank": shank})
    [found] = [one for one in judged(motion).findings if one.pattern != "gross_movement"]
    assert (found.pattern, found.region, found.event_count) == ("rhythmic_jerking", "right_foot", len(beats_s))
    assert found.frequency_hz == pytest.approx(1 / 1.05, abs=0.01)
    left = analyse(motion, SETTINGS.model_copy(update={"hidden_jerk_s": 0.03, "quick_jerk_s": 0.03})).findings
    assert "rhythmic_jerking" not in {one.pattern for one in left}


@pytest.mark.parametrize("frame_hz", [24.0, 30.0, 60.0])
@pytest.mark.parametrize("seed", range(11, 15))
@pytest.mark.parametrize(("kind", "word"), [("jerks", "rhythmic_jerking"), ("tremor", "rhythmic_oscillation")])
def test_fast_small_jerks_are_told_from_tremor_though_noise_fills_their_rests(frame_hz, seed, kind, word) -> None:
    """Six pictures or more show each, and it is ten times as high as the noise."""
    fast = movement(kind, rate_hz=3.9, amplitude_px=1.5)
    assert only(judged(person([fast], steady(frame_hz), noise_px=0.1, seed=seed))).pattern == word


def test_a_jolt_that_keeps_no_rhythm_is_told_neither_alone_nor_with_it() -> None:
    jerks = movement("jerks", rate_hz=2.0, end_s=8.0)
    beside_s = np.array([9.1, 9.25, 10.4])
    for moving in (person([jerks]), person()):
        jolted = with_jolts(moving, beside_s, height_px=3.0)
        jumps = 6 * np.exp(-0.5 * ((jolted.t_s[:, None] - beside_s) / 0.04) ** 2).sum(axis=1)
        shaken = with_regions(
            jolted,
            joint_px=lambda region, jumps=jumps: region.joint_px + along_x(jumps) * (region.id == "right_foot"),
            body_px=lambda region, jumps=jumps: region.body_px + along_x(jumps) * (region.id == "right_foot"),
        )
        assert [event.peak_s for event in judged(shaken).events if event.peak_s > 8.5] == []


def run_of(pattern: Pattern, count: int, frequency_hz: float) -> Stretch:
    peaks = tuple(Peak(t_s - 0.05, t_s, t_s + 0.05, 3.0) for t_s in np.arange(count) / 3)
    return Stretch(pattern, "joint", 0.0, count / frequency_hz, peaks, frequency_hz)


def test_runs_at_one_rate_have_one_word_and_the_longest_says_which() -> None:
    long, short, other = (
        run_of("rhythmic_jerking", 13, 3.0),
        run_of("rhythmic_oscillation", 9, 3.05),
        run_of("rhythmic_oscillation", 12, 5.0),
    )
    words = [one.pattern for one in in_one_word([short, long, other], SETTINGS)]
    assert words == ["rhythmic_jerking", "rhythmic_jerking", "rhythmic_oscillation"]


@pytest.mark.parametrize("places", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_of_runs_that_are_as_long_most_say_what_they_are(places) -> None:
    """A movement that pauses is one movement, whichever of its runs looks otherwise."""
    runs = [
        run_of("rhythmic_jerking", 9, 3.8),
        run_of("rhythmic_jerking", 9, 3.7),
        run_of("rhythmic_oscillation", 9, 3.8),
    ]
    words = [one.pattern for one in in_one_word([runs[place] for place in places], SETTINGS)]
    assert words == ["rhythmic_jerking"] * 3


def test_without_a_background_a_rhythm_is_told_with_less_confidence() -> None:
    moving = person([movement("jerks", rate_hz=3.0)])
    (rhythm,), (doubted,) = (judged(replace(moving, camera_apart=apart)).findings for apart in (True, False))
    assert doubted.frequency_hz == pytest.approx(rhythm.frequency_hz)
    assert doubted.confidence < rhythm.confidence


def test_without_a_background_single_jerks_are_told_where_most_parts_of_two_legs_rest() -> None:
    """A jolt of the hand that holds the camera moves all of them; of one leg alone, nothing is known to rest."""
    one = movement("joint_twitches", rate_hz=0.6)
    jerked = replace(person([one]), camera_apart=False)
    alone = replace(jerked, regions=tuple(region for region in jerked.regions if region.side == "right"))
    path_px = drawn(one).at(jerked.t_s)[:, None] * LIMB[1]
    jolted = tuple(replace(region, body_px=region.body_px + path_px) for region in person().regions)
    told, of_one_leg, of_jolts = (
        judged(motion).findings for motion in (jerked, alone, replace(jerked, regions=jolted))
    )
    assert [(finding.pattern, finding.region) for finding in told] == [("isolated_twitches", "right_foot")]
    assert of_one_leg == of_jolts == ()


@pytest.mark.parametrize(
    ("size_px", "words"), [(15, {"rhythmic_jerking"}), (60, {"rhythmic_jerking", "indeterminate"})]
)
@pytest.mark.parametrize("rate_hz", [1.2, 3.0])
def test_jerks_of_a_foot_whose_leg_sways_are_told_and_the_swaying_is_not(rate_hz, size_px, words) -> None:
    sway = size_px * np.sin(2 * np.pi * 0.3 * steady())[:, None] * LIMB[0]
    swaying = {"right_shank": sway}
    alone = judged(person(paths_px=swaying)).findings
    both = judged(person([movement("jerks", rate_hz=rate_hz, amplitude_px=15.0)], paths_px=swaying)).findings
    assert {finding.pattern for finding in alone} == {"gross_movement"}
    told = [finding for finding in both if finding.pattern != "gross_movement"]
    assert {finding.region for finding in told} <= {"right_foot"}
    assert {finding.pattern for finding in told} <= words
    if size_px == 15:
        assert told[0].frequency_hz == pytest.approx(rate_hz, abs=0.1)


@pytest.mark.parametrize(("at_s", "told"), [((6.0,), False), ((5.0, 7.3), False), ((3.2, 5.0, 8.1), True)])
def test_one_or_two_events_of_a_shank_whose_foot_jerks_in_a_rhythm_are_its_shaking(at_s, told) -> None:
    bumps = sum(9 * np.exp(-0.5 * ((steady() - one_s) / 0.05) ** 2) for one_s in at_s)
    shank = {"right_shank": bumps[:, None] * LIMB[1]}
    alone = judged(person(paths_px=shank)).findings
    beside = judged(person([movement("tremor", rate_hz=5.0)], paths_px=shank)).findings
    assert [finding.region for finding in alone] == ["right_shank"]
    assert "right_foot" in {finding.region for finding in beside}
    assert ("right_shank" in {finding.region for finding in beside}) is told


@pytest.mark.parametrize(("late_s", "told"), [(0.0, False), (0.2, True)])
def test_what_a_foot_does_at_the_beats_of_its_shank_is_the_shanks(late_s, told) -> None:
    beats_s = np.arange(1.5, 10.5, 0.5)
    shank, foot = (
        along_x(bumps(times_s, height_px)) for times_s, height_px in ((beats_s, 9.0), (beats_s[::5] + late_s, 6.0))
    )
    found = judged(person(paths_px={"right_shank": shank, "right_foot": foot})).findings
    assert "right_shank" in {one.region for one in found if one.frequency_hz}
    assert ("right_foot" in {one.region for one in found}) is told


def test_what_a_stepping_shank_leaves_in_its_foot_is_no_jerking() -> None:
    beats_s = np.arange(1.5, 11, 1.1)
    left = sum(1.5 * np.exp(-0.5 * ((steady() - at_s) / 0.06) ** 2) for at_s in beats_s)
    steps = 40 * np.sin(2 * np.pi * steady() / 1.1)[:, None] * LIMB[1]
    found = judged(person(paths_px={"right_shank": steps, "right_foot": left[:, None] * LIMB[1]})).findings
    assert "right_foot" not in {finding.region for finding in found if finding.pattern != "gross_movement"}


def test_a_foot_at_rest_held_against_a_shank_that_seems_to_move_has_no_jerks() -> None:
    """As where somebody's hand pats the shank: its place is mistaken, the foot's is not."""
    path = drawn(movement("jerks", "right_shank")).at(steady())[:, None] * LIMB[1]
    moving = judged(person(paths_px={"right_foot": -path}))
    resting = judged(person(paths_px={"right_shank": path, "right_foot": -path}))
    assert [finding.region for finding in moving.findings] == ["right_foot"]
    assert "right_foot" not in {finding.region for finding in resting.findings}


@pytest.mark.parametrize(("times_s", "told"), [((10.0,), False), ((10.0, 11.9, 14.3), True)])
def test_one_quick_movement_of_a_part_that_is_shifted_about_is_no_twitch_and_three_are(times_s, told) -> None:
    t_s = steady(duration_s=16.0)
    shifted = 40 * np.exp(-0.5 * ((t_s - 3) / 0.9) ** 2) + 25 * np.exp(-0.5 * ((t_s - 6) / 0.5) ** 2)
    jerked = sum(8 * np.exp(-0.5 * ((t_s - at_s) / 0.05) ** 2) for at_s in times_s)
    alone, both = (
        {
            finding.pattern
            for finding in judged(person(t_s=t_s, paths_px={"right_foot": path[:, None] * LIMB[1]})).findings
        }
        for path in (jerked, shifted + jerked)
    )
    assert alone == {"isolated_twitches"}
    assert both == ({"gross_movement", "isolated_twitches"} if told else {"gross_movement"})


def test_what_leaks_from_a_limb_into_the_camera_stays_with_the_limb() -> None:
    """Before a bare wall all points tell the camera, and a shank that moves far drags it along by a little."""
    one = movement("jerks", "right_shank", rate_hz=3.0)
    motion = person([one])
    leak_px = 0.02 * drawn(one).at(motion.t_s)[:, None] * LIMB[1]
    leaked = replace(motion, camera_px=motion.camera_px + np.pad(leak_px, ((0, 0), (0, 1))), camera_apart=False)
    clean, found = only(judged(motion)), only(judged(leaked))
    assert (found.pattern, found.event_count) == (clean.pattern, clean.event_count)
    assert found.amplitude_px == pytest.approx(clean.amplitude_px, rel=0.05)


def bumps(times_s: FloatArray, height_px: float, width_s: float = 0.05) -> FloatArray:
    """(T,) jerks of that height at those times."""
    return height_px * np.exp(-0.5 * ((steady()[:, None] - times_s) / width_s) ** 2).sum(axis=1)


@pytest.mark.parametrize(("seeds", "told"), [((3, 3), 1), ((3, 4), 2)], ids=["same moments", "others"])
def test_places_found_by_their_movement_that_twitch_at_the_same_moments_are_one(seeds, told) -> None:
    twitches = [
        (one, drawn(one, seed))
        for one, seed in zip(
            [
                movement("joint_twitches", "left_foot", 0.6),
                movement("joint_twitches", "right_foot", 0.6, amplitude_px=9),
            ],
            seeds,
            strict=True,
        )
    ]
    seen = person(twitches)
    moving = tuple(
        replace(region, id=f"region_{number}", side=None, part=None, source="motion")
        for number, region in enumerate((seen.regions[2], seen.regions[5]), 1)
    )
    found = analyse(replace(seen, regions=moving, view="close_up"), SETTINGS).findings
    assert [one.pattern for one in found] == ["isolated_twitches"] * told


def test_a_rhythm_that_stops_and_starts_is_one_however_short_its_runs() -> None:
    starts_s, beats_s = np.array([1.2, 5.0, 8.8]), np.arange(5) * 0.4
    times_s = (starts_s[:, None] + beats_s).ravel()
    analysis = judged(person(paths_px={"right_foot": along_x(bumps(times_s, 6.0))}))
    assert [one.pattern for one in analysis.findings] == ["rhythmic_jerking"] * 3
    assert [one.event_count for one in analysis.findings] == [5, 5, 5]
    assert [one.frequency_hz for one in analysis.findings] == pytest.approx([2.5] * 3, abs=0.05)
    missed = judged(person(paths_px={"right_foot": along_x(bumps(np.delete(times_s, 6), 6.0))}))
    assert [one.event_count for one in missed.findings] == [5, 4, 5]
    assert [one.frequency_hz for one in missed.findings] == pytest.approx([2.5] * 3, abs=0.05)


@pytest.mark.parametrize("missed", [None, 4, 13])
@pytest.mark.parametrize("at", [-8.3, 0.35, 0.5, 0.65])
def test_a_bump_between_two_beats_makes_a_rhythm_neither_faster_nor_irregular(at, missed) -> None:
    """Nor does one just before the first of them, nor a beat that is not seen besides."""
    times_s = 1.0 + np.cumsum(0.45 + 0.03 * np.sin(np.arange(18.0)))
    bump_s = times_s[8] + at * (times_s[9] - times_s[8])
    seen_s = times_s if missed is None else np.delete(times_s, missed)
    path = along_x(bumps(seen_s, 6.0) + bumps(np.array([bump_s]), 4.0))
    [found] = judged(person(paths_px={"right_foot": path})).findings
    assert found.pattern == "rhythmic_jerking"
    assert found.event_count == len(seen_s)
    assert found.frequency_hz == pytest.approx(17 / (times_s[-1] - times_s[0]), abs=0.02)


def test_runs_that_share_no_rhythm_are_none() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        runs = [start_s + np.cumsum(0.28 + rng.exponential(0.25, 5)) for start_s in (0.9, 4.8, 8.4)]
        path = along_x(bumps(np.concatenate(runs), 6.0))
        told = judged(person(paths_px={"right_foot": path}, skin=False)).findings
        assert not [one for one in told if one.pattern.startswith("rhythmic")]


@pytest.mark.parametrize(("along", "told"), [(True, True), (False, False)])
def test_a_shank_that_moves_further_than_flesh_while_knee_and_foot_rest_is_a_hand_before_it(along, told) -> None:
    path = along_x(bumps(np.arange(1.0, 11.0, 0.4), 20.0))
    paths = {"left_shank": path} if along else {"left_shank": path, "left_foot": -path}
    assert any(one.region == "left_shank" for one in judged(person(paths_px=paths)).findings) == told


def test_a_camera_that_brings_bright_things_into_view_is_no_beating_light() -> None:
    sway = 2.0 * np.sin(2 * np.pi * 1.0 * steady())
    jerks = along_x(bumps(np.arange(1.0, 11.5, 1.0), 1.2))
    still = person(paths_px={"right_foot": jerks})
    light = still.brightness + 0.2 * sway
    seen = replace(still, brightness=light, camera_px=still.camera_px + sway[:, None] * (1, 0, 0))
    assert [one.pattern for one in judged(seen).findings] == ["rhythmic_jerking"]
    lit = replace(still, brightness=light)
    assert judged(lit).findings == ()


def test_a_beating_light_vouches_for_no_small_jerks() -> None:
    """The same small jerks count as jerks only where no lamp beats at their rate."""
    motion = person([movement("tremor", rate_hz=10.0, amplitude_px=0.3)], steady(60.0))
    beat = 1 + 0.03 * np.sin(2 * np.pi * 10.0 * motion.t_s)
    assert only(judged(motion)).frequency_hz == pytest.approx(10.0, abs=0.1)
    assert judged(replace(motion, brightness=motion.brightness * beat)).findings == ()


def test_a_beating_light_that_seems_to_shake_a_standing_camera_is_no_view() -> None:
    """Nothing that comes into view by a tenth of a pixel makes a picture brighter by a grey level."""
    motion = person([movement("tremor", rate_hz=5.0, amplitude_px=0.3)])
    beat = np.sin(2 * np.pi * 5.0 * motion.t_s)
    shaken = motion.camera_px + 0.1 * beat[:, None] * (1, 0.5, 0)
    assert only(judged(motion)).frequency_hz == pytest.approx(5.0, abs=0.1)
    assert judged(replace(motion, brightness=motion.brightness + beat, camera_px=shaken)).findings == ()


@pytest.mark.parametrize("kind", ["tremor", "heel_bounce"])
def test_a_movement_without_pauses_is_an_oscillation(kind) -> None:
    for rate_hz in (3.0, 4.0, 6.0):
        found = only(judged(person([movement(kind, rate_hz=rate_hz)])))
        assert found.pattern == "rhythmic_oscillation"
        assert found.frequency_hz == pytest.approx(rate_hz, abs=0.1)


@pytest.mark.parametrize(("both_ways", "word"), [(True, "rhythmic_oscillation"), (False, "rhythmic_jerking")])
def test_narrow_movements_that_go_both_ways_alike_are_an_oscillation_and_those_that_go_one_way_jerks(
    both_ways, word
) -> None:
    """As a fast tremor looks of which one picture in five is a repetition."""
    wave = np.sin(2 * np.pi * 4.0 * steady()) ** 3
    path = 3.0 * (wave if both_ways else np.maximum(wave, 0.0))
    [found] = judged(person(paths_px={"right_foot": along_x(path)})).findings
    assert found.pattern == word
    assert found.frequency_hz == pytest.approx(4.0, abs=0.05)


@pytest.mark.parametrize(("start_hz", "end_hz"), [(4.0, 2.0), (3.0, 1.2)])
def test_slowing_is_seen_with_the_rate_at_both_ends(start_hz, end_hz) -> None:
    slowing = movement("jerks", rate_hz=start_hz, end_rate_hz=end_hz)
    for seed in range(8):
        found = only(judged(person([slowing], seed=seed, skin=False)))
        assert found.pattern == "rhythmic_jerking"
        assert found.slowing
        assert found.frequency_start_hz == pytest.approx(start_hz, abs=0.3)
        assert found.frequency_end_hz == pytest.approx(end_hz, abs=0.3)


def test_a_steady_rhythm_never_slows() -> None:
    for seed in range(6):
        for one in (movement("jerks", rate_hz=2.0), movement("jerks", rate_hz=4.0), movement("tremor", rate_hz=5.0)):
            assert not only(judged(person([one], seed=seed, skin=False))).slowing


def test_three_jerks_are_no_rhythm_of_a_whole_clip() -> None:
    """A second apart they make a line in the spectrum, and twelve cycles of it would fill the clip."""
    for seed in range(1000, 1010):
        found = judged(person([movement("jerks", rate_hz=1.0, start_s=2.0, end_s=5.0)], seed=seed, skin=False)).findings
        assert {one.pattern for one in found} == {"isolated_twitches"}


@pytest.mark.parametrize("share", [0.42, 0.46])
def test_no_frequency_above_the_limit_of_the_frame_rate_is_reported(share) -> None:
    for rate_hz in (20.0, 24.0, 30.0):
        analysis = judged(person([movement("tremor", rate_hz=share * rate_hz)], steady(rate_hz)))
        assert analysis.quality.frequency_limit_hz == pytest.approx(0.4 * rate_hz, rel=0.01)
        for found in analysis.findings:
            assert found.frequency_hz is None or found.frequency_hz <= 0.4 * rate_hz


# ---------------------------------------------------------------- twitches
@pytest.mark.parametrize(("kind", "site"), [("joint_twitches", "joint"), ("skin_twitches", "surface")])
def test_real_fasciculation_times_are_isolated_twitches(kind, site) -> None:
    beginnings = tuple(at - 0.06 for at in FASCICULATIONS_S)
    one = movement(kind, "left_shank", 0.6, times_s=beginnings, amplitude_px=2.0)
    analysis = judged(person([one], steady(30, 10.0)))
    found = only(analysis)
    assert (found.pattern, found.region, found.site) == ("isolated_twitches", "left_shank", site)
    assert [event.peak_s for event in analysis.events] == pytest.approx(FASCICULATIONS_S, abs=0.05)


def test_one_twitch_is_one_isolated_twitch() -> None:
    for kind in ("joint_twitches", "skin_twitches"):
        analysis = judged(person([movement(kind, "right_shank", 0.1, times_s=(5.0,))]))
        assert only(analysis).pattern == "isolated_twitches"
        assert analysis.events[0].peak_s == pytest.approx(5.06, abs=0.03)
        assert analysis.events[0].onset_s < analysis.events[0].peak_s < analysis.events[0].offset_s


def test_twitches_of_the_skin_are_found_where_and_when_they_are() -> None:
    found, true = 0, 0
    for seed in range(8):
        one = movement("skin_twitches", "left_thigh", 0.5, amplitude_px=1.5)
        wave = drawn(one, seed)
        analysis = judged(person([(one, wave)], seed=seed))
        assert {(event.region, event.site) for event in analysis.events} <= {("left_thigh", "surface")}
        truth_s = np.array([event.peak_s for event in wave.events])
        seen_s = np.array([event.peak_s for event in analysis.events])
        hits = np.abs(seen_s[:, None] - truth_s).min(axis=0, initial=9.0) <= 0.15
        assert len(seen_s) <= len(truth_s)
        found, true = found + int(hits.sum()), true + len(truth_s)
    assert found >= 0.95 * true


def test_twitches_of_the_skin_are_never_a_rhythm() -> None:
    for seed in range(10):
        analysis = judged(person([movement("skin_twitches", "left_shank", 0.7)], seed=seed))
        assert not any(found.pattern.startswith("rhythmic") for found in analysis.findings)


@pytest.mark.parametrize(("pictures", "told"), [(1, False), (3, True)])
def test_many_events_that_a_single_picture_shows_are_slips(pictures, told) -> None:
    times = np.cumsum(np.random.default_rng(5).uniform(8, 22, 20)).astype(int)
    path_px = np.zeros((360, 2))
    for time in times:
        path_px[time : time + pictures] = 0.8
    assert bool(judged(person(paths_px={"right_foot": path_px})).findings) == told


@pytest.mark.parametrize(("down_s", "told"), [((), 1), ((2.2, 7.9, 9.6), 0)])
def test_a_part_that_goes_nearly_as_far_the_other_way_more_often_slips(down_s, told) -> None:
    path = along_x(bumps(np.array([5.0]), 9.0) - bumps(np.array(down_s), 5.0))
    assert len(judged(person(paths_px={"left_foot": path})).findings) == told


def test_what_shakes_a_part_both_ways_is_no_train_of_jerks() -> None:
    """As parallax does in a hand-held clip: far beyond the noise of what rests, and about as far down as up."""
    told = 0
    for seed in range(20):
        noise = gaussian_filter1d(np.random.default_rng(seed).normal(size=len(steady())), 1.5)
        path = along_x(0.7 * noise / noise.std())
        told += bool(judged(person(paths_px={"left_foot": path}, seed=seed, skin=False)).findings)
    assert told <= 2


SLIPS_S = (2.2, 4.4, 5.0, 7.4, 9.1, 10.2)


@pytest.mark.parametrize(
    ("slips_s", "also", "told"),
    [((), (), True), (SLIPS_S, (), False), (SLIPS_S, ("left_foot",), False), (SLIPS_S, ("right_shank",), True)],
)
def test_a_part_that_seems_to_jerk_as_often_as_its_skin_twitches_shows_no_twitches(slips_s, also, told) -> None:
    """Its patches slip, now one of them and now all; nothing vouches for jerks up and down.

    What the other leg does at the same moments is the camera's, and says nothing of the patches.
    """
    ways = np.where(np.arange(len(slips_s)) % 2, -0.9, 1.0)
    slips = sum((way * bumps(np.array([at_s]), 4.0) for way, at_s in zip(ways, slips_s, strict=True)), 0 * steady())
    twitches = movement("skin_twitches", "left_shank", amplitude_px=2.0, times_s=(1.6, 3.3, 6.2))
    found = judged(person([twitches], paths_px=dict.fromkeys(("left_shank", *also), along_x(slips)))).findings
    assert bool([one for one in found if one.site == "surface"]) is told


@pytest.mark.parametrize(("width_s", "told"), [(0.15, ["isolated_twitches"]), (0.35, [])])
def test_single_movements_as_slow_as_steps_are_no_twitches(width_s, told) -> None:
    """Of a leg that takes a step now and then, and of one that jerks."""
    at_s = np.array([1.9, 4.6, 7.8, 8.9])
    path_px = 10 * np.exp(-4 * np.log(2) * ((steady()[:, None] - at_s) / width_s) ** 2).sum(axis=1)
    found = judged(person(paths_px={"left_shank": along_x(path_px)})).findings
    assert [one.pattern for one in found if one.pattern != "gross_movement"] == told


def test_many_jerks_without_rhythm_are_irregular() -> None:
    times_s = (1.6, 1.95, 2.9, 3.25, 4.6, 4.95, 5.3, 6.9, 7.25, 8.5, 8.85, 10.1)
    found = only(judged(person([movement("irregular_jerks", rate_hz=1.3, times_s=times_s)])))
    assert found.pattern == "irregular_jerks"
    assert found.interval_cv > SETTINGS.irregular_cv
    assert found.frequency_hz is None


def test_random_twitches_are_hardly_ever_taken_for_a_rhythm() -> None:
    """Chance makes a few random trains look regular; more than one in thirty would be a fault."""
    rhythms = 0
    for seed in range(20):
        for rate_hz in (0.3, 0.6, 1.0):
            waits = 0.15 + np.random.default_rng([seed, 5]).exponential(1 / rate_hz - 0.15, 40)
            times_s = tuple(at for at in np.cumsum(waits) if at < 11.6)
            if times_s:
                twitches = movement("joint_twitches", rate_hz=rate_hz, times_s=times_s)
                analysis = judged(person([twitches], seed=seed, skin=False))
                rhythms += any(found.pattern.startswith("rhythmic") for found in analysis.findings)
    assert rhythms <= 2


# ---------------------------------------------------------------- slow, from near, and two legs
@pytest.mark.parametrize("rate_hz", [0.7, 0.9, 1.1])
def test_steps_on_the_spot_are_large_or_slow_movement(rate_hz) -> None:
    """Each step lasts 0.3 s at half height; a jerk as often in a minute is over in half that time."""
    t_s = steady()
    since = (t_s - 1.5) % (1 / rate_hz)
    step = np.where(since < 0.6, 8 * np.sin(np.pi * since / 0.6) ** 2, 0.0) * (t_s >= 1.5) * (t_s < 10.8)
    finding = only(judged(person(paths_px={"right_shank": along_x(step)})))
    assert (finding.pattern, finding.event_ids) == ("gross_movement", ())
    assert "too slow for jerks" in finding.reasons[0]


@pytest.mark.parametrize("zoom", [1.0, 2.0, 4.0])
def test_a_small_rhythm_is_seen_from_near_as_from_afar(zoom) -> None:
    """Movement of so many pixels over the noise is seen however large the leg is in the picture."""
    small = person([movement("tremor", rate_hz=4.2, amplitude_px=0.4)], noise_px=0.03)
    finding = only(judged(with_regions(small, scale_px=lambda region: zoom * region.scale_px)))
    assert finding.pattern == "rhythmic_oscillation"
    assert finding.frequency_hz == pytest.approx(4.2, abs=0.05)


def test_two_legs_that_jerk_at_their_own_rates_are_both_told() -> None:
    """Also where the smaller movement's events are near the larger one's by chance, and the feet side by side."""
    both = [movement("jerks", "right_foot", 2.3), movement("jerks", "left_foot", 3.2, amplitude_px=4.0)]
    feet_px = np.zeros((18, 2))
    motion = with_regions(person(both), patches_px=lambda r: feet_px if r.part == "foot" else r.patches_px)
    found = {f.region: f.frequency_hz for f in judged(motion).findings}
    assert found == {"right_foot": pytest.approx(2.3, abs=0.05), "left_foot": pytest.approx(3.2, abs=0.05)}


def test_a_rhythm_with_loose_intervals_is_no_train_of_single_twitches() -> None:
    """Also where some of its jerks are too low to be told alone: without these the rest looks random."""
    peaks_s = 1.2 + np.cumsum([0.0, 0.8, 1.2, 1.2, 0.8, 0.8, 1.25, 1.2, 0.75])
    heights_px = np.where(np.isin(np.arange(9), [2, 3, 6]), 0.5, 1.0)
    path = (heights_px * np.exp(-0.5 * ((steady()[:, None] - peaks_s) / 0.035) ** 2)).sum(axis=1)
    finding = only(judged(person(paths_px={"right_foot": along_x(path)}, noise_px=0.04)))
    assert (finding.pattern, finding.event_count) == ("indeterminate", 9)


@pytest.mark.parametrize("seed", range(5))
def test_many_jerks_without_a_clear_rhythm_are_never_passed_over(seed) -> None:
    """They come so fast that none stands alone, and vary too much for a rhythm: undecided, not nothing."""
    one = movement("jerks", rate_hz=4.5, interval_cv=0.35, amplitude_px=2.0)
    found = judged(person([(one, drawn(one, seed))], seed=seed, noise_px=0.2)).findings
    assert found
    assert {f.pattern for f in found} <= {"indeterminate", "rhythmic_jerking", "rhythmic_oscillation"}
