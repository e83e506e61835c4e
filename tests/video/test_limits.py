"""What a file may cost: each limit says how to raise it, and a header that lies allocates nothing."""

import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from motionscan.errors import TooMuch
from motionscan.settings import VideoSettings
from motionscan.video.limits import Meter
from motionscan.video.reader import VideoReader

HOURS_1000_S = 3_600_000
PEAK = """
import resource, sys
from pathlib import Path
from motionscan.errors import InputError
from motionscan.settings import VideoSettings
from motionscan.video.reader import VideoReader
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
try:
    print(len(list(frame.t_s for frame in VideoReader(Path(sys.argv[1]), VideoSettings()))))
except InputError as error:
    print(error)
print(peak() - before)
"""


def read_and_peak_kb(path: Path) -> tuple[str, int]:
    """What reading a file said, and by how much it made the process larger."""
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    said, kb = done.stdout.splitlines()
    return said, int(kb)


def declared(path: Path, duration_s: int) -> None:
    """Have every header of an MP4 say that it lasts so long."""
    data = bytearray(path.read_bytes())
    for box in (b"mvhd", b"mdhd"):
        at = data.index(box) + 4
        scale = struct.unpack_from(">I", data, at + 12)[0]
        struct.pack_into(">I", data, at + 16, min(duration_s * scale, 0xFFFFFFFE))
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("limit", "value"),
    [("max_duration_s", 1.0), ("max_frames", 20), ("max_decoded_bytes", 2_000_000)],
)
def test_each_limit_is_named_in_the_message_and_can_be_raised(film, limit: str, value: float) -> None:
    """Within the limit nothing is refused; a part of a longer file can be read."""
    path = film(times_s=[i / 30 for i in range(60)], size=(320, 192))
    assert len(list(VideoReader(path, VideoSettings()))) == 60
    small = VideoSettings.model_validate({limit: value})
    with pytest.raises(TooMuch, match=rf"video\.{limit}") as refused:
        list(VideoReader(path, small))
    assert "\n" not in str(refused.value)
    assert len(list(VideoReader(path, small, None, 0.3))) == 9


def test_a_picture_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    def slow():
        time.sleep(0.3)
        yield None

    meter = Meter(tmp_path / "slow.mp4", VideoSettings(max_frame_s=0.1))
    with pytest.raises(TooMuch, match=r"slow\.mp4.*video\.max_frame_s"):
        next(meter.counted(slow()))


def test_a_header_that_declares_a_thousand_hours_costs_nothing(film) -> None:
    """The pictures decide how long it is."""
    path = film(container={"movflags": "+faststart"})
    declared(path, HOURS_1000_S)
    said, kb = read_and_peak_kb(path)
    assert said == "30"
    assert kb < 150_000


def test_pictures_a_thousand_hours_apart_are_refused_at_once(film) -> None:
    path = film("far.mkv", times_s=[0, 0.1, HOURS_1000_S, HOURS_1000_S + 0.1])
    said, kb = read_and_peak_kb(path)
    assert "video.max_duration_s" in said
    assert kb < 150_000


@pytest.mark.parametrize("codec", ["rawvideo", "mpeg4"])
def test_a_header_of_a_hundred_thousand_pixels_square_allocates_nothing(film, codec: str) -> None:
    """The pictures' own size counts where they have one; else the file is refused."""
    path = film("huge.avi", codec=codec)
    data = bytearray(path.read_bytes())
    struct.pack_into("<ii", data, data.index(b"strf") + 12, 100_000, 100_000)
    struct.pack_into("<ii", data, data.index(b"avih") + 40, 100_000, 100_000)
    path.write_bytes(data)
    said, kb = read_and_peak_kb(path)
    assert said == "30" if codec == "mpeg4" else "huge.avi" in said
    assert kb < 150_000
