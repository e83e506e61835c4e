"""Watching live, measured while a file is replayed at its own speed: latency, drops, memory.

``latency`` renders clips with jerks and twitches; ``drops`` replays 720p30 and 1080p30; ``memory`` loops one clip
(``--minutes 30``). ``--work FOLDER`` keeps what is rendered. Run it on a machine that does nothing else.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from motionscan.live import Live
from motionscan.live_memory import keep_large_blocks_apart
from motionscan.live_parts import KeepingOptions, LiveOptions, Record
from motionscan.records import Frame
from motionscan.settings import Settings
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Camera, Capture, Kind, Movement, Person, Scenario
from motionscan.video.camera import Opened
from motionscan.video.reader import VideoReader

SETTINGS: Final = Settings()
STILL_S: Final = 9.0
"""Before the movement begins: a window shorter than six seconds is not judged."""
MIB: Final = 1 << 20
_FOURTH: Final = 3
_SLACK_S: Final = 0.15
"""A finding that ends so much before the peak of an event does not hold it."""


class Replay:
    """A file as a camera would give it, again and again, on a clock that is known."""

    waits = False
    own_clock = False
    patience_s: float | None = 0.0

    def __init__(self, path: Path, total_s: float | None = None) -> None:
        self.name = path.name
        self.start_s = 0.0
        """Of ``time.monotonic``, when the picture of time zero was due."""
        self._path = path
        self._total_s = total_s

    def open(self) -> Opened:
        """Read what the file says."""
        info = VideoReader(self._path, SETTINGS.video).info
        return Opened(info.width_px, info.height_px, info.nominal_rate_hz, info.codec)

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        """The pictures of one loop after another, each when it is due."""
        self.start_s = time.monotonic()
        begin_s, index = 0.0, 0
        while True:
            last_s, step_s = 0.0, 0.0
            for frame in VideoReader(self._path, SETTINGS.video):
                t_s = begin_s + frame.t_s
                time.sleep(max(0.0, self.start_s + t_s - time.monotonic()))
                yield replace(frame, t_s=t_s, index=index)
                step_s, last_s, index = frame.t_s - last_s or step_s, frame.t_s, index + 1
            begin_s += last_s + step_s
            if self._total_s is None or begin_s >= self._total_s:
                return

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the log, and when it was made."""

    at_s: float
    entry: dict[str, Any]


def replayed(source: Replay, record: Record, out: Path) -> tuple[list[Told], Live]:
    """Watch a replay to its end."""
    told: list[Told] = []
    options = LiveOptions(keeping=KeepingOptions(record=record))
    live = Live(source, out, SETTINGS, options, lambda entry: told.append(Told(time.monotonic(), entry)))
    live.run()
    return told, live


# ---------------------------------------------------------------- latency
def scenario(kind: Kind, number: int, size: tuple[int, int]) -> Scenario:
    """A still person of whom then one foot jerks at 3 Hz, or twitches now and then."""
    side = ("right", "left")[number % 2]
    if kind == "jerks":
        moving = Movement(kind, side, "foot", 6.0, 3.0, STILL_S, STILL_S + 6)  # type: ignore[arg-type]
    else:
        times_s = tuple(STILL_S + at_s + 0.13 * number for at_s in (0.0, 2.9, 4.6))
        moving = Movement(kind, side, "foot", 7.0, 0.5, STILL_S, STILL_S + 7, times_s=times_s)  # type: ignore[arg-type]
    capture = Capture(width_px=size[0], height_px=size[1], noise_levels=1.2, bit_rate_mbps=6.0)
    return Scenario(f"live_{kind}_{number}", "", STILL_S + 8, Person(), (moving,), Camera(), capture, 300 + number)


def latencies(kind: Kind, count: int, work: Path) -> tuple[list[float], int]:
    """Seconds from the movement to what is told of it, and how many movements were never told."""
    found: list[float] = []
    missed = 0
    for number in range(count):
        one = scenario(kind, number, (1280, 720))
        video = work / f"{one.name}.mp4"
        if not video.exists():
            video = simulate_to(one, work)
        truth = json.loads(video.with_suffix(".truth.json").read_text(encoding="utf-8"))["movements"][0]
        peaks_s = [event["peak_s"] for event in truth["events"]]
        with tempfile.TemporaryDirectory(dir=work) as out:
            source = Replay(video)
            told, _ = replayed(source, "events", Path(out) / "run")
        wanted_s = [peaks_s[_FOURTH]] if kind == "jerks" else peaks_s
        for peak_s in wanted_s:
            heard_s = heard(told, truth["region"], peak_s, opened_only=kind == "jerks")
            if heard_s is None:
                missed += 1
            else:
                found.append(heard_s - source.start_s - peak_s)
        print(
            f"  {one.name}: {[round(value, 2) for value in found[-len(wanted_s) :]]}, {missed} missed", file=sys.stderr
        )
    return found, missed


def simulate_to(one: Scenario, work: Path) -> Path:
    """Render a scenario, unless it is there."""
    video, _ = simulate(one, work)
    return video


def heard(told: list[Told], region: str, peak_s: float, *, opened_only: bool) -> float | None:
    """When a movement was told: the first entry about its region whose finding reaches to it."""
    for one in told:
        event = one.entry["event"]
        if event not in ("opened", "updated") or one.entry["finding"]["region"] != region:
            continue
        if opened_only or one.entry["finding"]["end_s"] >= peak_s - _SLACK_S:
            return one.at_s
    return None


