"""What each region's measurements hold, before anything is called a pattern."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from motionscan.analysis.beside import is_alone, is_in_front, moved_beside, moves_itself, others_of_limb
from motionscan.analysis.carrying import own_path
from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak, during, find_events, meets, rest_beside
from motionscan.analysis.patches import outdoes_joint
from motionscan.analysis.posture import Posture, outdoes, postures, slow_speed
from motionscan.analysis.scene import Scene, is_of_light, is_outstanding, is_undisturbed
from motionscan.analysis.skin import twitches_of_skin
from motionscan.analysis.spectrum import SpectralPeak, autocorrelation_peaks, spectral_peak
from motionscan.analysis.trace import (
    capped_scale_px,
    fill_gaps,
    lengths,
    main_direction,
    median_size,
    middle,
    shared_with_camera,
    without_baseline,
)
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


class Quick(NamedTuple):
    """What is quick in a part that is shifted about."""

    trace_px: FloatArray
    """(G,) signed displacement without all that is slower than jerks."""
    peaks: tuple[Peak, ...]
    slow_px: FloatArray
    """(G, K) how K parts of the limb move more slowly, none of them a foot unless that is all there is."""
    elsewhere_px: FloatArray
    """(G,) how far the middle one of the parts of other limbs moves as quickly; 0 where none is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One region on the even clock."""

    region: RegionMotion
    trace_px: FloatArray
    """(G,) signed displacement without baseline, NaN where not measured."""
    raw_px: FloatArray
    """(G,) the same direction with its baseline, for people to look at."""
    sigma_px: float
    noise_known: bool
    camera_apart: bool
    """Camera and limb can be told apart."""
    camera_share: float
    gross: BoolArray
    """(G,) slow or very large movement of the part is under way."""
    hidden: tuple[Peak, ...]
    """Brief events that the change of posture may have made: what lies between the others is not known."""
    peaks: tuple[Peak, ...]
    doubted: tuple[Peak, ...]
    """Events like these that a jolt or the shaking of the camera may have made, or that end elsewhere."""
    skin_peaks: tuple[Peak, ...]
    skin_px: FloatArray | None
    """(G,) displacement of the patch of skin that shows them best, NaN where not followed."""
    spectrum: SpectralPeak | None
    line: bool
    """The spectrum has a significant line and the trace repeats at its period."""
    quick: Quick | None = None
    """None where the limb mostly stays in its place."""


def gather_all(regions: list[RegionMotion], scene: Scene, settings: AnalysisSettings) -> list[Evidence]:
    """The evidence of every region, each beside the parts of its limb."""
    clock = scene.clock
    levels_px = {r.id: without_baseline(resample(clock, r.body_px), clock.grid_hz, settings) for r in regions}
    moved_px = {name: lengths(level_px) for name, level_px in levels_px.items()}
    limbs = [[region, *others_of_limb(region, regions)] for region in regions]
    rests = postures(limbs, clock, settings)
    told = [
        gather(limb[0], scene, posture, levels_px[limb[0].id], moved_beside(limb, moved_px, settings), settings)
        for limb, posture in zip(limbs, rests, strict=True)
    ]
    restless = [place for place, posture in enumerate(rests) if posture.limb.mean() > settings.restless_share]
    if not restless:
        return told
    quick_px = {name: without_slow(px, settings.quick_s, clock.grid_hz) for name, px in levels_px.items()}
    for place in restless:
        told[place] = _with_quick(told[place], limbs[place], levels_px, quick_px, rests[place], scene, settings)
    return told


def _with_quick(
    evidence: Evidence,
    limb: list[RegionMotion],
    levels_px: dict[str, FloatArray],
    quick_px: dict[str, FloatArray],
    posture: Posture,
    scene: Scene,
    settings: AnalysisSettings,
) -> Evidence:
    """The evidence of a part with what is quick in it, where its baseline follows it too slowly.

    Args:
        evidence: of the part.
        limb: the part and the others of its limb.
        levels_px: (G, 2) each region in the picture, without its baseline.
        quick_px: (G, 2) the same without what is slower than jerks.
        posture: nothing is told while a part of the limb swings.
        scene: what all regions share.
        settings: thresholds.
    """
    clock, sigma = scene.clock, evidence.sigma_px
    moved_px = {name: lengths(px) for name, px in quick_px.items()}
    beside_px = moved_beside(limb, moved_px, settings)
    level = without_slow(evidence.raw_px, settings.quick_s, clock.grid_hz)
    trace = np.where(np.isfinite(evidence.raw_px), -level if (level**3).sum() < 0 else level, np.nan)
    spectrum = spectral_peak(level, clock.grid_hz, scene.limit_hz, settings)
    line = spectrum is not None and has_line(level, spectrum, clock.grid_hz, settings)
    limit = event_limit(trace, sigma, capped_scale_px(evidence.region, settings), line, settings)
    peaks = (
        peak
        for peak in find_events(clock.grid_s, trace, limit, settings)
        if peak.width_s <= settings.quick_jerk_s
        and is_undisturbed(peak, scene, posture.swinging, settings.background_share, settings)
        and (line or is_outstanding(peak, sigma, settings.event_sigmas, scene, settings))
        and moves_itself(peak, moved_px[evidence.region.id], clock, settings)
        and not is_alone(peak, beside_px, clock, settings)
    )
    stepping = [part for part in limb if part.part != "foot"] or limb  # who steps moves more than a foot
    slow = [fill_gaps(levels_px[part.id]) - quick_px[part.id] for part in stepping]
    slow_px = np.stack([one @ main_direction(one) for one in slow], axis=1)
    elsewhere = [px for name, px in moved_px.items() if all(name != part.id for part in limb)]
    elsewhere_px = np.nan_to_num(middle(np.stack(elsewhere, axis=1))) if elsewhere else np.zeros_like(trace)
    return replace(evidence, quick=Quick(trace, tuple(peaks), slow_px, elsewhere_px))


def gather(
    region: RegionMotion,
    scene: Scene,
    posture: Posture,
    body_level_px: FloatArray,
    beside_px: FloatArray,
    settings: AnalysisSettings,
) -> Evidence:
    """Trace, noise, events and spectrum of one region.

    Args:
        region: what was measured.
        scene: what all regions share.
        posture: while a part of its limb changes its place, only what outdoes that is a jerk, and nothing while one
            swings; while any part does, nothing is a twitch of the skin.
        body_level_px: (G, 2) the part as a whole without its baseline, NaN where that is not known.
        beside_px: (G,) how far the parts beside it move; infinite where that is not known.
        settings: thresholds.
    """
    clock = scene.clock
    path, noise_px = own_path(region, body_level_px, clock, settings)
    level = without_baseline(path, clock.grid_hz, settings)
    shared, share = shared_with_camera(level[:, None], scene.camera_px, settings)
    level = level - shared[:, 0]
    # a part that is shifted about moves most along that way
    quick = without_slow(level, settings.sharp_s, clock.grid_hz) if posture.limb.any() else level
    direction = main_direction(quick)
    trace = level @ direction
    sigma = noise_px if noise_px is not None else median_size(trace)
    # jerks of one sign start and stop, which is a slow wave of its own
    steady = without_slow(trace, settings.drift_s, clock.grid_hz)
    spectrum = spectral_peak(steady, clock.grid_hz, scene.limit_hz, settings)
    line = spectrum is not None and has_line(steady, spectrum, clock.grid_hz, settings)
    limit = event_limit(trace, sigma, capped_scale_px(region, settings), line, settings)
    if spectrum is not None and line and _beats_with_light(spectrum, trace, region, scene, settings):
        limit = max(limit, settings.light_reach_rel * (region.scale_px or 0.0))
    events = find_events(clock.grid_s, trace, limit, settings)
    undisturbed = [p for p in events if is_undisturbed(p, scene, posture.swinging, settings.background_share, settings)]
    found, hidden = _apart_from_posture(undisturbed, region, path, posture, line, clock, settings)
    if not line:
        found = [p for p in found if is_outstanding(p, sigma, settings.event_sigmas, scene, settings)]
    raw = (path - shared[:, 0]) @ direction
    sharp = without_slow(trace, settings.sharp_s, clock.grid_hz)
    moved_px = lengths(body_level_px)
    at_rest = [p for p in events if p in found or not _during(posture.limb, p, clock, settings)]
    brief = [p for p in at_rest if _is_brief(p, sharp, clock, settings) and moves_itself(p, moved_px, clock, settings)]
    # a beat that ends a little elsewhere, as in a leg that sways meanwhile, is one if it keeps a rhythm with others
    filled = fill_gaps(raw)
    certain = {p for p in brief if p in found and _comes_back(p, filled, clock, settings)}
    own = [p for p in brief if not is_in_front(p, region.scale_px, beside_px, clock, settings)]
    joint_px = np.minimum(np.nan_to_num(lengths(level)), beside_px)
    skin = twitches_of_skin(region, joint_px, scene, posture.anywhere, settings)
    jerks = [p for p in own if not _is_flesh(p, skin.peaks, joint_px, clock, settings)]
    return Evidence(
        region=region,
        trace_px=trace,
        raw_px=raw,
        sigma_px=sigma,
        noise_known=region.noise_px is not None,
        camera_apart=scene.camera_apart,
        camera_share=float(share[0]),
        gross=posture.own,
        hidden=tuple(p for p in hidden if _is_brief(p, sharp, clock, settings)),
        peaks=tuple(p for p in jerks if p in certain),
        doubted=tuple(p for p in jerks if p not in certain),
        skin_peaks=skin.peaks,
        skin_px=skin.trace_px,
        spectrum=spectrum,
        line=line and 2 * sum(p in found for p in jerks) >= sum(p in found for p in brief),
    )


def _apart_from_posture(
    events: list[Peak],
    region: RegionMotion,
    path_px: FloatArray,
    posture: Posture,
    line: bool,
    clock: Clock,
    settings: AnalysisSettings,
) -> tuple[list[Peak], list[Peak]]:
    """Events while no part of the limb changes its place or that outdo such a change, and those it may have made.

    Args:
        events: of one part, in order of time.
        region: the part.
        path_px: (G, 2) the part beyond its parent.
        posture: when its limb changes its place.
        line: a rhythm is there anyway, so that a beat need only outdo what the part as a whole does.
        clock: the even clock.
        settings: thresholds. One or two quick movements are part of a change of posture; more vouch for each other.
    """
    meanwhile = [p for p in events if _during(posture.limb, p, clock, settings)]
    if not meanwhile:
        return events, []
    outdone = [(slow_speed(resample(clock, region.body_px), clock, settings), settings.carried_gain)]
    if not line:
        outdone.append((slow_speed(path_px, clock, settings), settings.posture_gain))
    told = [p for p in meanwhile if all(outdoes(p, speed, gain, clock) for speed, gain in outdone)]
    hidden = [p for p in meanwhile if p not in told] if len(told) >= settings.sure_lone_events else meanwhile
    return [p for p in events if p not in hidden], hidden


def _during(moments: BoolArray, peak: Peak, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether any of the moments (G,) lies in an event or just beside it."""
    return bool(moments[during(peak, clock.grid_s, settings.event_margin_s)].any())


