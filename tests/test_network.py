"""A whole scan asks nobody for anything: every call of every process and thread, native code included."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmark.batch import short_clips
from tests.installed_model import MODEL, needs_model

ROOT = Path(__file__).parents[1]
CALLS = "trace=socket,connect,sendto,sendmsg,sendmmsg,bind,openat"
ASKS_FOR_NAMES = re.compile(r"/etc/resolv\.conf|/etc/hosts|nscd|systemd/resolve")
LOOPBACK = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "::1"')
pytestmark = [
    needs_model,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


def questions(trace: str) -> list[str]:
    """Calls that reach beyond this machine, and files that are read when a name is looked up."""
    lines = trace.splitlines()
    beyond = [line for line in lines if "sa_family=AF_INET" in line and not LOOPBACK.search(line)]
    return beyond + [line for line in lines if ASKS_FOR_NAMES.search(line)]


def traced(tmp_path: Path, *command: str) -> tuple[int, str]:
    """Exit code and network calls of a command and all that it starts."""
    trace = tmp_path / "trace"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_PROXY": "*"}
    call = ["strace", "-f", "-qq", "-e", CALLS, "-o", str(trace), sys.executable, *command]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr.lower():
        pytest.skip("this system allows no tracing")
    return done.returncode, trace.read_text(errors="replace")


def test_a_whole_scan_asks_nobody(tmp_path: Path) -> None:
    """From the first import to the end of the pose process, annotated clip included."""
    clip = next(short_clips(tmp_path / "clips", 1, 1.0).iterdir())
    code, trace = traced(tmp_path, "-m", "motionscan", "scan", str(clip), "-o", str(tmp_path), "--model", MODEL, "-q")
    assert code == 0
    assert (tmp_path / clip.stem / "annotated.mp4").is_file()
    assert "pose_landmarker" in trace, "the pose process was not seen"
    assert questions(trace) == []


def test_the_trace_would_show_a_question(tmp_path: Path) -> None:
    """Guards the test above: a name that is looked up is seen, and so is a call to a stranger."""
    ask = "import socket\ntry: socket.getaddrinfo('example.invalid', 443)\nexcept OSError: pass"
    assert questions(traced(tmp_path, "-c", ask)[1])
    call = "import socket\ntry: socket.create_connection(('192.0.2.1', 443), 0.1)\nexcept OSError: pass"
    assert questions(traced(tmp_path, "-c", call)[1])
