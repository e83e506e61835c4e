"""Rhythms of what is quick in a limb that is shifted about: whether they are of its steps, and how far they go."""

from dataclasses import replace

import numpy as np

from motionscan.analysis.events import Peak, during, rest_beside, usual_height_px
from motionscan.analysis.stretch import Stretch
from motionscan.analysis.trace import fill_gaps
from motionscan.records import FloatArray


def share_in_step(run: Stretch, grid_s: FloatArray, slow_px: FloatArray) -> float:
    """How much of the slow movement (G, K) of a limb goes with the beats of a run, in the part of which most does."""
    beats_s = np.array([peak.peak_s for peak in run.peaks])
    meanwhile = (grid_s >= beats_s[0]) & (grid_s <= beats_s[-1])
    phase = 2 * np.pi * np.interp(grid_s[meanwhile], beats_s, np.arange(len(beats_s)))
    ways = np.column_stack([np.ones_like(phase), np.cos(phase), np.sin(phase)])
    slow = slow_px[meanwhile]
    gain, *_ = np.linalg.lstsq(ways, slow, rcond=None)
    varied, left = slow.var(axis=0), (slow - ways @ gain).var(axis=0)
    return float((1 - left / np.maximum(varied, 1e-12)).max())


def at_full_height(run: Stretch, grid_s: FloatArray, raw_px: FloatArray) -> Stretch:
    """A run of jerks as far as they go in the trace (G,) with its baseline: without it they are a third lower.

    From the middle of where the part is one width before and after each; an oscillation does not rest there.
    """
    if run.pattern != "rhythmic_jerking":
        return run
    raw = fill_gaps(raw_px)

    def height_px(peak: Peak) -> float:
        before, after = rest_beside(peak, grid_s, raw)
        return abs(float(np.interp(peak.peak_s, grid_s, raw)) - (before + after) / 2)

    peaks = tuple(replace(peak, height_px=height_px(peak)) for peak in run.peaks)
    return replace(run, peaks=peaks, amplitude_px=usual_height_px(peaks))


def share_elsewhere(run: Stretch, grid_s: FloatArray, elsewhere_px: FloatArray) -> float:
    """How far, (G,), other limbs usually move in the events of a run, in heights of these."""
    shares = [float(elsewhere_px[during(peak, grid_s)].max(initial=0.0)) / peak.height_px for peak in run.peaks]
    return float(np.median(shares))
