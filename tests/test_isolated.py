"""A video in a process of its own gives the same, and whatever becomes of that process is one line."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.benchmark.batch import short_clips
from tests.installed_model import MODEL, needs_model

ROOT = Path(__file__).parents[1]
pytestmark = [
    needs_model,
    pytest.mark.skipif(os.name == "nt", reason="limits of a process are those of POSIX"),
]


def scan(video: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    call = [sys.executable, "-m", "motionscan", "scan", str(video), "-o", str(out), "--model", MODEL, *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and what was said on the error output."""
    _, said = process.communicate(timeout=120)
    return process.returncode, said


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(short_clips(tmp_path_factory.mktemp("isolated") / "clips", 1, 2.0).iterdir())


def test_the_result_is_that_of_a_plain_scan(clip: Path, tmp_path: Path) -> None:
    """Options and marked regions go along."""
    options = ("-q", "--no-clip", "--region", "toe=10%,50%,30%,30%", "--with-pose", "--side", "left")
    given: dict[str, Any] = {}
    for name, more in (("plain", ()), ("alone", ("--isolate",))):
        assert ended(scan(clip, tmp_path / name, *options, *more)) == (0, "")
        given[name] = json.loads((tmp_path / name / clip.stem / "summary.json").read_text(encoding="utf-8"))
        del given[name]["timings_s"]
        assert [path.name for path in (tmp_path / name).iterdir()] == [clip.stem]
    assert given["plain"] == given["alone"]


def test_a_crash_in_the_decoder_is_one_line_and_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    """The process that reads the video is killed as a fault of native code would kill it."""
    process = scan(clip, tmp_path, "--isolate")
    killer = threading.Thread(target=_kill_reader, args=(psutil.Process(process.pid), tmp_path))
    killer.start()
    code, said = ended(process)
    killer.join()
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith(f"{clip.name}: ")
    assert "signal 11" in line
    assert list(tmp_path.iterdir()) == []


def _kill_reader(scanning: psutil.Process, out: Path) -> None:
    """Wait until the working folder is there, then end the innermost process of ours."""
    while scanning.is_running() and not list(out.glob(".motionscan-*")):
        time.sleep(0.01)
    readers = [one for one in scanning.children(recursive=True) if "batch_process" in " ".join(one.cmdline())]
    max(readers, key=lambda one: one.create_time()).send_signal(11)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        *[(f"memory_bytes = {megabytes}000000", "needs more memory") for megabytes in (500, 840, 940)],
        ("time_limit_s = 1", "took longer than 1 s"),
    ],
)
def test_limits_are_told_with_their_names(clip: Path, tmp_path: Path, setting: str, words: str) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f"[batch]\n{setting}\n", encoding="utf-8")
    code, said = ended(scan(clip, tmp_path / "out", "--isolate", "--settings", str(settings)))
    assert code == 1
    (line,) = said.splitlines()
    assert words in line
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_bad_file_says_the_same_as_without(tmp_path: Path) -> None:
    bad = tmp_path / "notes.mp4"
    bad.write_text("no video", encoding="utf-8")
    assert ended(scan(bad, tmp_path / "a", "--isolate")) == ended(scan(bad, tmp_path / "b"))
