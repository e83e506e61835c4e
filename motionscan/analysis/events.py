"""Single brief movements in a signed trace: where they begin, peak and end, to a fraction of a picture."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from motionscan.records import BoolArray, FloatArray
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class Peak:
    """One event on a trace; times in s, height in px."""

    onset_s: float
    peak_s: float
    offset_s: float
    height_px: float

    @property
    def width_s(self) -> float:
        """Full width at half height."""
        return self.offset_s - self.onset_s


def find_events(
    grid_s: FloatArray, trace_px: FloatArray, limit_px: float, settings: AnalysisSettings
) -> tuple[Peak, ...]:
    """Peaks of a baseline-free trace that stand out from noise and from their neighbours, in order of time.

    Args:
        grid_s: (G,) even times.
        trace_px: (G,) displacement, NaN where not measured.
        limit_px: least height.
        settings: thresholds.
    """
    if not (trace_px >= limit_px).any():  # NaN is not
        return ()
    level = np.where(np.isfinite(trace_px), trace_px, 0.0)
    rising = level[level > 0]
    tallest = float(np.percentile(rising, 90)) if len(rising) else 0.0
    height = max(limit_px, settings.event_share_of_p90 * tallest)
    distance = max(1, round(settings.event_gap_s / (grid_s[1] - grid_s[0])))
    places, info = find_peaks(level, height=height, prominence=settings.event_prominence * height, distance=distance)
    keep = info["prominences"] >= settings.event_prominence * info["peak_heights"]
    return tuple(_measure(grid_s, level, int(place), settings) for place in places[keep])


def _measure(grid_s: FloatArray, level: FloatArray, place: int, settings: AnalysisSettings) -> Peak:
    step_s = float(grid_s[1] - grid_s[0])
    before, here, after = level[place - 1], level[place], level[place + 1]
    bend = before - 2 * here + after
    shift = float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
    height = float(here - (before - after) * shift / 4)
    edge = settings.event_edge_share * height
    onset = _crossing(level[: place + 1][::-1], edge)
    offset = _crossing(level[place:], edge)
    at_s = float(grid_s[place])
    return Peak(at_s - onset * step_s, at_s + shift * step_s, at_s + offset * step_s, height)


def _crossing(falling: FloatArray, edge: float) -> float:
    """Steps from the first value until the values fall below ``edge`` (or until they end)."""
    below = np.flatnonzero(falling < edge)
    if len(below) == 0:
        return float(len(falling) - 1)
    last = int(below[0])
    high, low = float(falling[last - 1]), float(falling[last])
    return last - 1 + (high - edge) / (high - low)


def during(peak: Peak, grid_s: FloatArray, margin_s: float = 0.0) -> BoolArray:
    """(G,) the moments of an event, and ``margin_s`` before and after it."""
    return np.asarray((grid_s >= peak.onset_s - margin_s) & (grid_s <= peak.offset_s + margin_s))


def rest_beside(peak: Peak, grid_s: FloatArray, path_px: FloatArray) -> tuple[float, float]:
    """Where a gap-free path (G,) is one width before an event and one after it."""
    before, after = np.interp((peak.onset_s - peak.width_s, peak.offset_s + peak.width_s), grid_s, path_px)
    return float(before), float(after)


def together(a: Peak, b: Peak, settings: AnalysisSettings) -> bool:
    """Whether two events peak at the same moment."""
    return abs(a.peak_s - b.peak_s) <= settings.together_s


def meets(peak: Peak, others: Iterable[Peak], settings: AnalysisSettings) -> bool:
    """Whether any of the others peaks at the same moment."""
    return any(together(peak, one, settings) for one in others)


def usual_height_px(peaks: Iterable[Peak]) -> float:
    """The median height of events, of which there must be one at least."""
    return float(np.median([peak.height_px for peak in peaks]))


def as_large_as(usual: Iterable[Peak], peaks: Iterable[Peak], settings: AnalysisSettings) -> tuple[Peak, ...]:
    """Those of some events that are not small beside what is ``usual``."""
    least_px = settings.as_large_share * usual_height_px(usual)
    return tuple(peak for peak in peaks if peak.height_px >= least_px)


def merge_near(peaks: list[Peak], within_s: float) -> list[Peak]:
    """Peaks in order of time with those nearer than ``within_s`` reduced to the tallest of them."""
    merged: list[Peak] = []
    for peak in sorted(peaks, key=lambda p: p.peak_s):
        if merged and peak.peak_s - merged[-1].peak_s < within_s:
            if peak.height_px > merged[-1].height_px:
                merged[-1] = peak
        else:
            merged.append(peak)
    return merged
