"""What all regions of a clip share: camera, background and light; and whether an event stands out from them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from motionscan.analysis.clock import Clock, interval_s, resample
from motionscan.analysis.events import Peak, during
from motionscan.analysis.spectrum import band_power, spectral_peak
from motionscan.analysis.trace import fill_gaps, lengths, median_size, middle, without_baseline
from motionscan.records import BoolArray, FloatArray, Motion
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What all regions share on the even clock; G grid points."""

    clock: Clock
    camera_px: FloatArray
    """(G, 3) baseline-free."""
    background_px: FloatArray
    """(G,) how much the background still seems to move: the median over its patches."""
    jolt_px: FloatArray
    """(G,) what of that is beyond its usual jitter."""
    noise_gain: FloatArray
    """(G,) how much noisier the pictures are than usual, at least 1."""
    shake_px: FloatArray
    """(G,) local size of the camera's movement without its slow sway."""
    upset: BoolArray
    """(G,) the light has just changed or the clip begins: single small events mean nothing."""
    renewed: BoolArray
    """(G,) a new reference picture was taken, in which each patch of skin may rest a little elsewhere."""
    redrawn_s: FloatArray
    """Times of the key pictures, which a codec draws anew: blurred skin is sharp at once, and seems to have moved."""
    light_hz: float | None
    """Frequency at which the light beats in the pictures, as mains lamps do; None when it is steady."""
    limit_hz: float
    camera_apart: bool = True
    shared_px: FloatArray | None = None
    """(G,) how far the middle one of the regions moves, where camera and limb cannot be told apart otherwise: a jolt
    of the camera moves all, a jerk moves few. None where they can, and where too few parts of legs are seen."""


def make_scene(motion: Motion, clock: Clock, settings: AnalysisSettings) -> Scene:
    """Camera and background on the even clock."""
    camera = without_baseline(resample(clock, motion.camera_px), clock.grid_hz, settings)
    patches = without_baseline(resample(clock, motion.background_px), clock.grid_hz, settings)
    background = np.nan_to_num(middle(lengths(patches)))
    gain = noise_gain(background, clock.grid_hz, settings)
    usual = settings.background_jitter * float(np.median(background)) * gain
    jolt = np.sqrt(np.maximum(background**2 - usual**2, 0))
    window = max(1, round(settings.noise_window_s * clock.grid_hz))
    shake = np.sqrt(local_mean(np.nan_to_num((camera**2).sum(axis=1)), window))
    brightness = resample(clock, motion.brightness)
    upset = light_steps(brightness, clock.grid_hz, settings)
    upset |= clock.grid_s - clock.grid_s[0] <= settings.renewal_s
    renewed = np.zeros_like(upset)
    for t_s in motion.renewed_s:
        renewed |= np.abs(clock.grid_s - t_s) <= settings.renewal_s
    limit_hz = settings.band_fraction * clock.slowest_hz
    unmoved = _without_sights(brightness, resample(clock, motion.camera_px), settings)
    light_hz = light_beat_hz(unmoved, clock.grid_hz, limit_hz, settings)
    shared = None if motion.camera_apart else _shared_px(motion, clock, settings)
    # where every picture is one, none is drawn otherwise than the one before
    redrawn_s = motion.t_s[1:][motion.keyframe[1:] & ~motion.keyframe[:-1]]
    return Scene(
        clock=clock,
        camera_px=camera,
        background_px=background,
        jolt_px=jolt,
        noise_gain=gain,
        shake_px=shake,
        upset=upset,
        renewed=renewed,
        redrawn_s=redrawn_s,
        light_hz=light_hz,
        limit_hz=limit_hz,
        camera_apart=motion.camera_apart,
        shared_px=shared,
    )


def _shared_px(motion: Motion, clock: Clock, settings: AnalysisSettings) -> FloatArray | None:
    """See ``Scene``; infinite at moments at which too few parts of legs are seen."""
    parts = [region for region in motion.regions if region.part]
    if len(parts) < settings.sharing_regions:
        return None
    paths = [without_baseline(resample(clock, part.body_px), clock.grid_hz, settings) for part in parts]
    moved = np.stack([lengths(path) for path in paths], axis=1)
    enough = np.isfinite(moved).sum(axis=1) >= settings.sharing_regions
    return np.where(enough, middle(moved), np.inf)


def _without_sights(brightness: FloatArray, camera_px: FloatArray, settings: AnalysisSettings) -> FloatArray:
    """(G,) brightness less what goes with the path (G, 3) of the camera, as bright and dark things come into view.

    A lamp that beats seems to shake a camera that stands; what little comes into view then does not explain it.
    """
    level, path = fill_gaps(brightness), fill_gaps(camera_px)
    ways = np.column_stack([path, np.ones(len(path))])
    gain, *_ = np.linalg.lstsq(ways, level, rcond=None)
    return np.asarray(level - path @ np.clip(gain[:-1], -settings.sight_gain, settings.sight_gain))


