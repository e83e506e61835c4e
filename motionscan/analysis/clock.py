"""Time: how regular the pictures come, and an even clock to put signals on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import maximum_filter1d, median_filter

from motionscan.records import BoolArray, FloatArray, Timing
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """The real times of the pictures that count, and an even grid over them; G grid points."""

    real: BoolArray
    """(T,) pictures that are no repeats."""
    t_s: FloatArray
    """(n,) times of those."""
    grid_s: FloatArray
    """(G,) even times."""
    bridged: BoolArray
    """(G,) False where the pictures pause too long."""
    grid_hz: float
    frame_rate_hz: float
    """Mean rate of pictures with new content."""
    slowest_hz: float
    """Rate of the slowest second, pauses left out: what limits the highest frequency."""


def interval_s(clock: Clock, at_s: float) -> float:
    """Time from picture to picture around a moment: the mean of up to four."""
    near = int(np.searchsorted(clock.t_s, at_s))
    first, last = max(0, near - 2), min(len(clock.t_s) - 1, near + 2)
    return float(clock.t_s[last] - clock.t_s[first]) / (last - first)


def measure_timing(t_s: FloatArray, duplicate: BoolArray, settings: AnalysisSettings) -> Timing:
    """How regular the clock is: jitter around the local frame interval, pauses, repeated pictures."""
    interval_s = np.diff(t_s)
    if len(interval_s) < 2:
        return Timing(variable=False, jitter_ms=None, gap_count=0, duplicate_count=int(duplicate.sum()))
    usual_s = float(np.median(interval_s))
    gap = interval_s > settings.gap_intervals * usual_s
    jitter_s = float(np.std(interval_s[~gap]))
    return Timing(
        variable=jitter_s > settings.variable_share * usual_s,
        jitter_ms=jitter_s * 1000,
        gap_count=int(gap.sum()),
        duplicate_count=int(duplicate.sum()),
    )


def make_clock(t_s: FloatArray, duplicate: BoolArray, settings: AnalysisSettings) -> Clock | None:
    """An even clock for the pictures that count; None for fewer than four of them."""
    real = ~duplicate
    times = t_s[real]
    if len(times) < 4:
        return None
    interval_s = np.diff(times)
    usual_s = float(np.median(interval_s))
    # repeated pictures leave holes of their own that are not pauses of the camera
    gap = interval_s > np.maximum(settings.gap_intervals * usual_s, settings.gap_intervals * np.median(np.diff(t_s)))
    rate_hz = float((~gap).sum() / interval_s[~gap].sum())
    local_s = median_filter(np.where(gap, usual_s, interval_s), size=max(3, round(rate_hz / 2)), mode="reflect")
    grid_hz = float(np.clip(settings.grid_oversampling * rate_hz, settings.grid_min_hz, settings.grid_max_hz))
    grid_s = np.arange(times[0], times[-1] + 0.5 / grid_hz, 1 / grid_hz)
    before = np.clip(np.searchsorted(times, grid_s, side="right") - 1, 0, len(interval_s) - 1)
    return Clock(real, times, grid_s, ~gap[before], grid_hz, rate_hz, float(1 / local_s.max()))


def resample(clock: Clock, values: FloatArray) -> FloatArray:
    """Put (T, ...) measurements on the even clock: (G, ...), cubic between pictures, NaN where not measured.

    Nothing is bridged that is longer than a pause between pictures may be.
    """
    flat = values[clock.real].reshape(len(clock.t_s), -1)
    out = np.full((len(clock.grid_s), flat.shape[1]), np.nan)
    known = np.isfinite(flat)
    for columns in known_alike(known):
        pattern = known[:, columns[0]]
        if pattern.sum() >= 4:
            out[:, columns] = _spline(clock, flat[:, columns], pattern)
    return out.reshape(len(clock.grid_s), *values.shape[1:])


def known_alike(known: BoolArray) -> list[NDArray[np.intp]]:
    """The columns of (n, C) that are known at the same moments, together: what is worked out for one serves all."""
    alike: dict[bytes, list[int]] = {}
    for column, pattern in enumerate(np.ascontiguousarray(known.T)):
        alike.setdefault(pattern.tobytes(), []).append(column)
    return [np.array(columns) for columns in alike.values()]


def _spline(clock: Clock, values: FloatArray, known: BoolArray) -> FloatArray:
    times = clock.t_s[known]
    out = np.asarray(CubicSpline(times, values[known], axis=0)(clock.grid_s))
    if not known.all():
        missing = np.interp(clock.grid_s, clock.t_s, (~known).astype(float)) > 0
        reach = max(1, round(2 * clock.grid_hz / clock.frame_rate_hz))
        # one missed picture is bridged, two are not
        long = maximum_filter1d(_long_stretches(missing, 2 * reach).astype(np.uint8), reach).astype(bool)
        out[long] = np.nan
    out[(clock.grid_s < times[0] - 1e-9) | (clock.grid_s > times[-1] + 1e-9) | ~clock.bridged] = np.nan
    return out


def _long_stretches(mask: BoolArray, length: int) -> BoolArray:
    """The True stretches of ``mask`` that are longer than ``length``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    out = np.zeros(len(mask), dtype=bool)
    for start, stop in edges.reshape(-1, 2):
        out[start:stop] = stop - start > length
    return out


def to_picture_times(clock: Clock, t_s: FloatArray, trace: FloatArray) -> FloatArray:
    """(T,) values of a grid trace at the times of the pictures; NaN where the trace has none."""
    known = np.isfinite(trace)
    if not known.any():
        return np.full(len(t_s), np.nan)
    values = np.interp(t_s, clock.grid_s[known], trace[known])
    near = np.interp(t_s, clock.grid_s, known.astype(float)) > 0.5
    return np.where(near, values, np.nan)
