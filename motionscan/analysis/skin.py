"""Twitches of the skin: brief movements of a patch while the part beneath it stays still."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from motionscan.analysis.alike import alike_to, vouched_for
from motionscan.analysis.clock import Clock
from motionscan.analysis.events import Peak, meets, merge_near
from motionscan.analysis.patches import Skin, brief_events, nearest, outdoes_joint, prepared
from motionscan.analysis.scene import Scene, height_in_sigmas, is_lasting, is_outstanding, is_redrawn
from motionscan.records import BoolArray, FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings


class Twitches(NamedTuple):
    """What twitches in the skin of one region."""

    peaks: tuple[Peak, ...] = ()
    trace_px: FloatArray | None = None
    """(G,) signed displacement, beyond that of the part, of the patch that shows them best; NaN where not followed."""


def twitches_of_skin(
    region: RegionMotion, joint_px: FloatArray, scene: Scene, gross: BoolArray, settings: AnalysisSettings
) -> Twitches:
    """Brief movements of single patches of skin while the joint stays still.

    A patch counts when it stands out from its own noise and does so again, when another patch shows it too, when the
    region itself moves clearly less, and when most of the region's other patches stay where they are. What is too
    small for that counts where the patches around move alike at several moments.
    """
    if not np.isfinite(region.skin_px).any():
        return Twitches()
    skin = prepared(region, joint_px, scene, gross, settings)
    usable = np.isfinite(skin.sigmas_px) & (skin.known.mean(axis=0) >= settings.min_visible)
    # what moves the same skin each time is no leak of a shaking camera
    calm = replace(scene, shake_px=np.zeros_like(scene.shake_px))
    seen = {patch: _candidates(skin, patch, calm, settings) for patch in np.flatnonzero(usable).tolist()}
    told = _told_at_once(seen, skin, scene, settings)
    twitches = [peak for mine in told.values() for peak in mine]
    for patch, clear in told.items():
        if clear:
            twitches += alike_to(max(clear, key=lambda peak: peak.height_px), patch, skin, scene, settings)
    for patch, mine in seen.items():
        # a long video has many by chance, and each takes a look at the whole of it
        for seed in sorted(mine, key=mine.__getitem__, reverse=True)[: settings.seeds]:
            if not meets(seed, twitches, settings):
                twitches += vouched_for(seed, patch, seen, skin, calm, settings)
    peaks = tuple(merge_near(twitches, settings.merge_s))
    return Twitches(peaks, _best_trace(peaks, skin, scene.clock) if peaks else None)


def _best_trace(peaks: tuple[Peak, ...], skin: Skin, clock: Clock) -> FloatArray:
    """(G,) the trace of the patch in which the events stand furthest out of the noise."""
    heights = np.nansum(skin.traces_px[[nearest(clock, peak) for peak in peaks]], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        best = int(np.nanargmax(heights / skin.sigmas_px))
    return np.where(skin.known[:, best], skin.traces_px[:, best], np.nan)


def _candidates(skin: Skin, patch: int, scene: Scene, settings: AnalysisSettings) -> dict[Peak, float]:
    """Events of one patch that may be twitches, with their heights in sigmas."""
    clock, trace, sigma = scene.clock, skin.traces_px[:, patch], float(skin.sigmas_px[patch])
    return {
        peak: height
        for peak in brief_events(trace, sigma, patch, skin.disturbed[:, patch], skin, scene, settings)
        if is_lasting(peak, scene, settings)
        and _neighbours_follow(peak, patch, skin, clock, settings)
        and _is_skin_only(peak, patch, skin, clock, settings)
        and (height := height_in_sigmas(peak, trace, scene, settings)) >= settings.seed_sigmas
    }


def _told_at_once(
    seen: dict[int, dict[Peak, float]], skin: Skin, scene: Scene, settings: AnalysisSettings
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
        patch: [*_believed(mine, skin.capped_scale_px, scene, settings), *(peak for peak in mine if peak in wide)]
        for patch, mine in shown.items()
    }


def _believed(heights: dict[Peak, float], scale_px: float, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """Which events of one patch, with their heights in sigmas, are twitches.

    The noise of a picture is at another place each time; a muscle twitches again where it twitched before. What
    happens only once or twice at a place must stand out further, as far as a joint's where a key picture may make it.
    """
    clear = sum(height >= settings.patch_clear_sigmas for height in heights.values())
    if clear >= settings.sure_lone_events:
        return list(heights)
    sure_px = settings.sure_patch_px_rel * scale_px
    usual = settings.lone_patch_sigmas
    redrawn = max(usual, settings.sure_lone_sigmas)
    least = {p: redrawn if is_redrawn(p, scene) else usual for p in heights}
    return [p for p, height in heights.items() if height >= least[p] and p.height_px >= sure_px]


def _shown(
    heights: dict[Peak, float], elsewhere: list[dict[Peak, float]], settings: AnalysisSettings
) -> dict[Peak, float]:
    """The events of a patch that another one has at the same moment: noise is seldom at two places at once."""
    return {
        peak: height for peak, height in heights.items() if any(meets(peak, others, settings) for others in elsewhere)
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
        and sum(meets(peak, others, settings) for others in clear) >= settings.wide_patches
    ]


def _neighbours_follow(peak: Peak, patch: int, skin: Skin, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether two of the patches around move the same way: skin is soft, and what shows beside a limb is not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        moment = skin.level_px[nearest(clock, peak)] / skin.sigmas_px[:, None]
    own = moment[patch]
    beside = skin.near[patch] & (np.arange(len(moment)) != patch)
    along = moment[beside] @ own
    following = int((along >= settings.patch_follow * float(own @ own)).sum())  # NaN follows nothing
    return following >= min(settings.patch_followers, int(beside.sum())) > 0


def _is_skin_only(peak: Peak, patch: int, skin: Skin, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether less than a share of the patches moves along with one, and the joint clearly less far."""
    moment = skin.level_px[nearest(clock, peak)]
    moment = moment[np.isfinite(moment).all(axis=1)]
    own = skin.level_px[nearest(clock, peak), patch]
    moving = moment @ own > 0.5 * float(own @ own)
    local = moving.mean() < settings.patch_share or moving.sum() <= 1
    return bool(local and outdoes_joint(peak, skin.joint_px, clock, settings))