def has_line(trace_px: FloatArray, peak: SpectralPeak, grid_hz: float, settings: AnalysisSettings) -> bool:
    """Whether a spectral peak stands far above its background and the trace repeats at its period and twice that."""
    if peak.excess_db < settings.peak_db:
        return False
    first, second = autocorrelation_peaks(trace_px, grid_hz, peak.frequency_hz)
    return first >= settings.acf_first and second >= settings.acf_second


def event_limit(
    trace_px: FloatArray, sigma_px: float, scale_px: float, line: bool, settings: AnalysisSettings
) -> float:
    """Least height of an event; lower where a line vouches for the rhythm, so that each small jerk is seen."""
    smallest = settings.event_min_px_rel * scale_px
    if not line:
        return max(settings.event_sigmas * sigma_px, smallest)
    usual = settings.line_event_share * _usual_height(trace_px)
    return max(usual, settings.line_event_sigmas * sigma_px, smallest)


def _beats_with_light(
    spectrum: SpectralPeak, trace_px: FloatArray, region: RegionMotion, scene: Scene, settings: AnalysisSettings
) -> bool:
    return is_of_light(spectrum.frequency_hz, _usual_height(trace_px), region.scale_px, scene, settings)


def _usual_height(trace_px: FloatArray) -> float:
    return float(np.nanpercentile(trace_px, 98))


def _is_flesh(
    peak: Peak, skin: tuple[Peak, ...], joint_px: FloatArray, clock: Clock, settings: AnalysisSettings
) -> bool:
    """Whether an event is what a twitch of the skin at that moment dragged along."""
    return meets(peak, skin, settings) and outdoes_joint(peak, joint_px, clock, settings)


def _is_brief(peak: Peak, sharp_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    around = np.abs(clock.grid_s - peak.peak_s) <= 1.5 / clock.grid_hz
    return (
        peak.width_s <= settings.slow_event_s and float(sharp_px[around].max()) >= settings.sharp_share * peak.height_px
    )


def _comes_back(peak: Peak, path_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether the part is back where it was, one width after the event; a step to a new place is no jerk."""
    before, after = rest_beside(peak, clock.grid_s, path_px)
    return abs(after - before) <= settings.return_share * peak.height_px


def without_slow(path_px: FloatArray, width_s: float, grid_hz: float) -> FloatArray:
    """(G, ...) a gap-free path less what a Gaussian of ``width_s`` leaves of it."""
    filled = fill_gaps(path_px)
    return np.asarray(filled - gaussian_filter1d(filled, width_s * grid_hz, axis=0, mode="nearest"))
