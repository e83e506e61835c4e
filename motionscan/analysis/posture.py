"""Changes of posture: slow or very large movement, in which only what clearly outdoes it is a jerk."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak
from motionscan.analysis.trace import fill_gaps, lengths, without_baseline
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


class Posture(NamedTuple):
    """When a part, its limb, or any part changes its place or swings further than jerks and twitches do."""

    own: BoolArray
    """(G,) the part changes its place or swings."""
    limb: BoolArray
    """(G,) a part of its limb does."""
    swinging: BoolArray
    """(G,) a part of its limb swings."""
    anywhere: BoolArray
    """(G,) any part changes its place or swings."""


def postures(limbs: list[list[RegionMotion]], clock: Clock, settings: AnalysisSettings) -> list[Posture]:
    """The posture of the first region of each list, which holds the parts of its limb."""
    swinging = {limb[0].id: _swinging(limb[0], clock, settings) for limb in limbs}
    moving = {limb[0].id: swinging[limb[0].id] | _shifted(limb[0], clock, settings) for limb in limbs}
    anywhere = np.any(list(moving.values()), axis=0)
    return [
        Posture(
            own=moving[limb[0].id],
            limb=np.any([moving[region.id] for region in limb], axis=0),
            swinging=np.any([swinging[region.id] for region in limb], axis=0),
            anywhere=anywhere,
        )
        for limb in limbs
    ]


def _shifted(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    if region.scale_px is None:
        return np.zeros(len(clock.grid_s), dtype=bool)
    slow = _slow(resample(clock, region.body_px), clock, settings)
    window = max(3, round(settings.gross_window_s * clock.grid_hz) | 1)
    reach = maximum_filter1d(slow, window, axis=0) - minimum_filter1d(slow, window, axis=0)
    return np.asarray(np.hypot(*reach.T) > settings.gross_rel * region.scale_px)


def _swinging(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    if region.scale_px is None:
        return np.zeros(len(clock.grid_s), dtype=bool)
    level = without_baseline(resample(clock, region.joint_px), clock.grid_hz, settings)
    far = np.nan_to_num(np.hypot(*level.T)) > settings.gross_jerk_rel * region.scale_px
    half = max(1, round(settings.gross_window_s * clock.grid_hz / 2))
    return np.asarray(maximum_filter1d(far.astype(np.uint8), half).astype(bool))


def slow_speed(path_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> FloatArray:
    """(G,) how fast slow movement takes a (G, 2) path around each moment, at most; px/s."""
    speed = lengths(np.gradient(_slow(path_px, clock, settings), axis=0)) * clock.grid_hz
    return np.asarray(maximum_filter1d(speed, round(2 * settings.posture_reach_s * clock.grid_hz) | 1, mode="nearest"))


def outdoes(peak: Peak, speed: FloatArray, gain: float, clock: Clock) -> bool:
    """Whether an event goes ``gain`` times as far as slow movement of that speed, (G,), goes in its time."""
    return peak.height_px >= gain * float(np.interp(peak.peak_s, clock.grid_s, speed)) * peak.width_s


def _slow(path_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> FloatArray:
    width = clock.grid_hz / (2 * np.pi * settings.gross_low_hz)
    return np.asarray(gaussian_filter1d(fill_gaps(path_px), width, axis=0, mode="nearest"))
