"""What each region's measurements hold, before anything is called a pattern."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d, uniform_filter1d

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak, find_events, merge_near
from motionscan.analysis.spectrum import SpectralPeak, autocorrelation_peaks, spectral_peak
from motionscan.analysis.trace import fill_gaps, main_direction, shared_with_camera, without_baseline
from motionscan.records import BoolArray, FloatArray, Motion, RegionMotion
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What all regions share on the even clock; G grid points."""

    clock: Clock
    camera_px: FloatArray
    """(G, 3) baseline-free."""
    background_px: FloatArray
    """(G,) how much the background still seems to move: the median over its patches."""
    noise_gain: FloatArray
    """(G,) how much noisier the pictures are than usual, at least 1."""
    shake_px: FloatArray
    """(G,) local size of the camera's movement without its slow sway."""
    light_step: BoolArray
    """(G,) the light has just changed, or is about to."""
    limit_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One region on the even clock."""

    region: RegionMotion
    trace_px: FloatArray
    """(G,) signed displacement without baseline, NaN where not measured."""
    raw_px: FloatArray
    """(G,) the same direction with its baseline, for people to look at."""
    sigma_px: float
    quiet_px: float
    """Standard deviation of its quietest windows: an upper bound of the noise of a region that moves rarely."""
    noise_known: bool
    camera_share: float
    gross: BoolArray
    """(G,) slow or very large movement of the part is under way."""
    peaks: tuple[Peak, ...]
    slow_peaks: tuple[Peak, ...]
    skin_peaks: tuple[Peak, ...]
    spectrum: SpectralPeak | None
    line: bool
    """The spectrum has a significant line and the trace repeats at its period."""

    @property
    def scale_px(self) -> float:
        """Unit of relative amplitudes; not a number where it is unknown."""
        return self.region.scale_px or float("nan")


def make_scene(motion: Motion, clock: Clock, settings: AnalysisSettings) -> Scene:
    """Camera and background on the even clock."""
    camera = without_baseline(resample(clock, motion.camera_px), clock.grid_hz, settings)
    patches = without_baseline(resample(clock, motion.background_px), clock.grid_hz, settings)
    moved = np.hypot(patches[..., 0], patches[..., 1])
    known = np.isfinite(moved).any(axis=1)
    background = np.zeros(len(clock.grid_s))
    background[known] = np.nanmedian(moved[known], axis=1)
    gain = noise_gain(background, clock.grid_hz, settings)
    window = max(1, round(settings.noise_window_s * clock.grid_hz))
    shake = np.sqrt(local_mean(np.nan_to_num((camera**2).sum(axis=1)), window))
    step = light_steps(resample(clock, motion.brightness), clock.grid_hz, settings)
    return Scene(clock, camera, background, gain, shake, step, settings.band_fraction * clock.slowest_hz)


def light_steps(brightness: FloatArray, grid_hz: float, settings: AnalysisSettings) -> BoolArray:
    """(G,) where mean brightness jumps; the steady beat of mains light is no jump, it makes up its own usual size."""
    level = fill_gaps(brightness)
    lag = max(1, round(0.1 * grid_hz))
    change = np.abs(np.concatenate([np.zeros(lag), level[lag:] - level[:-lag]]))
    jump = change > settings.light_step + 6 * np.median(change)
    return maximum_filter1d(jump.astype(np.uint8), 2 * round(settings.light_step_s * grid_hz) + 1).astype(bool)


def noise_gain(background_px: FloatArray, grid_hz: float, settings: AnalysisSettings) -> FloatArray:
    """(G,) local over overall size of the background's jitter, at least 1: darkness raises the noise half way."""
    window = max(1, round(settings.noise_window_s * grid_hz))
    local = np.sqrt(local_mean(background_px**2, window))
    usual = float(np.median(local))
    return np.maximum(local / usual, 1.0) if usual > 0 else np.ones_like(local)


def local_mean(power: FloatArray, window: int) -> FloatArray:
    """(G,) running mean of what is never negative; the filter's running sum can end a hair below zero."""
    return np.maximum(uniform_filter1d(power, window, mode="nearest"), 0.0)


def gather_all(regions: list[RegionMotion], scene: Scene, settings: AnalysisSettings) -> list[Evidence]:
    """The evidence of every region; while a part changes its place, nothing in its limb is a jerk or a twitch."""
    gross = {region.id: gross_movement(region, scene.clock, settings) for region in regions}
    anywhere = np.any(list(gross.values()), axis=0) if gross else np.zeros(len(scene.clock.grid_s), dtype=bool)
    found = []
    for region in regions:
        limb = [gross[other.id] for other in regions if other.side == region.side]
        found.append(gather(region, scene, gross[region.id], np.any(limb, axis=0), anywhere, settings))
    return found


def gather(
    region: RegionMotion,
    scene: Scene,
    gross: BoolArray,
    limb_gross: BoolArray,
    any_gross: BoolArray,
    settings: AnalysisSettings,
) -> Evidence:
    """Trace, noise, events and spectrum of one region.

    Args:
        region: what was measured.
        scene: what all regions share.
        gross: (G,) this part changes its place.
        limb_gross: (G,) a part of its limb does: no time for jerks.
        any_gross: (G,) any part does: no time for twitches of the skin.
        settings: thresholds.
    """
    clock = scene.clock
    path, noise_px = own_path(region, clock, settings)
    level = without_baseline(path, clock.grid_hz, settings)
    shared, share = shared_with_camera(level, scene.camera_px, settings)
    level = level - shared
    direction = main_direction(level)
    trace = level @ direction
    quiet = median_size(trace)
    sigma = noise_px if noise_px is not None else quiet
    spectrum = spectral_peak(fill_gaps(trace), clock.grid_hz, scene.limit_hz, settings)
    line = spectrum is not None and has_line(trace, spectrum, clock, settings)
    limit = event_limit(trace, sigma, region.scale_px, line, settings)
    found = [p for p in find_events(clock.grid_s, trace, limit, settings) if _is_ours(p, scene, limb_gross, settings)]
    if not line:
        found = [p for p in found if _outstanding(p, sigma, settings.event_sigmas, scene, settings)]
    raw = (path - shared) @ direction
    sharp = sharpness(trace, clock.grid_hz, settings)
    brief = [p for p in found if _is_brief(p, sharp, clock, settings) and _comes_back(p, raw, clock, settings)]
    return Evidence(
        region=region,
        trace_px=trace,
        raw_px=raw,
        sigma_px=sigma,
        quiet_px=quiet,
        noise_known=region.noise_px is not None,
        camera_share=share,
        gross=gross,
        peaks=tuple(brief),
        slow_peaks=tuple(p for p in found if p not in brief),
        skin_peaks=skin_events(region, level, scene, any_gross, settings),
        spectrum=spectrum,
        line=line,
    )


