"""Accuracy where only legs are filmed: simulated people cut at hips or knees, stored anew, found and judged.

``--work FOLDER`` keeps clips and measurements; it may be the folder of ``simulated``, whose clips are then used.
"""

import json
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from motionscan.analysis.analyse import analyse
from motionscan.body import JOINTS, LANDMARKS, SIDES
from motionscan.pose.models import ensure_model
from motionscan.records import ByteArray, Motion
from motionscan.settings import Settings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.encode import encode
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Scenario
from motionscan.video.reader import VideoReader
from motionscan.ways import measure
from tests.benchmark.score import Score, score_clip
from tests.benchmark.simulated import parse, print_scores
from tests.benchmark.whose import with_true_names

Box = tuple[int, int, int, int]
ABOVE_REL, AROUND_REL = 0.1, 0.5
"""What is kept beyond the joint of the cut, and around the legs otherwise, in lengths of the shank."""


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its tables."""
    options = parse(arguments, "legsonly")
    names = [name for name in catalogue(options.seed_set) if options.only in name]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch) / f"set{options.seed_set}"
        ensure_model(options.model)
        jobs = [(name, options.seed_set, work, options.model, options.fresh) for name in names]
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            measured = list(pool.map(_measured, jobs))
    print_scores([_score(motion, truth) for motion, truth in measured], options.verbose)
    ways = Counter(_way(motion) for motion, _ in measured)
    print(f"| found as | {', '.join(f'{way} {count}' for way, count in sorted(ways.items()))} |")
    return 0


def _measured(job: tuple[str, int, Path, str, bool]) -> tuple[Motion, dict[str, Any]]:
    """The measurement of a cut clip, and the truth in its pixels."""
    name, seed_set, work, model, fresh = job
    scenario = catalogue(seed_set)[name]
    whole, truth_path = work / f"{name}.mp4", work / f"{name}.truth.json"
    if not whole.exists() or not truth_path.exists():
        simulate(name, work, seed_set=seed_set)
    truth: dict[str, Any] = json.loads(truth_path.read_text(encoding="utf-8"))
    level = _level(scenario)
    box = box_of(truth, level)
    video, kept = (work / f"{name}.{level}{suffix}" for suffix in (".mp4", ".motion.pickle"))
    if not video.exists():
        _cut(whole, video, box, scenario)
    if fresh or not kept.exists():
        settings = Settings()
        with VideoReader(video, settings.video) as reader:
            kept.write_bytes(pickle.dumps(measure(reader, ensure_model(model), settings).motion))
    legs_px = {joint: np.subtract(place, box[:2]) for joint, place in truth["legs_px"].items()}
    loaded: Motion = pickle.loads(kept.read_bytes())
    return loaded, {**truth, "legs_px": legs_px}


def _level(scenario: Scenario) -> str:
    """Every other clip is cut at the hips, and all in which a thigh moves."""
    thigh = any(movement.part == "thigh" or movement.kind == "heel_bounce" for movement in scenario.movements)
    return "hips" if thigh or scenario.seed % 2 else "knees"


def box_of(truth: dict[str, Any], level: str) -> Box:
    """Left, top, right and bottom, all even: the legs from hips or knees on, with some room around them."""
    legs = np.array([truth["legs_px"][name] for name in LANDMARKS]).reshape(len(SIDES), len(JOINTS), 2)
    shank_px = float(np.hypot(*(legs[:, 1] - legs[:, 2]).T).max())
    kept = legs if level == "hips" else legs[:, 1:]
    low, high = kept.min(axis=(0, 1)) - AROUND_REL * shank_px, kept.max(axis=(0, 1)) + AROUND_REL * shank_px
    way = legs[:, 2:].mean(axis=(0, 1)) - legs[:, 0].mean(axis=0)
    axis = int(np.argmax(np.abs(way)))
    joint = kept[:, 0, axis]
    if way[axis] > 0:
        low[axis] = joint.min() - ABOVE_REL * shank_px
    else:
        high[axis] = joint.max() + ABOVE_REL * shank_px
    size = (truth["width_px"], truth["height_px"])
    left, top = (2 * int(value / 2) for value in np.clip(low, 0, size))
    right, bottom = (2 * int(value / 2) for value in np.clip(high, 0, size))
    return left, top, right, bottom


def _cut(whole: Path, video: Path, box: Box, scenario: Scenario) -> None:
    """The part of every picture, with as many bits for each pixel as before."""
    left, top, right, bottom = box
    capture = scenario.capture
    share = (right - left) * (bottom - top) / (capture.width_px * capture.height_px)
    rate_mbps = capture.bit_rate_mbps * share
    smaller = replace(capture, width_px=right - left, height_px=bottom - top, bit_rate_mbps=rate_mbps, audio=False)
    encode(video, smaller, _parts(whole, box), scenario.duration_s)


def _parts(whole: Path, box: Box) -> Iterator[tuple[float, ByteArray, ByteArray]]:
    left, top, right, bottom = box
    rows, columns = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
    with VideoReader(whole, Settings().video) as reader:
        for frame in reader:
            luma, blue, red = frame.planes()
            yield frame.t_s, luma[top:bottom, left:right], np.stack([blue[rows, columns], red[rows, columns]], axis=-1)


def _way(motion: Motion) -> str:
    return motion.view or "nobody"


def _score(motion: Motion, truth: dict[str, Any]) -> Score:
    """Score a clip; regions without a side count as those of what they lie on, a side that is said counts."""
    return score_clip(truth, with_true_names(analyse(motion, Settings().analysis), motion, truth))
