"""Daily movement recorded at a wrist is no rhythm, and a rhythm added to it is one."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.settings import Settings
from tests.benchmark.signals import CONTROL_HZ, FOLDER_VARIABLE, Recording, judge_windows, load, piece

recorded = pytest.mark.skipif(FOLDER_VARIABLE not in os.environ, reason=f"{FOLDER_VARIABLE} is not set")
AT_LEAST = 0.98


def at_rest(duration_s: float = 28.0) -> Recording:
    """A gyroscope that lies still, but for its noise."""
    t_s = np.arange(0, duration_s, 0.01)
    turn = np.random.default_rng(0).normal(0, 0.05, (t_s.size, 3))
    window_s = np.arange(0, duration_s, 4.0)
    return Recording(t_s, turn, window_s, np.zeros(window_s.size), np.ones(window_s.size))


def test_rest_is_no_rhythm_and_an_added_one_is_found_at_its_rate() -> None:
    recording = at_rest()
    assert not any(rhythm for _, _, rhythm in judge_windows(recording))
    motion = piece(recording, 16.0, added_deg=1.0)
    assert motion is not None
    rates = [f.frequency_hz for f in analyse(motion, Settings().analysis).findings]
    assert rates == [pytest.approx(CONTROL_HZ, abs=0.05)]


def test_a_gap_in_the_recording_is_not_judged() -> None:
    whole = at_rest()
    kept = (whole.t_s < 15) | (whole.t_s > 17)
    gap = replace(whole, t_s=whole.t_s[kept], turn_deg_s=whole.turn_deg_s[kept])
    assert piece(gap, 14.0) is None
    assert piece(gap, 30.0) is not None


@recorded
def test_recorded_daily_movement_is_no_rhythm() -> None:
    rows = [row for row in judge_windows(load(Path(os.environ[FOLDER_VARIABLE]))) if not row[0] and row[1]]
    assert len(rows) > 150
    assert sum(not rhythm for _, _, rhythm in rows) >= AT_LEAST * len(rows)
