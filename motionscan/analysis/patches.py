"""The patches of skin of one part on the even clock, and which of their events may be twitches at all."""

from dataclasses import dataclass

import numpy as np

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak, during, find_events
from motionscan.analysis.scene import Scene, is_outstanding, is_undisturbed
from motionscan.analysis.trace import (
    capped_scale_px,
    lengths,
    main_directions,
    median_sizes,
    middle,
    shared_with_camera,
    usual_place,
    without_baseline,
)
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class Skin:
    """The P patches of one region on the grid of G moments."""

    level_px: FloatArray
    """(G, P, 2) fast movement beyond what all patches share, which is the part's own jitter."""
    traces_px: FloatArray
    """(G, P) the same along the main direction of each patch."""
    sigmas_px: FloatArray
    """(P,) noise of the traces."""
    known: BoolArray
    """(G, P) where a patch was followed."""
    disturbed: BoolArray
    """(G, P) where a patch cannot be judged: the limb moves, or the part or the patch rests away from its place."""
    joint_px: FloatArray
    """(G,) how far the part itself moves."""
    near: BoolArray
    """(P, P) which patches overlap; each overlaps itself."""
    capped_scale_px: float
    """Length to which the least size of a twitch is relative."""


def prepared(
    region: RegionMotion, joint_px: FloatArray, scene: Scene, gross: BoolArray, settings: AnalysisSettings
) -> Skin:
    """The skin of a region without what its part does, and where it cannot be judged.

    Args:
        region: what was measured.
        joint_px: (G,) how far the part itself moves.
        scene: what all regions share.
        gross: (G,) any part changes its place.
        settings: thresholds.
    """
    clock = scene.clock
    path = resample(clock, region.skin_px)
    fast = without_baseline(path, clock.grid_hz, settings, settings.patch_smooth_s)
    level = _without_parallax(fast - middle(fast)[:, None], scene, settings)
    traces = (level * main_directions(level)).sum(axis=2)
    # NaN is no more than anything
    bent_px = settings.skin_bent_shanks * (region.scale_px or np.nan)
    apart_px = lengths(region.patches_px[:, None] - region.patches_px[None])
    near = np.asarray(apart_px <= settings.patch_reach_shanks * (region.scale_px or 0.0))
    # what hides or bends a patch reaches into the next; what it takes it from is where it mostly rests, and not where
    # the reference picture has it, which compression may show ill
    slow = path - fast
    astray_px = lengths(slow - usual_place(slow))
    away = (astray_px > bent_px) @ near
    turned = middle(astray_px)[:, None] > bent_px
    moved = gross | _has_left_its_place(region, clock, settings)
    return Skin(
        level_px=level,
        traces_px=traces,
        sigmas_px=np.fmax(median_sizes(traces), region.skin_noise_px),
        known=np.asarray(np.isfinite(path).all(axis=2)),
        disturbed=np.asarray(moved[:, None] | turned | away),
        joint_px=joint_px,
        near=near,
        capped_scale_px=capped_scale_px(region, settings),
    )


def _without_parallax(level_px: FloatArray, scene: Scene, settings: AnalysisSettings) -> FloatArray:
    """(G, P, 2) without what each patch shares with the camera: what lies nearer to the lens moves more with it."""
    return level_px - shared_with_camera(level_px, scene.camera_px, settings)[0]


def _has_left_its_place(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    """(G,) where a part is so far from its usual place that its skin looks different."""
    path = resample(clock, region.joint_px)
    astray_px = np.nan_to_num(lengths(path - usual_place(path)))
    return np.asarray(astray_px > settings.skin_place_shanks * (region.scale_px or np.inf))


def brief_events(
    trace_px: FloatArray,
    sigma_px: float,
    patch: int,
    disturbed: BoolArray,
    skin: Skin,
    scene: Scene,
    settings: AnalysisSettings,
) -> list[Peak]:
    """Events of a trace (G,) of a patch or of the skin around it, as long as a twitch and beyond the moment's noise.

    None while the patch is not followed, nor at moments (G,) that are ``disturbed``.
    """
    limit = max(settings.patch_sigmas * sigma_px, settings.patch_min_px_rel * skin.capped_scale_px)
    return [
        peak
        for peak in find_events(scene.clock.grid_s, trace_px, limit, settings)
        if settings.twitch_min_s <= peak.width_s <= settings.twitch_max_s
        and is_outstanding(peak, sigma_px, settings.patch_sigmas, scene, settings)
        and is_undisturbed(peak, scene, disturbed, settings.skin_jolt_share, settings)
        and _all_known(peak, skin.known[:, patch], scene.clock, settings)
    ]


def _all_known(peak: Peak, known: BoolArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether a patch was followed throughout, well before and after an event: one that comes and goes jumps."""
    around = np.abs(clock.grid_s - peak.peak_s) <= settings.baseline_s / 2
    return bool(known[around].all())


def outdoes_joint(peak: Peak, joint_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether an event is clearly larger than all that the joint (G,) moves meanwhile."""
    moved_px = float(joint_px[during(peak, clock.grid_s)].max(initial=0.0))
    return peak.height_px > settings.surface_over_joint * moved_px


def nearest(clock: Clock, peak: Peak) -> int:
    """The grid point of an event's peak."""
    return int(np.abs(clock.grid_s - peak.peak_s).argmin())
