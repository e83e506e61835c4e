"""``python -m tests.benchmark kills``: random ends of ``scan``, and what lies in its output folder afterwards.

Each scan is ended after a random time by SIGINT, SIGTERM or SIGKILL, or its video is taken away. There must be the
whole result or none, never another; what a killed run leaves must be gone after the next one.
"""

import argparse
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from tests.benchmark.batch import ROOT, environment, short_clips

WAYS: Final = ("SIGINT", "SIGTERM", "SIGKILL", "vanish")
TABLES: Final = ("events.csv", "signals.csv")
GONE_S: Final = 10.0
"""How soon processes must be gone that were started by one that was killed."""


def main(arguments: list[str]) -> int:
    """Print what was done and what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="lite")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="motionscan-kills-") as folder:
        trial = Trial(Path(folder), options.model)
        chance = random.Random(options.seed)
        for number in range(options.kills):
            trial.end_one(WAYS[number % len(WAYS)], chance.uniform(0.0, 1.1 * trial.usual_s))
            trial.again_if_whole(chance)
        trial.undisturbed()
    print(f"{options.kills} ends of a scan of {trial.usual_s:.1f} s: {dict(sorted(trial.seen.items()))}")
    print("\n".join(trial.wrong) or "always the whole result or none; nothing left over")
    return int(bool(trial.wrong))


@dataclass
class Trial:
    """One clip, what its scan gives, and an output folder in which scans of it are ended."""

    folder: Path
    model: str
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = next(short_clips(self.folder / "source", 1, 1.0).iterdir())
        self.video, self.out = self.folder / "clip.mp4", self.folder / "out"
        shutil.copy(self.source, self.video)
        start_s = time.monotonic()
        self._start(self.folder / "calm").communicate()
        self.usual_s = time.monotonic() - start_s
        self.expected = content(self.folder / "calm" / "clip")

    def end_one(self, way: str, after_s: float) -> None:
        """Start a scan, end it in that way after that time, and look."""
        shutil.copy(self.source, self.video)
        before = set(self.out.glob(".motionscan-*"))
        process = self._start(self.out)
        time.sleep(after_s)
        started = _below(process.pid)
        if way == "vanish":
            self.video.unlink()
        elif process.poll() is None:
            process.send_signal(getattr(signal, way))
        _, said = process.communicate(timeout=120)
        _, alive = psutil.wait_procs(started, timeout=GONE_S)
        self._look(way, after_s, said, len(alive))
        left = set(self.out.glob(".motionscan-*")) - before
        if left and way != "SIGKILL":
            self.wrong.append(f"{way} after {after_s:.2f} s: left {[path.name for path in left]}")

    def again_if_whole(self, chance: random.Random) -> None:
        """Begin with an empty folder now and then; else an older result lies there, and has to survive."""
        if (self.out / "clip").exists() and chance.random() < 0.5:
            shutil.rmtree(self.out / "clip")

    def undisturbed(self) -> None:
        """One scan to its end: it must clean up what the others left."""
        shutil.copy(self.source, self.video)
        self._start(self.out).communicate()
        left = [path.name for path in self.out.iterdir() if path.name != "clip"]
        self.wrong += [f"left over in the end: {name}" for name in left]
        if content(self.out / "clip") != self.expected:
            self.wrong.append("the last result differs")

    def _start(self, out: Path) -> "subprocess.Popen[str]":
        call = [
            sys.executable,
            "-m",
            "motionscan",
            "scan",
            str(self.video),
            "-o",
            str(out),
            "--model",
            self.model,
            "-q",
        ]
        return subprocess.Popen(
            call, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )

    def _look(self, way: str, after_s: float, said: str, alive: int) -> None:
        what = f"{way} after {after_s:.2f} s"
        result = self.out / "clip"
        whole = result.exists() and content(result) == self.expected
        self.seen[f"{way}, {'whole' if whole else 'nothing'}"] += 1
        if result.exists() and not whole:
            self.wrong.append(f"{what}: a result that is not whole")
        if "motionscan" in said and ("Traceback" in said or len(said.splitlines()) > 1):
            self.wrong.append(f"{what}: said {said!r}")  # what Python says before it reaches us is its own
        if alive:
            self.wrong.append(f"{what}: {alive} processes outlived it")


def content(result: Path) -> dict[str, str | bytes]:
    """What a result says; without how long it took, and of the clip only that it is finished."""
    summary = result / "summary.json"
    if not summary.is_file():
        return {}
    said: dict[str, str | bytes] = {"summary": re.sub(r'"timings_s": \{[^}]*\}', "", summary.read_text("utf-8"))}
    said |= {name: (result / name).read_bytes() for name in TABLES if (result / name).is_file()}
    clip = result / "annotated.mp4"
    said["clip"] = "moov" if clip.is_file() and b"moov" in clip.read_bytes() else "none"
    return said


def _below(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []
