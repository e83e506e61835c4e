"""Twitches of the skin: brief movements of a patch while the part beneath it stays still."""

import numpy as np

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak, find_events, merge_near
from motionscan.analysis.scene import Scene, height_in_sigmas, is_outstanding, is_undisturbed
from motionscan.analysis.trace import main_direction, median_size, without_baseline
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


def skin_events(
    region: RegionMotion, joint_level_px: FloatArray, scene: Scene, gross: BoolArray, settings: AnalysisSettings
) -> tuple[Peak, ...]:
    """Brief movements of single patches of skin while the joint stays still.

    A patch counts when it stands out from its own noise, when the region itself moves clearly less, and when most of
    the region's other patches stay where they are.
    """
    clock = scene.clock
    if region.skin_px.shape[1] == 0:
        return ()
    path = resample(clock, region.skin_px)
    level = without_baseline(path, clock.grid_hz, settings, settings.patch_smooth_s)
    size = np.nan_to_num(np.hypot(level[..., 0], level[..., 1]))
    joint = np.nan_to_num(np.hypot(*joint_level_px.T))
    # what only one picture shows is a slip of the tracker
    shortest_s = max(settings.twitch_min_s, settings.twitch_pictures / clock.frame_rate_hz)
    usual = np.median(size, axis=0)
    found: list[Peak] = []
    sure: set[Peak] = set()
    known: BoolArray = np.asarray(np.isfinite(path).all(axis=2))
    for patch in np.flatnonzero(known.mean(axis=0) >= settings.min_visible).tolist():
        trace = level[:, patch] @ main_direction(level[:, patch])
        quiet = median_size(trace)
        sigma = np.nanmax([quiet, region.skin_noise_px[patch]]) if np.isfinite(quiet) else np.nan
        if not np.isfinite(sigma):
            continue
        limit = max(settings.patch_sigmas * sigma, settings.patch_min_px_rel * (region.scale_px or 0.0))
        mine = [
            peak
            for peak in find_events(clock.grid_s, trace, limit, settings)
            if shortest_s <= peak.width_s <= settings.twitch_max_s
            and is_outstanding(peak, float(sigma), settings.patch_sigmas, scene, settings)
            and is_undisturbed(peak, scene, gross, settings)
            and height_in_sigmas(peak, trace, scene, settings) >= settings.patch_lone_sigmas
            and _all_known(peak, known[:, patch], clock, settings)
            and _is_skin_only(peak, size, joint, clock, settings)
            and _neighbours_agree(peak, size, usual, patch, region, clock, settings)
        ]
        found += mine
        least_px = settings.sure_patch_px_rel * (region.scale_px or 0.0)
        clear = [p for p in mine if height_in_sigmas(p, trace, scene, settings) >= settings.sure_lone_sigmas]
        sure |= {p for p in clear if p.height_px >= least_px}
    twitches = merge_near(found, settings.merge_s)
    # what happens once or twice must stand out further than what happens again and again
    return tuple(p for p in twitches if len(twitches) >= settings.sure_lone_events or p in sure)


def _neighbours_agree(
    peak: Peak,
    size_px: FloatArray,
    usual_px: FloatArray,
    patch: int,
    region: RegionMotion,
    clock: Clock,
    settings: AnalysisSettings,
) -> bool:
    """Whether a patch beside the moving one moves too: skin is soft, a point that slips is alone."""
    apart = np.hypot(*(region.patches_px - region.patches_px[patch]).T)
    beside = np.flatnonzero((apart > 0) & (apart <= settings.patch_reach_shanks * (region.scale_px or 0.0)))
    during = (clock.grid_s >= peak.onset_s) & (clock.grid_s <= peak.offset_s)
    theirs_px = size_px[during][:, beside].max(axis=0, initial=0.0)
    strong = theirs_px >= settings.patch_support * peak.height_px
    clear = theirs_px >= settings.patch_support_sigmas * np.maximum(usual_px[beside], 1e-9)
    clear &= theirs_px >= settings.patch_support_least * peak.height_px
    return bool((strong | clear).any())


def _all_known(peak: Peak, known: BoolArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether a patch was followed throughout, well before and after an event: one that comes and goes jumps."""
    around = np.abs(clock.grid_s - peak.peak_s) <= settings.baseline_s / 2
    return bool(known[around].all())


def _is_skin_only(
    peak: Peak, size_px: FloatArray, joint_px: FloatArray, clock: Clock, settings: AnalysisSettings
) -> bool:
    around = (clock.grid_s >= peak.onset_s) & (clock.grid_s <= peak.offset_s)
    moving = size_px[around].max(axis=0) > 0.5 * peak.height_px
    known = size_px.any(axis=0)
    spread = moving.sum() / max(1, known.sum())
    local = spread < settings.patch_share or moving.sum() <= 1
    return bool(local and peak.height_px > settings.surface_over_joint * joint_px[around].max(initial=0.0))
