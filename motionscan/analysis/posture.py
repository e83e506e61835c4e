"""Changes of posture: slow or very large movement, in which single jerks cannot be judged."""

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.trace import fill_gaps, without_baseline
from motionscan.records import BoolArray, RegionMotion
from motionscan.settings import AnalysisSettings


def gross_movement(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    """(G,) where a part changes its place, or swings further than jerks and twitches do."""
    if region.scale_px is None:
        return np.zeros(len(clock.grid_s), dtype=bool)
    body = fill_gaps(resample(clock, region.body_px))
    slow = gaussian_filter1d(body, clock.grid_hz / (2 * np.pi * settings.gross_low_hz), axis=0, mode="nearest")
    window = max(3, round(settings.gross_window_s * clock.grid_hz) | 1)
    reach = maximum_filter1d(slow, window, axis=0) - minimum_filter1d(slow, window, axis=0)
    shifted = np.hypot(*reach.T) > settings.gross_rel * region.scale_px
    level = without_baseline(resample(clock, region.joint_px), clock.grid_hz, settings)
    swung = np.nan_to_num(np.hypot(*level.T)) > settings.gross_jerk_rel * region.scale_px
    half = max(1, round(settings.gross_window_s * clock.grid_hz / 2))
    return np.asarray(shifted | maximum_filter1d(swung.astype(np.uint8), half).astype(bool))
