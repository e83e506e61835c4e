"""Accuracy on known movement: make the clips, measure, judge, compare with the truth and with the naive way.

``--work FOLDER`` keeps clips and measurements, so that a change of the analysis is judged again in seconds.
"""

import argparse
import json
import os
import pickle
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from motionscan.analysis.analyse import analyse
from motionscan.errors import MotionscanError
from motionscan.pose.models import ensure_model
from motionscan.records import Analysis, Motion
from motionscan.settings import Settings
from motionscan.video.reader import VideoReader
from motionscan.ways import measure
from tests.benchmark.accuracy_set import accuracy_set
from tests.benchmark.judging import Judged, judge_clip
from tests.benchmark.making import Clip, make
from tests.benchmark.naive import naive_analysis, naive_tracks
from tests.benchmark.report import print_clips, print_report

CLIPS_VARIABLE = "MOTIONSCAN_CLIPS"


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its tables."""
    options = _parse(arguments)
    recordings = Path(options.clips).absolute() if options.clips else None
    clips = [c for c in accuracy_set(options.seed_set, recordings is not None, options.quick) if options.only in c.name]
    if options.list:
        for clip in clips:
            print(clip.name)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch).absolute() / f"set{options.seed_set}"
        ensure_model(options.model)
        if options.measured:
            clips = [clip for clip in clips if _kept(work, clip, "motion").exists()]
        jobs = [(clip, work, recordings, options.model, options.fresh, options.naive) for clip in clips]
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            measured = list(pool.map(_measured, jobs))
    judged = [entry for row in measured for entry in judge_measured(row, naive=False)]
    naive = [entry for row in measured for entry in judge_measured(row, naive=True)] if options.naive else []
    print_clips(judged, options.verbose)
    print_report(judged, naive)
    return 0


def judge_measured(row: dict[str, Any], naive: bool) -> list[Judged]:
    """What is right and wrong in one clip, judged by motionscan or the naive way."""
    if naive:
        truth, analysis = naive_truth(row["truth"]), naive_analysis(row["tracks"])
        return judge_clip(truth, analysis, None)
    entries = judge_clip(row["truth"], _analysed(row["motion"]), row["motion"])
    for entry in entries:
        entry.took_s = row["took_s"]
    return entries


def naive_truth(truth: dict[str, Any]) -> dict[str, Any]:
    """The naive way knows one rhythm: either word for it is right."""
    both = ["rhythmic_jerking", "rhythmic_oscillation"]
    movements = [
        m | {"patterns_accepted": sorted({*m["patterns_accepted"], *both})}
        if set(both) & set(m["patterns_accepted"])
        else m
        for m in truth["movements"]
    ]
    return truth | {"movements": movements}


def _analysed(motion: Motion) -> Analysis:
    return analyse(motion, Settings().analysis)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark accuracy")
    parser.add_argument("--seed-set", type=int, default=0, help="0 for tuning, 1 for reporting")
    parser.add_argument("--quick", action="store_true", help="a balanced small part of the set")
    parser.add_argument("--only", default="", help="clips whose name holds this")
    parser.add_argument("--clips", default=os.environ.get(CLIPS_VARIABLE), help="folder of real recordings")
    parser.add_argument("--work", help="folder to keep clips and measurements in")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--naive", action="store_true", help="also the naive way, on the same clips")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--measured", action="store_true", help="judge what the folder holds already, measure nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="print the names of the clips and stop")
    parser.add_argument("--verbose", action="store_true", help="one line for every clip, not for the failures only")
    return parser.parse_args(arguments)


def _measured(job: tuple[Clip, Path, Path | None, str, bool, bool]) -> dict[str, Any]:
    clip, work, recordings, model, fresh, naive = job
    video, truth_path = work / f"{clip.name}.mp4", work / f"{clip.name}.truth.json"
    if not video.exists() or not truth_path.exists():
        make(clip, work, recordings)
    row: dict[str, Any] = {"truth": json.loads(truth_path.read_text(encoding="utf-8"))}
    kept = _kept(work, clip, "motion")
    if fresh or not kept.exists():
        kept.write_bytes(pickle.dumps(_motion(video, model)))
    row["motion"], row["took_s"] = pickle.loads(kept.read_bytes())
    if naive:
        kept = _kept(work, clip, "naive")
        if fresh or not kept.exists():
            kept.write_bytes(pickle.dumps(naive_tracks(video, ensure_model(model))))
        row["tracks"] = pickle.loads(kept.read_bytes())
    return row


def _kept(work: Path, clip: Clip, what: str) -> Path:
    return work / f"{clip.name}.{what}.pickle"


def _motion(video: Path, model: str) -> tuple[Motion, float]:
    """The measurement and how many seconds it took."""
    settings, start_s = Settings(), time.perf_counter()
    try:
        with VideoReader(video, settings.video) as reader:
            motion = measure(reader, ensure_model(model), settings).motion
    except MotionscanError as error:
        raise RuntimeError(f"{video.name}: {error}") from error
    return motion, time.perf_counter() - start_s
