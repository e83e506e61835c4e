"""The pose process: it answers in order, dies cleanly, and never reaches the network."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from motionscan.batching.nest import is_short_of_memory
from motionscan.errors import PoseError
from motionscan.pose.isolation import DEAD_PROXY, environment_without_network
from motionscan.pose.worker import PoseWorker
from motionscan.records import ByteArray
from motionscan.settings import PoseSettings

from .conftest import pictures

SETTINGS = PoseSettings()
ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

ONE_PICTURE = """
import sys, numpy as np
from pathlib import Path
from motionscan.pose.worker import PoseWorker
from motionscan.settings import PoseSettings
with PoseWorker(Path(sys.argv[1]), PoseSettings()) as worker:
    worker.submit(0, np.zeros((64, 64, 3), np.uint8), 1)
    worker.result()
    print(worker.pid, flush=True)
    if len(sys.argv) > 2:
        sys.stdin.read()
"""

WITHOUT_NAMESPACE = (
    """
import sys
import motionscan.pose.worker as made
popen = made.subprocess.Popen
code = (
    "import motionscan.pose.isolation as i; i._unshare = lambda flags: False;"
    "import motionscan.pose.child as c; c.main()"
)
made.subprocess.Popen = lambda command, **more: popen([sys.executable, "-P", "-c", code], **more)
"""
    + ONE_PICTURE
)


def script(*arguments: str) -> list[str]:
    return [sys.executable, "-c", *arguments]


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_landmarks_agree_with_the_reference_of_the_full_model(lite_model: Path, clips: Path) -> None:
    """Hips, knees and ankles of every fifth picture, as a part of the shank."""
    reference = np.array(json.loads((clips / "tfjs_pose_squats.full.json").read_text()))[:, :, :2]
    taken = list(pictures(clips / "tfjs_pose_squats.mp4"))[::5]
    with PoseWorker(lite_model, SETTINGS) as worker:
        for number, picture in enumerate(taken):
            worker.submit(number, picture, 1)
        answers = [worker.result() for _ in taken]
    assert all(len(persons) == 1 for persons in answers)
    found = np.array([persons[0].landmarks_px for persons in answers])[:, 23:29]
    expected = reference[::5][:, 23:29]
    shank_px = np.hypot(*(expected[:, 2] - expected[:, 4]).T).max()
    assert np.median(np.hypot(*(found - expected).T)) < 0.06 * shank_px


def test_positions_are_those_of_the_full_picture(lite_model: Path, squat: ByteArray) -> None:
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, squat, 1)
        worker.submit(1, squat[::2, ::2], 2)  # not contiguous, as a padded row would be
        full, half = worker.result(), worker.result()
    legs = slice(23, 29)
    np.testing.assert_allclose(half[0].landmarks_px[legs], full[0].landmarks_px[legs], atol=12)


def test_an_empty_picture_has_nobody_in_it(lite_model: Path) -> None:
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, np.zeros((200, 300, 3), np.uint8), 1)
        assert worker.result() == ()


@pytest.mark.parametrize("bad", [np.zeros((0, 5, 3), np.uint8), np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3))])
def test_what_is_not_a_picture_is_refused_at_once(bad: ByteArray, lite_model: Path) -> None:
    with PoseWorker(lite_model, SETTINGS) as worker, pytest.raises(ValueError, match="not a picture"):
        worker.submit(0, bad, 1)


def test_starting_does_not_wait(lite_model: Path) -> None:
    start_s = time.monotonic()
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, np.zeros((960, 960, 3), np.uint8), 1)
        submitted_s = time.monotonic()
        worker.result()
        assert submitted_s - start_s < time.monotonic() - submitted_s


def test_fast_movement_is_kept(lite_model: Path, squat: ByteArray) -> None:
    """A still picture shifted by a sine of 4 px: the leg landmarks follow with their full amplitude.

    The median, because single ones stick to the network's grid (a toe of this picture does not move at all).
    """
    phase = 2 * np.pi * np.arange(16) * 3 / 16
    with PoseWorker(lite_model, SETTINGS) as worker:
        for number, step_px in enumerate(4 * np.sin(phase)):
            worker.submit(number / 16, shifted(squat, float(step_px)), 1)
        x_px = np.array([worker.result()[0].landmarks_px[23:33, 0] for _ in phase])
    gain = 2 / len(phase) * np.sin(phase) @ x_px / 4
    assert 0.9 < np.median(gain) < 1.1


def shifted(picture: ByteArray, step_px: float) -> ByteArray:
    """The picture moved to the right by a fraction of a pixel, exactly (its edges wrap)."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(picture.shape[1]) * step_px)[None, :, None]
    moved = np.fft.irfft(np.fft.rfft(picture.astype(float), axis=1) * turn, picture.shape[1], axis=1)
    return np.clip(moved.round(), 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- failures
@linux
def test_nothing_to_plot_or_to_record_with_is_loaded(lite_model: Path, squat: ByteArray) -> None:
    """MediaPipe would load both; they take half of its start, and one of them looks for microphones."""
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, squat, 1)
        assert worker.result()
        loaded = Path(f"/proc/{worker.pid}/maps").read_text(encoding="utf-8")
    assert "mediapipe" in loaded
    assert not [name for name in ("matplotlib", "portaudio") if name in loaded]


@linux
def test_a_crash_is_one_line(lite_model: Path, squat: ByteArray) -> None:
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, squat, 1)
        os.kill(worker.pid, signal.SIGSEGV)
        with pytest.raises(PoseError, match=r"stopped \(signal 11") as caught:
            worker.result()
    assert "\n" not in str(caught.value)


