"""Asks a nest for one task after the other; whatever becomes of its processes, there is an outcome."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from motionscan.address_space import AddressSpace
from motionscan.batching.cores import Core, take_core
from motionscan.batching.tasks import (
    DIED,
    TOO_MUCH_MEMORY,
    TOOK_TOO_LONG,
    UNEXPECTED,
    Failure,
    Outcome,
    Task,
    memory_reason,
)

PROCESS_MODULE: Final = "motionscan.batch_process"
"""What a nest runs: it knows how tasks are done."""
ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
"""Libraries that would start a thread for each processor, and so get in the way of other jobs."""
_PACKAGE_ROOT: Final = Path(__file__).parents[2]
_START_S: Final = 120.0
"""How long a nest may take to load; the time limit of a video begins after that."""
_KILL_S: Final = 5.0
"""How long a nest may take to tell that a process was killed, or to end itself."""


class Nest:
    """A nest process as its owner sees it; starts when it is needed, again after it died. Used by one thread.

    Where there is a free processor, it and all that comes of it runs on that one, and libraries count one.
    """

    def __init__(self) -> None:
        self._core: Core | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._worker_pid: int | None = None

    def ask(self, task: Task, moved: Callable[[float], None] | None = None) -> Outcome:
        """Have the task done within its limits."""
        if not self._send(task):
            return _died(None)
        space = AddressSpace(task.limits.memory_bytes)
        outcome = self._await(task, space, moved)
        return _short_of_memory(outcome) if space.used_up else outcome

    def _await(self, task: Task, space: AddressSpace, moved: Callable[[float], None] | None) -> Outcome:
        end_s = _end_s(task, _START_S)
        outcome: Outcome | None = None
        while True:
            try:
                left_s = None if end_s is None else max(end_s - time.monotonic(), 0)
                line = space.next_of(self._lines, self._pids(), left_s)
            except queue.Empty:
                self._stop_worker()
                return outcome or _too_long(task)
            if line is None:
                code = self._reap()
                return outcome or _died(code)
            if "pid" in line:
                self._worker_pid = line["pid"]
                end_s = _end_s(task)
            elif "share" in line and moved is not None:
                moved(line["share"])
            elif "answer" in line:
                outcome = Outcome(answer=line["answer"])
            elif "failure" in line:
                outcome = Outcome(failure=Failure(**line["failure"]))
            elif "ended" in line:
                self._worker_pid = None
                return outcome or _died(line["ended"])

    def stop(self) -> None:
        """End what it does, at once; may be called from another thread."""
        _kill(self._worker_pid)
        if self._process is not None and self._process.stdin is not None:
            _close_quietly(self._process.stdin)

    def close(self) -> None:
        """End the nest; when this returns no process of a video writes any more. May be called twice."""
        self.stop()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_KILL_S)
        self._reap()
        if self._core is not None:
            self._core.release()

    # ------------------------------------------------------------ the process
    def _pids(self) -> list[int]:
        """Of the nest, from which a process has all that it holds at first, and of the process of the video."""
        nest = [] if self._process is None else [self._process.pid]
        return nest if self._worker_pid is None else [*nest, self._worker_pid]

    def _send(self, task: Task) -> bool:
        request: dict[str, Any] = {"kind": task.kind, "video": task.video, "request": task.request}
        request["memory_bytes"] = task.limits.memory_bytes
        try:
            pipe = self._running().stdin
            assert pipe is not None
            pipe.write(json.dumps(request).encode() + b"\n")
            pipe.flush()
        except (OSError, ValueError):  # it is gone, or was stopped
            self._reap()
            return False
        return True

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._reap()
            self._core = self._core or take_core()
            self._process = _start(self._core)
            self._lines = queue.SimpleQueue()
            threading.Thread(target=_read, args=(self._process, self._lines), daemon=True).start()
        return self._process

    def _reap(self) -> int | None:
        """Free what is left of a nest that is gone; how it ended."""
        process, self._process, self._worker_pid = self._process, None, None
        if process is None:
            return None
        process.kill()
        code = process.wait()
        if process.stdin is not None:
            _close_quietly(process.stdin)
        return code

    def _stop_worker(self) -> None:
        """End the process of the video; the nest too when it went with it, or does not tell that this has happened."""
        _kill(self._worker_pid)
        end_s = time.monotonic() + _KILL_S
        while self._worker_pid is not None and (left_s := end_s - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left_s)
            except queue.Empty:
                break
            if line is None:
                break  # the nest itself, which may still be dying: the next task must not be given to it
            if "ended" in line:
                self._worker_pid = None
                return
        self._reap()


def _end_s(task: Task, allowance_s: float = 0.0) -> float | None:
    """When the task must have ended, if it is begun now or after the allowance."""
    limit_s = task.limits.time_s
    return None if limit_s is None else time.monotonic() + limit_s + allowance_s


def _start(core: Core | None) -> "subprocess.Popen[bytes]":
    paths = [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    # a session of its own, so that Ctrl-C reaches the batch alone
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", PROCESS_MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    if core is not None and sys.platform == "linux":
        os.sched_setaffinity(process.pid, {core.number})
    return process


def _read(process: "subprocess.Popen[bytes]", lines: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    """Thread: hand on what the nest says; None at its end."""
    assert process.stdout is not None
    with process.stdout as pipe:
        for line in pipe:
            if line.endswith(b"\n"):
                lines.put(json.loads(line))
    lines.put(None)


def _kill(pid: int | None) -> None:
    """End a process of a video with all that it started."""
    if pid is None:
        return
    try:
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # it was quicker


def _close_quietly(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return  # the rest of a request for a process that is gone


def _died(code: int | None) -> Outcome:
    cause = "" if code is None else f" (signal {-code})" if code < 0 else f" (exit code {code})"
    reason = f"the process that read it died{cause}; the file may be damaged, or memory is short: try fewer --jobs"
    return Outcome(failure=Failure(DIED, reason))


def _short_of_memory(outcome: Outcome) -> Outcome:
    """How a task ended that had used up its memory: what has no other cause is put down to that."""
    failure = outcome.failure
    if failure is None or failure.code not in (DIED, UNEXPECTED):
        return outcome
    seen, _, _ = failure.reason.partition(";")
    return Outcome(failure=Failure(TOO_MUCH_MEMORY, memory_reason(seen)))


def _too_long(task: Task) -> Outcome:
    cure = "raise --time-limit, or batch.time_limit_s in the settings"
    reason = f"took longer than {task.limits.time_s:g} s and was stopped; {cure}"
    return Outcome(failure=Failure(TOOK_TOO_LONG, reason))
