"""Twitches of the skin: brief movements of a patch while the part beneath it stays still."""

from dataclasses import dataclass, replace

import numpy as np

from motionscan.analysis.clock import Clock, resample
from motionscan.analysis.events import Peak, during, find_events, merge_near, together
from motionscan.analysis.scene import Scene, height_in_sigmas, is_lasting, is_outstanding, is_redrawn, is_undisturbed
from motionscan.analysis.trace import (
    capped_scale_px,
    lengths,
    main_direction,
    median_size,
    middle,
    shared_with_camera,
    without_baseline,
)
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class _Skin:
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


def skin_events(
    region: RegionMotion, joint_px: FloatArray, scene: Scene, gross: BoolArray, settings: AnalysisSettings
) -> tuple[Peak, ...]:
    """Brief movements of single patches of skin while the joint stays still.

    A patch counts when it stands out from its own noise and does so again, when another patch shows it too, when the
    region itself moves clearly less, and when most of the region's other patches stay where they are. What is too
    small for that counts where the patches around move alike at several moments.
    """
    if region.skin_px.shape[1] == 0:
        return ()
    skin = _prepared(region, joint_px, scene, gross, settings)
    usable = np.isfinite(skin.sigmas_px) & (skin.known.mean(axis=0) >= settings.min_visible)
    # what moves the same skin each time is no leak of a shaking camera
    calm = replace(scene, shake_px=np.zeros_like(scene.shake_px))
    seen = {patch: _candidates(skin, patch, calm, settings) for patch in np.flatnonzero(usable).tolist()}
    told = _told_at_once(seen, skin, scene, settings)
    twitches = [peak for peaks in told.values() for peak in peaks]
    for patch, peaks in told.items():
        if peaks:
            twitches += _alike(max(peaks, key=lambda peak: peak.height_px), patch, skin, scene, settings)
    for patch, mine in seen.items():
        # a long video has many by chance, and each takes a look at the whole of it
        for seed in sorted(mine, key=mine.__getitem__, reverse=True)[: settings.seeds]:
            if not any(together(seed, one, settings) for one in twitches):
                twitches += _vouched_for(seed, patch, skin, calm, settings)
    return tuple(merge_near(twitches, settings.merge_s))


def _prepared(
    region: RegionMotion, joint_px: FloatArray, scene: Scene, gross: BoolArray, settings: AnalysisSettings
) -> _Skin:
    clock = scene.clock
    path = resample(clock, region.skin_px)
    fast = without_baseline(path, clock.grid_hz, settings, settings.patch_smooth_s)
    level = _without_parallax(fast - middle(fast)[:, None], scene, settings)
    traces = np.stack([one @ main_direction(one) for one in level.swapaxes(0, 1)], axis=1)
    # NaN is no more than anything
    bent_px = settings.skin_bent_shanks * (region.scale_px or np.nan)
    apart_px = lengths(region.patches_px[:, None] - region.patches_px[None])
    near = np.asarray(apart_px <= settings.patch_reach_shanks * (region.scale_px or 0.0))
    # what hides or bends a patch reaches into the next
    away = (lengths(path - fast) > bent_px) @ near
    turned = middle(lengths(path - fast))[:, None] > bent_px
    moved = gross | _has_left_its_place(region, clock, settings)
    return _Skin(
        level_px=level,
        traces_px=traces,
        sigmas_px=np.fmax([median_size(trace) for trace in traces.T], region.skin_noise_px),
        known=np.asarray(np.isfinite(path).all(axis=2)),
        disturbed=np.asarray(moved[:, None] | turned | away),
        joint_px=joint_px,
        near=near,
        capped_scale_px=capped_scale_px(region, settings),
    )


def _without_parallax(level_px: FloatArray, scene: Scene, settings: AnalysisSettings) -> FloatArray:
    """(G, P, 2) without what each patch shares with the camera: what lies nearer to the lens moves more with it."""
    shared = [shared_with_camera(one, scene.camera_px, settings)[0] for one in level_px.swapaxes(0, 1)]
    return level_px - np.stack(shared, axis=1)


