"""How much a still region would seem to move: the noise floor, from the background, never from how the limb moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from motionscan.motion.layout import Layout
from motionscan.motion.quarters import LEFT_BY_FIT
from motionscan.motion.reference import Reference
from motionscan.records import BoolArray, FloatArray
from motionscan.settings import MotionSettings


@dataclass(frozen=True, slots=True, eq=False)
class NoiseFloors:
    """Standard deviations per axis in full pixels; NaN where there was no background to measure on."""

    joint_px: FloatArray
    """(R,) of regions, camera and parent removed."""
    body_px: FloatArray
    """(R,) of regions, camera removed."""
    skin_px: FloatArray
    """(R, P) of skin patches."""


def noise_floors(
    t_s: FloatArray,
    background_px: FloatArray,
    quarters_px: FloatArray,
    strips_px: FloatArray,
    scale: float,
    references: list[Reference],
    taken_s: Sequence[float],
    layout: Layout,
    settings: MotionSettings,
) -> NoiseFloors:
    """Standard deviation of the displacement of still regions and still skin patches.

    The jitter of patches of background tells the jitter of one point of unit texture, and where the quarters of a
    region jitter more against the whole than that explains, they do. A region of n points of known texture then has
    less, and a region that is judged against its parent has some of the parent's too.

    Args:
        t_s: (T,) times.
        background_px: (T, C, 2) displacement of patches of background, camera removed.
        quarters_px: (T, R, 4, 2) how far the quarters of each region stray from where the whole takes them, along
            and across it; NaN where not measured.
        strips_px: (T, S, P, 2) displacement of patches of strips of background, measured as skin is; NaN at times at
            which they were not.
        scale: full pixels per tracked pixel.
        references: the N reference pictures, for the number and texture of the points.
        taken_s: when each was taken; it counts for the regions that it has, as long as it was measured against.
        layout: the regions.
        settings: thresholds.
    """
    in_force_s = np.maximum(np.diff(np.clip([*taken_s, t_s[-1]], t_s[0], t_s[-1])), 1e-3)
    has = np.array([reference.counts[:-1] >= settings.min_points for reference in references])
    fragility = np.array([reference.fragility for reference in references])
    lever = np.array([reference.lever for reference in references])
    carried = (layout.parents >= 0) & has[:, layout.parents]
    clusters = np.array([reference.cluster_fragility for reference in references])
    quarters = np.array([reference.quarters.fragility for reference in references])
    still = _unit_jitter_px(t_s, background_px, _mean_in_force(clusters, clusters > 0, in_force_s))
    inner = _inner_jitter_px(t_s, quarters_px, _mean_in_force(quarters, quarters > 0, in_force_s))
    unit = np.fmax(still, np.where(np.isfinite(inner), inner, still if np.isfinite(still) else _median(inner)))
    own = _mean_in_force(fragility, has, in_force_s) * unit**2
    turned = fragility[:, layout.parents] * unit[layout.parents] ** 2 * lever
    parent = _mean_in_force(np.where(carried, turned, 0.0), has, in_force_s)
    patches_seen = np.array([reference.patch_variance for reference in references])
    variance = _mean_in_force(patches_seen, np.isfinite(patches_seen), in_force_s)
    looked_at = np.isfinite(strips_px).any(axis=(1, 2, 3))
    levels = _noise_levels(t_s[looked_at], strips_px[looked_at], variance[layout.size :])
    floor = settings.noise_min_px * scale
    joint, body = np.sqrt([own + parent, own])
    patches = levels * np.sqrt(variance[: layout.size])
    return NoiseFloors(np.maximum(joint, floor), np.maximum(body, floor), np.maximum(patches, floor))


def with_own_jitter(
    noise: NoiseFloors,
    t_s: FloatArray,
    joint_px: FloatArray,
    body_px: FloatArray,
    whole: BoolArray,
    settings: MotionSettings,
) -> NoiseFloors:
    """The same, where (R,) parts were followed as a whole at least what they jitter by when they are quietest.

    Such a part has no points that stray from it. A rendered figure with 72 px of shank jitters by 0.02-0.12 px where
    the background says 0.01 (accuracy set 2).
    """
    joint, body = (np.where(whole, np.fmax(floor, _quiet_jitter_px(t_s, path, settings.resting_share)), floor)
                   for floor, path in ((noise.joint_px, joint_px), (noise.body_px, body_px)))  # fmt: skip
    return replace(noise, joint_px=joint, body_px=body)


def _quiet_jitter_px(t_s: FloatArray, paths_px: FloatArray, share: float) -> FloatArray:
    """(R,) jitter of (T, R, 2) paths in their unsteadier direction, that share of all half seconds being quieter.

    From the third difference from picture to picture, which is blind to all that lasts and has 20 times the variance
    of one value; NaN where no half second was measured whole.
    """
    count = max(4, round(0.5 / max(float(np.median(np.diff(t_s))), 1e-3))) if len(t_s) > 1 else 4
    bends = np.diff(paths_px, n=3, axis=0) ** 2 / 20
    pieces = len(bends) // count
    power = bends[: pieces * count].reshape(pieces, count, *bends.shape[1:]).mean(axis=1).max(axis=-1)
    known = [np.sqrt(one[np.isfinite(one)]) for one in power.T]
    return np.array([np.quantile(one, share) if len(one) else np.nan for one in known])


def _mean_in_force(values: FloatArray, known: BoolArray, in_force_s: FloatArray) -> FloatArray:
    """(...) mean of (N, ...) over the references that know a value, each for its time; NaN where none does."""
    weight = known * in_force_s.reshape(-1, *[1] * (values.ndim - 1))
    total = weight.sum(axis=0)
    mean = (np.where(known, values, 0) * weight).sum(axis=0) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 0, mean, np.nan))


def _unit_jitter_px(t_s: FloatArray, background_px: FloatArray, fragility: FloatArray) -> float:
    """Jitter of one point of unit texture: the median over the patches of background; (C,) their fragility."""
    return _median(jitter_px(t_s, background_px) / np.sqrt(fragility))


def _inner_jitter_px(t_s: FloatArray, quarters_px: FloatArray, fragility: FloatArray) -> FloatArray:
    """(R,) the same from the quarters of each region, in its unsteadier direction; (R, 4) their fragility.

    Noise is in all quarters; where half of a region lies on what does not move with it, the other half tells.
    """
    sides = [jitter_px(t_s, quarters_px[..., n : n + 1].reshape(len(t_s), -1, 1)) for n in (0, 1)]
    unit = np.array(sides).reshape(2, *fragility.shape) / np.sqrt(fragility)
    second_least = np.sort(unit, axis=2)[:, :, 1]  # NaN comes last
    return np.asarray(second_least.max(axis=0) / np.sqrt(LEFT_BY_FIT))


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _noise_levels(t_s: FloatArray, strips_px: FloatArray, variance: FloatArray) -> float:
    """Pixel noise, coding and all, that explains the jitter of (T, S, P, 2) still patches; their median."""
    # a strip that moves as a whole is seen from another place; a part of a limb has such movement removed
    known = np.isfinite(strips_px)
    whole = np.where(known, strips_px, 0).sum(axis=2, keepdims=True) / np.maximum(known.sum(axis=2, keepdims=True), 1)
    own_px = strips_px - whole
    jitter = jitter_px(t_s, own_px.reshape(len(t_s), variance.size, 2))
    return _median(jitter / np.sqrt(variance.ravel()))


def jitter_px(t_s: FloatArray, paths_px: FloatArray) -> FloatArray:
    """(C,) robust standard deviation per axis of (T, C, ...) paths above about 1 Hz; NaN when hardly measured."""
    if len(t_s) < 4:
        return np.full(paths_px.shape[1], np.nan)
    half_second = max(2, round(0.5 / max(float(np.median(np.diff(t_s))), 1e-3)))
    if len(t_s) <= 2 * half_second:
        half_second = max(1, len(t_s) // 4)
    ahead, here, behind = (
        paths_px[2 * half_second :],
        paths_px[half_second:-half_second],
        paths_px[: -2 * half_second],
    )
    # second difference over half a second: blind to drift, variance 1.5 times that of one value
    bend = (here - (ahead + behind) / 2) / np.sqrt(1.5)
    with np.errstate(invalid="ignore"):
        known = np.isfinite(bend).all(axis=2)
        spread = [np.percentile(np.abs(bend[known[:, c], c]), 68.3) if known[:, c].sum() >= 5 else np.nan
                  for c in range(paths_px.shape[1])]  # fmt: skip
    return np.array(spread)
