"""Laws of the phone: frame times, light, noise, and what stands in the file."""

import json
from dataclasses import replace

import av
import numpy as np
import pytest

from motionscan.errors import OutputError, SettingsError
from motionscan.simulate.job import find, listing, simulate
from motionscan.simulate.layers import Canvas
from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario
from motionscan.simulate.sensor import Sensor, Shot, shots

SMALL = Capture(width_px=320, height_px=180, bit_rate_mbps=1.0, noise_levels=0.5)
JERKS = Movement("jerks", "right", "foot", 2.0, 3.0, 0.2, 1.0)


def scenario(capture=SMALL, movements=(JERKS,), camera=None, duration_s=1.2):
    return Scenario("clip", "about", duration_s, Person(), movements, camera or Camera(), capture, 5)


def taken(capture, duration_s=10.0):
    return shots(capture, duration_s, np.random.default_rng(0))


def decoded(path):
    """Times and upright brightness of every picture."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = np.array([float(frame.pts * frame.time_base) for frame in frames])
    pictures = [frame.to_ndarray(format="gray") for frame in frames]
    return times, [np.rot90(one, frame.rotation // 90) for one, frame in zip(pictures, frames, strict=True)]


def test_frames_come_at_the_rate():
    times = np.array([shot.shown_s for shot in taken(SMALL)])
    assert times == pytest.approx(np.arange(300) / 30)


def test_jitter_varies_the_intervals_but_never_swaps_frames():
    step = np.diff([shot.shown_s for shot in taken(replace(SMALL, jitter_ms=6.0))])
    assert step.min() > 0
    assert step.mean() == pytest.approx(1 / 30, rel=0.01)
    assert 0.004 < step.std() < 0.012


def test_low_light_lowers_the_rate_from_its_moment_on():
    all_shots = taken(replace(SMALL, low_light_at_s=4.0))
    bright = np.diff([shot.shown_s for shot in all_shots if not shot.dark])
    dark = np.diff([shot.shown_s for shot in all_shots if shot.dark])
    assert bright == pytest.approx(np.full(bright.size, 1 / 30))
    assert dark == pytest.approx(np.full(dark.size, 1 / 20))
    assert next(shot.shown_s for shot in all_shots if shot.dark) == pytest.approx(4.0, abs=0.04)


def test_duplicated_pictures_repeat_every_fifth():
    all_shots = taken(replace(SMALL, duplicated_from_hz=24.0))
    content = np.array([shot.taken_s for shot in all_shots])
    assert np.mean(np.diff(content) == 0) == pytest.approx(0.2, abs=0.01)
    assert np.all(content <= np.array([shot.shown_s for shot in all_shots]) + 1e-9)


def test_dropped_frames_leave_gaps_and_the_first_one_stays():
    times = [shot.shown_s for shot in taken(replace(SMALL, drop_share=0.1))]
    assert times[0] == 0
    assert len(times) == pytest.approx(270, abs=15)


def test_flicker_beats_at_twice_the_mains_and_runs_down_the_picture():
    grey = Canvas(np.full((180, 320), 120, np.float32), np.full((90, 160, 2), 128, np.float32))
    capture = replace(SMALL, flicker_mains_hz=50.0, flicker_depth=0.1, noise_levels=0.0)
    sensor = Sensor(capture, grey, np.random.default_rng(0))
    rows = [sensor.expose(grey.copy(), Shot(t, t, False))[0].mean(axis=1) for t in (0.0, 0.01, 0.005)]
    assert rows[0] == pytest.approx(rows[1])
    assert np.ptp(rows[0]) == pytest.approx(0.2 * 104, rel=0.1)
    assert rows[0] - 120 == pytest.approx(120 - rows[2], abs=1.5)


def test_noise_has_the_stated_size_and_is_new_in_each_picture():
    grey = Canvas(np.full((180, 320), 126, np.float32), np.full((90, 160, 2), 128, np.float32))
    sensor = Sensor(replace(SMALL, noise_levels=2.0), grey, np.random.default_rng(0))
    first, second = (sensor.expose(grey.copy(), Shot(0, 0, False))[0].astype(float) for _ in range(2))
    assert first.std() == pytest.approx(2.0, rel=0.1)
    assert (first - second).std() == pytest.approx(2.0 * np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_file_keeps_uneven_times_exactly(tmp_path, codec):
    capture = replace(SMALL, jitter_ms=6.0, codec=codec)
    video, _ = simulate(scenario(capture), tmp_path)
    times, _ = decoded(video)
    expected = [
        shot.shown_s for shot in shots(capture, 1.2, np.random.default_rng(np.random.SeedSequence([5, 1]).spawn(2)[0]))
    ]
    assert times == pytest.approx(expected, abs=1 / 90_000)


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_the_rotation_flag_gives_the_same_upright_picture(tmp_path, rotation_deg):
    _, plain = decoded(simulate(scenario(replace(SMALL, bit_rate_mbps=4.0)), tmp_path / "plain")[0])
    turned = replace(SMALL, bit_rate_mbps=4.0, rotation_deg=rotation_deg)
    _, pictures = decoded(simulate(scenario(turned), tmp_path / "turned")[0])
    assert pictures[20].shape == plain[20].shape
    assert np.abs(pictures[20].astype(float) - plain[20]).mean() < 2.0


def test_sound_can_come_with_it(tmp_path):
    video, _ = simulate(scenario(replace(SMALL, audio=True)), tmp_path)
    with av.open(str(video)) as container:
        assert len(container.streams.audio) == 1


def test_the_same_scenario_writes_the_same_truth_to_the_byte(tmp_path):
    first, second = (simulate(scenario(), tmp_path / name)[1].read_bytes() for name in ("a", "b"))
    assert first == second
    assert json.loads(first)["movements"][0]["region"] == "right_foot"


def test_the_observer_sees_every_frame(tmp_path):
    seen = []
    simulate(scenario(), tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(index, 36) for index in range(1, 37)]


def test_an_interrupted_job_leaves_nothing_behind(tmp_path):
    def stop(done, total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(scenario(), tmp_path / "out", stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_is_a_file_is_named_in_the_error(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(OutputError, match="blocked"):
        simulate(scenario(), blocked)


def test_an_unknown_name_is_refused_with_the_cure():
    with pytest.raises(SettingsError, match="simulate --list"):
        find("no_such_clip")
    assert find(listing()[0][0]).name == listing()[0][0]
