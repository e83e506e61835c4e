"""Nests that run the works of the tests."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from motionscan.batching import supervisor
from motionscan.batching.supervisor import Nest
from motionscan.batching.tasks import Limits, Task

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked on POSIX only")
MakeTask = Callable[..., Task]


@pytest.fixture(autouse=True)
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PROCESS_MODULE", "tests.batching.works")


@pytest.fixture
def task(tmp_path: Path) -> MakeTask:
    """Makes a task for a video of that name."""

    def make(name: str, time_s: float | None = 20.0, memory_bytes: int | None = None, **request: object) -> Task:
        return Task("scan", f"/videos/{name}", {"notes": str(tmp_path), **request}, Limits(time_s, memory_bytes))

    return make


@pytest.fixture
def nest() -> Iterator[Nest]:
    made = Nest()
    yield made
    made.close()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet fetched by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, within_s: float = 10.0) -> bool:
    """Whether a process ends soon."""
    end_s = time.monotonic() + within_s
    while is_alive(pid) and time.monotonic() < end_s:
        time.sleep(0.02)
    return not is_alive(pid)


def appears(path: Path, within_s: float = 20.0) -> str:
    """The text of a file, as soon as it has some."""
    end_s = time.monotonic() + within_s
    while not (path.is_file() and path.read_text()) and time.monotonic() < end_s:
        time.sleep(0.02)
    return path.read_text()