def light_beat_hz(brightness: FloatArray, grid_hz: float, limit_hz: float, settings: AnalysisSettings) -> float | None:
    """Frequency of a line in the spectrum of (G,) mean brightness; None when there is none worth naming."""
    level = fill_gaps(brightness)
    peak = spectral_peak(level - np.median(level), grid_hz, limit_hz, settings)
    if peak is None or peak.excess_db < settings.peak_db:
        return None
    size = np.sqrt(2 * band_power(level, grid_hz, peak.frequency_hz, settings.light_width_hz))
    return peak.frequency_hz if size >= settings.light_beat else None


def is_of_light(
    frequency_hz: float, size_px: float, scale_px: float | None, scene: Scene, settings: AnalysisSettings
) -> bool:
    """Whether a repeated movement is small and has the frequency at which the light beats."""
    same = scene.light_hz is not None and abs(frequency_hz - scene.light_hz) <= settings.light_width_hz
    return same and size_px < settings.light_reach_rel * (scale_px or 0.0)


def light_steps(brightness: FloatArray, grid_hz: float, settings: AnalysisSettings) -> BoolArray:
    """(G,) where mean brightness jumps; the steady beat of mains light is no jump, it makes up its own usual size."""
    level = fill_gaps(brightness)
    lag = max(1, round(settings.light_lag_s * grid_hz))
    change = np.abs(np.concatenate([np.zeros(lag), level[lag:] - level[:-lag]]))
    jump = change > settings.light_step + settings.light_usual * np.median(change)
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


def is_undisturbed(peak: Peak, scene: Scene, gross: BoolArray, jolt_share: float, settings: AnalysisSettings) -> bool:
    """Whether an event is the limb's own: no change of posture, no jolt of the background by that share of it."""
    around = during(peak, scene.clock.grid_s, settings.event_margin_s)
    jolt = float(scene.jolt_px[around].max(initial=0.0))
    return jolt < jolt_share * peak.height_px and not bool(gross[around].any())


def is_limbs_own(peak: Peak, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether a jolt of the hand that holds the camera is ruled out: by the background, or by what most parts do."""
    if scene.camera_apart or scene.shared_px is None:
        return scene.camera_apart
    shared_px = float(scene.shared_px[during(peak, scene.clock.grid_s)].max(initial=0.0))
    return shared_px < settings.background_share * peak.height_px


def camera_gain_at(beats: tuple[Peak, ...], scene: Scene) -> float:
    """How much further camera or background usually move at the beats of a rhythm than halfway between them.

    Much further where the hand that holds the camera makes the beats, and about as far where it does not.
    """
    grid_s, beats_s = scene.clock.grid_s, np.array([peak.peak_s for peak in beats])
    reach_s = float(np.median([peak.offset_s - peak.onset_s for peak in beats])) / 2
    moments_s = beats_s, (beats_s[1:] + beats_s[:-1]) / 2
    at, between = (np.abs(grid_s - middle_s[:, None]) <= reach_s for middle_s in moments_s)
    camera_px = lengths(np.gradient(fill_gaps(scene.camera_px), axis=0))
    return max(_usual_top(px, at) / max(_usual_top(px, between), 1e-9) for px in (camera_px, scene.background_px))


def _usual_top(moved_px: FloatArray, moments: BoolArray) -> float:
    """The middle one of the tops of (G,) in several stretches (N, G)."""
    return float(np.median(np.where(moments, moved_px, 0.0).max(axis=1)))


def is_redrawn(peak: Peak, scene: Scene) -> bool:
    """Whether a key picture comes between an event's onset and its peak, so that it may be the codec's."""
    from_s = peak.onset_s - interval_s(scene.clock, peak.peak_s)
    return bool(((scene.redrawn_s >= from_s) & (scene.redrawn_s <= peak.peak_s)).any())


def is_lasting(peak: Peak, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether more than one picture shows an event; what lasts less is a slip of the tracker."""
    return would_last(peak, interval_s(scene.clock, peak.peak_s), settings)


def would_last(peak: Peak, picture_s: float, settings: AnalysisSettings) -> bool:
    """Whether more than one picture would show an event, from one to the next of which so much time passes."""
    return peak.width_s >= settings.twitch_pictures * picture_s


def is_outstanding(peak: Peak, sigma_px: float, sigmas: float, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether an event is high even for the noise of its moment: dark pictures, a shaking camera."""
    gain, shake = (float(np.interp(peak.peak_s, scene.clock.grid_s, x)) for x in (scene.noise_gain, scene.shake_px))
    return peak.height_px >= sigmas * float(np.hypot(sigma_px * gain, settings.camera_leak_rel * shake))


def height_in_sigmas(peak: Peak, trace_px: FloatArray, scene: Scene, settings: AnalysisSettings) -> float:
    """How many times higher an event is than the trace usually is around it; 0 where the pictures were upset.

    Where a new reference picture was taken, jumps are as usual as noise of some times the size.
    """
    grid_s = scene.clock.grid_s
    meanwhile = during(peak, grid_s)
    if scene.upset[meanwhile].any():
        return 0.0
    around = np.abs(grid_s - peak.peak_s) <= settings.isolated_window_s / 2
    usual_px = median_size(trace_px[around]) * (settings.renewal_gain if scene.renewed[meanwhile].any() else 1.0)
    return peak.height_px / max(usual_px, 1e-9)
