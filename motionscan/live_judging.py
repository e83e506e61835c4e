"""``analyse`` in a process of its own: judging the last seconds takes no time from measuring."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from motionscan.analysis.analyse import analyse
from motionscan.errors import MotionscanError
from motionscan.records import Analysis, Motion
from motionscan.settings import AnalysisSettings

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext


class Judge:
    """Judges one ``Motion`` at a time; use it in a ``with`` block, which ends the process."""

    def __init__(self, settings: AnalysisSettings) -> None:
        self._settings = settings
        self._asked = False

    def __enter__(self) -> Self:
        """Start the process, and wait until it is ready.

        Raises:
            MotionscanError: it does not start.
        """
        self._line, theirs = multiprocessing.Pipe()
        self._process = in_own_process(_serve, theirs, self._settings)
        theirs.close()
        try:
            self._line.recv()
        except EOFError as error:
            raise _gone() from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._line.close()
        self._process.join(1)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited or waits."""
        return self._asked

    def ask(self, motion: Motion) -> None:
        """Hand over what is to be judged; only when not ``busy``.

        Raises:
            MotionscanError: the process is gone.
        """
        self._asked = True
        try:
            self._line.send(motion)
        except OSError as error:
            raise _gone() from error

    def answer(self, wait: bool = False) -> Analysis | None:
        """The judgement that was asked for; None when there is none yet.

        Raises:
            MotionscanError: the process is gone, or failed.
        """
        if not self._asked or not (wait or self._line.poll()):
            return None
        self._asked = False
        try:
            answer = self._line.recv()
        except (OSError, EOFError) as error:
            raise _gone() from error
        if isinstance(answer, Analysis):
            return answer
        raise MotionscanError(f"judging failed ({answer}); please report it")


def in_own_process(work: Callable[..., None], *given: Any) -> BaseProcess:
    """Start ``work`` in a process of its own that ends with its work; Ctrl-C is its parent's."""
    process = _nursery().Process(target=_undisturbed, args=(work, given), daemon=True)
    process.start()
    return process


def _nursery() -> "SpawnContext | ForkServerContext":
    """Where processes come from: on Linux from one that has loaded the analysis, which takes 2 s, once for all."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _undisturbed(work: Callable[..., None], given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(5)  # measuring goes before judging and drawing
    try:
        work(*given)
    except (MotionscanError, OSError):
        sys.exit(1)  # the parent says what is missing; what is half-written keeps its unfinished name


def _serve(line: Connection, settings: AnalysisSettings) -> None:
    """Say that all is imported, then answer until the other end is closed."""
    line.send(True)
    while True:
        try:
            motion = line.recv()
        except (EOFError, OSError):
            return
        try:
            line.send(analyse(motion, settings))
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent reports it
            line.send(f"{error.__class__.__name__}: {error}")


def _gone() -> MotionscanError:
    return MotionscanError("the judging process stopped; start again, and close other programs if memory is short")
