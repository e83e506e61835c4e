"""Accuracy on simulated people: render, scan, judge, compare with the truth.

``--work FOLDER`` keeps clips and measurements, so that a change of a threshold is judged again in seconds.
"""

import argparse
import json
import os
import pickle
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from motionscan.analysis.analyse import analyse
from motionscan.pose.models import ensure_model
from motionscan.records import Motion
from motionscan.settings import Settings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.job import simulate
from motionscan.video.reader import VideoReader
from motionscan.ways import measure
from tests.benchmark.score import Score, score_clip, summary_rows


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its tables."""
    options = parse(arguments, "simulated")
    names = [name for name in catalogue(options.seed_set) if options.only in name]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch) / f"set{options.seed_set}"
        ensure_model(options.model)
        jobs = [(name, options.seed_set, work, options.model, options.fresh) for name in names]
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            measured = list(pool.map(_measured, jobs))
    scores = [score_clip(truth, analyse(motion, Settings().analysis)) for motion, truth in measured]
    print_scores(scores, options.verbose)
    return 0


def parse(arguments: list[str], name: str) -> argparse.Namespace:
    """The options of the benchmarks on simulated clips."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmark {name}")
    parser.add_argument("--seed-set", type=int, default=0, help="0 for tuning, 1 for reporting")
    parser.add_argument("--only", default="", help="clips whose name holds this")
    parser.add_argument("--work", help="folder to keep clips and measurements in")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verbose", action="store_true", help="one line for every clip, not for the failures only")
    return parser.parse_args(arguments)


def _measured(job: tuple[str, int, Path, str, bool]) -> tuple[Motion, dict[str, Any]]:
    name, seed_set, work, model, fresh = job

    def measured(reader: VideoReader, settings: Settings) -> Motion:
        return measure(reader, ensure_model(model), settings).motion

    return kept_measurement(name, seed_set, work, fresh, measured)


def kept_measurement(
    name: str, seed_set: int, work: Path, fresh: bool, measured: Callable[[VideoReader, Settings], Motion]
) -> tuple[Motion, dict[str, Any]]:
    """The measurement of a simulated clip and its truth; both clip and measurement are made where they are missing."""
    kept = work / f"{name}.motion.pickle"
    video, truth_path = work / f"{name}.mp4", work / f"{name}.truth.json"
    if not video.exists() or not truth_path.exists():
        simulate(name, work, seed_set=seed_set)
    truth: dict[str, Any] = json.loads(truth_path.read_text(encoding="utf-8"))
    if fresh or not kept.exists():
        settings = Settings()
        with VideoReader(video, settings.video) as reader:
            kept.write_bytes(pickle.dumps(measured(reader, settings)))
    loaded: Motion = pickle.loads(kept.read_bytes())
    return loaded, truth


def print_scores(scores: list[Score], verbose: bool) -> None:
    """A line for each clip that is not right, and the table of the whole set."""
    for score in scores:
        bad = score.pattern not in ("right", "clean") or score.wrong_limb or score.extra or score.slowing_right is False
        bad = bad or (score.frequency_error_hz or 0) > 0.1 or score.false_positive or score.false_negative
        if verbose or bad:
            error = f" df={score.frequency_error_hz:.3f}" if score.frequency_error_hz is not None else ""
            events = f" tp{score.true_positive} fp{score.false_positive} fn{score.false_negative}"
            print(f"{score.pattern:<13} {score.name:<52} {score.found}{error}{events if score.twitches else ''}")
    print("\n| measure | value |\n|---|---|")
    for row in summary_rows(scores):
        print("| " + " | ".join(row) + " |")
