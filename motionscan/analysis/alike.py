"""Twitches of the skin that vouch for each other: a muscle takes the same skin along whenever it twitches."""

from typing import NamedTuple

import numpy as np

from motionscan.analysis.events import Peak, meets
from motionscan.analysis.patches import Skin, brief_events, nearest, outdoes_joint
from motionscan.analysis.scene import Scene, height_in_sigmas, is_lasting, is_redrawn
from motionscan.analysis.trace import median_size
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import AnalysisSettings


class _Match(NamedTuple):
    """How much of an event of a patch there is at every moment: a matched filter over the patches around.

    All that moves in a twitch stands out further than any patch alone.
    """

    over_noise: FloatArray
    """(G, N, 2) what the N patches around show, over their noise."""
    pattern: FloatArray
    """(N, 2) the same at the event."""
    trace_px: FloatArray
    """(G,) how much of that there is, in px of the event."""

    def likeness(self, moment: int) -> float:
        """Cosine between a moment and the event: what is only large has some of every pattern."""
        there = self.over_noise[moment]
        return float((there * self.pattern).sum() / np.sqrt((there**2).sum() * (self.pattern**2).sum()))


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
    match = _match(seed, patch, skin, scene)
    found = _found(match, seed, patch, skin, scene, settings)
    alike = [peak for peak in found if is_lasting(peak, scene, settings)]
    all_ = [seed, *alike]
    redrawn = sum(is_redrawn(peak, scene) for peak in all_)
    if 2 * redrawn >= len(all_):
        return []
    sure = len(alike) >= settings.alike_events or (
        _patches_that_show(seed, seen, settings) >= settings.wide_patches
        and _comes_again(match, seed, alike, scene, settings)
    )
    return _without_the_tiny(all_, settings) if sure else []


def _patches_that_show(seed: Peak, seen: dict[int, dict[Peak, float]], settings: AnalysisSettings) -> int:
    """How many patches, each with its events and their heights in sigmas, show an event by more than noise."""
    shown = ([peak for peak, height in mine.items() if height >= settings.patch_lone_sigmas] for mine in seen.values())
    return sum(meets(seed, peaks, settings) for peaks in shown)


def _comes_again(match: _Match, seed: Peak, alike: list[Peak], scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether an event and one of those that are ``alike`` stand out clearly and are the same all over the skin."""

    def is_clear(peak: Peak) -> bool:
        return height_in_sigmas(peak, match.trace_px, scene, settings) >= settings.wide_sigmas

    same = (p for p in alike if match.likeness(nearest(scene.clock, p)) >= settings.again_cosine)
    return is_clear(seed) and any(map(is_clear, same))


def alike_to(seed: Peak, patch: int, skin: Skin, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """The moments at which the skin around a patch moves as it does in an event of the patch, and that event."""
    found = _found(_match(seed, patch, skin, scene), seed, patch, skin, scene, settings)
    return _without_the_tiny([seed, *found], settings)


def _without_the_tiny(twitches: list[Peak], settings: AnalysisSettings) -> list[Peak]:
    """The twitches of one muscle without what is of another kind than the largest of them."""
    least_px = settings.alike_height * max(peak.height_px for peak in twitches)
    return [peak for peak in twitches if peak.height_px >= least_px]


def _found(match: _Match, seed: Peak, patch: int, skin: Skin, scene: Scene, settings: AnalysisSettings) -> list[Peak]:
    """What a matched filter finds besides the event that it was made of."""
    trace_px = match.trace_px
    disturbed = np.asarray(skin.disturbed[:, _around(patch, skin)].any(axis=1))
    return [
        peak
        for peak in brief_events(trace_px, median_size(trace_px), patch, disturbed, skin, scene, settings)
        if abs(peak.peak_s - seed.peak_s) > settings.merge_s
        and outdoes_joint(peak, skin.joint_px, scene.clock, settings)
        and height_in_sigmas(peak, trace_px, scene, settings) >= settings.alike_sigmas
        and match.likeness(nearest(scene.clock, peak)) >= settings.alike_cosine
    ]


def _match(seed: Peak, patch: int, skin: Skin, scene: Scene) -> _Match:
    near = _around(patch, skin)
    over_noise = np.nan_to_num(skin.level_px[:, near] / skin.sigmas_px[near, None])
    pattern = over_noise[nearest(scene.clock, seed)]
    trace_px = seed.height_px * np.tensordot(over_noise, pattern, 2) / float((pattern**2).sum())
    return _Match(over_noise, pattern, trace_px)


def _around(patch: int, skin: Skin) -> BoolArray:
    return np.asarray(skin.near[patch] & np.isfinite(skin.sigmas_px))