def _has_left_its_place(region: RegionMotion, clock: Clock, settings: AnalysisSettings) -> BoolArray:
    """(G,) where a part is so far from its usual place that its skin looks different."""
    path = resample(clock, region.joint_px)
    usual = np.array([np.median(axis[np.isfinite(axis)]) if np.isfinite(axis).any() else 0.0 for axis in path.T])
    return np.asarray(np.nan_to_num(lengths(path - usual)) > settings.skin_place_shanks * (region.scale_px or np.inf))


def _candidates(skin: _Skin, patch: int, scene: Scene, settings: AnalysisSettings) -> dict[Peak, float]:
    """Events of one patch that may be twitches, with their heights in sigmas."""
    clock, trace, sigma = scene.clock, skin.traces_px[:, patch], float(skin.sigmas_px[patch])
    return {
        peak: height
        for peak in _brief(trace, sigma, patch, skin.disturbed[:, patch], skin, scene, settings)
        if is_lasting(peak, scene, settings)
        and _neighbours_follow(peak, patch, skin, clock, settings)
        and _is_skin_only(peak, patch, skin, clock, settings)
        and (height := height_in_sigmas(peak, trace, scene, settings)) >= settings.seed_sigmas
    }


def _brief(
    trace_px: FloatArray,
    sigma_px: float,
    patch: int,
    disturbed: BoolArray,
    skin: _Skin,
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


def _told_at_once(
    seen: dict[int, dict[Peak, float]], skin: _Skin, scene: Scene, settings: AnalysisSettings
) -> dict[int, list[Peak]]:
    """The events of each patch, of those that it has with their heights in sigmas, that are twitches by their size."""
    high = {
        patch: {
            peak: height
            for peak, height in mine.items()
            if height >= settings.patch_lone_sigmas
            and is_outstanding(peak, float(skin.sigmas_px[patch]), settings.patch_sigmas, scene, settings)
        }
        for patch, mine in seen.items()
    }
    shown = {patch: _shown(mine, [h for p, h in high.items() if p != patch], settings) for patch, mine in high.items()}
    wide = _widely_shown(list(shown.values()), skin.capped_scale_px, settings)
    return {
        patch: [*_believed(mine, skin.capped_scale_px, settings), *(peak for peak in mine if peak in wide)]
        for patch, mine in shown.items()
    }


def _believed(heights: dict[Peak, float], scale_px: float, settings: AnalysisSettings) -> list[Peak]:
    """Which events of one patch, with their heights in sigmas, are twitches.

    The noise of a picture is at another place each time; a muscle twitches again where it twitched before. What
    happens only once or twice at a place must stand out further.
    """
    clear = sum(height >= settings.patch_clear_sigmas for height in heights.values())
    if clear >= settings.sure_lone_events:
        return list(heights)
    sure_px = settings.sure_patch_px_rel * scale_px
    return [p for p, height in heights.items() if height >= settings.sure_lone_sigmas and p.height_px >= sure_px]


def _shown(
    heights: dict[Peak, float], elsewhere: list[dict[Peak, float]], settings: AnalysisSettings
) -> dict[Peak, float]:
    """The events of a patch that another one has at the same moment: noise is seldom at two places at once."""
    return {
        peak: height
        for peak, height in heights.items()
        if any(together(one, peak, settings) for others in elsewhere for one in others)
    }


def _widely_shown(shown: list[dict[Peak, float]], scale_px: float, settings: AnalysisSettings) -> list[Peak]:
    """The events that many patches, each with its events and their heights in sigmas, show clearly at one moment.

    A strong twitch takes much of the skin along; such a one need not come again.
    """
    clear = [[peak for peak, height in mine.items() if height >= settings.wide_sigmas] for mine in shown]
    return [
        peak
        for mine in clear
        for peak in mine
        if peak.height_px >= settings.wide_patch_px_rel * scale_px
        and sum(any(together(one, peak, settings) for one in others) for others in clear) >= settings.wide_patches
    ]


def _vouched_for(seed: Peak, patch: int, skin: _Skin, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """An event of a patch with those that are alike, where these are so many that they vouch for it.

    Key pictures sharpen the same skin in the same way each time: where half come with one, they are the codec's.
    """
    alike = [peak for peak in _alike(seed, patch, skin, scene, settings) if is_lasting(peak, scene, settings)]
    all_ = [seed, *alike]
    redrawn = sum(is_redrawn(peak, scene) for peak in all_)
    return all_ if len(alike) >= settings.alike_events and 2 * redrawn < len(all_) else []


def _alike(seed: Peak, patch: int, skin: _Skin, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """The other moments at which the skin around a patch moves as it does in an event of the patch.

    A muscle takes the same skin along whenever it twitches. How much there is at every moment of what the patches
    around show at the event, each over its noise (a matched filter), stands out further than any of them alone.
    """
    clock = scene.clock
    near = skin.near[patch] & np.isfinite(skin.sigmas_px)
    over_noise = np.nan_to_num(skin.level_px[:, near] / skin.sigmas_px[near, None])
    pattern = over_noise[_nearest(clock, seed)]
    trace_px = seed.height_px * np.tensordot(over_noise, pattern, 2) / float((pattern**2).sum())
    disturbed = np.asarray(skin.disturbed[:, near].any(axis=1))
    return [
        peak
        for peak in _brief(trace_px, median_size(trace_px), patch, disturbed, skin, scene, settings)
        if abs(peak.peak_s - seed.peak_s) > settings.merge_s
        and outdoes_joint(peak, skin.joint_px, clock, settings)
        and height_in_sigmas(peak, trace_px, scene, settings) >= settings.alike_sigmas
        and _likeness(over_noise[_nearest(clock, peak)], pattern) >= settings.alike_cosine
    ]


def _likeness(one: FloatArray, other: FloatArray) -> float:
    """Cosine between two patterns of displacement: what is only large has some of every pattern."""
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))


def _neighbours_follow(peak: Peak, patch: int, skin: _Skin, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether two of the patches around move the same way: skin is soft, and what shows beside a limb is not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        moment = skin.level_px[_nearest(clock, peak)] / skin.sigmas_px[:, None]
    own = moment[patch]
    beside = skin.near[patch] & (np.arange(len(moment)) != patch)
    along = moment[beside] @ own
    following = int((along >= settings.patch_follow * float(own @ own)).sum())  # NaN follows nothing
    return following >= min(settings.patch_followers, int(beside.sum())) > 0


def _all_known(peak: Peak, known: BoolArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether a patch was followed throughout, well before and after an event: one that comes and goes jumps."""
    around = np.abs(clock.grid_s - peak.peak_s) <= settings.baseline_s / 2
    return bool(known[around].all())


def _is_skin_only(peak: Peak, patch: int, skin: _Skin, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether less than a share of the patches moves along with one, and the joint clearly less far."""
    moment = skin.level_px[_nearest(clock, peak)]
    moment = moment[np.isfinite(moment).all(axis=1)]
    own = skin.level_px[_nearest(clock, peak), patch]
    moving = moment @ own > 0.5 * float(own @ own)
    local = moving.mean() < settings.patch_share or moving.sum() <= 1
    return bool(local and outdoes_joint(peak, skin.joint_px, clock, settings))


def outdoes_joint(peak: Peak, joint_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether an event is clearly larger than all that the joint (G,) moves meanwhile."""
    moved_px = float(joint_px[during(peak, clock.grid_s)].max(initial=0.0))
    return peak.height_px > settings.surface_over_joint * moved_px


def _nearest(clock: Clock, peak: Peak) -> int:
    return int(np.abs(clock.grid_s - peak.peak_s).argmin())
