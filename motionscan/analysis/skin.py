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

    A patch counts when it stands out from its own noise and does so again, when the region itself moves clearly less,
    and when most of the region's other patches stay where they are.
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
    moved = gross | _has_left_its_place(region, clock, settings)
    slow_px = np.nan_to_num(np.hypot(*np.moveaxis(path - level, -1, 0)))
    bent = slow_px > settings.skin_bent_shanks * (region.scale_px or np.inf)
    sure_px = settings.sure_patch_px_rel * (region.scale_px or 0.0)
    known: BoolArray = np.asarray(np.isfinite(path).all(axis=2))
    traces = np.stack([one @ main_direction(one) for one in level.swapaxes(0, 1)], axis=1)
    sigmas = np.fmax([median_size(trace) for trace in traces.T], region.skin_noise_px)
    with np.errstate(divide="ignore", invalid="ignore"):
        level_sigmas = level / sigmas[:, None]
    usable = np.isfinite(sigmas) & (known.mean(axis=0) >= settings.min_visible)
    twitches: list[Peak] = []
    for patch in np.flatnonzero(usable).tolist():
        trace, sigma = traces[:, patch], float(sigmas[patch])
        limit = max(settings.patch_sigmas * sigma, settings.patch_min_px_rel * (region.scale_px or 0.0))
        heights = {
            peak: height
            for peak in find_events(clock.grid_s, trace, limit, settings)
            if shortest_s <= peak.width_s <= settings.twitch_max_s
            and is_outstanding(peak, sigma, settings.patch_sigmas, scene, settings)
            and is_undisturbed(peak, scene, moved | bent[:, patch], settings)
            and _all_known(peak, known[:, patch], clock, settings)
            and _neighbours_follow(peak, patch, level_sigmas, region, clock, settings)
            and _is_skin_only(peak, size, joint, clock, settings)
            and (height := height_in_sigmas(peak, trace, scene, settings)) >= settings.patch_lone_sigmas
        }
        twitches += _believed(heights, sure_px, settings)
    return tuple(merge_near(twitches, settings.merge_s))


def _has_left_its_place(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    """(G,) where a part is so far from its usual place that its skin looks different."""
    path = resample(clock, region.joint_px)
    usual = np.array([np.median(axis[np.isfinite(axis)]) if np.isfinite(axis).any() else 0.0 for axis in path.T])
    return np.asarray(
        np.nan_to_num(np.hypot(*(path - usual).T)) > settings.skin_place_shanks * (region.scale_px or np.inf)
    )


def _believed(heights: dict[Peak, float], sure_px: float, settings: AnalysisSettings) -> list[Peak]:
    """Which events of one patch, with their heights in sigmas, are twitches.

    The noise of a picture is at another place each time; a muscle twitches again where it twitched before. What
    happens only once or twice at a place must stand out further.
    """
    clear = sum(height >= settings.patch_clear_sigmas for height in heights.values())
    if clear >= settings.sure_lone_events:
        return list(heights)
    return [p for p, height in heights.items() if height >= settings.sure_lone_sigmas and p.height_px >= sure_px]


def _neighbours_follow(
    peak: Peak, patch: int, level_sigmas: FloatArray, region: RegionMotion, clock: Clock, settings: AnalysisSettings
) -> bool:
    """Whether two of the patches around move the same way: skin is soft, and what shows beside a limb is not."""
    moment = level_sigmas[np.abs(clock.grid_s - peak.peak_s).argmin()]
    own = moment[patch]
    apart = np.hypot(*(region.patches_px - region.patches_px[patch]).T)
    beside = (apart > 0) & (apart <= settings.patch_reach_shanks * (region.scale_px or 0.0))
    along = moment[beside] @ own
    following = int((along >= settings.patch_follow * float(own @ own)).sum())  # NaN follows nothing
    return following >= min(settings.patch_followers, int(beside.sum())) > 0


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
