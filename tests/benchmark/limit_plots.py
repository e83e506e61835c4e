"""The plots of ``docs/judgement.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

SIZE_IN: Final = (6.4, 3.4)
DPI: Final = 110
LABELS: Final = {
    "size": ("size over the noise floor", "told as what it is"),
    "length": ("length of the run, s", "told as a rhythm"),
    "regularity": ("variation of the intervals (CV)", "told as a rhythm"),
    "rate": ("movements per second", "told within 0.1 per second"),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares of trials."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    """0..1."""


def plot_curves(name: str, curves: Sequence[Curve], path: Path) -> None:
    """One picture of several curves, in per cent."""
    figure, axes = plt.subplots(figsize=SIZE_IN, layout="constrained")
    for curve in curves:
        axes.plot(curve.x, 100 * np.array(curve.y), marker="o", markersize=3, label=curve.name)
    x_words, y_words = LABELS[name]
    axes.set(xlabel=x_words, ylabel=f"{y_words}, %", ylim=(-3, 103))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, frameon=False)
    _save(figure, path)


def plot_noise(noise_px: Mapping[str, Sequence[float]], path: Path) -> None:
    """Median and quartiles of the noise floor for each way of filming."""
    names = sorted(noise_px, key=lambda name: float(np.median(noise_px[name])))
    low, middle, high = (np.array([np.percentile(noise_px[name], q) for name in names]) for q in (25, 50, 75))
    figure, axes = plt.subplots(figsize=(SIZE_IN[0], 0.24 * len(names) + 1), layout="constrained")
    axes.errorbar(middle, np.arange(len(names)), xerr=[middle - low, high - middle], fmt="o", markersize=4)
    axes.set_yticks(np.arange(len(names)), [name.replace("_", " ") for name in names], fontsize=8)
    axes.set(xlabel="noise floor of a still part, px (median and quartiles)", xscale="log")
    axes.grid(alpha=0.3, which="both", axis="x")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    plt.close(figure)
