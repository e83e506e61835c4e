"""Events, intervals and spectra, each against a signal whose answer is known."""

import numpy as np
import pytest

from motionscan.analysis.events import Peak, find_events, merge_near
from motionscan.analysis.rhythm import (
    chance_cv,
    fill_missed_beats,
    interval_cv,
    keeps_time,
    measure_slowing,
    random_cv_quantile,
    split_runs,
)
from motionscan.analysis.spectrum import autocorrelation_peaks, band_power, refine_frequency, spectral_peak
from motionscan.analysis.trace import fill_gaps, main_direction, shared_with_camera, without_baseline

from .synthetic import SETTINGS

GRID_S = np.arange(0, 12, 1 / 60)


def bump(at_s, width_s=0.1, grid_s=GRID_S):
    """A Gaussian with the given full width at half height."""
    return np.exp(-4 * np.log(2) * ((grid_s - at_s) / width_s) ** 2)


def red_noise(seed, size_px=1.0):
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(size=len(GRID_S)))
    return size_px * (walk - walk.mean()) / walk.std()


# ---------------------------------------------------------------- events
@pytest.mark.parametrize("offset", [0.0, 0.2, 0.5, 0.9])
def test_events_are_timed_between_the_grid_points(offset) -> None:
    at_s = GRID_S[300] + offset / 60
    (peak,) = find_events(GRID_S, 3 * bump(at_s), 0.5, SETTINGS)
    assert peak.peak_s == pytest.approx(at_s, abs=0.002)
    assert peak.height_px == pytest.approx(3, rel=0.02)
    assert peak.width_s == pytest.approx(0.1, abs=0.008)
    assert (peak.onset_s + peak.offset_s) / 2 == pytest.approx(at_s, abs=0.01)


def test_small_bumps_between_jerks_are_no_events() -> None:
    jerks = np.arange(1, 11, 0.4)
    trace = 10 * sum(bump(at, 0.15) for at in jerks) + 1.5 * bump(3.2)
    assert len(find_events(GRID_S, trace, 0.5, SETTINGS)) == len(jerks)


def test_nothing_above_the_limit_is_no_event() -> None:
    assert find_events(GRID_S, 0.4 * bump(5.0), 0.5, SETTINGS) == ()
    assert find_events(GRID_S, np.full(len(GRID_S), np.nan), 0.5, SETTINGS) == ()


def test_near_events_are_one_and_it_is_the_tallest() -> None:
    peaks = [Peak(at - 0.02, at, at + 0.02, height) for at, height in ((1.0, 1.0), (1.1, 3.0), (2.0, 1.0))]
    assert [p.peak_s for p in merge_near(peaks, 0.15)] == [1.1, 2.0]


# ---------------------------------------------------------------- intervals
def test_the_interval_cv_of_a_clock_is_zero_and_of_random_times_one() -> None:
    assert interval_cv(np.full(20, 0.3)) == 0
    random = np.random.default_rng(0).exponential(size=200_000)
    assert interval_cv(random) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("cv", [0.05, 0.1, 0.2, 0.4])
def test_the_interval_cv_of_gamma_intervals_is_their_cv_and_blind_to_drift(cv) -> None:
    shape = 1 / cv**2
    intervals = np.random.default_rng(1).gamma(shape, 1 / shape, 100_000)
    assert interval_cv(intervals) == pytest.approx(cv, rel=0.05)
    assert interval_cv(intervals * np.geomspace(1, 3, len(intervals))) == pytest.approx(cv, rel=0.05)


def test_two_events_have_no_regularity() -> None:
    assert np.isnan(interval_cv(np.array([0.3])))


@pytest.mark.parametrize(("count", "dead_s"), [(6, 0.0), (8, 0.1), (12, 0.2)])
def test_random_times_with_a_dead_time_fall_below_the_quantile_as_often_as_it_says(count, dead_s) -> None:
    limit = random_cv_quantile(count, 0.5, dead_s, 0.01, SETTINGS)
    rng = np.random.default_rng(3)
    trains = dead_s + (0.5 - dead_s) * rng.exponential(size=(5000, count - 1))
    below = np.mean([interval_cv(train) < limit for train in trains])
    assert below == pytest.approx(0.01, abs=0.006)


def test_more_dead_time_makes_chance_look_more_regular() -> None:
    limits = [random_cv_quantile(10, mean_s, 0.1, 0.01, SETTINGS) for mean_s in (2.0, 0.5, 0.2)]
    assert limits == sorted(limits, reverse=True)


