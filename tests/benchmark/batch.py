"""``python -m tests.benchmark batch WHAT``: a folder of videos, its speed, and what it survives.

throughput   videos a minute with two jobs over one, in one run
overhead     a second run over a folder in which everything is done
index        tables and page of many results, made again from the summaries
kills        random kill -9 of the batch or of one of its processes; what is there in the end
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import jsonschema
import psutil

from motionscan.outputs.schema import summary_schema

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = sorted((ROOT / "sample_videos").glob("*.mp4"))
SHORT_PX: Final = (480, 270)
RESULTS: Final = ("events.csv", "signals.csv", "annotated.mp4")


def main(arguments: list[str]) -> int:
    """Run one of the measurements above."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark batch", description=__doc__)
    parser.add_argument("what", choices=list(_MEASUREMENTS))
    parser.add_argument("--count", type=int, help="videos, or results")
    parser.add_argument("--model", default="full")
    parser.add_argument("--engine", default="local", choices=["local", "dask"])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="motionscan-batch-") as folder:
        return _MEASUREMENTS[chosen.what](chosen, Path(folder))


# ---------------------------------------------------------------- clips and calls
def short_clips(folder: Path, count: int, length_s: float) -> Path:
    """``count`` different clips of a few seconds, cut out of the samples and made smaller."""
    folder.mkdir(parents=True)
    for index in range(count):
        sample = SAMPLES[index % len(SAMPLES)]
        start_s = 0.2 * (index // len(SAMPLES))
        _cut(sample, folder / f"clip_{index:05d}.mp4", start_s, start_s + length_s)
    return folder


def _cut(source: Path, target: Path, start_s: float, end_s: float) -> None:
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream = made.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *SHORT_PX, "yuv420p"
        for frame in given.decode(video=0):
            t_s = float((frame.pts or 0) * (frame.time_base or 0))
            if start_s <= t_s < end_s:
                small = frame.reformat(*SHORT_PX, format="yuv420p")
                small.pts, small.time_base = round((t_s - start_s) * 90_000), Fraction(1, 90_000)
                made.mux(stream.encode(small))
            elif t_s >= end_s:
                break
        made.mux(stream.encode())


def command(*arguments: str | Path) -> list[str]:
    """A call of ``motionscan batch`` of this checkout."""
    return [sys.executable, "-m", "motionscan", "batch", *map(str, arguments)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def timed(*arguments: str | Path) -> float:
    """How long the call takes; it must not fail."""
    start_s = time.perf_counter()
    subprocess.run(command(*arguments, "-q"), env=environment(), check=True)
    return time.perf_counter() - start_s


# ---------------------------------------------------------------- speed
def throughput(chosen: argparse.Namespace, folder: Path) -> int:
    """The same clips with one job and with two."""
    clips = folder / "clips"
    clips.mkdir()
    for index in range(chosen.count or 8):
        sample = SAMPLES[index % len(SAMPLES)]
        (clips / f"{index}.mp4").write_bytes(sample.read_bytes() + b"\0" * index)  # another content, the same pictures
    took_s, used_s = {}, {0: _used_s()}
    for jobs in (1, 2):
        took_s[jobs] = timed(clips, "-o", folder / f"out{jobs}", "--jobs", str(jobs), "--model", chosen.model)
        used_s[jobs] = _used_s()
    for jobs in (1, 2):
        print(f"{jobs} jobs: {took_s[jobs]:.1f} s, {used_s[jobs] - used_s[jobs - 1]:.1f} s of processor time")
    print(f"two jobs do {took_s[1] / took_s[2]:.2f} times as much as one")
    return 0


def _used_s() -> float:
    """Processor time of all processes that this one has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def overhead(chosen: argparse.Namespace, folder: Path) -> int:
    """A run that has nothing to do, over many files, less what a run over one such file takes."""
    count = chosen.count or 1000
    few, many = (_done_folder(folder / name, size, chosen.model) for name, size in (("one", 1), ("many", count)))
    first_s, second_s = (min(timed(place / "clips", "-o", place / "out", "--model", chosen.model) for _ in range(3))
                         for place in (few, many))  # fmt: skip
    print(f"1 file {first_s:.2f} s, {count} files {second_s:.2f} s")
    print(f"{1000 * (second_s - first_s) / (count - 1):.2f} ms for each file that is done already")
    return 0


def _done_folder(place: Path, count: int, model: str) -> Path:
    """Many contents and their results: one is scanned, the others are noted as its copies under hashes of their own."""
    from motionscan.batch import Wanted
    from motionscan.batching.discovery import discover
    from motionscan.batching.ledger import Ledger

    clips, out = short_clips(place / "clips", 1, 2.0), place / "out"
    first = next(clips.iterdir())
    for index in range(1, count):
        (clips / f"copy_{index:05d}.mp4").write_bytes(first.read_bytes() + index.to_bytes(4))
    subprocess.run(command(first, "-o", out, "--model", "lite", "-q"), env=environment(), check=True)
    scanned = next(out.glob("clip_*"))
    recipe = Wanted(model=model).recipe()
    with Ledger(out) as ledger:
        finds = discover([str(clips)], out, recursive=False)
        ledger.known(finds.videos)
        for index, found in enumerate(finds.videos):
            sha256 = f"{index:064x}"
            shutil.copytree(scanned, out / f"result_{index}")
            _rewrite(out / f"result_{index}" / "summary.json", sha256)
            ledger.note_file(found, sha256, 2.0, None)
            ledger.note_done(sha256, recipe, f"result_{index}")
    shutil.rmtree(scanned)
    return place


def _rewrite(path: Path, sha256: str) -> None:
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["input"]["sha256"] = sha256
    path.write_text(json.dumps(summary), encoding="utf-8")


def index(chosen: argparse.Namespace, folder: Path) -> int:
    """Tables and page of many results."""
    count = chosen.count or 10_000
    out = folder / "out"
    scan = [sys.executable, "-m", "motionscan", "scan", str(SAMPLES[2]), "-o", str(folder / "one"), "--no-clip", "-q"]
    subprocess.run([*scan, "--model", chosen.model], env=environment(), check=True)
    summary = next((folder / "one").glob("*/summary.json")).read_text(encoding="utf-8")
    for number in range(count):
        (out / f"result_{number}").mkdir(parents=True)
        (out / f"result_{number}" / "summary.json").write_text(summary, encoding="utf-8")
    took_s = timed("--index", out)
    print(f"{count} results of {len(summary) / 1000:.0f} KB in {took_s:.1f} s: {1000 * took_s / count:.2f} ms each")
    for path in sorted(out.glob("*.*")):
        print(f"  {path.name} {path.stat().st_size / 1e6:.1f} MB")
    return 0


# ---------------------------------------------------------------- kills
def kills(chosen: argparse.Namespace, folder: Path) -> int:
    """An undisturbed run, then one in which something is killed again and again; both must leave the same."""
    clips = short_clips(folder / "clips", chosen.count or 40, 2.0)
    options = [clips, "--model", chosen.model, "--jobs", "2", "--engine", chosen.engine, "-q"]
    timed(*options, "-o", folder / "calm")
    print(f"undisturbed: {len(summaries(folder / 'calm'))} results")
    hit = Killer(command(*options, "-o", folder / "hit"), random.Random(chosen.seed)).run(chosen.kills)
    print(f"{sum(hit.values())} kills: {dict(hit)}")
    start_s = time.perf_counter()
    timed(*options, "-o", folder / "hit")
    print(f"the last, undisturbed run took {time.perf_counter() - start_s:.1f} s")
    wrong = differences(folder / "calm", folder / "hit")
    print("\n".join(wrong) or "nothing lost, nothing doubled, nothing different")
    return int(bool(wrong))


class Killer:
    """Starts a batch as often as needed and kills one of its processes after a random time."""

    def __init__(self, call: Sequence[str], chance: random.Random, longest_s: float = 4.0) -> None:
        self._call = call
        self._longest_s = longest_s
        self._chance = chance
        self._hit: Counter[str] = Counter()

    def run(self, count: int) -> Counter[str]:
        """Kill that many times; what was killed how often."""
        while sum(self._hit.values()) < count:
            fresh = ["--fresh"] if self._chance.random() < 0.2 and sum(self._hit.values()) > 10 else []
            process = subprocess.Popen([*self._call, *fresh], env=environment(), stderr=subprocess.DEVNULL)
            while sum(self._hit.values()) < count and process.poll() is None:
                time.sleep(self._chance.uniform(0.3, self._longest_s))
                self._kill_one(process)
            if process.poll() is None:
                self._kill(psutil.Process(process.pid))
            process.wait()
        return self._hit

    def _kill_one(self, process: "subprocess.Popen[bytes]") -> None:
        try:
            batch = psutil.Process(process.pid)
            below = batch.children(recursive=True)
            victim = self._chance.choice([batch, *below, *below])
            kind = _kind(victim, batch)
            if victim == batch:
                self._kill(batch)
                kind = "batch"
            else:
                victim.kill()
        except psutil.NoSuchProcess:
            return
        self._hit[kind] += 1

    def _kill(self, batch: psutil.Process) -> None:
        """Kill the batch itself; all that it started must be gone soon."""
        below = batch.children(recursive=True)
        batch.kill()
        _, alive = psutil.wait_procs(below, timeout=20)
        if alive:
            raise RuntimeError(f"outlived the batch: {[one.cmdline() for one in alive]}")


def _kind(victim: psutil.Process, batch: psutil.Process) -> str:
    line = " ".join(victim.cmdline())
    if "pose.child" in line:
        return "pose process"
    if "batch_process" in line:
        return "nest" if "batch_process" not in " ".join(victim.parent().cmdline()) else "video"
    return "dask worker" if "spawn_main" in line else "other"


def summaries(out: Path) -> dict[str, dict[str, Any]]:
    """Every summary by the name of its folder, without how long it took."""
    found = {}
    for path in sorted(out.glob("[!.]*/summary.json")):
        summary = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(summary, summary_schema())
        del summary["timings_s"]
        found[path.parent.name] = summary
    return found


def differences(calm: Path, hit: Path) -> list[str]:
    """What a disturbed batch has otherwise than an undisturbed one, a line each."""
    expected, there = summaries(calm), summaries(hit)
    wrong = [f"{name}: not in both" for name in sorted(expected.keys() ^ there.keys())]
    for name in sorted(expected.keys() & there.keys()):
        wrong += [f"{name}: summary differs"] if expected[name] != there[name] else []
        wrong += [f"{name}: {file} differs" for file in RESULTS
                  if (calm / name / file).read_bytes() != (hit / name / file).read_bytes()]  # fmt: skip
    wrong += [f"left over: {path.name}" for path in hit.glob(".motionscan-*") if path.name != ".motionscan-batch"]
    if (calm / "batch.csv").read_bytes() != (hit / "batch.csv").read_bytes():
        wrong.append("batch.csv differs")
    return wrong


_MEASUREMENTS = {"throughput": throughput, "overhead": overhead, "index": index, "kills": kills}
