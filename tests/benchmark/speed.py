"""Time and memory, as ratios measured in one run on one machine and one clip.

``--work FOLDER`` keeps the clips; ``--memory`` compares one minute with ten, which takes a while.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Final

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from motionscan.pose.models import ensure_model
from motionscan.pose.source import show
from motionscan.pose.worker import PoseWorker
from motionscan.settings import Settings
from motionscan.simulate.job import simulate
from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario
from motionscan.video.encoders import choose_encoder
from motionscan.video.reader import VideoReader

ROOT: Final = Path(__file__).parents[2]
RENDERED_S: Final = 10.0
"""So much is rendered; longer clips repeat it."""
LONG_TIMES: Final = 10
"""How often the clip is repeated to see whether memory grows."""
ALLOWANCE_MS: Final = 4.0
"""A scan may take this much for each 1080p picture beside twice the decoding."""
KIB_PER_MIB: Final = 1024

SETTINGS: Final = Settings()


def main(arguments: list[str]) -> int:
    """Measure, and print one table."""
    options = _parse(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(options.work or scratch).absolute()
        work.mkdir(parents=True, exist_ok=True)
        clip = options.clip or benchmark_clip(work, options.duration)
        print(f"{clip.name}: {_about(clip)}; {os.cpu_count()} processors; median of {options.repeats}\n")
        for row in _speed_rows(clip, work, options.model, options.repeats):
            print(row, flush=True)
        for row in _memory_rows(clip, work, options.model) if options.memory else ():
            print(row, flush=True)
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark speed")
    parser.add_argument("--clip", type=Path, help="measure on this video; a 1080p one is rendered when none is given")
    parser.add_argument("--duration", type=float, default=60.0, help="seconds of the rendered clip")
    parser.add_argument("--work", help="folder to keep clips in")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help=f"also a clip {LONG_TIMES} times as long")
    return parser.parse_args(arguments)


# ---------------------------------------------------------------- clips
def benchmark_clip(work: Path, duration_s: float) -> Path:
    """The rendered clip, repeated to the asked length."""
    return long_clip(rendered_clip(work), work / f"speed_{duration_s:g}s.mp4", duration_s)


def rendered_clip(work: Path) -> Path:
    """A person with a jerking foot, 1080p at 30 pictures a second, as a phone would film her."""
    jerks = Movement("jerks", "right", "foot", amplitude_px=8, rate_hz=3, start_s=1.0, end_s=RENDERED_S - 0.5)
    camera = Camera(drift_px=1.5, tremor_px=0.15)
    scenario = Scenario("speed", "benchmark", RENDERED_S, Person(), (jerks,), camera, Capture(), seed=1)
    video = work / f"{scenario.name}.mp4"
    return video if video.exists() else simulate(scenario, work)[0]


def long_clip(source: Path, target: Path, duration_s: float) -> Path:
    """The source again and again until it is as long as asked: packets are copied, nothing is encoded."""
    if target.exists():
        return target
    part = target.with_suffix(".part.mp4")
    with av.open(str(source)) as first:
        stream, round_ticks = first.streams.video[0], _ticks(source)
        assert stream.time_base is not None
        rounds = max(1, round(duration_s / float(stream.time_base) / round_ticks))
        with av.open(str(part), "w", options={"movflags": "+faststart"}) as output:
            copy = output.add_stream_from_template(stream)
            for number in range(rounds):
                _append(source, output, copy, number * round_ticks)
    part.rename(target)
    return target


def _append(source: Path, output: av.container.OutputContainer, copy: VideoStream, shift_ticks: int) -> None:
    with av.open(str(source)) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.dts is None or packet.pts is None:
                continue
            packet.pts, packet.dts = packet.pts + shift_ticks, packet.dts + shift_ticks
            packet.stream = copy
            output.mux(packet)


def _ticks(source: Path) -> int:
    """Length of a clip in units of its timestamps, the last picture's showing included."""
    with av.open(str(source)) as container:
        times = [p.pts for p in container.demux(container.streams.video[0]) if p.pts is not None]
    return max(times) - min(times) + (max(times) - min(times)) // max(1, len(times) - 1)


def _about(clip: Path) -> str:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        return f"{stream.width}x{stream.height} {stream.codec_context.name}, {stream.frames} pictures"


# ---------------------------------------------------------------- what is measured
def decode(clip: Path) -> int:
    """Decode and nothing else; the number of pictures."""
    return sum(1 for _ in _decoded(clip))


