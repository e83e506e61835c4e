"""Where the judgement ends: measured movement of known size, length and regularity through ``analyse``, and plotted.

No video: what a tracker would give is drawn with white noise, so that thousands of trials take minutes. What video
adds to the noise is told by ``accuracy``; with ``--work`` the noise that was measured there is plotted as well.
``--plots FOLDER`` writes the pictures of ``docs/judgement.md``.
"""

import argparse
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np

from motionscan.analysis.analyse import analyse
from motionscan.records import Motion
from motionscan.settings import AnalysisSettings
from tests.analysis.synthetic import NOISE_PX, SETTINGS, movement, person, steady
from tests.benchmark.limit_plots import Curve, plot_curves, plot_noise

RHYTHMS: Final = ("rhythmic_jerking", "rhythmic_oscillation")
REGION: Final = "right_foot"
FOOT_NOISE_PX: Final = float(np.sqrt(2)) * NOISE_PX
"""Noise floor of a foot against its shank in the drawn measurements."""
CLEAR_SIGMAS: Final = 30.0
SIZES_SIGMAS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 14, 20)
LENGTHS_S: Final = (1.5, 2, 2.5, 3, 4, 5, 6, 8)
SPREADS: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
RATES_HZ: Final = (0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
FRAME_RATES_HZ: Final = (24, 30, 60)
SLOWEST_TREMOR_HZ: Final = 2.0
NEAR_HZ: Final = 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """What one analysis said of the part that moves."""

    patterns: tuple[str, ...]
    frequency_hz: float | None
    slowing: bool


def main(arguments: list[str]) -> int:
    """Run the trials, print the tables, draw the plots."""
    options = _parse(arguments)
    everything = {
        "size": by_size(options.trials),
        "length": by_length(options.trials),
        "regularity": by_regularity(options.trials),
        "rate": by_rate(options.trials),
    }
    for name, curves in everything.items():
        _print_curves(name, curves)
    if options.plots:
        folder = Path(options.plots)
        folder.mkdir(parents=True, exist_ok=True)
        mpl.use("agg")
        for name, curves in everything.items():
            plot_curves(name, curves, folder / f"judgement_{name}.png")
        noise = measured_noise(Path(options.work)) if options.work else {}
        if noise:
            plot_noise(noise, folder / "judgement_noise.png")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark limits")
    parser.add_argument("--trials", type=int, default=20, help="of each kind and size")
    parser.add_argument("--plots", help="folder for the plots")
    parser.add_argument("--work", help="folder of the accuracy benchmark, whose measured noise is plotted")
    return parser.parse_args(arguments)


# ---------------------------------------------------------------- one trial
def told(motion: Motion, settings: AnalysisSettings = SETTINGS) -> Trial:
    """What is said of the part that moves."""
    mine = [f for f in analyse(motion, settings).findings if f.region == REGION and f.pattern != "gross_movement"]
    rhythm = next((f for f in mine if f.pattern in RHYTHMS), None)
    return Trial(
        tuple(f.pattern for f in mine),
        rhythm.frequency_hz if rhythm else None,
        any(f.slowing for f in mine),
    )


def _share(trials: Sequence[Trial], good: Callable[[Trial], bool]) -> float:
    return float(np.mean([good(trial) for trial in trials]))


def _is_rhythm(trial: Trial) -> bool:
    return bool(set(trial.patterns) & set(RHYTHMS))


def _moving(count: int, t_s: np.ndarray | None = None, **given: object) -> list[Trial]:
    """So many people of whom the right foot moves, each with other intervals and noise."""
    kind = given.pop("kind", "jerks")
    one = movement(kind, REGION, **given)  # type: ignore[arg-type]
    return [told(person([one], t_s, seed=1000 + seed)) for seed in range(count)]


# ---------------------------------------------------------------- the curves
def by_size(trials: int) -> list[Curve]:
    """Share told as what it is, against size over the noise floor."""
    kinds = {
        "jerks, 3 per second": ("jerks", 3.0, _is_rhythm),
        "tremor, 5 per second": ("tremor", 5.0, _is_rhythm),
        "twitches of the joint, 0.5 per second": ("joint_twitches", 0.5, lambda t: "isolated_twitches" in t.patterns),
    }
    curves = []
    for name, (kind, rate_hz, good) in kinds.items():
        y = [
            _share(_moving(trials, kind=kind, rate_hz=rate_hz, amplitude_px=size * FOOT_NOISE_PX), good)
            for size in SIZES_SIGMAS
        ]
        curves.append(Curve(name, SIZES_SIGMAS, y))
    return curves


def by_length(trials: int) -> list[Curve]:
    """Share of runs told as a rhythm, against their length."""
    return [
        Curve(
            f"{rate_hz:g} per second",
            LENGTHS_S,
            [
                _share(_moving(trials, rate_hz=rate_hz, start_s=2.0, end_s=2.0 + length_s), _is_rhythm)
                for length_s in LENGTHS_S
            ],
        )
        for rate_hz in (1.0, 2.0, 3.0, 5.0)
    ]


def by_regularity(trials: int) -> list[Curve]:
    """Share told as a rhythm, against how much the intervals vary; random jerks at the same rate beside it."""
    curves = [
        Curve(
            f"{rate_hz:g} per second",
            SPREADS,
            [_share(_moving(trials, rate_hz=rate_hz, interval_cv=spread), _is_rhythm) for spread in SPREADS],
        )
        for rate_hz in (1.0, 2.0, 3.0)
    ]
    random = _share(_moving(4 * trials, kind="irregular_jerks", rate_hz=1.5), _is_rhythm)
    return [*curves, Curve("random, 1.5 per second", (SPREADS[0], SPREADS[-1]), [random, random])]


def by_rate(trials: int) -> list[Curve]:
    """Share of tremors told within 0.1 Hz, against their rate, at several frame rates."""
    curves = []
    few, size_px = max(1, trials // 2), CLEAR_SIGMAS * FOOT_NOISE_PX
    for frame_rate_hz in FRAME_RATES_HZ:
        t_s = steady(frame_rate_hz)
        y = []
        for rate_hz in RATES_HZ:
            kind = "tremor" if rate_hz >= SLOWEST_TREMOR_HZ else "jerks"
            found = _moving(few, t_s, kind=kind, rate_hz=float(rate_hz), amplitude_px=size_px)
            y.append(_share(found, _near(rate_hz)))
        curves.append(Curve(f"{frame_rate_hz} pictures per second", RATES_HZ, y))
    return curves


def _near(rate_hz: float) -> Callable[[Trial], bool]:
    return lambda trial: trial.frequency_hz is not None and abs(trial.frequency_hz - rate_hz) <= NEAR_HZ


def measured_noise(work: Path) -> dict[str, list[float]]:
    """Noise floor in px of every region of the accuracy clips, by camera and recording."""
    noise: dict[str, list[float]] = {}
    for kept in sorted(work.glob("set*/*.motion.pickle")):
        motion, _ = pickle.loads(kept.read_bytes())
        words = kept.name.removesuffix(".motion.pickle").split("_")
        camera = next((word for word in words if word in ("steady", "handheld", "shaken")), None)
        values = [region.body_noise_px for region in motion.regions if region.body_noise_px is not None]
        if camera is None or not values:
            continue
        recording = "_".join(words[words.index(camera) + 1 :])
        noise.setdefault(camera, []).extend(values)
        noise.setdefault(recording, []).extend(values)
    return noise


def _print_curves(name: str, curves: Sequence[Curve]) -> None:
    print(f"\n{name}")
    for curve in curves:
        shares = (f"{x:g}: {100 * y:.0f} %" for x, y in zip(curve.x, curve.y, strict=True))
        print(f"| {curve.name} | " + " | ".join(shares) + " |")
