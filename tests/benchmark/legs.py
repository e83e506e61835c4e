"""Legs without a person: people cut at hips or knees, and pictures without legs, found or rightly not found.

The reference is MediaPipe on the uncut picture; of simulated people, which leg is the left one is known.
"""

import argparse
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from motionscan.pose.models import ensure_model
from motionscan.pose.plausible import shank_px, swapped
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, FloatArray
from motionscan.scout import look_at, named_right, on_a_body, shown_in
from motionscan.settings import PoseSettings, Settings
from tests.benchmark.cuts import (
    ENDS,
    PEOPLE_PER_VIEW,
    Clip,
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

T = TypeVar("T")
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
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch) / f"legs{options.seed_set}_{options.people}_{options.model}"
        work.mkdir(parents=True, exist_ok=True)
        if options.what != "negatives":
            _print_cuts(list(_cut_scores(model, options, work)))
        if options.what != "cuts":
            _print_legless(list(_legless_scores(model, options, work)))
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark legs")
    parser.add_argument("--clips", default=os.environ.get("MOTIONSCAN_CLIPS"), help="folder of real clips")
    parser.add_argument("--seed-set", type=int, default=0, help="simulated people: 0 for tuning, 1 for reporting")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--what", default="all", choices=("all", "cuts", "negatives"))
    parser.add_argument("--people", type=int, default=PEOPLE_PER_VIEW, help="simulated people of each view")
    parser.add_argument("--only", default="", help="clips whose name or group holds this")
    parser.add_argument("--work", help="folder to keep the pictures in, and what MediaPipe sees in them")
    parser.add_argument("--verbose", action="store_true", help="one line for every clip")
    return parser.parse_args(arguments)


# ---------------------------------------------------------------- people cut at hips or knees
def _cut_scores(model: Path, options: argparse.Namespace, work: Path) -> Iterable[Score]:
    real = real_clips(Path(options.clips)) if options.clips else ()
    made = _kept(
        work / "simulated_cuts.pickle", lambda: _cuts(simulated_clips(options.seed_set, options.people), model)
    )
    made = made + _kept(work / "real_cuts.pickle", lambda: _cuts(real, model))
    for cut, alone in made:
        if options.only in f"{cut.name} {cut.group}":
            score = _score(cut, alone, model)
            if options.verbose:
                print(score, flush=True)
            yield score


def _cuts(clips: Iterable[Clip], model: Path) -> "list[tuple[Cut, float]]":
    """The cuts of the clips, and in what share of each one's pictures MediaPipe alone finds the legs."""
    with PoseWorker(model, SETTINGS.pose) as persons:
        cuts = [cut for clip in clips for cut in cuts_of(with_reference(clip, persons, SETTINGS))]
        return [(cut, _alone(cut, persons)) for cut in cuts]


def _alone(cut: Cut, persons: PoseWorker) -> float:
    poses = [seen(view.picture, persons, SETTINGS) for view in cut.views]
    pairs = zip(cut.views, poses, strict=True)
    return float(np.mean([pose is not None and _error(view, pose) <= FAR_REL for view, pose in pairs]))


def _kept(path: Path, make: Callable[[], T]) -> T:
    """What the file holds; made and kept there when it is missing."""
    if not path.exists():
        path.write_bytes(pickle.dumps(make()))
    kept: T = pickle.loads(path.read_bytes())
    return kept


def _score(cut: Cut, alone: float, model: Path) -> Score:
    frames = as_frames(tuple(view.picture for view in cut.views))
    with PoseWorker(model, SETTINGS.pose, SETTINGS.legs) as finder:
        finder.in_network_namespace()  # waits until it is ready
        start_s = time.perf_counter()
        poses = look_at(frames, finder, SETTINGS)
        took_s = time.perf_counter() - start_s
    with PoseWorker(model, SETTINGS.pose) as persons:
        if on_a_body(frames, persons, poses, SETTINGS):
            poses = [None] * len(poses)
    errors = [_error(view, pose) for view, pose in zip(cut.views, poses, strict=True) if pose is not None]
    enough = len(errors) >= SETTINGS.legs.legs_share * len(poses)
    found = enough and float(np.median(errors)) <= FAR_REL
    error_rel = float(np.median(errors)) if errors else float("nan")
    side = _side(cut, poses) if found else "-"
    return Score(cut.name, cut.group, cut.level, found, error_rel, side, alone, took_s)


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
    right = named_right([pose.sided for _, pose in pairs], SETTINGS)
    if right is None:
        return "null"
    votes = []
    for view, pose in pairs:
        known_px = view.legs_px if view.truth_px is None else view.truth_px
        votes.append(_apart(known_px, pose.legs_px) <= _apart(known_px, swapped(pose.legs_px)))
    return "right" if (np.mean(votes) >= 0.5) == right else "wrong"


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
def _legless_scores(model: Path, options: argparse.Namespace, work: Path) -> Iterable[tuple[Legless, bool, float]]:
    folder = Path(options.clips) if options.clips else None

    def pictures() -> list[Legless]:
        with PoseWorker(model, SETTINGS.pose) as persons:
            return list(legless_pictures(options.seed_set, options.people, folder, persons, SETTINGS))

    for one in _kept(work / "legless.pickle", pictures):
        if options.only not in f"{one.name} {one.group}":
            continue
        with PoseWorker(model, SETTINGS.pose, SETTINGS.legs) as finder:
            finder.in_network_namespace()  # waits until it is ready
            start_s = time.perf_counter()
            poses = look_at(as_frames(one.pictures), finder, SETTINGS)
            took_s = time.perf_counter() - start_s
        invented = shown_in(poses, SETTINGS.legs.legs_share) and not _seen_through(one, poses, model)
        if invented and options.verbose:
            print(one.name, len(poses) - poses.count(None), "of", len(poses), flush=True)
        yield one, invented, took_s


def _seen_through(one: Legless, poses: list[BodyPose | None], model: Path) -> bool:
    """Whether the person that these legs were made up of is seen there."""
    with PoseWorker(model, SETTINGS.pose) as persons:
        return on_a_body(as_frames(one.pictures), persons, poses, SETTINGS)


def _print_legless(rows: list[tuple[Legless, bool, float]]) -> None:
    print("| pictures of | scenes | without legs, as is right |\n|---|---|---|")
    for group in sorted({one.group for one, _, _ in rows}):
        clean = [not invented for one, invented, _ in rows if one.group == group]
        print(f"| {group} | {len(clean)} | {_per_cent(sum(clean), len(clean))} |")
    total = [not invented for _, invented, _ in rows]
    print(f"| all | {len(total)} | {_per_cent(sum(total), len(total))} |")
    print(f"\ninvented: {'; '.join(one.name for one, invented, _ in rows if invented) or 'none'}")
