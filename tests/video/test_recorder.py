"""Recording: begins before it was asked to, keeps every picture with its time, and plays whatever happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from motionscan.settings import ClipSettings, LiveSettings, VideoSettings
from motionscan.video.reader import VideoReader
from motionscan.video.recorder import Recorded, Recorder
from motionscan.video.sources import frame_of_bgr
from tests.live.doubles import picture

LIVE = LiveSettings(keyframe_s=0.5)
SIZE = (96, 64)


def recorded_by(tmp_path: Path, seconds: float, start_s: float, since_s: float, rate_hz: float = 20.0) -> Recorded:
    """The file of a recorder that is started at ``start_s`` and asked for what was there since ``since_s``."""
    ended: list[Recorded] = []
    with Recorder(SIZE, rate_hz, 2.0, ClipSettings(), LIVE, ended.append) as recorder:
        for index in range(round(seconds * rate_hz)):
            t_s = index / rate_hz
            if index == round(start_s * rate_hz):
                recorder.start(tmp_path / "clip.mp4", since_s)
            recorder.push(frame_of_bgr(picture(index, SIZE), index, t_s))
    (only,) = ended
    return only


def times_of(path: Path) -> list[float]:
    with VideoReader(path, VideoSettings()) as reader:
        return [frame.t_s for frame in reader]


def test_a_recording_begins_before_it_was_asked_to(tmp_path: Path) -> None:
    recorded = recorded_by(tmp_path, 8.0, start_s=5.0, since_s=3.5)
    assert recorded.error is None
    assert 3.5 - LIVE.keyframe_s <= recorded.start_s <= 3.5
    assert recorded.end_s == pytest.approx(7.95)


def test_every_picture_is_there_with_its_time(tmp_path: Path) -> None:
    recorded = recorded_by(tmp_path, 6.0, start_s=3.0, since_s=2.0)
    times_s = times_of(recorded.path)
    assert len(times_s) == recorded.count == round((recorded.end_s - recorded.start_s) * 20) + 1
    expected = np.arange(len(times_s)) / 20
    assert times_s == pytest.approx(expected, abs=1e-4)


def test_what_is_no_longer_in_memory_is_not_recorded(tmp_path: Path) -> None:
    """Memory holds the asked-for seconds before, not the whole evening."""
    recorded = recorded_by(tmp_path, 10.0, start_s=8.0, since_s=0.0)
    assert 8.0 - 2.0 - 3 * LIVE.keyframe_s <= recorded.start_s <= 8.0 - 2.0


def test_a_killed_program_leaves_a_recording_that_plays(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    code = (
        "import time; from pathlib import Path\n"
        "from motionscan.settings import *; from motionscan.video.recorder import Recorder\n"
        "from motionscan.video.sources import frame_of_bgr; from tests.live.doubles import picture\n"
        f"r = Recorder({SIZE}, 20.0, 1.0, ClipSettings(), LiveSettings(keyframe_s=0.5), print)\n"
        "r.__enter__()\n"
        f"r.start(Path({str(path)!r}), 0.0)\n"
        "for i in range(100000):\n"
        f"    r.push(frame_of_bgr(picture(i, {SIZE}), i, i / 20)); time.sleep(0.002)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(root)}) as program:
        while not path.exists() or path.stat().st_size < 200_000:
            assert program.poll() is None
            time.sleep(0.02)
        program.send_signal(signal.SIGKILL)
    times_s = times_of(path)
    assert len(times_s) > 20
    assert times_s == pytest.approx(np.arange(len(times_s)) / 20, abs=1e-4)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_ends_the_recording_and_says_why(tmp_path: Path) -> None:
    ended: list[Recorded] = []
    full = tmp_path / "clip.mp4"
    full.symlink_to("/dev/full")
    with Recorder(SIZE, 20.0, 1.0, ClipSettings(), LIVE, ended.append) as recorder:
        recorder.start(full, 0.0)
        for index in range(60):
            recorder.push(frame_of_bgr(picture(index, SIZE), index, index / 20))
        recorder.start(tmp_path / "later.mp4", 2.9)
        for index in range(60, 80):
            recorder.push(frame_of_bgr(picture(index, SIZE), index, index / 20))
    assert ended[0].error == "the disk is full"
    assert ended[1].error is None
    assert len(times_of(ended[1].path)) >= 20


def test_pictures_of_odd_size_are_recorded_whole(tmp_path: Path) -> None:
    from motionscan.records import Frame

    y = np.full((63, 95), 120, np.uint8)
    u = v = np.full((32, 48), 128, np.uint8)
    ended: list[Recorded] = []
    with Recorder((95, 63), None, 1.0, ClipSettings(), LIVE, ended.append) as recorder:
        recorder.start(tmp_path / "clip.mp4", 0.0)
        for index in range(30):
            recorder.push(Frame(index, index / 30, y, False, lambda _: y, lambda: (y, u, v)))
    with VideoReader(ended[0].path, VideoSettings()) as reader:
        assert {frame.luma.shape for frame in reader} == {(64, 96)}
