"""Both engines do every task once, whatever becomes of the processes that do them."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from motionscan.batching.cluster import DaskEngine
from motionscan.batching.local import LocalEngine
from motionscan.batching.tasks import DIED, Outcome, Task
from motionscan.errors import ClusterError
from motionscan.progress import BatchObserver
from tests.batching.conftest import MakeTask, appears

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
WAIT_S = 1.5


class Running(BatchObserver):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.now: set[str] = set()

    def started(self, video: str, length_s: float) -> None:
        self.names.append(Path(video).name)
        self.now.add(video)

    def left(self, video: str) -> None:
        self.now.discard(video)


@pytest.fixture
def observer() -> Running:
    return Running()


@pytest.fixture
def works_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of a cluster are new processes; they find the works of the tests through their start."""
    import dask

    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    dask.config.set({"distributed.worker.preload": ["tests.batching.preload"]})
    yield
    dask.config.set({"distributed.worker.preload": []})


@pytest.fixture(params=["local", "dask"])
def engine(request: pytest.FixtureRequest, observer: Running, tmp_path: Path) -> Iterator[Any]:
    if request.param == "local":
        with LocalEngine(2, observer, 2) as made:
            yield made
    else:
        request.getfixturevalue("works_everywhere")
        with DaskEngine(None, 2, tmp_path / "marks", observer, 2) as made:
            yield made


def by_name(done: Iterator[tuple[Task, Outcome]]) -> dict[str, Outcome]:
    outcomes = list(done)
    assert len({task.video for task, _ in outcomes}) == len(outcomes), "a task was handed out twice"
    return {Path(task.video).name: outcome for task, outcome in outcomes}


def begun(tmp_path: Path, name: str) -> list[int]:
    return [int(line) for line in appears(tmp_path / f"{name}.begun").split()]


def test_every_task_has_its_outcome_and_the_failing_ones_cost_nothing_else(
    engine: Any, task: MakeTask, tmp_path: Path, observer: Running
) -> None:
    """A crash is tried again, because nobody knows whose fault it was; a video that says what is wrong is not."""
    names = ["crash", "bad.mp4", "bug", *(f"v{index}" for index in range(5))]
    done = by_name(engine.run([task(name) for name in names]))
    assert set(done) == set(names)
    assert {name for name, outcome in done.items() if outcome.answer} == {f"v{index}" for index in range(5)}
    assert done["crash"].failure is not None
    assert done["crash"].failure.code == DIED
    assert len(begun(tmp_path, "crash")) == 2
    assert len(begun(tmp_path, "bad.mp4")) == 1
    assert {"v0", "bad.mp4"} <= set(observer.names)
    assert not observer.now


def test_nothing_to_do_is_done_at_once(engine: Any) -> None:
    assert list(engine.run([])) == []


def test_tasks_begin_in_order(task: MakeTask, tmp_path: Path, observer: Running) -> None:
    """The caller decides what is longest."""
    with LocalEngine(1, observer, 2) as engine:
        list(engine.run([task(name) for name in ("c", "a", "b")]))
    assert observer.names == ["c", "a", "b"]


def kill_one_that_runs(pids: Callable[[], list[int]]) -> threading.Thread:
    def kill() -> None:
        end_s = time.monotonic() + 30
        while not (found := pids()) and time.monotonic() < end_s:
            time.sleep(0.05)
        os.kill(found[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_killed_video_is_done_by_the_next_process(task: MakeTask, tmp_path: Path, observer: Running) -> None:
    tasks = [task(f"wait{index}", wait_s=WAIT_S) for index in range(3)]
    with LocalEngine(2, observer, 2) as engine:
        killer = kill_one_that_runs(lambda: begun(tmp_path, "wait0"))
        done = by_name(engine.run(tasks))
        killer.join()
    assert [outcome.failure for outcome in done.values() if outcome.failure] == []
    assert len(begun(tmp_path, "wait0")) == 2


def workers_of(engine: DaskEngine) -> list[int]:
    return [int(pid) for pid in engine._client.run(os.getpid).values()]


def test_a_cluster_does_all_although_a_worker_is_killed_on_the_way(
    works_everywhere: None, task: MakeTask, tmp_path: Path, observer: Running
) -> None:
    """Two worker processes over loopback: what the killed one did is done by another."""
    tasks = [task(f"wait{index}", wait_s=WAIT_S) for index in range(6)]
    with DaskEngine(None, 2, tmp_path / "marks", observer, 2) as engine:
        victim = workers_of(engine)[0]
        killer = kill_one_that_runs(lambda: [victim] if len(list(tmp_path.glob("*.begun"))) > 2 else [])
        done = by_name(engine.run(tasks))
        killer.join()
        assert victim not in workers_of(engine)
    assert len(done) == 6
    assert [outcome.failure for outcome in done.values() if outcome.failure] == []
    assert not (tmp_path / "marks").exists()


def test_a_video_that_kills_two_workers_is_set_aside(
    works_everywhere: None, task: MakeTask, tmp_path: Path, observer: Running
) -> None:
    """The others are done; the reason says what happened."""
    names = ["kill_worker", *(f"v{index}" for index in range(4))]
    with DaskEngine(None, 2, tmp_path / "marks", observer, 2) as engine:
        done = by_name(engine.run([task(name) for name in names]))
    failure = done.pop("kill_worker").failure
    assert failure is not None
    assert failure.code == DIED
    assert "worker died 2 times" in failure.reason
    assert [outcome.failure for outcome in done.values() if outcome.failure] == []


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, observer: Running, monkeypatch: Any) -> None:
    monkeypatch.setattr("motionscan.batching.cluster._CONNECT_S", 1)
    address = "tcp://127.0.0.1:9"
    with pytest.raises(ClusterError, match=address), DaskEngine(address, 1, tmp_path / "marks", observer, 2):
        pass
