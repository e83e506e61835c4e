"""Legs without a person: people cut at hips or knees, and pictures without legs, found or rightly not found.

The reference is MediaPipe on the uncut picture; of simulated people, which leg is the left one is known.
"""

import argparse
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motionscan.pose.models import ensure_model
from motionscan.pose.plausible import shank_px, swapped
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, FloatArray
from motionscan.settings import PoseSettings, Settings
from motionscan.ways import look_at, sides_known
from tests.benchmark.cuts import (
    ENDS,
    PEOPLE_PER_VIEW,
    Cut,
    View,
    as_frames,
    cuts_of,
    real_clips,
    seen,
    simulated_clips,
    with_reference,
)
from tests.benchmark.legless import Legless, legless_pictures

FAR_REL = 0.5
"""Legs further than that from the person's are not that person's: they count as not found."""
SETTINGS = Settings(pose=PoseSettings(timeout_s=600))
"""Patient, for machines that have other things to do."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one cut clip was seen."""

    name: str
    group: str
    level: str
    found: bool
    error_rel: float
    """Median over its pictures of the mean distance of ankles, heels and toes, in shank lengths; NaN if not found."""
    side: str
    """right, wrong or null."""
    alone: float
    """Share of its pictures in which MediaPipe alone finds the legs."""
    took_s: float


def main(arguments: list[str]) -> int:
    """Print the tables."""
    options = _parse(arguments)
    model = ensure_model(options.model)
    print(f"model {options.model}, seed set {options.seed_set}\n")
    if options.what != "negatives":
        scores = list(_cut_scores(model, options))
        _print_cuts(scores)
    if options.what != "cuts":
        _print_legless(list(_legless_scores(model, options)))
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark legs")
    parser.add_argument("--clips", default=os.environ.get("MOTIONSCAN_CLIPS"), help="folder of real clips")
    parser.add_argument("--seed-set", type=int, default=0, help="simulated people: 0 for tuning, 1 for reporting")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--what", default="all", choices=("all", "cuts", "negatives"))
    parser.add_argument("--people", type=int, default=PEOPLE_PER_VIEW, help="simulated people of each view")
    parser.add_argument("--only", default="", help="clips whose name or group holds this")
    parser.add_argument("--verbose", action="store_true", help="one line for every clip")
    return parser.parse_args(arguments)


# ---------------------------------------------------------------- people cut at hips or knees
def _cut_scores(model: Path, options: argparse.Namespace) -> Iterable[Score]:
    real = real_clips(Path(options.clips)) if options.clips else ()
    with PoseWorker(model, SETTINGS.pose) as persons:
        for clips in (simulated_clips(options.seed_set, options.people), real):
            for clip in clips:
                if options.only not in f"{clip.name} {clip.group}":
                    continue
                for cut in cuts_of(with_reference(clip, persons, SETTINGS)):
                    score = _score(cut, persons, model)
                    if options.verbose:
                        print(score, flush=True)
                    yield score


def _score(cut: Cut, persons: PoseWorker, model: Path) -> Score:
    frames = as_frames(tuple(view.picture for view in cut.views))
    with PoseWorker(model, SETTINGS.pose, SETTINGS.legs) as finder:
        finder.in_network_namespace()  # waits until it is ready
        start_s = time.perf_counter()
        poses = look_at(frames, finder, SETTINGS)
        took_s = time.perf_counter() - start_s
    errors = [_error(view, pose) for view, pose in zip(cut.views, poses, strict=True) if pose is not None]
    enough = len(errors) >= SETTINGS.legs.legs_share * len(poses)
    found = enough and float(np.median(errors)) <= FAR_REL
    alone = [seen(view.picture, persons, SETTINGS) for view in cut.views]
    good = [pose is not None and _error(view, pose) <= FAR_REL for view, pose in zip(cut.views, alone, strict=True)]
    error_rel = float(np.median(errors)) if errors else float("nan")
    side = _side(cut, poses) if found else "-"
    return Score(cut.name, cut.group, cut.level, found, error_rel, side, float(np.mean(good)), took_s)


