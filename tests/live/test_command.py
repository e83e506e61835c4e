"""``motionscan live`` as people and scripts meet it: how it ends, what it says, and its window."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from motionscan.settings import VideoSettings
from motionscan.video.reader import VideoReader
from tests.benchmark.speed import long_clip
from tests.installed_model import MODEL, needs_model
from tests.live.films import beginning
from tests.live.test_live import JERKS
from tests.screens import asked, close_window, needs_screen, screen, window_named

__all__ = ["screen"]
needs_pictures = pytest.mark.skipif(not shutil.which("xwd"), reason="xwd is not installed")
ROOT = Path(__file__).parents[2]
LIMIT_S = 300
FILM_S = 120
"""Longer than any look at the window takes."""


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "motionscan", "live", *map(str, arguments), "--model", MODEL]


def environment(display: str | None = None) -> dict[str, str]:
    own = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", "PYTHONUTF8": "1"}
    own.pop("DISPLAY", None)
    return own | ({"DISPLAY": display} if display else {})


def started(*arguments: object, display: str | None = None, **more: object) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*arguments), env=environment(display), stdout=pipe, stderr=pipe, text=True, **more)  # type: ignore[call-overload, no-any-return]


def until_recording(out: Path, enough_bytes: int = 150_000) -> Path:
    """The recording that grows."""
    end_s = time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        for path in out.glob("*/recording.mp4"):
            if path.stat().st_size >= enough_bytes:
                return path
        time.sleep(0.05)
    raise TimeoutError(out)


def pictures_in(path: Path) -> int:
    with VideoReader(path, VideoSettings()) as reader:
        return sum(1 for _ in reader)


def log_of(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "live.jsonl").read_text(encoding="utf-8").splitlines()]


@needs_model
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_finishes_what_it_recorded(number: signal.Signals, code: int, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started(JERKS, "--realtime", "-o", out, "--record", "all", "--headless") as program:
        until_recording(out)
        program.send_signal(number)
        said, complaints = program.communicate(timeout=LIMIT_S)
    assert program.returncode == code, complaints
    assert "Traceback" not in complaints
    assert log_of(out)[-1]["event"] == "end"
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["input"]["source"] == "live"
    (recording,) = out.glob("*/recording.mp4")
    assert not recording.parent.name.endswith(".unfinished")
    assert pictures_in(recording) > 20
    assert "finishing" in said


@needs_model
def test_a_killed_run_leaves_one_unfinished_recording_that_plays_and_whole_lines(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started(JERKS, "--realtime", "-o", out, "--record", "all", "--headless") as program:
        recording = until_recording(out, 800_000)
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=LIMIT_S)
    assert [path.name for path in out.glob("*.unfinished")] == [recording.parent.name]
    assert pictures_in(recording) > 20
    assert log_of(out)[0]["event"] == "start"


@needs_model
def test_findings_stream_as_json_lines_and_the_rest_goes_to_standard_error(tmp_path: Path) -> None:
    """A full disk, here a limit on the size of files, ends the film and not the run."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from motionscan.cli import main; sys.argv[0] = 'motionscan'; main()"
    )
    film = beginning(JERKS, tmp_path / "film.mp4", 7)
    arguments = ["live", str(film), "-o", "run", "--jsonl", "-", "--model", MODEL]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(":999"),  # a display that is named but gone is none
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["event"] for entry in entries if entry["event"] != "updated"] == ["opened", "closed"]
    assert all(entry["finding"]["region"] == "right_foot" for entry in entries)
    assert done.stderr.count("there is no display") == 1
    assert "the disk is full" in done.stderr
    assert "Right foot: rhythmic jerking" in done.stderr
    (recording,) = (tmp_path / "run").glob("*/recording.mp4")
    assert pictures_in(recording) > 5
    assert log_of(tmp_path / "run")[-1]["event"] == "end"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--window", "5s"], "12s to 120s"),
        (["--max-disk", "much"], "5GB"),
        (["--width", "640"], "--height"),
        (["ftp://here/x"], "rtsp://"),
    ],
)
def test_wrong_options_are_wrong_use(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = subprocess.run(
        command(*arguments), env=environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_list_says_plainly_when_there_is_no_camera(tmp_path: Path) -> None:
    if list(Path("/sys/class/video4linux").glob("video*")):
        pytest.skip("this machine has a camera")
    done = subprocess.run(command("--list"), env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "no camera was found" in done.stdout


@needs_model
def test_a_file_that_is_no_video_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video", encoding="utf-8")
    done = subprocess.run(
        command("notes.mp4", "--headless"),
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "notes.mp4" in done.stderr


# ---------------------------------------------------------------- the window
def picture_of(display: dict[str, str], target: Path) -> np.ndarray:
    """What is on the screen, (h, w, 3) BGR, taken from the memory of the server that is the screen."""
    raw = subprocess.run(
        ["xwd", "-root", "-silent"], env=display, capture_output=True, timeout=LIMIT_S, check=True
    ).stdout
    head = np.frombuffer(raw[:100], ">u4")
    size, width, height, line, colours = (int(head[place]) for place in (0, 4, 5, 12, 19))
    pixels = np.frombuffer(raw[size + 12 * colours :], np.uint8)[: line * height].reshape(height, line // 4, 4)
    shown = np.ascontiguousarray(pixels[:, :width, :3])
    cv2.imwrite(str(target), shown)
    return shown


def measuring_shown(screen: dict[str, str], program: "subprocess.Popen[str]", target: Path) -> np.ndarray:
    """What is on the screen once the strip below the picture shows a movement."""
    end_s = time.monotonic() + LIMIT_S
    while (shown := picture_of(screen, target))[700:900, 20:900].max() < 200:
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < end_s, "the strip never came"
        time.sleep(0.2)
    return shown


@needs_model
@needs_screen
@needs_pictures
def test_the_window_shows_the_legs_and_takes_keys(screen: dict[str, str], tmp_path: Path) -> None:
    out, film = tmp_path / "run", tmp_path / "film.mp4"
    long_clip(JERKS, film, FILM_S)
    with started(film, "--realtime", "-o", out, display=screen["DISPLAY"]) as program:
        window_named(screen, "^motionscan live$")
        shown = measuring_shown(screen, program, tmp_path / "shown.png")
        asked(screen, "key", "m")
        time.sleep(0.5)
        asked(screen, "key", "q")
        _, complaints = program.communicate(timeout=LIMIT_S)
    assert program.returncode == 0, complaints
    assert complaints == ""
    assert [entry["mark"] for entry in log_of(out) if entry["event"] == "mark"] == ["felt"]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [mark["kind"] for mark in summary["live"]["marks"]] == ["felt"]
    # a picture with many shades above, the dark strip and panel below it
    assert len(np.unique(shown[:500, :900])) > 100
    assert np.median(shown[620:760, 20:900]) < 60


@needs_model
@needs_screen
@needs_pictures
def test_a_closed_window_ends_the_run(screen: dict[str, str], tmp_path: Path) -> None:
    out, film = tmp_path / "run", tmp_path / "film.mp4"
    long_clip(JERKS, film, FILM_S)
    with started(film, "--realtime", "-o", out, "--record", "none", display=screen["DISPLAY"]) as program:
        window = window_named(screen, "^motionscan live$")
        measuring_shown(screen, program, tmp_path / "shown.png")
        close_window(screen, window)
        _, complaints = program.communicate(timeout=LIMIT_S)
    assert (program.returncode, complaints) == (0, "")
    assert log_of(out)[-1]["event"] == "end"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert 0 < summary["input"]["duration_s"] < FILM_S - 10


def test_help_shows_examples(tmp_path: Path) -> None:
    done = subprocess.run(command("--help")[:5], env=environment(), capture_output=True, text=True, timeout=60)
    assert "motionscan live --list" in done.stdout