def _decoded(clip: Path) -> Iterator[VideoFrame]:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def re_encode(clip: Path, target: Path) -> None:
    """Decode and encode with the settings of the annotated clip."""
    encoder, settings = choose_encoder(), SETTINGS.clip
    pictures = _decoded(clip)
    first = next(pictures)
    with av.open(str(target), "w") as output:
        stream = output.add_stream(encoder.name, rate=30, options=encoder.options(settings))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        stream.thread_type = "AUTO"
        stream.codec_context.time_base = Fraction(1, encoder.ticks_per_s)
        stream.codec_context.gop_size = round(settings.keyframe_interval_s * settings.usual_rate_hz)
        for picture in itertools.chain([first], pictures):
            picture.pict_type = av.video.frame.PictureType.NONE
            output.mux(stream.encode(picture))
        output.mux(stream.encode())


def pose_on_every_picture(clip: Path, model: str) -> None:
    """MediaPipe on every picture, in its own process as in a scan, decoding meanwhile."""
    with VideoReader(clip, SETTINGS.video) as reader, PoseWorker(ensure_model(model), SETTINGS.pose) as worker:
        waiting = 0
        for frame in reader:
            show(frame, worker, SETTINGS.pose.picture_side_px)
            waiting += 1
            while waiting > 2 or (waiting and worker.answered()):
                worker.result()
                waiting -= 1
        for _ in range(waiting):
            worker.result()


def run_scan(clip: Path, out: Path, model: str, *options: str) -> None:
    """The whole command, start-up included.

    Raises:
        RuntimeError: it failed.
    """
    motionscan("scan", str(clip), "-q", "-o", str(out), "--model", model, *options)


def motionscan(*arguments: str) -> None:
    """Run the command line in a process of its own.

    Raises:
        RuntimeError: it failed.
    """
    command = [sys.executable, "-m", "motionscan", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip() or done.returncode}")


# ---------------------------------------------------------------- tables
def _speed_rows(clip: Path, work: Path, model: str, repeats: int) -> Iterator[str]:
    pictures = decode(clip)
    out = work / "speed-out"
    jobs: dict[str, Callable[[], object]] = {
        "decode": lambda: decode(clip),
        "scan": lambda: run_scan(clip, out, model, "--no-clip"),
        "re-encode": lambda: re_encode(clip, work / "speed-again.mp4"),
        "scan with clip": lambda: run_scan(clip, out, model),
        "pose": lambda: pose_on_every_picture(clip, model),
        "help": lambda: motionscan("--help"),
    }
    took_s: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):  # in turns, so that a busy machine is busy for all of them
        for name, job in jobs.items():
            took_s[name].append(_seconds(job))
    ms = {name: 1000 * median(times) / pictures for name, times in took_s.items()}
    yield "| | ms a picture |\n|---|---|"
    yield f"| (a) decoding alone | {ms['decode']:.2f} |"
    yield f"| (b) scan --no-clip | {ms['scan']:.2f} |"
    yield f"| (c) decoding and encoding again | {ms['re-encode']:.2f} |"
    yield f"| (d) scan | {ms['scan with clip']:.2f} |"
    yield f"| (e) pose network on every picture | {ms['pose']:.2f} |"
    yield "\n| | ratio | goal |\n|---|---|---|"
    yield f"| b / (2 a + {ALLOWANCE_MS:g} ms) | {ms['scan'] / (2 * ms['decode'] + ALLOWANCE_MS):.2f} | at most 1 |"
    yield f"| d / 2 c | {ms['scan with clip'] / (2 * ms['re-encode']):.2f} | at most 1 |"
    yield f"| e / b | {ms['pose'] / ms['scan']:.2f} | at least 2 |"
    yield f"| motionscan --help | {median(took_s['help']):.2f} s | under 0.5 s |"


def _seconds(job: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    job()
    return time.perf_counter() - start_s


def _memory_rows(clip: Path, work: Path, model: str) -> Iterator[str]:
    with av.open(str(clip)) as container:
        duration_s = float(container.duration or 0) / av.time_base
    longer = long_clip(clip, work / f"{clip.stem}_x{LONG_TIMES}.mp4", LONG_TIMES * duration_s)
    yield "\n| scan --no-clip | most memory of the process |\n|---|---|"
    for video in (clip, longer):
        yield f"| {video.name}, {_about(video)} | {peak_memory_mib(video, work / 'speed-out', model):.0f} MiB |"


def peak_memory_mib(clip: Path, out: Path, model: str) -> float:
    """Most memory that a scan or its pose process held, measured from a process of its own.

    The system keeps one figure for all children of a process, so each scan gets a parent of its own.

    Raises:
        RuntimeError: the scan failed.
    """
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.returncode)"
    )
    scan = [sys.executable, "-m", "motionscan", "scan", str(clip), "--no-clip", "-q", "-o", str(out), "--model", model]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *scan]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"scan of {clip.name} failed: {done.returncode}")
    return int(done.stdout) / KIB_PER_MIB
