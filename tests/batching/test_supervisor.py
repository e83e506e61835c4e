"""One video, one process: whatever it does, there is an outcome, and nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from motionscan.batching.cores import take_core
from motionscan.batching.supervisor import Nest
from motionscan.batching.tasks import DIED, TOO_MUCH_MEMORY, TOOK_TOO_LONG, UNEXPECTED
from tests.batching.conftest import MakeTask, appears, gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, params=["forked", "alone"])
def with_and_without_fork(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the system cannot fork, each video has a nest of its own; everything else is the same."""
    if request.param == "alone":
        monkeypatch.setenv("WORKS_WITHOUT_FORK", "1")
    return str(request.param)


def test_each_video_has_a_process_of_its_own(nest: Nest, task: MakeTask) -> None:
    """Two videos share the nest, not the process."""
    first, second = nest.ask(task("one")).answer, nest.ask(task("two")).answer
    assert first is not None
    assert second is not None
    assert (first["name"], second["name"]) == ("one", "two")
    assert first["pid"] != second["pid"]


def test_a_job_has_one_processor(nest: Nest, task: MakeTask) -> None:
    """Libraries that count processors count one."""
    answer = nest.ask(task("one")).answer
    assert answer is not None
    assert answer["cores"] == 1


def test_no_two_jobs_share_a_processor_while_others_are_free() -> None:
    """Each has its own until it is let go; then all are shared."""
    taken = [take_core() for _ in range(len(os.sched_getaffinity(0)) + 1)]
    own = [core.number for core in taken if core is not None and core.owned]
    try:
        assert len(set(own)) == len(own) < len(taken)
    finally:
        for core in taken:
            if core is not None:
                core.release()


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("crash", DIED, "signal 6"),
        ("bad.mp4", "E_NOT_VIDEO", "bad.mp4: not a video"),
        ("bug", UNEXPECTED, "ZeroDivisionError: two lines"),
    ],
)
def test_a_failure_has_a_code_and_one_line_and_costs_one_video(
    nest: Nest, task: MakeTask, name: str, code: str, words: str
) -> None:
    failure = nest.ask(task(name)).failure
    assert failure is not None
    assert failure.code == code
    assert words in failure.reason
    assert "\n" not in failure.reason
    assert nest.ask(task("next")).answer


def test_more_memory_than_allowed_is_refused(nest: Nest, task: MakeTask) -> None:
    failure = nest.ask(task("big", memory_bytes=2_000_000_000)).failure
    assert failure is not None
    assert failure.code == TOO_MUCH_MEMORY


@pytest.mark.parametrize(("name", "alone"), [("crash", DIED), ("bug", UNEXPECTED)])
def test_what_fails_with_its_memory_used_up_was_refused_more(nest: Nest, task: MakeTask, name: str, alone: str) -> None:
    """Native code does not say so: it dies, or gives nothing where something was asked for."""
    short = nest.ask(task(f"full-{name}", memory_bytes=2_000_000_000)).failure
    roomy = nest.ask(task(f"full-{name}", memory_bytes=100_000_000_000)).failure
    other = nest.ask(task("full-bad.mp4", memory_bytes=2_000_000_000)).failure
    assert short is not None
    assert roomy is not None
    assert other is not None
    assert short.code == TOO_MUCH_MEMORY
    assert roomy.code == alone
    assert other.code == "E_NOT_VIDEO"  # it has a cause of its own


def test_what_native_code_prints_is_no_answer(nest: Nest, task: MakeTask) -> None:
    assert nest.ask(task("loud")).answer


def test_the_time_limit_ends_the_process_and_what_it_started(
    nest: Nest, task: MakeTask, tmp_path: Path, with_and_without_fork: str
) -> None:
    """A nest that is the video's own process has ended with it, and is not given the next task."""
    shares: list[float] = []
    outcome = nest.ask(task("slow", time_s=3.0), shares.append)
    assert outcome.failure is not None
    assert outcome.failure.code == TOOK_TOO_LONG
    assert "3 s" in outcome.failure.reason
    assert shares == [0.5]
    assert (nest._process is None) is (with_and_without_fork == "alone")
    assert gone(int(appears(tmp_path / "slow.begun")))
    assert gone(int(appears(tmp_path / "helper")))
    assert nest.ask(task("next")).answer


def asked(nest: Nest, task: MakeTask, name: str) -> threading.Thread:
    limited = task(name, memory_bytes=100_000_000_000)
    thread = threading.Thread(target=nest.ask, args=(limited,), daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("with_and_without_fork", ["forked"], indirect=True)
def test_no_process_of_a_video_outlives_its_nest(nest: Nest, task: MakeTask, tmp_path: Path) -> None:
    """``kill -9`` of the nest: the video's process and its helper go too, and the next task has a new nest.

    Without fork nest and video are one process.
    """
    thread = asked(nest, task, "slow")
    helper = int(appears(tmp_path / "helper"))
    assert nest._process is not None
    os.kill(nest._process.pid, signal.SIGKILL)
    thread.join(10)
    assert not thread.is_alive()
    assert gone(int(appears(tmp_path / "slow.begun")))
    assert gone(helper)
    assert nest.ask(task("next")).answer


def test_closing_ends_everything_at_once(nest: Nest, task: MakeTask, tmp_path: Path) -> None:
    thread = asked(nest, task, "slow")
    helper = int(appears(tmp_path / "helper"))
    nest.close()
    thread.join(10)
    assert not thread.is_alive()
    assert gone(helper)


def test_nothing_outlives_the_batch(task: MakeTask, tmp_path: Path) -> None:
    """``kill -9`` of the process that asks: nest, video and helper end by themselves."""
    code = (
        "from motionscan.batching import supervisor\n"
        "from motionscan.batching.tasks import Task\n"
        "supervisor.PROCESS_MODULE = 'tests.batching.works'\n"
        f"supervisor.Nest().ask(Task('scan', '/videos/slow', {{'notes': {str(tmp_path)!r}}}))\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)})
    helper, video = int(appears(tmp_path / "helper")), int(appears(tmp_path / "slow.begun"))
    parent = int(Path(f"/proc/{video}/stat").read_text().rpartition(")")[2].split()[1])
    asker.kill()
    asker.wait()
    assert [gone(pid) for pid in (parent, video, helper)] == [True] * 3


@pytest.mark.parametrize("with_and_without_fork", ["forked"], indirect=True)
def test_a_nest_is_started_once(nest: Nest, task: MakeTask) -> None:
    """Loading is paid once: later videos begin in milliseconds. Without fork it is started for each."""
    nest.ask(task("one"))
    start_s = time.perf_counter()
    for index in range(20):
        assert nest.ask(task(f"v{index}")).answer
    assert (time.perf_counter() - start_s) / 20 < 0.2
