"""Twitches of the skin that vouch for each other: a muscle takes the same skin along whenever it twitches."""

import numpy as np

from motionscan.analysis.events import Peak, together
from motionscan.analysis.patches import Skin, brief_events, nearest, outdoes_joint
from motionscan.analysis.scene import Scene, height_in_sigmas, is_lasting, is_redrawn
from motionscan.analysis.trace import median_size
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import AnalysisSettings


def vouched_for(
    seed: Peak,
    patch: int,
    seen: dict[int, dict[Peak, float]],
    skin: Skin,
    scene: Scene,
    settings: AnalysisSettings,
) -> list[Peak]:
    """An event of a patch with those that are alike, where these are so many or so clear that they vouch for it.

    Key pictures sharpen the same skin in the same way each time: where half come with one, they are the codec's.
    """
    alike = [peak for peak in alike_to(seed, patch, skin, scene, settings) if is_lasting(peak, scene, settings)]
    all_ = [seed, *alike]
    redrawn = sum(is_redrawn(peak, scene) for peak in all_)
    if 2 * redrawn >= len(all_):
        return []
    sure = len(alike) >= settings.alike_events or (
        _patches_that_show(seed, seen, settings) >= settings.wide_patches
        and _comes_again(seed, alike, patch, skin, scene, settings)
    )
    return all_ if sure else []


def _patches_that_show(seed: Peak, seen: dict[int, dict[Peak, float]], settings: AnalysisSettings) -> int:
    """How many patches, each with its events and their heights in sigmas, show an event by more than noise."""
    return sum(
        any(height >= settings.patch_lone_sigmas and together(seed, peak, settings) for peak, height in mine.items())
        for mine in seen.values()
    )


def _comes_again(
    seed: Peak, alike: list[Peak], patch: int, skin: Skin, scene: Scene, settings: AnalysisSettings
) -> bool:
    """Whether an event and one of those that are ``alike`` stand out clearly and are the same all over the skin."""
    over_noise, pattern, trace_px = _matched(seed, patch, skin, scene)
    clear = [p for p in (seed, *alike) if height_in_sigmas(p, trace_px, scene, settings) >= settings.wide_sigmas]
    same = (_likeness(over_noise[nearest(scene.clock, p)], pattern) >= settings.again_cosine for p in clear[1:])
    return clear[:1] == [seed] and any(same)


def alike_to(seed: Peak, patch: int, skin: Skin, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """The other moments at which the skin around a patch moves as it does in an event of the patch."""
    clock = scene.clock
    over_noise, pattern, trace_px = _matched(seed, patch, skin, scene)
    disturbed = np.asarray(skin.disturbed[:, _around(patch, skin)].any(axis=1))
    return [
        peak
        for peak in brief_events(trace_px, median_size(trace_px), patch, disturbed, skin, scene, settings)
        if abs(peak.peak_s - seed.peak_s) > settings.merge_s
        and outdoes_joint(peak, skin.joint_px, clock, settings)
        and height_in_sigmas(peak, trace_px, scene, settings) >= settings.alike_sigmas
        and _likeness(over_noise[nearest(clock, peak)], pattern) >= settings.alike_cosine
    ]


def _matched(seed: Peak, patch: int, skin: Skin, scene: Scene) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How much of an event of a patch there is at every moment: a matched filter over the patches around.

    A muscle takes the same skin along whenever it twitches; all of it stands out further than any patch alone.

    Returns:
        (G, N, 2) what the N patches around show, over their noise; (N, 2) the same at the event; (G,) how much of
        that there is, in px of the event.
    """
    near = _around(patch, skin)
    over_noise = np.nan_to_num(skin.level_px[:, near] / skin.sigmas_px[near, None])
    pattern = over_noise[nearest(scene.clock, seed)]
    return over_noise, pattern, seed.height_px * np.tensordot(over_noise, pattern, 2) / float((pattern**2).sum())


def _around(patch: int, skin: Skin) -> BoolArray:
    return np.asarray(skin.near[patch] & np.isfinite(skin.sigmas_px))


def _likeness(one: FloatArray, other: FloatArray) -> float:
    """Cosine between two patterns of displacement: what is only large has some of every pattern."""
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))
