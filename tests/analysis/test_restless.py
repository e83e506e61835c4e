"""A leg that is shifted about all the time: its jerks are told, its swaying, its steps and a hand before it are not."""

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.records import Analysis, FloatArray, Motion

from .synthetic import LIMB, SETTINGS, SHANK_PX, person, steady

SWAY = ((1.0, 0.21, 0.0), (0.4, 0.55, 1.0), (0.2, 0.9, 2.0))
"""Share, Hz and phase of what somebody who stands on one leg sways by."""
RHYTHMS_OF_THIGH = {("rhythmic_jerking", "right_thigh"), ("rhythmic_oscillation", "right_thigh")}
DEAF = SETTINGS.model_copy(update={"quick_jerk_s": 0.03})
"""Nothing quick is looked for."""


def swaying(size_px: float) -> FloatArray:
    """(T, 2) slow movement without a rhythm."""
    path = sum(share * np.sin(2 * np.pi * rate_hz * steady() + phase) for share, rate_hz, phase in SWAY)
    return size_px * np.asarray(path)[:, None] * LIMB[1]


def jerks(times_s: FloatArray, height_px: float, width_s: float = 0.04) -> FloatArray:
    """(T, 2) jerks of that height at those times."""
    path = height_px * np.exp(-0.5 * ((steady()[:, None] - times_s) / width_s) ** 2).sum(axis=1)
    return path[:, None] * LIMB[1]


def beats(rate_hz: float, cv: float = 0.05) -> FloatArray:
    """Times of a rhythm."""
    intervals_s = np.random.default_rng(3).normal(1, cv, 60) / rate_hz
    times_s = 1.2 + np.cumsum(intervals_s)
    return times_s[times_s < 11]


def restless(own: dict[str, FloatArray], skin: bool = True) -> Motion:
    """A person whose right leg sways by a fifth of a shank, and its foot besides."""
    paths = {"right_shank": swaying(0.2 * SHANK_PX), "right_foot": swaying(0.05 * SHANK_PX)}
    return person(paths_px={name: paths.get(name, 0) + own.get(name, 0) for name in paths | own}, skin=skin)


def words(analysis: Analysis) -> set[tuple[str, str]]:
    """Pattern and region of all that is told but large movement."""
    return {(one.pattern, one.region) for one in analysis.findings if one.pattern != "gross_movement"}


@pytest.mark.parametrize("rate_hz", [0.7, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("height_px", [3.0, 6.0])
def test_jerks_smaller_than_the_swaying_are_told(rate_hz, height_px) -> None:
    times_s = beats(rate_hz)
    motion = restless({"right_foot": jerks(times_s, height_px)})
    analysis = analyse(motion, SETTINGS)
    assert words(analysis) == {("rhythmic_jerking", "right_foot")}
    told_s = np.array([event.peak_s for event in analysis.events])
    assert len(told_s) >= 0.85 * len(times_s)
    assert np.abs(told_s[:, None] - times_s).min(axis=1).max() <= 0.05
    [found] = [one for one in analysis.findings if one.pattern != "gross_movement"]
    assert found.frequency_hz == pytest.approx((len(times_s) - 1) / (times_s[-1] - times_s[0]), abs=0.05)
    assert found.amplitude_px == pytest.approx(height_px, rel=0.15)


def test_the_smallest_of_them_are_found_by_what_is_quick_alone() -> None:
    """Against a baseline that follows the leg too slowly they are no rhythm."""
    motion = restless({"right_foot": jerks(beats(2.0), 3.0)})
    assert not words(analyse(motion, DEAF)) & {("rhythmic_jerking", "right_foot")}


@pytest.mark.parametrize(("share", "told"), [(0.0, True), (0.2, True), (1.0, False)])
def test_what_both_legs_do_at_the_same_moments_is_the_bodys_sway(share, told) -> None:
    """Unless it goes much less far in the other leg, which is shaken."""
    there = {"left_thigh": share * jerks(beats(1.0), 3.0)}  # which takes the parts below it along
    motion = restless({"right_foot": jerks(beats(1.0), 3.0)} | there)
    assert ("right_foot" in {region for _, region in words(analyse(motion, SETTINGS))}) == told


def test_swaying_alone_is_no_rhythm() -> None:
    assert words(analyse(restless({}), SETTINGS)) == set()


@pytest.mark.parametrize("height_px", [2.0, 6.0])
def test_random_jerks_of_a_swaying_leg_are_no_rhythm(height_px) -> None:
    for seed in range(12):
        times_s = 1.2 + np.cumsum(0.3 + np.random.default_rng(seed).exponential(0.5, 40))
        motion = restless({"right_foot": jerks(times_s[times_s < 11], height_px)}, skin=False)
        assert not {word for word, _ in words(analyse(motion, SETTINGS))} & {"rhythmic_jerking", "rhythmic_oscillation"}


@pytest.mark.parametrize("rate_hz", [0.8, 1.0, 1.3])
def test_what_is_quick_in_a_step_is_no_jerking(rate_hz) -> None:
    """A heel that strikes shakes its foot at every step, and the shank goes there and back meanwhile."""
    times_s = np.arange(1.2, 11, 1 / rate_hz)
    stepping = 0.3 * SHANK_PX * np.cos(2 * np.pi * rate_hz * (steady() - 1.2))
    motion = restless({"right_foot": jerks(times_s, 3.0), "right_shank": stepping[:, None] * LIMB[1]})
    assert "right_foot" not in {region for _, region in words(analyse(motion, SETTINGS))}


STEPS_S = np.arange(1.3, 11, 1.03) + np.random.default_rng(1).normal(0, 0.04, 10)


@pytest.mark.parametrize("width_s", [0.06, 0.09])
@pytest.mark.parametrize("steps", [slice(None), slice(None, None, 2)])
def test_the_foot_of_a_leg_that_steps_swings_and_does_not_jerk(width_s, steps) -> None:
    """A little later than the shank and less far, be it seen at every step or at some; alone it would be jerks."""
    swing = jerks(STEPS_S[steps] + 0.15, 5.0, width_s)
    assert words(analyse(person(paths_px={"right_foot": swing}), SETTINGS))
    stepping = person(paths_px={"right_shank": jerks(STEPS_S, 12.0, 0.14), "right_foot": swing})
    assert words(analyse(stepping, SETTINGS)) == set()


@pytest.mark.parametrize("height_px", [5.0, 15.0])
def test_a_foot_that_moves_more_often_than_its_leg_steps_is_told(height_px) -> None:
    own = {"right_shank": jerks(STEPS_S, 12.0, 0.14), "right_foot": jerks(beats(3.0), height_px)}
    assert {region for _, region in words(analyse(person(paths_px=own), SETTINGS))} == {"right_foot"}


@pytest.mark.parametrize("rate_hz", [1.5, 3.0])
def test_a_hand_that_pats_the_shank_makes_no_rhythm_of_the_thigh(rate_hz) -> None:
    """The shank seems to go further than flesh can while the foot rests, so that it vouches for no other part."""
    patted = jerks(beats(rate_hz), 0.08 * SHANK_PX)
    own = {"right_thigh": 0.2 * patted, "right_shank": 0.8 * patted, "right_foot": -patted}
    assert not words(analyse(restless(own), SETTINGS)) & RHYTHMS_OF_THIGH