def _error(view: View, pose: BodyPose) -> float:
    """Mean distance of ankles, heels and toes that both know, in shank lengths, whichever leg is called left."""
    return min(_apart(view.legs_px, pose.legs_px), _apart(view.legs_px, swapped(pose.legs_px)))


def _apart(legs_px: FloatArray, others_px: FloatArray) -> float:
    apart_px = np.hypot(*(legs_px - others_px).T)[ENDS]
    known = apart_px[np.isfinite(apart_px)]
    return float(known.mean()) / shank_px(legs_px) if len(known) else float("inf")


def _side(cut: Cut, poses: list[BodyPose | None]) -> str:
    """Whether the legs' names are right where the finder vouches for them."""
    pairs = [(view, pose) for view, pose in zip(cut.views, poses, strict=True) if pose is not None]
    if not sides_known([pose.sided for _, pose in pairs], SETTINGS):
        return "null"
    votes = []
    for view, pose in pairs:
        known_px = view.legs_px if view.truth_px is None else view.truth_px
        votes.append(_apart(known_px, pose.legs_px) <= _apart(known_px, swapped(pose.legs_px)))
    return "right" if np.mean(votes) >= 0.5 else "wrong"


def _print_cuts(scores: list[Score]) -> None:
    print("| legs of | cut at | clips | found | median error | sides right / null / wrong | MediaPipe alone |")
    print("|---|---|---|---|---|---|---|")
    for group, level in sorted({(score.group, score.level) for score in scores}):
        some = [score for score in scores if (score.group, score.level) == (group, level)]
        good = [score for score in some if score.found]
        error = f"{100 * np.median([score.error_rel for score in good]):.0f} %" if good else "-"
        sides = " / ".join(str(sum(score.side == side for score in good)) for side in ("right", "null", "wrong"))
        alone = f"{100 * np.mean([score.alone for score in some]):.0f} %"
        print(f"| {group} | {level} | {len(some)} | {_per_cent(len(good), len(some))} | {error} | {sides} | {alone} |")
    missed = [f"{score.name} ({score.error_rel:.2f})" for score in scores if not score.found]
    wrong = [score.name for score in scores if score.side == "wrong"]
    print(f"\nnot found: {'; '.join(missed) or 'none'}\nwrong side: {'; '.join(wrong) or 'none'}\n")


def _per_cent(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)"


# ---------------------------------------------------------------- pictures without legs
def _legless_scores(model: Path, options: argparse.Namespace) -> Iterable[tuple[Legless, bool, float]]:
    with PoseWorker(model, SETTINGS.pose) as persons:
        for one in legless_pictures(
            options.seed_set, options.people, options.clips and Path(options.clips), persons, SETTINGS
        ):
            if options.only not in f"{one.name} {one.group}":
                continue
            with PoseWorker(model, SETTINGS.pose, SETTINGS.legs) as finder:
                finder.in_network_namespace()  # waits until it is ready
                start_s = time.perf_counter()
                poses = look_at(as_frames(one.pictures), finder, SETTINGS)
                took_s = time.perf_counter() - start_s
            invented = len(poses) - poses.count(None) >= SETTINGS.legs.legs_share * len(poses)
            yield one, invented, took_s


def _print_legless(rows: list[tuple[Legless, bool, float]]) -> None:
    print("| pictures of | scenes | without legs, as is right |\n|---|---|---|")
    for group in sorted({one.group for one, _, _ in rows}):
        clean = [not invented for one, invented, _ in rows if one.group == group]
        print(f"| {group} | {len(clean)} | {_per_cent(sum(clean), len(clean))} |")
    total = [not invented for _, invented, _ in rows]
    print(f"| all | {len(total)} | {_per_cent(sum(total), len(total))} |")
    print(f"\ninvented: {'; '.join(one.name for one, invented, _ in rows if invented) or 'none'}")
