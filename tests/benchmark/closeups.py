"""Accuracy on simulated close-ups, with no pose network: regions found by movement, then scanned and judged.

``--work FOLDER`` keeps clips and measurements, so that a change of a threshold is judged again in seconds.
"""

import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from motionscan.analysis.analyse import analyse
from motionscan.following import measure_close_up
from motionscan.records import Analysis, Motion
from motionscan.settings import Settings
from motionscan.simulate.close_ups import close_ups
from tests.benchmark.score import match_times, score_clip
from tests.benchmark.simulated import kept_measurement, parse, print_scores
from tests.benchmark.whose import with_true_names


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its tables."""
    options = parse(arguments, "closeups")
    names = [name for name in close_ups(options.seed_set) if options.only in name]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch) / f"set{options.seed_set}"
        jobs = [(name, options.seed_set, work, options.fresh) for name in names]
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            measured = list(pool.map(_measured, jobs))
    scores, matches = [], []
    for motion, truth in measured:
        analysis = analyse(motion, Settings().analysis)
        scores.append(score_clip(truth, with_true_names(analysis, motion, truth)))
        matches.append(_matched(truth, analysis))
    print_scores(scores, options.verbose)
    found, false, missed = np.sum(matches, axis=0)
    f1 = 2 * found / max(1, 2 * found + false + missed)
    print(f"| all events within 0.15 s: F1 | {f1:.3f} ({found} found, {false} false, {missed} missed) |")
    return 0


def _measured(job: tuple[str, int, Path, bool]) -> tuple[Motion, dict[str, Any]]:
    name, seed_set, work, fresh = job
    return kept_measurement(name, seed_set, work, fresh, measure_close_up)


def _matched(truth: dict[str, Any], analysis: Analysis) -> tuple[int, int, int]:
    """Events found, false and missed, of every kind of movement."""
    true_s = [event["peak_s"] for movement in truth["movements"] for event in movement["events"]]
    found_s = [event.peak_s for event in analysis.events]
    pairs = len(match_times(true_s, found_s))
    return pairs, len(found_s) - pairs, len(true_s) - pairs
