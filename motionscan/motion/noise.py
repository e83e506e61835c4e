"""How much a still region would seem to move: the noise floor, taken from the background, never from the limb."""

from dataclasses import dataclass

import numpy as np

from motionscan.motion.layout import Layout
from motionscan.motion.reference import Reference
from motionscan.records import FloatArray
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
    strips_s: FloatArray,
    strips_px: FloatArray,
    scale: float,
    references: list[Reference],
    layout: Layout,
    settings: MotionSettings,
) -> NoiseFloors:
    """Standard deviation of the displacement of still regions and still skin patches.

    The jitter of patches of background tells the jitter of one point of unit texture; a region of n points of known
    texture then has less, and a region that is judged against its parent has some of the parent's too.

    Args:
        t_s: (T,) times.
        background_px: (T, C, 2) displacement of patches of background, camera removed.
        strips_s: (M,) times at which the strips were measured.
        strips_px: (M, S, P, 2) displacement of patches of strips of background, measured as skin is.
        scale: full pixels per tracked pixel.
        references: the reference pictures, for the number and texture of the points.
        layout: the regions.
        settings: thresholds.
    """
    unit = _unit_jitter_px(t_s, background_px, references)
    own = np.mean([reference.fragility for reference in references], axis=0)
    lever = np.mean([reference.lever for reference in references], axis=0)
    parent = np.where(layout.parents >= 0, own[layout.parents] * lever, 0.0)
    variance = np.mean([reference.patch_variance for reference in references], axis=0)
    levels = _noise_levels(strips_s, strips_px, variance[layout.size :])
    floor = settings.noise_min_px * scale
    joint, body = (np.sqrt(share) * unit for share in (own + parent, own))
    patches = levels * np.sqrt(variance[: layout.size])
    return NoiseFloors(np.maximum(joint, floor), np.maximum(body, floor), np.maximum(patches, floor))


def _unit_jitter_px(t_s: FloatArray, background_px: FloatArray, references: list[Reference]) -> float:
    """Jitter of one point of unit texture: the median over the patches of background."""
    fragility = np.mean([reference.cluster_fragility for reference in references], axis=0)
    jitter = jitter_px(t_s, background_px)
    usable = np.isfinite(jitter) & (fragility > 0)
    if not usable.any():
        return float("nan")
    return float(np.median(jitter[usable] / np.sqrt(fragility[usable])))


def _noise_levels(t_s: FloatArray, strips_px: FloatArray, variance: FloatArray) -> float:
    """Pixel noise, coding and all, that explains the jitter of (T, S, P, 2) still patches; their median."""
    # a strip that moves as a whole is seen from another place; a part of a limb has such movement removed
    known = np.isfinite(strips_px)
    whole = np.where(known, strips_px, 0).sum(axis=2, keepdims=True) / np.maximum(known.sum(axis=2, keepdims=True), 1)
    own_px = strips_px - whole
    jitter = jitter_px(t_s, own_px.reshape(len(t_s), variance.size, 2))
    ratio = jitter / np.sqrt(variance.ravel())
    return float(np.median(ratio[np.isfinite(ratio)])) if np.isfinite(ratio).any() else float("nan")


def jitter_px(t_s: FloatArray, paths_px: FloatArray) -> FloatArray:
    """(C,) robust standard deviation per axis of (T, C, 2) paths above about 1 Hz; NaN when hardly measured."""
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
