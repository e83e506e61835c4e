"""The form of the single movements of a rhythm, which tells jerks from an oscillation."""

from dataclasses import dataclass

import numpy as np

from motionscan.analysis.events import Peak, usual_height_px
from motionscan.analysis.evidence import Evidence
from motionscan.analysis.rhythm import Slowing
from motionscan.analysis.spectrum import hann_spectrum
from motionscan.analysis.trace import fill_gaps
from motionscan.records import FloatArray, Pattern
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of the single movements of a run."""

    duty: float
    """Width at half height over the interval; 0.5 for a sinusoid."""
    silent_fraction: float
    """Share of the run without movement; 0.1 for a sinusoid."""
    speed_ratio: float
    """Fastest way out over fastest way back; 1 for a sinusoid."""
    rebound: float
    """How far the other way between two movements, over their height; 1 for a sinusoid, 0 for what rests."""


def measure_shape(
    evidence: Evidence, grid_s: FloatArray, peaks: tuple[Peak, ...], frequency_hz: float, settings: AnalysisSettings
) -> Shape:
    """Duty, silent fraction, speed ratio and rebound of a run."""
    duty = float(np.median([peak.width_s for peak in peaks])) * frequency_hz
    start, stop = np.searchsorted(grid_s, [peaks[0].onset_s, peaks[-1].offset_s])
    trace = fill_gaps(evidence.trace_px)[start : stop + 1]
    speed = np.gradient(trace)
    limit = settings.silent_speed_share * np.percentile(np.abs(speed), 95)
    out, back = np.percentile(speed, 97), -np.percentile(speed, 3)
    places = np.searchsorted(grid_s, [peak.peak_s for peak in peaks]) - start
    lowest_px = np.minimum.reduceat(trace, places[:-1])
    return Shape(
        duty=duty,
        silent_fraction=float(np.mean(np.abs(speed) < limit)),
        speed_ratio=float(out / back) if back > 0 else 1.0,
        rebound=-float(np.median(lowest_px)) / usual_height_px(peaks),
    )


def jerk_or_oscillation(shape: Shape, slowing: Slowing, settings: AnalysisSettings) -> Pattern:
    """Jerks rest between two of them or go out faster than they come back, and only jerks slow down.

    Where few pictures show each and noise fills the rest, jerks still go little the other way and a little faster out.
    """
    at_rest = shape.silent_fraction >= settings.jerk_silent or shape.duty <= settings.jerk_sure_duty
    swings = shape.rebound >= settings.swing_rebound
    pauses = shape.duty <= settings.jerk_duty and at_rest and not swings
    fast_out = shape.speed_ratio >= settings.jerk_speed_ratio
    lopsided = shape.speed_ratio >= settings.lopsided_speed_ratio and shape.rebound < settings.lopsided_rebound
    return "rhythmic_jerking" if pauses or fast_out or lopsided or slowing.slowing else "rhythmic_oscillation"


def skips_cycles(
    evidence: Evidence, grid_s: FloatArray, peaks: tuple[Peak, ...], frequency_hz: float, settings: AnalysisSettings
) -> bool:
    """Whether the trace really moves much faster than its events, which cannot be nearer than the least gap."""
    if 3 * settings.event_gap_s * frequency_hz < 1:
        return False  # of movements that are too near to each other every second or third is an event
    start, stop = np.searchsorted(grid_s, [peaks[0].onset_s, peaks[-1].offset_s])
    trace = fill_gaps(evidence.trace_px)[start : stop + 1]
    at_hz, power = hann_spectrum(trace, 1 / float(grid_s[1] - grid_s[0]))
    here = power[np.abs(at_hz - frequency_hz) <= 0.25 * frequency_hz].max(initial=0.0)
    faster = power[at_hz >= 1.5 * frequency_hz].max(initial=0.0)
    return bool(here < settings.skipped_cycles_share * faster)
