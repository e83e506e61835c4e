"""The Dask engine: the same tasks on the workers of a cluster, which read and write paths that all of them share.

A task is begun at most so often as the settings say: each beginning leaves a mark in a shared folder, and a worker
that dies leaves its mark behind. Dask itself only knows which workers died while a task waited there.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import dask
import distributed

from motionscan.batching.supervisor import Nest
from motionscan.batching.tasks import DIED, UNEXPECTED, Failure, Limits, Outcome, Task
from motionscan.errors import ClusterError
from motionscan.progress import BatchObserver

_AHEAD: Final = 2
"""Tasks on their way to a worker for each that it does: it need not wait for the next, and few are sent anew."""
_NEVER: Final = 1_000_000
"""Deaths after which the scheduler of our own cluster gives up by itself: the marks decide earlier."""
_DEAF: Final = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""Run by the workers of our own cluster: Ctrl-C is for the batch, which ends them."""
_CONNECT_S: Final = 30

_own = threading.local()
"""Of a worker's thread: its nest."""


class DaskEngine:
    """Does tasks on a Dask cluster; use it in a ``with`` block. Without ``scheduler`` it starts a local cluster.

    Args:
        marks: a folder that all workers share.
        jobs: workers of a local cluster.
    """

    def __init__(self, scheduler: str | None, jobs: int, marks: Path, observer: BatchObserver, tries: int) -> None:
        self._scheduler = scheduler
        self._jobs = jobs
        self._marks = marks
        self._observer = observer
        self._tries = tries
        self._ends = ExitStack()
        self._topic = f"motionscan-{uuid.uuid4().hex}"
        self._sent: dict[str, Task] = {}
        self._begun: set[str] = set()

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            ClusterError: the scheduler does not answer.
        """
        shutil.rmtree(self._marks, ignore_errors=True)
        self._marks.mkdir(parents=True)
        with ExitStack() as ends:
            ends.enter_context(_silence())
            ends.callback(shutil.rmtree, self._marks, ignore_errors=True)
            address = self._scheduler or ends.enter_context(_local_cluster(self._jobs, ends))
            try:
                client: Any = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
                self._client = ends.enter_context(client)
            except (OSError, ValueError) as error:
                raise ClusterError(f"{address}: no Dask scheduler answers there; check --scheduler") from error
            self._client.subscribe_topic(self._topic, self._hear)
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the cluster; end it if it is our own."""
        self._ends.close()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Do the tasks, begun in the given order; each is handed out with its outcome as soon as it ends."""
        waiting = iter(tasks)
        done = distributed.as_completed([], loop=self._client.loop)  # type: ignore[no-untyped-call]
        self._send(islice(waiting, self._room()), done)
        for future in done:
            if future.status in ("pending", "lost"):  # the worker that kept its outcome died; it is done once more
                done.add(future)  # type: ignore[no-untyped-call]
                continue
            task, outcome = self._sent.pop(future.key), _outcome(future)
            future.release()
            self._begun.discard(future.key)
            self._observer.left(task.video)
            yield task, outcome
            self._send(islice(waiting, self._room()), done)

    def _room(self) -> int:
        """How many more tasks may be on their way; workers come and go."""
        threads: dict[str, int] = self._client.nthreads()
        return max(_AHEAD * max(sum(threads.values()), self._jobs) - len(self._sent), 0)

    def _send(self, tasks: Iterator[Task], done: Any) -> None:
        for task in tasks:
            key = f"{self._topic}-{uuid.uuid4().hex}"
            self._sent[key] = task
            done.add(
                self._client.submit(do_task, asdict(task), key, str(self._marks), self._tries, self._topic, key=key)
            )

    def _hear(self, event: tuple[float, Any]) -> None:
        """What a worker says: how much of a task is done, first of all nothing."""
        key, share = event[1]
        task = self._sent.get(key)
        if task is None:
            return
        if key not in self._begun:
            self._begun.add(key)
            self._observer.started(task.video, task.length_s)
        self._observer.moved(task.video, share)


def do_task(plain: dict[str, Any], key: str, marks: str, tries: int, topic: str) -> Outcome:
    """On a worker: do a task in processes of its own, unless it has been the end of too many workers."""
    task = Task(**plain | {"limits": Limits(**plain["limits"])})
    begun = Path(marks, f"{task.kind}-{hashlib.sha256(os.fsencode(task.video)).hexdigest()}")
    begun.mkdir(parents=True, exist_ok=True)
    outcome = Outcome(failure=Failure(DIED, f"its worker died {tries} times; the file may be damaged, or memory short"))
    while len(list(begun.iterdir())) < tries:
        (begun / uuid.uuid4().hex).touch()
        outcome = _nest().ask(task, _teller(key, topic))
        if outcome.failure is None or outcome.failure.code != DIED:
            break
    shutil.rmtree(begun, ignore_errors=True)
    return outcome


def _teller(key: str, topic: str) -> Callable[[float], None]:
    """Tells the batch how far a task is; at once that it has begun. Paths may be no text, so the task has a key."""
    worker = distributed.get_worker()
    worker.log_event(topic, (key, 0.0))
    return lambda share: worker.log_event(topic, (key, share))


def _nest() -> Nest:
    if not hasattr(_own, "nest"):
        _own.nest = Nest()
    nest: Nest = _own.nest
    return nest


def _local_cluster(jobs: int, ends: ExitStack) -> Any:
    """One worker a job, each with one thread, on this machine and heard by no other."""
    preload = [*dask.config.get("distributed.worker.preload", []), _DEAF]
    ours = {"distributed.scheduler.allowed-failures": _NEVER, "distributed.worker.preload": preload}
    ends.enter_context(dask.config.set(ours))
    scratch = ends.enter_context(tempfile.TemporaryDirectory(prefix="motionscan-dask-", ignore_cleanup_errors=True))
    return distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=jobs,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        local_directory=scratch,
        silence_logs=logging.CRITICAL,
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing of Dask's own log: what a worker's end means for a video is told by its outcome."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _outcome(future: Any) -> Outcome:
    """What became of a task, also where the cluster lost it."""
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status != "error":
        return Outcome(failure=Failure(DIED, "the cluster lost it; run the same command again"))
    error = future.exception()
    if isinstance(error, distributed.KilledWorker):
        return Outcome(failure=Failure(DIED, "its workers died; the file may be damaged, or memory short"))
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return Outcome(failure=Failure(UNEXPECTED, f"unexpected {words}; check that the workers run this version"))