def has_line(trace_px: FloatArray, peak: SpectralPeak, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether a spectral peak stands far above its background and the trace repeats at its period and twice that."""
    if peak.excess_db < settings.peak_db:
        return False
    first, second = autocorrelation_peaks(fill_gaps(trace_px), clock.grid_hz, peak.frequency_hz)
    return first >= settings.acf_first and second >= settings.acf_second


def event_limit(
    trace_px: FloatArray, sigma_px: float, scale_px: float | None, line: bool, settings: AnalysisSettings
) -> float:
    """Least height of an event; lower where a line vouches for the rhythm, so that each small jerk is seen."""
    smallest = settings.event_min_px_rel * (scale_px or 0.0)
    if not line:
        return max(settings.event_sigmas * sigma_px, smallest)
    usual = settings.line_event_share * float(np.nanpercentile(trace_px, 98))
    return max(usual, settings.line_event_sigmas * sigma_px, smallest)


def _outstanding(peak: Peak, sigma_px: float, sigmas: float, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether an event is high even for the noise of its moment: dark pictures, a shaking camera."""
    gain, shake = (float(np.interp(peak.peak_s, scene.clock.grid_s, x)) for x in (scene.noise_gain, scene.shake_px))
    return peak.height_px >= sigmas * float(np.hypot(sigma_px * gain, settings.camera_leak_rel * shake))


def _is_brief(peak: Peak, sharp_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    around = np.abs(clock.grid_s - peak.peak_s) <= 1.5 / clock.grid_hz
    return (
        peak.width_s <= settings.slow_event_s and float(sharp_px[around].max()) >= settings.sharp_share * peak.height_px
    )


def _comes_back(peak: Peak, raw_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether the part is back where it was, one width after the event; a step to a new place is no jerk."""
    moments = (peak.onset_s - peak.width_s, peak.offset_s + peak.width_s)
    before, after = np.interp(moments, clock.grid_s, fill_gaps(raw_px))
    return bool(abs(after - before) <= settings.return_share * peak.height_px)


def sharpness(trace_px: FloatArray, grid_hz: float, settings: AnalysisSettings) -> FloatArray:
    """(G,) what is left of a trace when its slow part is taken off."""
    filled = fill_gaps(trace_px)
    return np.asarray(filled - gaussian_filter1d(filled, settings.sharp_s * grid_hz, mode="nearest"))


def _is_ours(peak: Peak, scene: Scene, gross: BoolArray, settings: AnalysisSettings) -> bool:
    """Whether an event is the limb's own: no jolt of the background, no change of posture or light."""
    around = (scene.clock.grid_s >= peak.onset_s - 0.02) & (scene.clock.grid_s <= peak.offset_s + 0.02)
    jolt = float(scene.background_px[around].max(initial=0.0))
    upset = bool(gross[around].any() or scene.light_step[around].any())
    return jolt < settings.background_share * peak.height_px and not upset


def median_size(trace_px: FloatArray) -> float:
    """Robust standard deviation of a trace: that of its noise when it moves in less than half of the time."""
    known = trace_px[np.isfinite(trace_px)]
    return 1.4826 * float(np.median(np.abs(known))) if len(known) else float("nan")


def own_path(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> tuple[FloatArray, float | None]:
    """(G, 2) path of a region relative to the part that carries it, and its noise.

    The carrying part's turn, drawn out to the carried one, is noisier than either. It is taken off as far as it
    moved more than its noise: a still shank adds nothing to a foot.
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
    share = float(np.clip((ratio - low) / (high - low), 0, 1))
    return body - share * (body - joint), float(np.hypot(region.body_noise_px, share * carried_noise))


def busiest_variance(level_px: FloatArray, grid_hz: float, settings: AnalysisSettings) -> float:
    """Variance per axis of a (G, 2) baseline-free path in its busiest stretches."""
    window = max(2, round(settings.noise_window_s * grid_hz))
    power = local_mean(np.nan_to_num((level_px**2).mean(axis=1)), window)
    return float(np.percentile(power, 95))


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
    level = without_baseline(path, clock.grid_hz, settings)
    size = np.nan_to_num(np.hypot(level[..., 0], level[..., 1]))
    joint = np.nan_to_num(np.hypot(*joint_level_px.T))
    # what only one picture shows is a slip of the tracker
    shortest_s = max(settings.twitch_min_s, settings.twitch_pictures / clock.frame_rate_hz)
    found: list[Peak] = []
    known = np.isfinite(path).all(axis=2)
    for patch in np.flatnonzero(known.mean(axis=0) >= settings.min_visible):
        trace = level[:, patch] @ main_direction(level[:, patch])
        quiet = median_size(trace)
        sigma = np.nanmax([quiet, region.skin_noise_px[patch]]) if np.isfinite(quiet) else np.nan
        if not np.isfinite(sigma):
            continue
        limit = max(settings.patch_sigmas * sigma, settings.patch_min_px_rel * (region.scale_px or 0.0))
        found += [
            peak
            for peak in find_events(clock.grid_s, trace, limit, settings)
            if shortest_s <= peak.width_s <= settings.twitch_max_s
            and _outstanding(peak, float(sigma), settings.patch_sigmas, scene, settings)
            and _is_ours(peak, scene, gross, settings)
            and _all_known(peak, known[:, patch], clock, settings)
            and _is_skin_only(peak, size, joint, clock, settings)
        ]
    return tuple(merge_near(found, settings.merge_s))


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
