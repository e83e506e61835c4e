"""Laws of the displacement that is drawn and of the events that are its truth."""

import numpy as np
import pytest

from motionscan.simulate.scenario import Movement
from motionscan.simulate.waveforms import Pulses, rate_at, waveform

FINE_S = np.linspace(0, 110, 22_001)


def drawn(kind, rate_hz=3.0, end_s=100.0, **more):
    movement = Movement(kind, "right", "foot", more.pop("amplitude_px", 5.0), rate_hz, 1.0, end_s, **more)
    return movement, waveform(movement, np.random.default_rng(4))


def intervals(wave):
    return np.diff([event.peak_s for event in wave.events])


@pytest.mark.parametrize("rate_hz", [1.0, 3.0, 7.0])
def test_a_rhythm_keeps_its_rate_and_its_regularity(rate_hz):
    _, wave = drawn("jerks", rate_hz, interval_cv=0.06, amplitude_cv=0.0)
    assert 1 / intervals(wave).mean() == pytest.approx(rate_hz, rel=0.02)
    assert intervals(wave).std() / intervals(wave).mean() == pytest.approx(0.06, rel=0.3)


def test_slowing_goes_exponentially_from_the_first_rate_to_the_last():
    movement, wave = drawn("jerks", 4.0, end_s=121.0, end_rate_hz=2.0, interval_cv=0.02)
    peaks = np.array([event.peak_s for event in wave.events])
    middle = (peaks[1:] + peaks[:-1]) / 2
    np.testing.assert_allclose(1 / np.diff(peaks), rate_at(movement, middle), rtol=0.12)
    assert rate_at(movement, np.array([1.0, 121.0])) == pytest.approx([4.0, 2.0])


def test_twitches_come_at_random_after_a_dead_time():
    _, wave = drawn("skin_twitches", 0.5)
    gaps = intervals(wave)
    assert gaps.min() > 0.3
    assert 1 / gaps.mean() == pytest.approx(0.5, rel=0.25)
    assert gaps.std() / (gaps.mean() - 0.35) == pytest.approx(1.0, abs=0.25)


def test_irregular_jerks_have_no_rhythm():
    _, wave = drawn("irregular_jerks", 1.5)
    assert intervals(wave).std() / intervals(wave).mean() > 0.4


@pytest.mark.parametrize("kind", ["jerks", "tremor", "heel_bounce", "joint_twitches"])
def test_each_event_peaks_where_the_truth_says_and_is_half_as_high_at_onset_and_offset(kind):
    _, wave = drawn(kind, 4.0 if kind != "joint_twitches" else 0.4, end_s=60.0)
    for event in wave.events[3:-3]:
        heights = wave.at(np.array([event.onset_s, event.peak_s, event.offset_s]))
        assert heights / event.amplitude_px == pytest.approx([0.5, 1.0, 0.5], abs=0.02)


def test_nothing_moves_before_the_start_and_after_the_end():
    for kind in ("jerks", "tremor", "heel_bounce", "joint_twitches", "irregular_jerks"):
        _, wave = drawn(kind, 2.0, end_s=100.0)
        assert np.all(wave.at(FINE_S[FINE_S < 1.0]) == 0)
        assert np.abs(wave.at(FINE_S[FINE_S > 100.3])).max() < 1e-9


def test_a_jerk_is_faster_out_than_back():
    _, wave = drawn("jerks", 1.0, end_s=30.0)
    speed = np.gradient(wave.at(FINE_S), FINE_S)
    assert 1.5 < speed.max() / -speed.min() < 2.2


def test_a_heel_bounce_never_goes_below_the_floor():
    _, wave = drawn("heel_bounce", 5.0)
    assert wave.at(FINE_S).min() >= 0


def test_a_slow_movement_has_no_fast_part():
    _, wave = drawn("slow_voluntary", 0.3, amplitude_px=40.0, end_s=60.0)
    spectrum = np.abs(np.fft.rfft(wave.at(FINE_S)))
    hz = np.fft.rfftfreq(FINE_S.size, FINE_S[1])
    assert spectrum[hz > 3].max() < 0.01 * spectrum[(hz > 0.05) & (hz < 1)].max()


def test_twice_the_amplitude_is_twice_the_displacement():
    _, small = drawn("jerks", amplitude_px=2.0)
    _, large = drawn("jerks", amplitude_px=4.0)
    np.testing.assert_allclose(large.at(FINE_S), 2 * small.at(FINE_S))


def test_given_times_are_kept():
    _, wave = drawn("joint_twitches", times_s=(2.0, 7.5))
    assert isinstance(wave, Pulses)
    assert wave.start_s.tolist() == [2.0, 7.5]