@linux
@pytest.mark.parametrize(("limit_bytes", "short"), [(900_000_000, True), (1 << 40, False), (None, False)])
def test_a_process_that_dies_with_its_memory_used_up_was_refused_more(
    lite_model: Path, squat: ByteArray, monkeypatch: pytest.MonkeyPatch, limit_bytes: int | None, short: bool
) -> None:
    """Native code dies so, mostly without a word; where there was room it says nothing of the cause."""
    monkeypatch.setattr("motionscan.pose.worker._memory_limit_bytes", lambda: limit_bytes)
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.submit(0, squat, 1)
        worker.result()
        worker.submit(1, squat, 1)
        os.kill(worker.pid, signal.SIGABRT)
        with pytest.raises(PoseError, match=r"stopped \(signal 6") as caught:
            worker.result()
    assert is_short_of_memory(caught.value) == short


@linux
def test_a_silent_process_is_given_up_and_ended(lite_model: Path, squat: ByteArray) -> None:
    with PoseWorker(lite_model, PoseSettings(timeout_s=1)) as worker:
        os.kill(worker.pid, signal.SIGSTOP)
        worker.submit(0, squat, 1)
        with pytest.raises(PoseError, match="silent for 1 s"):
            worker.result()
    assert not alive(worker.pid)


def test_a_file_that_is_no_model_is_one_line(tmp_path: Path, squat: ByteArray) -> None:
    path = tmp_path / "x.task"
    path.write_bytes(b"no zip")
    for model in (path, tmp_path / "missing.task"):
        with PoseWorker(model, SETTINGS) as worker:
            worker.submit(0, squat, 1)
            with pytest.raises(PoseError, match="motionscan models") as caught:
                worker.result()
        assert "\n" not in str(caught.value)


@linux
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_whatever_ends_the_block_ends_the_process(error: type[BaseException], lite_model: Path) -> None:
    worker = PoseWorker(lite_model, SETTINGS)
    with pytest.raises(error):
        _stop_in_the_middle(worker, error)
    assert not alive(worker.pid)


def _stop_in_the_middle(worker: PoseWorker, error: type[BaseException]) -> None:
    with worker:
        worker.submit(0, np.zeros((960, 960, 3), np.uint8), 1)
        raise error


@linux
def test_the_process_does_not_outlive_a_killed_parent(lite_model: Path) -> None:
    with subprocess.Popen(
        script(ONE_PICTURE, str(lite_model), "wait"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline_s = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not alive(child)


# ---------------------------------------------------------------- no network
def test_proxies_lead_nowhere_and_have_no_exceptions() -> None:
    given = {"https_proxy": "http://real:1", "NO_PROXY": "*", "no_proxy": "*", "No_Proxy": "*", "HOME": "/h"}
    made = environment_without_network(given)
    assert made["HOME"] == "/h"
    assert {made[name] for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "http_proxy")} == {DEAD_PROXY}
    assert "no_proxy" not in {name.lower() for name in made}


@linux
def test_the_running_process_has_the_dead_proxies(lite_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with PoseWorker(lite_model, SETTINGS) as worker:
        worker.in_network_namespace()
        block = Path(f"/proc/{worker.pid}/environ").read_text().split("\0")
    assert f"https_proxy={DEAD_PROXY}" in block
    assert not [line for line in block if line.lower().startswith("no_proxy=")]


@linux
def test_every_thread_of_the_running_process_is_in_an_empty_network(lite_model: Path, squat: ByteArray) -> None:
    with PoseWorker(lite_model, SETTINGS) as worker:
        if not worker.in_network_namespace():
            pytest.skip("this system allows no network namespace")
        worker.submit(0, squat, 1)
        worker.result()
        tasks = Path(f"/proc/{worker.pid}/task")
        networks = {os.readlink(task / "ns" / "net") for task in tasks.iterdir()}
        interfaces = Path(f"/proc/{worker.pid}/net/dev").read_text().splitlines()[2:]
    assert os.readlink("/proc/self/ns/net") not in networks
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]


@linux
def test_after_shutting_the_network_not_even_this_machine_can_be_called() -> None:
    code = (
        "import socket, sys\n"
        "from motionscan.pose.isolation import shut_network\n"
        "print(shut_network())\n"
        "s = socket.socket(); s.settimeout(2)\n"
        "print(s.connect_ex(('127.0.0.1', int(sys.argv[1]))))\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        out = subprocess.run(script(code, port), env=environment(), capture_output=True, text=True, check=True)
    shut, code_text = out.stdout.split()
    if shut == "False":
        pytest.skip("this system allows no network namespace")
    assert int(code_text) != 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("namespace", [True, False], ids=["both walls", "dead proxy alone"])
def test_nothing_gets_out_not_even_a_question_for_a_name(namespace: bool, lite_model: Path, tmp_path: Path) -> None:
    """Every network call of a whole life of the process, the closing of the task included."""
    trace = tmp_path / "trace"
    command = script(ONE_PICTURE if namespace else WITHOUT_NAMESPACE, str(lite_model))
    strace = ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    ran = subprocess.run(
        [*strace, *command], env=environment(NO_PROXY="*"), capture_output=True, text=True, check=False
    )
    if "ptrace" in ran.stderr.lower():
        pytest.skip("this system allows no tracing")
    assert ran.returncode == 0, ran.stderr
    assert "googleapis" not in trace.read_text()
    calls = [line for line in trace.read_text().splitlines() if "sa_family=AF_INET" in line]
    assert [line for line in calls if 'sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")' not in line] == []