def test_a_long_pause_ends_a_run() -> None:
    times = np.concatenate([np.arange(0, 3, 0.3), np.arange(5, 8, 0.3)])
    assert split_runs(times, SETTINGS) == [slice(0, 10), slice(10, 20)]
    assert split_runs(np.arange(0, 6, 0.3), SETTINGS) == [slice(0, 20)]
    assert split_runs(np.array([]), SETTINGS) == []


def test_a_slowing_run_is_one_run() -> None:
    times = np.cumsum(np.geomspace(0.25, 0.8, 20))
    assert split_runs(times, SETTINGS) == [slice(0, 20)]


def test_one_missed_beat_is_filled_in_and_many_are_not() -> None:
    beats = np.arange(0, 6, 0.3)
    assert fill_missed_beats(np.delete(beats, 8), SETTINGS) == pytest.approx(beats)
    every_other = np.delete(beats, [3, 6, 9, 12, 15])
    assert len(fill_missed_beats(every_other, SETTINGS)) == len(every_other)


def test_filling_never_makes_an_irregular_train_look_regular() -> None:
    """Halving the intervals of chance that happen to be long is no rhythm; what is filled is a steady one."""
    rng = np.random.default_rng(5)
    filled = 0
    for _ in range(300):
        times_s = np.cumsum(0.35 * rng.gamma(8, 1 / 8, 20) + 0.15)
        result_s = fill_missed_beats(times_s, SETTINGS)
        assert len(result_s) == len(times_s) or interval_cv(np.diff(result_s)) <= SETTINGS.filled_cv
        filled += len(result_s) > len(times_s)
    assert filled < 30


@pytest.mark.parametrize(("count", "mean_s"), [(7, 0.6), (8, 0.8), (10, 0.8)])
def test_filling_lets_no_more_random_trains_pass_than_without(count, mean_s) -> None:
    rng = np.random.default_rng(4)
    dead_s = SETTINGS.dead_time_s
    trains = np.cumsum(dead_s + (mean_s - dead_s) * rng.exponential(size=(4000, count)), axis=1)
    filled = [fill_missed_beats(train, SETTINGS) for train in trains]
    passed = []
    for times_s in filled:
        intervals_s = np.diff(times_s)
        passed.append(interval_cv(intervals_s) <= chance_cv(count, len(times_s) - count, intervals_s.mean(), SETTINGS))
    assert any(len(times_s) > count for times_s in filled)
    assert np.mean(passed) <= 0.003


def test_a_rhythm_with_a_missed_beat_is_no_chance() -> None:
    beats = np.cumsum(0.3 + np.random.default_rng(2).normal(0, 0.02, 14))
    seen = np.delete(beats, 6)
    filled = fill_missed_beats(seen, SETTINGS)
    assert len(filled) == len(beats)
    assert interval_cv(np.diff(filled)) < chance_cv(len(seen), 1, float(np.diff(filled).mean()), SETTINGS)


def test_events_of_which_many_are_missed_keep_time_and_random_ones_do_not() -> None:
    """Six in ten of the pats of a hand are seen."""
    rng = np.random.default_rng(6)
    pats = np.cumsum(rng.normal(0.4, 0.02, (200, 60)), axis=1)
    seen = [train[rng.random(60) < 0.6][:16] for train in pats]
    chance = [np.cumsum(0.15 + rng.exponential(0.8, 16)) for _ in range(2000)]
    assert np.mean([keeps_time(times_s, SETTINGS) for times_s in seen]) >= 0.97
    assert np.mean([keeps_time(times_s, SETTINGS) for times_s in chance]) <= 0.003


def test_slowing_is_told_from_steady_and_from_speeding_up() -> None:
    times_s = [0.0]
    while times_s[-1] < 9:
        times_s.append(times_s[-1] + 0.25 * 2 ** (times_s[-1] / 9))
    slowing = measure_slowing(np.array(times_s), SETTINGS)
    assert slowing.slowing
    assert slowing.ratio > SETTINGS.slowing_ratio
    assert slowing.start_hz == pytest.approx(4, abs=0.1)
    assert slowing.end_hz == pytest.approx(2, abs=0.1)
    assert not measure_slowing(np.cumsum(np.geomspace(0.5, 0.25, 25)), SETTINGS).slowing
    steady = np.cumsum(np.random.default_rng(5).gamma(25, 0.3 / 25, 25))
    assert not measure_slowing(steady, SETTINGS).slowing


