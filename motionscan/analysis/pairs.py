"""How two moving regions go together: coherence and lag at the rhythm."""

from itertools import combinations

import numpy as np
from scipy.signal import coherence, correlate, correlation_lags

from motionscan.analysis.evidence import Evidence
from motionscan.analysis.trace import fill_gaps
from motionscan.records import FloatArray, Pair
from motionscan.settings import AnalysisSettings


def compare_pairs(
    evidences: list[Evidence],
    rhythm_hz: dict[str, float],
    grid_hz: float,
    frame_s: float,
    settings: AnalysisSettings,
) -> tuple[Pair, ...]:
    """One record for every two regions that have a rhythm.

    Args:
        evidences: all regions.
        rhythm_hz: frequency of the rhythm of each region that has one.
        grid_hz: rate of the traces.
        frame_s: time between two pictures; no lag is known better.
        settings: thresholds.
    """
    rhythmic = [e for e in evidences if e.region.id in rhythm_hz]
    return tuple(
        _compare(a, b, rhythm_hz[a.region.id], grid_hz, frame_s, settings) for a, b in combinations(rhythmic, 2)
    )


def _compare(
    a: Evidence, b: Evidence, frequency_hz: float, grid_hz: float, frame_s: float, settings: AnalysisSettings
) -> Pair:
    first, second = fill_gaps(a.trace_px), fill_gaps(b.trace_px)
    window = int(min(len(first), max(4 / frequency_hz, 2.0) * grid_hz))
    averages = max(2, 2 * len(first) // window - 1)
    at_hz, values = coherence(first, second, fs=grid_hz, nperseg=window)
    limit = 1 - settings.coherence_alpha ** (1 / (averages - 1))
    value = float(values[np.abs(at_hz - frequency_hz).argmin()])
    together = averages >= 3 and value > limit
    return Pair(
        region_a=a.region.id,
        region_b=b.region.id,
        lag_s=_lag_s(first, second, 0.5 / frequency_hz, grid_hz) if together else None,
        lag_uncertainty_s=max(frame_s, settings.readout_s) if together else None,
        coherence=value if averages >= 3 else None,
        coherence_threshold=float(limit) if averages >= 3 else None,
    )


def _lag_s(first: FloatArray, second: FloatArray, longest_s: float, grid_hz: float) -> float:
    """By how much the second trace comes after the first."""
    values = correlate(second - second.mean(), first - first.mean())
    lags_s = correlation_lags(len(second), len(first)) / grid_hz
    near = np.flatnonzero(np.abs(lags_s) <= longest_s)
    return float(lags_s[near[np.abs(values[near]).argmax()]])
