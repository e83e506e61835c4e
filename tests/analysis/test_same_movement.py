"""The same movement, filmed otherwise, is the same finding."""

from dataclasses import replace

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.body import REGIONS
from motionscan.records import Analysis, FloatArray, Motion

from .synthetic import (
    SETTINGS,
    jittered,
    low_light,
    movement,
    only,
    person,
    soft,
    steady,
    turned,
    with_camera,
    with_pause,
    with_regions,
)

CLOCKS = {
    "24 Hz": steady(24),
    "30 Hz": steady(30),
    "60 Hz": steady(60),
    "120 Hz": steady(120),
    "jittered": jittered(30, sd_ms=6),
    "30 to 20 Hz": low_light(),
}
JERKS = movement("jerks")
TURN_37 = np.array([[np.cos(0.65), -np.sin(0.65)], [np.sin(0.65), np.cos(0.65)]])
MIRROR = np.diag([-1.0, 1.0])


def judged(motion: Motion) -> Analysis:
    return analyse(motion, SETTINGS)


@pytest.fixture(scope="module")
def plain() -> Analysis:
    return judged(person([JERKS]))


def peaks_s(analysis: Analysis) -> FloatArray:
    return np.array([event.peak_s for event in analysis.events])


# ---------------------------------------------------------------- time
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    ("one", "pattern", "site"),
    [
        (movement("jerks", "left_foot", 3.0), "rhythmic_jerking", "joint"),
        (movement("tremor", "right_foot", 5.0), "rhythmic_oscillation", "joint"),
        (movement("joint_twitches", "left_shank", 0.5), "isolated_twitches", "joint"),
        (movement("skin_twitches", "right_shank", 0.5), "isolated_twitches", "surface"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_the_rate_of_the_camera_does_not_change_the_finding(one, pattern, site, clock) -> None:
    found = only(judged(person([one], CLOCKS[clock])))
    assert (found.pattern, found.region, found.site) == (pattern, one.region, site)
    if pattern.startswith("rhythmic"):
        assert found.frequency_hz == pytest.approx(one.rate_hz, abs=0.1)


def test_repeated_pictures_do_not_change_the_finding(plain) -> None:
    repeated = np.arange(360) % 5 == 4
    found = only(judged(person([JERKS], duplicate=repeated)))
    assert (found.pattern, found.region, found.event_count) == ("rhythmic_jerking", "right_foot", 28)
    assert found.frequency_hz == pytest.approx(only(plain).frequency_hz, abs=0.03)


def test_a_later_clock_shifts_times_and_nothing_else(plain) -> None:
    later = judged(person([JERKS], shift_s=64.0))
    assert peaks_s(later) == pytest.approx(peaks_s(plain) + 64.0, abs=1e-3)
    one, other = only(plain), only(later)
    assert (other.start_s, other.end_s) == pytest.approx((one.start_s + 64, one.end_s + 64), abs=1e-3)
    assert (other.pattern, other.region, other.event_count) == (one.pattern, one.region, one.event_count)
    assert other.frequency_hz == pytest.approx(one.frequency_hz, abs=1e-3)
    assert other.amplitude_px == pytest.approx(one.amplitude_px, rel=1e-3)


def test_a_pause_of_the_camera_is_not_bridged() -> None:
    analysis = judged(person([JERKS], with_pause(steady(), 5.0, 7.0)))
    assert analysis.timing.gap_count == 1
    assert not ((peaks_s(analysis) > 5.0) & (peaks_s(analysis) < 7.0)).any()
    for found in analysis.findings:
        assert found.end_s <= 5.05 or found.start_s >= 6.95
        assert found.frequency_hz == pytest.approx(3.0, abs=0.1)


def test_what_was_not_measured_is_not_bridged() -> None:
    t_s = steady()
    lost = (t_s > 4) & (t_s < 5.5)
    motion = with_regions(person([JERKS]), joint_px=lambda region: np.where(lost[:, None], np.nan, region.joint_px))
    analysis = judged(motion)
    assert not ((peaks_s(analysis) > 4.0) & (peaks_s(analysis) < 5.5)).any()
    assert all(found.end_s < 4.1 or found.start_s > 5.4 for found in analysis.findings)
    trace = analysis.traces_px["right_foot"]
    assert np.isnan(trace[lost][2:-2]).all()
    assert np.isfinite(trace[~lost]).mean() > 0.98


# ---------------------------------------------------------------- space
def test_twice_the_movement_is_twice_the_amplitude_and_the_same_finding(plain) -> None:
    double = only(judged(person([movement("jerks", amplitude_px=12.0)])))
    one = only(plain)
    assert double.amplitude_px == pytest.approx(2 * one.amplitude_px, rel=0.03)
    assert double.amplitude_rel == pytest.approx(2 * one.amplitude_rel, rel=0.03)
    assert (double.pattern, double.region, double.event_count) == (one.pattern, one.region, one.event_count)
    assert double.frequency_hz == pytest.approx(one.frequency_hz, abs=0.01)


@pytest.mark.parametrize("kind", ["jerks", "joint_twitches", "skin_twitches"])
def test_a_mirrored_picture_swaps_the_sides_and_nothing_else(kind) -> None:
    motion = person([movement(kind, "left_shank", 3.0 if kind == "jerks" else 0.6)])
    one, other = judged(motion), judged(turned(motion, MIRROR, swap_sides=True))
    assert only(one).region == "left_shank"
    assert only(other).region == "right_shank"
    assert peaks_s(other) == pytest.approx(peaks_s(one), abs=1e-6)
    sizes = [[event.amplitude_px for event in analysis.events] for analysis in (one, other)]
    assert sizes[1] == pytest.approx(sizes[0], rel=1e-6)
    for left, right in zip(REGIONS[:3], REGIONS[3:], strict=True):
        assert other.traces_px[right] == pytest.approx(one.traces_px[left], abs=1e-6, nan_ok=True)


def test_a_turned_picture_gives_the_same_events(plain) -> None:
    analysis = judged(turned(person([JERKS]), TURN_37))
    assert peaks_s(analysis) == pytest.approx(peaks_s(plain), abs=0.01)
    sizes = [[event.amplitude_px for event in one.events] for one in (plain, analysis)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.05)
    assert only(analysis).pattern == only(plain).pattern


def test_a_falsely_measured_turn_of_the_parent_does_not_change_the_childs_movement(plain) -> None:
    """As one that goes against what the child does: no part is carried that way."""
    falsely = with_regions(
        person([JERKS]),
        joint_px=lambda region: region.joint_px * (2.5 if region.id == "right_foot" else 1.0),
        body_px=lambda region: region.joint_px if region.id == "right_foot" else region.body_px,
    )
    found, one = only(judged(falsely)), only(plain)
    assert (found.pattern, found.region, found.event_count) == (one.pattern, one.region, one.event_count)
    assert found.amplitude_px == pytest.approx(one.amplitude_px, rel=0.1)


def test_a_rhythm_of_the_parent_does_not_become_the_childs() -> None:
    for region in ("right_thigh", "left_shank"):
        assert only(judged(person([movement("jerks", region)]))).region == region


def test_two_legs_keep_their_own_rhythms() -> None:
    analysis = judged(person([movement("jerks", "right_foot", 3.0), movement("jerks", "left_foot", 2.0)]))
    rates = {found.region: found.frequency_hz for found in analysis.findings}
    assert rates == {"right_foot": pytest.approx(3.0, abs=0.1), "left_foot": pytest.approx(2.0, abs=0.1)}


@pytest.mark.parametrize(("beside", "count"), [(True, 1), (False, 2)])
@pytest.mark.parametrize(
    ("peaks_s", "pattern"),
    [(np.arange(1.8, 11, 0.5), "rhythmic_jerking"), (np.array([2.5, 6.1, 6.9]), "isolated_twitches")],
)
def test_one_movement_seen_through_the_outlines_of_two_legs_is_told_once(peaks_s, pattern, beside, count) -> None:
    """Where legs lie on each other in the picture; two legs apart that jerk alike are two."""
    path = 6 * np.exp(-0.5 * ((steady()[:, None] - peaks_s) / 0.05) ** 2).sum(axis=1)[:, None] * [0.0, 1.0]
    motion = person(paths_px={"left_foot": path, "right_foot": path})
    if beside:
        places = {region.id: region.patches_px for region in motion.regions}
        near = places["left_foot"] + 5.0
        motion = with_regions(motion, patches_px=lambda r: near if r.id == "right_foot" else r.patches_px)
    found = judged(motion).findings
    assert [one.pattern for one in found] == [pattern] * count


def test_irregular_jerks_that_two_parts_of_a_limb_show_are_told_of_the_larger() -> None:
    """A shank that jerks shakes its foot, more at one time than at another."""
    jerks_s = np.array([1.16, 1.69, 2.01, 2.56, 3.62, 4.28, 4.61, 4.98, 5.95, 8.19, 8.81])
    size_px = np.array([3.4, 4.1, 4.3, 4.6, 7.2, 12, 4.8, 10, 4.8, 10.3, 5.4])
    along_px = np.array([3.4, 4.0, 4.1, 4.9, 6.2, 0, 4.9, 0, 3.8, 0, 5.6])
    beats = np.exp(-0.5 * ((steady()[:, None] - jerks_s) / 0.05) ** 2)
    motion = person(
        paths_px={"left_shank": np.outer(beats @ size_px, [1, 0]), "left_foot": np.outer(beats @ along_px, [0, 1])}
    )
    found = only(judged(motion))
    assert (found.region, found.pattern, found.event_count) == ("left_shank", "irregular_jerks", len(jerks_s))


def test_jerks_of_a_shank_whose_foot_shows_some_of_them_larger_are_told_of_the_shank() -> None:
    jerks_s = np.array([1.16, 1.69, 2.01, 2.56, 3.62, 4.28, 4.61, 4.98, 5.95, 8.19, 8.81])
    beats = np.exp(-0.5 * ((steady()[:, None] - jerks_s) / 0.05) ** 2)
    size_px = np.full(len(jerks_s), 5.0)
    swung_px = np.where(np.isin(np.arange(len(jerks_s)), [3, 7]), 0.0, 7.0)
    motion = person(
        paths_px={"left_shank": np.outer(beats @ size_px, [1, 0]), "left_foot": np.outer(beats @ swung_px, [0, 1])}
    )
    found = only(judged(motion))
    assert (found.region, found.pattern, found.event_count) == ("left_shank", "irregular_jerks", len(jerks_s))


def test_a_rhythm_is_told_though_skin_of_the_other_leg_that_lies_before_it_moves_with_it_and_further() -> None:
    """Skin shakes no leg; a foot that is hardly seen behind a jerking one shows such movements."""
    beats_s = np.arange(1.8, 11, 0.5)
    path = 4 * np.exp(-0.5 * ((steady()[:, None] - beats_s) / 0.05) ** 2).sum(axis=1)
    motion = person(paths_px={"left_foot": np.outer(path, [0, 1])})
    hidden = next(region for region in motion.regions if region.id == "right_shank")
    skin_px = hidden.skin_px.copy()
    kept_s = beats_s[[0, 1, 3, 4, 6, 7, 8, 11, 12, 15, 16]]
    bump = 20 * np.exp(-0.5 * ((steady()[:, None] - kept_s) / 0.05) ** 2).sum(axis=1)
    skin_px[..., 0] += soft(hidden.patches_px, 16) * bump[:, None]
    found = judged(with_regions(motion, skin_px=lambda r: skin_px if r is hidden else r.skin_px)).findings
    assert ("rhythmic_jerking", "left_foot") in [(one.pattern, one.region) for one in found]


@pytest.mark.parametrize("at_s", [3.0, 4.5, 6.0])
@pytest.mark.parametrize("width_s", [0.028, 0.032])
def test_jerks_that_fewer_pictures_show_count_like_those_before_that_were_as_large(at_s: float, width_s: float) -> None:
    """However many of them: when the light goes out early, most of the jerks come after it."""
    jerks_s = np.array([1.1, 1.9, 2.4, 3.6, 4.1, 5.4, 7.1, 7.6, 8.9, 9.5, 10.8, 11.2])
    t_s = low_light(at_s)
    path = 9 * np.exp(-0.5 * ((t_s[:, None] - jerks_s) / width_s) ** 2).sum(axis=1)
    found = only(judged(person(t_s=t_s, paths_px={"left_foot": np.outer(path, [0, 1])})))
    assert (found.pattern, found.event_count) == ("irregular_jerks", len(jerks_s))


@pytest.mark.parametrize(("beside", "reach_px", "count"), [(True, 4, 0), (False, 4, 1), (True, 0.7, 1)])
def test_a_lone_jerk_is_not_told_where_the_other_leg_passes_by(beside, reach_px, count) -> None:
    """A leg that moves slowly in front of a still foot covers and uncovers it, which looks like a jerk.

    Not one that moves by as little as noise.
    """
    t_s = steady()
    pushed = np.outer(1.2 * np.exp(-(((t_s - 6) / 0.05) ** 2)), [1.0, 0.0])
    slow = np.outer(reach_px * np.sin(2 * np.pi * 0.25 * t_s), [1.0, 0.0])
    motion = person(paths_px={"left_foot": pushed, "right_foot": slow})
    if beside:
        places = {region.id: region.patches_px for region in motion.regions}
        near = places["left_foot"] + (20.0, 0.0)
        motion = with_regions(motion, patches_px=lambda r: near if r.id == "right_foot" else r.patches_px)
    found = [f for f in judged(motion).findings if f.pattern != "gross_movement"]
    assert [f.region for f in found] == ["left_foot"] * count


# ---------------------------------------------------------------- the camera
def hand(t_s: FloatArray) -> FloatArray:
    """(T, 2) sway and tremor of a hand that holds a phone."""
    sway = 4 * np.sin(2 * np.pi * 1.1 * t_s) + 2 * np.sin(2 * np.pi * 2.3 * t_s + 1)
    return np.stack([sway + np.sin(2 * np.pi * 8.7 * t_s), 0.7 * sway[::-1]], axis=1)


def test_camera_movement_that_leaks_into_every_region_is_no_finding() -> None:
    assert judged(with_camera(person(), hand(steady()), leak=0.3)).findings == ()


def test_camera_movement_that_leaks_leaves_the_finding_as_it_is(plain) -> None:
    found = only(judged(with_camera(person([JERKS]), hand(steady()), leak=0.2)))
    assert (found.pattern, found.region) == ("rhythmic_jerking", "right_foot")
    assert found.frequency_hz == pytest.approx(only(plain).frequency_hz, abs=0.1)
    assert found.amplitude_px == pytest.approx(only(plain).amplitude_px, rel=0.2)


def test_the_rhythm_of_the_camera_is_told() -> None:
    t_s = steady()
    path = np.stack([3 * np.sin(2 * np.pi * 2.0 * t_s), np.zeros(len(t_s))], axis=1)
    quality = judged(with_camera(person(), path, leak=0.0)).quality
    assert quality.camera_peak_hz == pytest.approx(2.0, abs=0.05)
    assert quality.camera_motion_px == pytest.approx(3 / np.sqrt(2), rel=0.05)


def test_a_jolt_of_the_background_is_not_the_limbs() -> None:
    """What the background does at the same time is the camera's, however the regions follow it."""
    motion = person([JERKS])
    follow = motion.regions[-1].joint_px[:, None, :]
    assert judged(replace(motion, background_px=motion.background_px + 0.6 * follow)).findings == ()
