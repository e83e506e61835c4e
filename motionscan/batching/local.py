"""The local engine: one thread and one nest for each job, on this machine."""

import queue
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from motionscan.batching.supervisor import Nest
from motionscan.batching.tasks import DIED, Outcome, Task
from motionscan.progress import BatchObserver


class LocalEngine:
    """Does tasks in ``jobs`` processes at a time; use it in a ``with`` block, which ends them all.

    A task whose process died is tried once more; nobody can tell whether it was the video's fault.
    """

    def __init__(self, jobs: int, observer: BatchObserver, tries: int) -> None:
        self._nests = [Nest() for _ in range(jobs)]
        self._observer = observer
        self._tries = tries
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Nothing is started before there is something to do."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes at once."""
        self._stopping.set()
        for nest in self._nests:
            nest.stop()
        for thread in self._threads:
            thread.join()
        for nest in self._nests:
            nest.close()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Do the tasks, begun in the given order; each is handed out with its outcome as soon as it ends."""
        waiting = deque(tasks)
        done: queue.SimpleQueue[tuple[Task, Outcome]] = queue.SimpleQueue()
        deaths: Counter[str] = Counter()
        self._threads = [self._hands(nest, waiting, done) for nest in self._nests[: max(len(tasks), 1)]]
        open_tasks = len(tasks)
        while open_tasks:
            task, outcome = done.get()
            if outcome.failure is not None and outcome.failure.code == DIED:
                deaths[task.video] += 1
                if deaths[task.video] < self._tries:
                    waiting.append(task)
                    self._call_back(waiting, done)
                    continue
            open_tasks -= 1
            yield task, outcome

    def _hands(
        self, nest: Nest, waiting: deque[Task], done: "queue.SimpleQueue[tuple[Task, Outcome]]"
    ) -> threading.Thread:
        thread = threading.Thread(target=self._serve, args=(nest, waiting, done), daemon=True)
        thread.start()
        return thread

    def _call_back(self, waiting: deque[Task], done: "queue.SimpleQueue[tuple[Task, Outcome]]") -> None:
        """Have somebody do what came back after the others went home."""
        for index, thread in enumerate(self._threads):
            if not thread.is_alive():
                self._threads[index] = self._hands(self._nests[index], waiting, done)
                return

    def _serve(self, nest: Nest, waiting: deque[Task], done: "queue.SimpleQueue[tuple[Task, Outcome]]") -> None:
        """Thread: take tasks while there are any."""
        while not self._stopping.is_set():
            try:
                task = waiting.popleft()
            except IndexError:
                return
            self._observer.started(task.video, task.length_s)
            outcome = nest.ask(task, lambda share, task=task: self._observer.moved(task.video, share))  # type: ignore[misc]
            self._observer.left(task.video)
            done.put((task, outcome))
