"""Similarity transforms of the plane as complex numbers: ``z -> alpha * z + beta``.

A point (x, y) is ``x + iy``; ``alpha`` turns and scales, ``beta`` shifts. All fits are batched over groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionscan.records import BoolArray, FloatArray

ComplexArray = NDArray[np.complex128]

SETTLED = 0.01
"""Weights (0..1) that change by less no longer move a fit by anything that could be measured."""


def to_complex(points_px: FloatArray) -> ComplexArray:
    """(..., 2) points as (...) complex numbers."""
    return np.ascontiguousarray(points_px, dtype=np.float64).view(np.complex128)[..., 0]


def to_points(numbers: ComplexArray) -> FloatArray:
    """(...) complex numbers as (..., 2) points."""
    return np.ascontiguousarray(numbers).view(np.float64).reshape(*numbers.shape, 2)


def masked_median(values: FloatArray, mask: BoolArray) -> FloatArray:
    """Median along the last axis of the values where ``mask`` holds; NaN where it never does."""
    ordered = np.sort(np.where(mask, values, np.inf), axis=-1)
    count = mask.sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return np.where(count > 0, (low + high) / 2, np.nan)[..., 0]


@dataclass(frozen=True, slots=True)
class RobustFit:
    """How outliers are left out: Tukey's biweight (Beaton and Tukey 1974), reweighted until it settles."""

    floor_px: float
    """Residuals of this size are noise and never outliers."""
    tuning: float
    """Outlier limit in robust standard deviations."""
    steps: int
    """Reweighting steps at most."""


def fit_similarities(
    source: ComplexArray, target: ComplexArray, mask: BoolArray, weight: FloatArray, fit: RobustFit
) -> tuple[ComplexArray, ComplexArray, FloatArray]:
    """Robust similarity of each group of points by reweighted least squares.

    Args:
        source: (G, N) points before.
        target: (G, N) the same points after.
        mask: (G, N) which of them count; rows are padded with False.
        weight: (G, N) how much each counts: one over the variance of its jitter, in any unit.
        fit: treatment of outliers.

    Returns:
        alpha (G,), beta (G,) and outlier weights (G, N) in 0..1. Groups without points give alpha 1 and beta NaN.
    """
    source = np.where(mask, source, 0)
    shift = np.where(mask, target, 0) - source
    start = masked_median(shift.real, mask) + 1j * masked_median(shift.imag, mask)
    kept = biweight(np.abs(shift - start[:, None]), mask, fit)
    alpha = np.ones(len(source), dtype=np.complex128)
    beta = start
    for _ in range(fit.steps):
        alpha, beta = _least_squares(source, source + shift, kept * weight)
        residual = np.abs(source + shift - alpha[:, None] * source - beta[:, None])
        before, kept = kept, biweight(residual, mask, fit)
        if np.abs(kept - before).max(initial=0) < SETTLED:
            break
    return alpha, beta, kept


def standard_error(residual: ComplexArray, weight: FloatArray) -> float:
    """Standard deviation per axis of the (weighted) mean of what (N,) residuals stray by; infinite without weight."""
    total = float(weight.sum())
    strays = np.where(weight > 0, np.abs(residual), 0)
    return float(np.sqrt(((weight * strays) ** 2).sum() / 2)) / total if total > 0 else np.inf


def biweight(residual: FloatArray, mask: BoolArray, fit: RobustFit) -> FloatArray:
    """(G, N) weights 0..1 of residuals: 1 at 0, 0 beyond ``tuning`` robust standard deviations."""
    spread = np.maximum(1.4826 * np.nan_to_num(masked_median(residual, mask)), fit.floor_px)
    return np.where(mask, np.clip(1 - (residual / (fit.tuning * spread[:, None])) ** 2, 0, None) ** 2, 0.0)


def _least_squares(source: ComplexArray, target: ComplexArray, weight: FloatArray) -> tuple[ComplexArray, ComplexArray]:
    total = weight.sum(axis=-1)
    safe = np.where(total > 0, total, 1.0)
    middle = (weight * source).sum(axis=-1) / safe
    moved = (weight * target).sum(axis=-1) / safe
    arms = source - middle[:, None]
    spread = (weight * np.abs(arms) ** 2).sum(axis=-1)
    turn = (weight * arms.conj() * (target - moved[:, None])).sum(axis=-1)
    alpha = np.where(spread > 0, turn / np.where(spread > 0, spread, 1.0), 1.0 + 0j)
    return alpha, np.where(total > 0, moved - alpha * middle, np.nan + 0j)
