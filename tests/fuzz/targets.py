"""What is given mutated inputs. A target takes bytes; a ``MotionscanError`` of one line is a right answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

import av
import numpy as np

from motionscan.errors import OutputError
from motionscan.marks import load_marks
from motionscan.outputs.batch_rows import NoSummary, read_summary, rows_of
from motionscan.pose.models import identify_model
from motionscan.settings import Settings, VideoSettings, load_settings
from motionscan.video.probe import probe
from motionscan.video.reader import VideoReader
from tests.fuzz.mutation import mutated

HEADER_BYTES: Final = 1500
VIDEO: Final = VideoSettings()


@dataclass(frozen=True)
class Target:
    """One way in."""

    seeds: Callable[[Path], tuple[bytes, ...]]
    take: Callable[[Path], None]
    suffix: str
    where: Callable[[bytes], tuple[int, int | None]] = lambda source: (0, None)
    """Between which places the input is changed."""

    def mutant(self, seeds: tuple[bytes, ...], number: int, seed: int) -> bytes:
        """The input of that number."""
        random = np.random.default_rng([seed, number])
        source = seeds[number % len(seeds)]
        return mutated(source, random, *self.where(source))


def film(path: Path, codec: str = "libx264") -> bytes:
    """Ten small pictures with a turn of 90 degrees and pictures out of order, as phones write them."""
    with av.open(str(path), "w", container_options={"movflags": "+faststart"} if path.suffix == ".mp4" else {}) as out:
        stream = out.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if path.suffix == ".mp4":
            stream.set_display_rotation(90)
        for index in range(10):
            grey = np.random.default_rng(index).integers(0, 256, (48, 64), np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


def films(folder: Path) -> tuple[bytes, ...]:
    """The same in every container."""
    names = (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.avi", "mpeg4"))
    return tuple(film(folder / name, codec) for name, codec in names)


def phone_film(folder: Path) -> tuple[bytes, ...]:
    """MP4 only."""
    return (film(folder / "a.mp4"),)


def read_all(path: Path) -> None:
    """Read every picture and what is asked of it; times must grow."""
    with VideoReader(path, VIDEO) as reader:
        last_s = -1.0
        for frame in reader:
            assert frame.t_s > last_s
            last_s = frame.t_s
            frame.rgb(64)
            frame.planes()


def box(name: bytes) -> Callable[[bytes], tuple[int, int | None]]:
    """Where the content of the first box of that name lies in an MP4."""

    def where(source: bytes) -> tuple[int, int | None]:
        at = source.index(name)
        return at + 4, at - 4 + int.from_bytes(source[at - 4 : at], "big")

    return where


@cache
def summary_seed() -> bytes:
    """A whole summary."""
    from tests.outputs.conftest import make_case
    from tests.outputs.test_summary import summary_of

    return summary_of(make_case().analysis).model_dump_json(indent=1).encode()


def take_summary(path: Path) -> None:
    """Read it back as ``batch --index`` does."""
    target = path.with_name("summary.json")
    path.replace(target)
    try:
        rows_of(read_summary(target.parent), "a.mp4", "a")
    except NoSummary as error:
        raise OutputError(str(error)) from error


def settings_seed(folder: Path) -> tuple[bytes, ...]:
    """Every setting in its default."""
    sections = Settings().model_dump(mode="json")
    lines = [
        line
        for name, section in sections.items()
        for line in (
            f"[{name}]",
            *(f"{key} = {json.dumps(value)}" for key, value in section.items() if value is not None),
        )
    ]
    return ("\n".join(lines).encode(), b"[video]\nmax_pixels = 1000000\n")


MARKS: Final = json.dumps(
    {"version": 1, "regions": [{"name": "toe", "x": 10, "y": 20, "w": 30, "h": 15, "unit": "percent"}]}
).encode()

TARGETS: Final = {
    "header": Target(films, lambda path: void(probe(path, VIDEO)), ".mp4", lambda source: (0, HEADER_BYTES)),
    "packets": Target(films, read_all, ".mp4"),
    "times": Target(phone_film, read_all, ".mp4", box(b"stbl")),
    "rotation": Target(phone_film, read_all, ".mp4", box(b"tkhd")),
    "settings": Target(settings_seed, lambda path: void(load_settings(path)), ".toml"),
    "regions": Target(lambda folder: (MARKS,), lambda path: void(load_marks(path)), ".json"),
    "summary": Target(lambda folder: (summary_seed(),), take_summary, ".json"),
    "model": Target(lambda folder: (b"PK\x03\x04" + bytes(500),), lambda path: void(identify_model(path)), ".task"),
}


def void(value: object) -> None:
    """Whatever it is, it is an answer."""
