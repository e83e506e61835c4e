"""The even clock: true times in, nothing bridged that was not filmed."""

import numpy as np
import pytest

from motionscan.analysis.clock import interval_s, make_clock, measure_timing, resample, to_picture_times

from .synthetic import SETTINGS, jittered, low_light, steady, with_pause

NONE = np.zeros(0, dtype=bool)


def clock_of(t_s, duplicate=None):
    clock = make_clock(t_s, np.zeros(len(t_s), dtype=bool) if duplicate is None else duplicate, SETTINGS)
    assert clock is not None
    return clock


@pytest.mark.parametrize("t_s", [steady(30), jittered(30, sd_ms=8), low_light()], ids=["steady", "jittered", "20"])
def test_a_sine_at_uneven_times_is_the_same_sine_at_even_times(t_s) -> None:
    clock = clock_of(t_s)
    out = resample(clock, np.sin(2 * np.pi * 3 * t_s)[:, None])[:, 0]
    inner = (clock.grid_s > 0.2) & (clock.grid_s < t_s[-1] - 0.2)
    error = out[inner] - np.sin(2 * np.pi * 3 * clock.grid_s[inner])
    assert np.abs(error).max() < (0.02 if len(t_s) == 360 else 0.06)
    assert np.diff(clock.grid_s) == pytest.approx(1 / clock.grid_hz)


def test_a_step_of_the_frame_rate_does_not_change_a_frequency() -> None:
    """Taken as one constant rate, 3.00 Hz would read 2.51 Hz behind the step."""
    t_s = low_light(6.0)
    clock = clock_of(t_s)
    out = resample(clock, np.sin(2 * np.pi * 3 * t_s)[:, None])[:, 0]
    late = clock.grid_s > 6.5
    crossings = clock.grid_s[late][1:][np.diff(np.signbit(out[late]).astype(int)) == 1]
    assert 1 / np.diff(crossings).mean() == pytest.approx(3.0, abs=0.03)
    assert clock.slowest_hz == pytest.approx(20, rel=0.02)


def test_a_pause_is_left_out_and_counted() -> None:
    t_s = with_pause(steady(30), 5.0, 6.0)
    clock = clock_of(t_s)
    out = resample(clock, np.ones((len(t_s), 2)))
    inside = (clock.grid_s > 5.05) & (clock.grid_s < 5.95)
    assert np.isnan(out[inside]).all()
    assert np.isfinite(out[~inside & ((clock.grid_s < 4.9) | (clock.grid_s > 6.1))]).all()
    timing = measure_timing(t_s, np.zeros(len(t_s), dtype=bool), SETTINGS)
    assert (timing.gap_count, timing.variable) == (1, False)
    assert clock.frame_rate_hz == pytest.approx(30)


def test_one_missed_measurement_is_bridged_and_ten_are_not() -> None:
    t_s = steady(30)
    values = np.sin(2 * np.pi * t_s)[:, None].copy()
    values[100] = np.nan
    values[200:210] = np.nan
    clock = clock_of(t_s)
    out = resample(clock, values)[:, 0]
    assert np.isfinite(out[np.abs(clock.grid_s - t_s[100]) < 0.03]).all()
    assert np.isnan(out[(clock.grid_s > t_s[201]) & (clock.grid_s < t_s[208])]).all()


def test_what_was_never_measured_stays_unknown() -> None:
    clock = clock_of(steady(30))
    assert np.isnan(resample(clock, np.full((360, 2, 2), np.nan))).all()


def test_repeated_pictures_do_not_count_as_pictures() -> None:
    repeated = np.arange(360) % 5 == 4
    clock = clock_of(steady(30), repeated)
    assert clock.frame_rate_hz == pytest.approx(24, rel=0.01)
    assert clock.bridged.all()
    assert measure_timing(steady(30), repeated, SETTINGS).duplicate_count == 72


@pytest.mark.parametrize("place", [1, 150, 358])
def test_one_repeated_picture_does_not_lower_the_frequency_that_can_be_seen(place) -> None:
    duplicate = np.zeros(360, dtype=bool)
    duplicate[place] = True
    assert clock_of(steady(30), duplicate).slowest_hz == pytest.approx(30)


def test_the_interval_of_pictures_is_that_of_its_moment() -> None:
    clock = clock_of(low_light())
    assert interval_s(clock, 3.0) == pytest.approx(1 / 30)
    assert interval_s(clock, 9.0) == pytest.approx(1 / 20)


def test_jitter_is_told() -> None:
    timing = measure_timing(jittered(30, sd_ms=6), np.zeros(360, dtype=bool), SETTINGS)
    assert timing.variable
    assert timing.jitter_ms == pytest.approx(6 * np.sqrt(2), rel=0.15)
    still = measure_timing(steady(30), np.zeros(360, dtype=bool), SETTINGS)
    assert not still.variable
    assert still.jitter_ms == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_fewer_than_four_pictures_make_no_clock(count) -> None:
    t_s = steady()[:count]
    assert make_clock(t_s, np.zeros(count, dtype=bool), SETTINGS) is None
    assert measure_timing(t_s, np.zeros(count, dtype=bool), SETTINGS).gap_count == 0


def test_a_trace_comes_back_to_the_times_of_the_pictures() -> None:
    t_s = jittered(30)
    clock = clock_of(t_s)
    trace = np.sin(2 * np.pi * clock.grid_s)
    trace[200:260] = np.nan
    back = to_picture_times(clock, t_s, trace)
    hole = (t_s > clock.grid_s[200]) & (t_s < clock.grid_s[259])
    assert np.isnan(back[hole]).all()
    away = (t_s < clock.grid_s[199]) | (t_s > clock.grid_s[260])
    assert back[away] == pytest.approx(np.sin(2 * np.pi * t_s[away]), abs=0.01)
