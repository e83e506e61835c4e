"""JSON lines that are always whole: the log of a run, and what other programs are told."""

import json
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from motionscan.errors import OutputError


class Journal:
    """Appends one JSON object per line; several threads may write. Use it in a ``with`` block.

    A line that does not fit on a full disk is taken back as a whole, and ``failed`` says why.

    Raises:
        OutputError: on construction, when the file cannot be opened.
    """

    def __init__(self, path: Path | None) -> None:
        """``None`` is the standard output."""
        self._lock = threading.Lock()
        self.failed: str | None = None
        self.lost = 0
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._handle = sys.stdout.fileno() if path is None else os.open(path, flags, 0o600)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another file") from error
        self._own = path is not None

    def __enter__(self) -> Self:
        """Hand out the journal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._own:
            os.close(self._handle)

    def write(self, entry: dict[str, Any]) -> bool:
        """Append an object; False when it could not be written."""
        line = json.dumps(entry, allow_nan=False) + "\n"
        data = line.encode("utf-8")
        with self._lock:
            try:
                self._append(data)
            except OSError as error:
                self.failed = error.strerror or error.__class__.__name__
                self.lost += 1
                return False
        return True

    def _append(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += os.write(self._handle, data[written:])
        except OSError:
            if self._own and written:
                os.ftruncate(self._handle, os.fstat(self._handle).st_size - written)
            raise
