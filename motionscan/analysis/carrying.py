"""What a part does beyond the part that carries it."""

import numpy as np

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.scene import local_mean
from motionscan.analysis.trace import without_baseline
from motionscan.records import FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


def own_path(
    region: RegionMotion, body_level_px: FloatArray, clock: Clock, settings: AnalysisSettings
) -> tuple[FloatArray, float | None]:
    """(G, 2) path of a region relative to the part that carries it, and its noise.

    The carrying part's turn, drawn out to the carried one, is noisier than either. It is taken off as far as it
    moved more than its noise, and as far as the carried part went along: a still shank adds nothing to a foot, nor
    does one whose turn was measured falsely.
    """
    body, joint = resample(clock, region.body_px), resample(clock, region.joint_px)
    if region.noise_px is None or region.body_noise_px is None:
        return joint, region.noise_px
    carried_noise = np.sqrt(max(0.0, region.noise_px**2 - region.body_noise_px**2))
    if carried_noise == 0:
        return joint, region.noise_px
    carried = without_baseline(body - joint, clock.grid_hz, settings)
    ratio = busiest_variance(carried, clock.grid_hz, settings) / carried_noise**2
    low, high = settings.parent_ratio_low, settings.parent_ratio_high
    share = float(np.clip((ratio - low) / (high - low), 0, 1)) * went_along(body_level_px, carried)
    return body - share * (body - joint), float(np.hypot(region.body_noise_px, share * carried_noise))


def went_along(level_px: FloatArray, carried_px: FloatArray) -> float:
    """How far a part went along with where its parent would have carried it, both (G, 2) without baseline; 0 to 1.

    The share by least squares, squared: what a falsely measured turn has in common with the part by chance is little.
    """
    known = np.isfinite(level_px) & np.isfinite(carried_px)
    power = float((carried_px[known] ** 2).sum())
    if power == 0:
        return 1.0
    return float(np.clip((carried_px[known] * level_px[known]).sum() / power, 0, 1)) ** 2


def busiest_variance(level_px: FloatArray, grid_hz: float, settings: AnalysisSettings) -> float:
    """Variance per axis of a (G, 2) baseline-free path in its busiest stretches."""
    window = max(2, round(settings.noise_window_s * grid_hz))
    power = local_mean(np.nan_to_num((level_px**2).mean(axis=1)), window)
    return float(np.percentile(power, 95))
