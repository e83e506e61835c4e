"""Runs the user's command when something is found: no shell, limited in time, never waited for."""

import json
import queue
import shlex
import subprocess
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from motionscan.errors import SettingsError

_WAITING: Final = 100
"""Findings that may wait for a slow command; more are left out, and counted."""


class Command:
    """A command that is told of findings on its standard input; use it in a ``with`` block.

    Raises:
        SettingsError: on construction, when the text names no command.
    """

    def __init__(self, text: str, limit_s: float, say: Callable[[str], None]) -> None:
        """``say`` is told once of each way of failing, from another thread."""
        try:
            self._words = shlex.split(text)
        except ValueError as error:
            raise SettingsError(f"{text!r} is no command ({error}); close the quotation mark") from error
        if not self._words:
            raise SettingsError("no command is given; name a program")
        self._limit_s = limit_s
        self._say = say
        self._said: set[str] = set()
        self._line: queue.Queue[dict[str, Any] | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="on-finding", daemon=True)

    def __enter__(self) -> Self:
        """Be ready."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let what waits be told, for as long as one command may take, then stop."""
        try:
            self._line.put_nowait(None)
        except queue.Full:
            return  # the thread is a daemon and ends with the program
        self._thread.join(self._limit_s)

    def tell(self, entry: dict[str, Any]) -> None:
        """Have the command run with ``entry`` as JSON; does not wait."""
        try:
            self._line.put_nowait(entry)
        except queue.Full:
            self._say_once("the command of --on-finding is too slow; some findings are not told to it")

    def _run(self) -> None:
        while (entry := self._line.get()) is not None:
            self._tell(json.dumps(entry, allow_nan=False) + "\n")

    def _tell(self, text: str) -> None:
        name = self._words[0]
        try:
            done = subprocess.run(
                self._words,
                input=text.encode("utf-8"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._say_once(f"{name}: took longer than {self._limit_s:g} s and was stopped")
        except OSError as error:
            self._say_once(f"{name}: cannot be run ({error.strerror}); check --on-finding")
        else:
            if done.returncode:
                self._say_once(f"{name}: ended with code {done.returncode}")

    def _say_once(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            self._say(words)