# ---------------------------------------------------------------- drops and memory
def dropped_share(video: Path, seconds: float, work: Path) -> tuple[float, int, int]:
    """Share of dropped pictures, pictures dropped and pictures taken, while everything is filmed."""
    with tempfile.TemporaryDirectory(dir=work) as out:
        told, _ = replayed(Replay(video, seconds), "all", Path(out) / "run")
    end = next(one.entry for one in told if one.entry["event"] == "end")
    count, dropped = end["pictures"], end["dropped"]
    return dropped / max(1, count + dropped), dropped, count


@dataclass(frozen=True, slots=True)
class Held:
    """What the process holds at one moment."""

    at_s: float
    memory_mib: float
    threads: int
    files: int


def held_while(video: Path, minutes: float, work: Path, every_s: float = 5.0) -> list[Held]:
    """What is held during a looped replay, and once more after its end; each look goes into ``live_memory.csv`` too."""
    samples: list[Held] = []
    begin_s = time.monotonic()
    over = threading.Event()

    def look() -> None:
        with (work / "live_memory.csv").open("w", encoding="utf-8", buffering=1) as table:
            table.write("at_s,memory_mib,threads,files\n")
            while not over.wait(every_s):
                samples.append(_held(time.monotonic() - begin_s))
                table.write("{:.0f},{:.1f},{},{}\n".format(*astuple(samples[-1])))

    keep_large_blocks_apart()  # as the command does
    watcher = threading.Thread(target=look)
    watcher.start()
    with tempfile.TemporaryDirectory(dir=work) as out:
        try:
            replayed(Replay(video, 60 * minutes), "events", Path(out) / "run")
        finally:
            over.set()
            watcher.join()
    samples.append(_held(time.monotonic() - begin_s))
    return samples


def _held(at_s: float) -> Held:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    memory_mib = pages * resource.getpagesize() / MIB
    return Held(at_s, memory_mib, threading.active_count(), len(os.listdir("/proc/self/fd")))


# ---------------------------------------------------------------- tables
def _latency_rows(work: Path, count: int) -> Iterator[str]:
    yield "| from | to | number | missed | median | worst | goal |\n|---|---|---|---|---|---|---|"
    kinds: tuple[tuple[Kind, str, str], ...] = (
        ("jerks", "4th jerk of 3 Hz to the opened finding", "median 1.0 s, worst 2.0 s"),
        ("joint_twitches", "single twitch to its event", "worst 1.0 s"),
    )
    for kind, words, goal in kinds:
        values, missed = latencies(kind, count, work)
        start, _, end = words.partition(" to ")
        middle, worst = (f"{value:.2f} s" for value in (median(values), max(values))) if values else ("-", "-")
        yield f"| {start} | {end} | {len(values)} | {missed} | {middle} | {worst} | {goal} |"


def _drop_rows(work: Path, seconds: float) -> Iterator[str]:
    yield "\n| replayed | pictures | dropped | share | goal |\n|---|---|---|---|---|"
    for name, size, goal in (("720p30", (1280, 720), "none"), ("1080p30", (1920, 1080), "at most 5 %")):
        one = replace(scenario("jerks", 0, size), name=f"live_jerks_{name}")
        video = work / f"{one.name}.mp4"
        if not video.exists():
            video = simulate_to(one, work)
        share, dropped, count = dropped_share(video, seconds, work)
        yield f"| {name} | {count} | {dropped} | {100 * share:.1f} % | {goal} |"


def _memory_rows(work: Path, minutes: float) -> Iterator[str]:
    video = work / "live_jerks_0.mp4"
    if not video.exists():
        video = simulate_to(scenario("jerks", 0, (1280, 720)), work)
    samples = held_while(video, minutes, work)
    running = [sample for sample in samples if 60 <= sample.at_s <= 60 * minutes] or samples
    first = running[0]
    grown = [sample.memory_mib - first.memory_mib for sample in running]
    yield f"\n| {minutes:g} minutes, looped | at 60 s | least after | most after | at the end | after the run |"
    yield "|---|---|---|---|---|---|"
    last, after = running[-1], samples[-1]
    yield (
        f"| memory (MiB) | {first.memory_mib:.0f} | {min(grown):+.0f} | {max(grown):+.0f} "
        f"| {last.memory_mib:.0f} | {after.memory_mib:.0f} |"
    )
    for name in ("threads", "files"):
        counts = [getattr(sample, name) for sample in running]
        yield f"| {name} | {counts[0]} | {min(counts)} | {max(counts)} | {counts[-1]} | {getattr(after, name)} |"


def main(arguments: list[str]) -> int:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark live", description=__doc__)
    parser.add_argument("what", nargs="*", default=["latency", "drops"], help="latency, drops, memory")
    parser.add_argument("--work", type=Path, help="folder that keeps the clips")
    parser.add_argument("--count", type=int, default=6, help="clips of each kind for the latency")
    parser.add_argument("--seconds", type=float, default=60, help="of each replay that counts drops")
    parser.add_argument("--minutes", type=float, default=30, help="of the replay that watches memory")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        work = given.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        rows: dict[str, Iterator[str]] = {
            "latency": _latency_rows(work, given.count),
            "drops": _drop_rows(work, given.seconds),
            "memory": _memory_rows(work, given.minutes),
        }
        for what in given.what:
            for row in rows[what]:
                print(row, flush=True)
    return 0
