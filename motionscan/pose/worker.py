"""MediaPipe in a process of its own: a second core, a crash that costs one error line, and no network."""

import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from motionscan.address_space import AddressSpace
from motionscan.body import Source
from motionscan.errors import PoseError
from motionscan.pose.isolation import environment_without_network
from motionscan.pose.source import Person
from motionscan.pose.wire import read_line, write_line, write_picture
from motionscan.records import ByteArray, FloatArray, Head
from motionscan.settings import FaceSettings, LegsSettings, PoseSettings

CLOSE_S: Final = 3.0
"""How long a process that has nothing to do any more may take to end before it is killed."""
_PACKAGE_ROOT: Final = Path(__file__).parents[2]
_CHATTER: Final = re.compile(r"^([IW]\d{4}|INFO|WARNING)")
_LIBRARY_CURE: Final = "on Debian or Ubuntu run `apt-get install libegl1 libgles2 libgl1 libglib2.0-0`"


class PoseWorker:
    """A ``PoseSource`` that asks MediaPipe's pose landmarker, or the finder of legs; use it in a ``with`` block.

    The process starts with the block and gets ready while the caller goes on. Leaving the block ends it, always.
    """

    def __init__(self, model: Path, settings: PoseSettings, legs: LegsSettings | None = None) -> None:
        """Prepare; ``model`` is a checked ``.task`` file (see ``ensure_model``).

        With ``legs`` it looks for legs alone, without them for whole persons.
        """
        self._settings = settings
        self._source: Source = "pose" if legs is None else "legs"
        options = {"people": settings.max_people} if legs is None else legs.model_dump()
        self._request: dict[str, Any] = {"model": str(model), "finder": self._source, "options": options}
        self._pictures: queue.SimpleQueue[tuple[int, int, memoryview] | None] = queue.SimpleQueue()
        self._started: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._awaited: deque[tuple[int, int, float]] = deque()
        self._ready: dict[str, Any] | None = None
        self._space = AddressSpace(_memory_limit_bytes())

    def __enter__(self) -> Self:
        """Start the process without waiting for it.

        Raises:
            PoseError: the system does not start it.
        """
        self._log = tempfile.TemporaryFile()
        try:
            self._process = _start(self._log.fileno())
        except OSError as error:
            self._log.close()
            raise PoseError(f"the pose process cannot be started ({error.strerror}); close other programs") from error
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._read)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._pictures.put(None)
        try:
            if kind is None and not self._awaited:
                self._process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            pass  # killed below
        finally:
            self._end()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def in_network_namespace(self) -> bool:
        """Whether the process has no network at all, beyond the dead proxies; waits until it is ready.

        Raises:
            PoseError: it did not get ready.
        """
        return bool(self._await_ready()["network_namespace"])

    def submit(self, t_s: float, rgb: ByteArray, scale: float) -> None:
        """Hand over a picture (h, w, 3), ``scale`` times smaller than the full one; does not wait.

        Raises:
            ValueError: not such a picture, or an empty one.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise ValueError(f"not a picture: {rgb.dtype} {rgb.shape}")
        height_px, width_px = rgb.shape[:2]
        self._awaited.append((height_px, width_px, scale))
        self._pictures.put((height_px, width_px, np.ascontiguousarray(rgb).data.cast("B")))

    def answered(self) -> bool:
        """Whether ``result`` would not wait."""
        return not self._answers.empty()

    def result(self) -> tuple[Person, ...]:
        """The persons in the oldest picture not yet answered; () when nobody is seen.

        Raises:
            PoseError: the process stopped, did not start, or is silent for longer than the settings allow.
            ValueError: no picture is waiting.
        """
        answer, size_px = self._answer()
        return tuple(_person(person, size_px, self._source) for person in answer["found"])

    # ------------------------------------------------------------ the pipes
    def _write(self) -> None:
        """Thread: hand pictures to the process; its end is noticed by the reading thread."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            write_line(pipe, self._request)
            while (picture := self._pictures.get()) is not None:
                write_picture(pipe, *picture)
        except OSError:
            return
        finally:
            _close_quietly(pipe)

    def _read(self) -> None:
        """Thread: take answers from the process; None says that there will be no more."""
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            self._started.put(read_line(pipe))
            while (answer := read_line(pipe)) is not None:
                self._answers.put(answer)
        self._answers.put(None)

    # ------------------------------------------------------------ answers and ends
    def _answer(self) -> tuple[dict[str, Any], FloatArray]:
        """The oldest answer not yet taken, and width and height of its full picture."""
        if not self._awaited:
            raise ValueError("result() without submit()")
        self._await_ready()
        answer = self._next(self._answers)
        height_px, width_px, scale = self._awaited.popleft()
        return answer, np.array([width_px, height_px], dtype=float) * scale

    def _await_ready(self) -> dict[str, Any]:
        if self._ready is None:
            self._ready = self._next(self._started)
        return self._ready

    def _next(self, answers: "queue.SimpleQueue[dict[str, Any] | None]") -> dict[str, Any]:
        try:
            answer = self._space.next_of(answers, [self._process.pid], self._settings.timeout_s)
        except queue.Empty:
            self._process.kill()
            raise PoseError(
                f"the pose process was silent for {self._settings.timeout_s:g} s and was stopped; close other "
                "programs, or raise pose.timeout_s in the settings"
            ) from None
        if answer is None:
            answers.put(None)  # so that asking again fails again
            raise PoseError(self._death())
        if "error" in answer:
            raise PoseError(_failure(answer["error"] + self._refused()))
        return answer

    def _death(self) -> str:
        code = self._process.wait()
        cause = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = _last_words(self._log_text())
        return f"the pose process stopped ({cause}{said}{self._refused()}); try again, or another --model"

    def _refused(self) -> str:
        """What to add to a cause, in the system's words, where memory was used up."""
        return "; cannot allocate memory, as it seems" if self._space.used_up else ""

    def _log_text(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", errors="replace")

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        self._log.close()


class HeadWorker(PoseWorker):
    """The same process, asked for heads only: those of persons, and faces whose body is not seen."""

    def __init__(self, model: Path, pose: PoseSettings, faces: FaceSettings) -> None:
        """Prepare; ``model`` is a checked ``.task`` file."""
        super().__init__(model, pose)
        self._request |= {"finder": "heads", "options": faces.model_dump()}

    def heads(self) -> tuple[Head, ...]:
        """The heads in the oldest picture not yet answered.

        Raises:
            PoseError: as ``result``.
            ValueError: no picture is waiting.
        """
        answer, (width_px, height_px) = self._answer()
        long_px = max(width_px, height_px)
        found = answer["found"]
        return tuple(Head(x * width_px, y * height_px, radius * long_px, sure) for x, y, radius, sure in found)


def _start(log: int) -> "subprocess.Popen[bytes]":
    environment = environment_without_network(os.environ)
    paths = [str(_PACKAGE_ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    # -P: a stray numpy.py in the user's folder must not be imported
    command = [sys.executable, "-P", "-m", "motionscan.pose.child"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment)


def _close_quietly(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return  # the rest of a picture for a process that is gone


def _person(answer: dict[str, Any], size_px: FloatArray, source: Source) -> Person:
    numbers = np.array(answer["points"], dtype=float)
    return Person(numbers[:, :2] * size_px, numbers[:, 2], numbers[:, 3], source, answer.get("sided", True))


def _failure(message: str) -> str:
    if ".so" in message:
        return f"the pose process lacks a system library ({message}); {_LIBRARY_CURE}"
    return f"the pose process failed ({message}); run `motionscan models verify`, or try another --model"


def _memory_limit_bytes() -> int | None:
    """Address space that this process, and what it starts, may use; None: as much as there is."""
    if sys.platform == "win32":
        return None
    import resource

    limit_bytes, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit_bytes == resource.RLIM_INFINITY else limit_bytes


def _last_words(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip() and not _CHATTER.match(line)]
    return f": {lines[-1]}" if lines else ""
