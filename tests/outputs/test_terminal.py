"""A bar for people, nothing for pipes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from motionscan.outputs.terminal import shown

ROOT = Path(__file__).parents[2]

WORK = """
import time
from motionscan.outputs.terminal import video_progress
from motionscan.progress import Progress
with video_progress("foot.mp4", wanted=True) as observer:
    for stage in ("measure", "clip"):
        for frame in range(0, 300, 10):
            time.sleep(0.01)
            if observer:
                observer(Progress(stage, frame, frame / 30, 10.0))
"""


def run(stderr: int) -> "subprocess.Popen[str]":
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, "-c", WORK]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)


def test_a_pipe_sees_no_bar() -> None:
    out, errors = run(subprocess.PIPE).communicate(timeout=60)
    assert (out, errors) == ("", "")


@pytest.mark.skipif(os.name == "nt", reason="no pseudo terminal")
def test_a_person_sees_frames_speed_and_both_stages() -> None:
    import pty

    ours, theirs = pty.openpty()
    running = run(theirs)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # how Linux says that the other end is closed
        assert running.wait(timeout=60) == 0
    os.close(ours)
    text = seen.decode("utf-8", errors="replace")
    assert running.communicate(timeout=60)[0] == ""
    for words in ("foot.mp4: measuring", "foot.mp4: writing the clip", "frames", "x real time", "fps"):
        assert words in text, text


def test_hostile_names_cannot_steer_the_terminal() -> None:
    assert shown("a\x1b]0;title\x07\r\nb\u202e") == "a?]0;title???b?"