# ---------------------------------------------------------------- spectra
def test_a_line_in_red_noise_is_read_to_a_hundredth_of_a_hertz() -> None:
    errors = []
    for seed in range(20):
        hz = np.random.default_rng(seed).uniform(1.5, 9)
        trace = np.sin(2 * np.pi * hz * GRID_S) + red_noise(seed)
        errors.append(refine_frequency(trace, 60, hz + 0.2, SETTINGS) - hz)
    assert np.median(np.abs(errors)) < 0.005
    assert np.abs(errors).max() < 0.05


def test_noise_makes_no_peak_of_the_height_of_a_rhythm() -> None:
    """The limit is set so that less than 1 % of clips of noise reach it."""
    excess = []
    for seed in range(100):
        white = np.random.default_rng([seed, 1]).normal(size=len(GRID_S))
        for trace in (white, red_noise(seed)):
            peak = spectral_peak(trace, 60, 12, SETTINGS)
            assert peak is not None
            excess.append(peak.excess_db)
    assert np.mean(np.array(excess) >= SETTINGS.peak_db) <= 0.02
    assert np.median(excess) < SETTINGS.peak_db - 4


def test_a_rhythm_stands_far_above_the_background() -> None:
    peak = spectral_peak(np.sin(2 * np.pi * 4.3 * GRID_S) + red_noise(0), 60, 12, SETTINGS)
    assert peak is not None
    assert peak.frequency_hz == pytest.approx(4.3, abs=0.02)
    assert peak.excess_db > SETTINGS.peak_db + 5


@pytest.mark.parametrize("trace", [np.zeros(720), np.ones(100)], ids=["flat", "short"])
def test_a_flat_or_short_trace_has_no_peak(trace) -> None:
    assert spectral_peak(trace, 60, 12, SETTINGS) is None


def test_a_rhythm_repeats_in_time_and_random_twitches_do_not() -> None:
    first, second = autocorrelation_peaks(np.sin(2 * np.pi * 3 * GRID_S), 60, 3.0)
    assert first > 0.95
    assert second > 0.95
    at_s = np.cumsum(np.random.default_rng(2).exponential(0.5, 20))
    first, second = autocorrelation_peaks(sum(bump(at) for at in at_s if at < 12), 60, 2.0)
    assert first < SETTINGS.acf_first


def test_the_power_of_a_sine_is_half_its_square() -> None:
    trace = 3 * np.sin(2 * np.pi * 5 * GRID_S)
    assert band_power(trace, 60, 5.0, 0.5) == pytest.approx(4.5, rel=0.02)
    assert band_power(trace, 60, 8.0, 0.5) < 0.01


# ---------------------------------------------------------------- traces
def test_the_baseline_takes_drift_and_leaves_jerks() -> None:
    jerks = 5 * sum(bump(at, 0.15) for at in np.arange(1, 11, 0.4))
    drift = np.stack([3 * np.sin(2 * np.pi * 0.08 * GRID_S), GRID_S], axis=1)
    level = without_baseline(drift + jerks[:, None] * (1, 0), 60, SETTINGS)
    inner = (GRID_S > 1) & (GRID_S < 11)
    assert level[inner, 0].max() == pytest.approx(5, rel=0.2)
    assert np.abs(level[inner, 1]).max() < 0.3


def test_the_main_direction_points_the_way_the_jerks_go() -> None:
    way = np.array([0.6, -0.8])
    path = sum(bump(at) for at in (2, 4, 7))[:, None] * way
    assert main_direction(path) == pytest.approx(way, abs=1e-6)
    assert main_direction(-path) == pytest.approx(-way, abs=1e-6)
    assert main_direction(np.full((50, 2), np.nan)) == pytest.approx((1, 0))


def test_chance_likeness_to_the_camera_takes_nothing_off() -> None:
    """Each path for itself, and where one of them is not known for a while."""
    rng = np.random.default_rng(0)
    path, camera = rng.normal(size=(720, 2)), rng.normal(size=(720, 3))
    leaky = path + camera[:, :2]
    lost = leaky.copy()
    lost[100:200] = np.nan
    shared, share = shared_with_camera(np.stack([path, leaky, lost], axis=1), camera, SETTINGS)
    assert not shared[:, 0].any()
    assert share[0] < 0.05
    assert share[1:] == pytest.approx(0.5, abs=0.05)
    assert shared[:, 1] == pytest.approx(camera[:, :2], abs=0.3)
    assert shared[200:, 2] == pytest.approx(camera[200:, :2], abs=0.3)
    assert not shared[100:200, 2].any()


def test_gaps_are_filled_with_straight_lines() -> None:
    path = np.array([[0.0, np.nan], [np.nan, np.nan], [2.0, np.nan]])
    assert fill_gaps(path) == pytest.approx(np.array([[0, 0], [1, 0], [2, 0]]))
