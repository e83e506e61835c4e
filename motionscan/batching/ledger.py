"""What a batch knows from earlier: which file has which content, and what became of each content.

A SQLite file in the output folder. Results are true without it; it saves doing them again.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from motionscan.batching.discovery import Found
from motionscan.batching.tasks import Failure
from motionscan.errors import OutputError

FOLDER: Final = ".motionscan-batch"
"""Inside the output folder; hidden, so that nobody takes it for a result."""
_FILE: Final = "ledger.sqlite"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, file TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, sha256 TEXT, problem TEXT, run INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS files_by_content ON files (sha256);
CREATE TABLE IF NOT EXISTS contents (
    sha256 TEXT PRIMARY KEY, length_s REAL, recipe TEXT, folder TEXT, code TEXT, reason TEXT, limit_s REAL);
"""
_BUSY_S: Final = 30.0
"""How long a reader and the run that writes may wait for each other."""


@dataclass(frozen=True, slots=True)
class Content:
    """One video, whatever it is called, and what became of it."""

    sha256: str
    length_s: float
    """0 where the file does not tell."""
    recipe: str | None = None
    """Settings, options and version that the result was made with; None: not done."""
    folder: str | None = None
    """Name of its result folder; None: it was never scanned."""
    failure: Failure | None = None
    limit_s: float | None = None
    """Time limit under which it failed."""


@dataclass(frozen=True, slots=True)
class Name:
    """One file of the latest run that had it."""

    file: str
    sha256: str | None
    problem: str | None


class Ledger:
    """The notes of one output folder; use it in a ``with`` block.

    Every note is on the disk before the call returns.
    """

    def __init__(self, out: Path) -> None:
        """Open the notes of ``out``, new ones where there are none.

        Raises:
            OutputError: they cannot be read or written.
        """
        self._out = out
        with _storage_errors(out):
            (out / FOLDER).mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(out / FOLDER / _FILE, timeout=_BUSY_S)
            self._base.executescript(_TABLES)
        self._run = 0

    @staticmethod
    def is_in(out: Path) -> bool:
        """Whether that output folder has notes."""
        return (out / FOLDER / _FILE).is_file()

    def __enter__(self) -> Self:
        """Hand out the ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._base.close()

    def known(self, found: Iterable[Found]) -> tuple[list[Found], list[Found]]:
        """Those whose content is known because neither size, time nor inode has changed, and the others.

        Begins a run: names that are not given now are no longer names of a content that has others.
        """
        rows = self._base.execute("SELECT path, size, mtime_ns, inode FROM files WHERE sha256 IS NOT NULL")
        seen = {path: (size, mtime_ns, inode) for path, size, mtime_ns, inode in rows}
        known: list[Found] = []
        others: list[Found] = []
        for one in found:
            same = seen.get(os.fsencode(one.path)) == (one.size, one.mtime_ns, one.inode)
            (known if same and one.problem is None else others).append(one)
        self._begin_run()
        with _storage_errors(self._out), self._base:
            self._base.executemany(
                "UPDATE files SET run = ?, file = ? WHERE path = ?",
                [(self._run, one.file, os.fsencode(one.path)) for one in known],
            )
        return known, others

    def note_file(self, one: Found, sha256: str | None, length_s: float, problem: str | None) -> None:
        """A file's content, or why it cannot be read."""
        with _storage_errors(self._out), self._base:
            self._base.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (os.fsencode(one.path), one.file, one.size, one.mtime_ns, one.inode, sha256, problem, self._run),
            )
            if sha256 is not None:
                self._base.execute(
                    "INSERT OR IGNORE INTO contents (sha256, length_s) VALUES (?, ?)", (sha256, length_s)
                )

    def note_done(self, sha256: str, recipe: str, folder: str) -> None:
        """A result stands in ``folder``."""
        self._set(sha256, recipe, folder, None, None)

    def note_failed(self, sha256: str, recipe: str, folder: str, failure: Failure, limit_s: float | None) -> None:
        """There is no result, and why. An older result stays in ``folder``, but is no longer told."""
        self._set(sha256, recipe, folder, failure, limit_s)

    def forget_results(self, hashes: Iterable[str]) -> None:
        """Have these done again."""
        with _storage_errors(self._out), self._base:
            self._base.executemany("UPDATE contents SET recipe = NULL WHERE sha256 = ?", [(one,) for one in hashes])

    def contents(self) -> dict[str, Content]:
        """Everything that is known, by hash."""
        rows = self._base.execute("SELECT sha256, length_s, recipe, folder, code, reason, limit_s FROM contents")
        return {
            sha256: Content(sha256, length_s, recipe, folder, None if code is None else Failure(code, reason), limit_s)
            for sha256, length_s, recipe, folder, code, reason, limit_s in rows
        }

    def paths(self) -> dict[bytes, str]:
        """The content of each file of this run."""
        rows = self._base.execute("SELECT path, sha256 FROM files WHERE run = ? AND sha256 IS NOT NULL", (self._run,))
        return dict(rows.fetchall())

    def names(self) -> list[Name]:
        """Every file by its latest name: of each content those of the last run that had it, in order."""
        rows = self._base.execute(
            "SELECT file, sha256, problem FROM files AS one WHERE run = coalesce("
            "(SELECT max(run) FROM files WHERE sha256 = one.sha256), (SELECT max(run) FROM files)) ORDER BY path"
        )
        return [Name(*row) for row in rows]

    def _begin_run(self) -> None:
        (last,) = self._base.execute("SELECT coalesce(max(run), 0) FROM files").fetchone()
        self._run = last + 1

    def _set(self, sha256: str, recipe: str, folder: str, failure: Failure | None, limit_s: float | None) -> None:
        code, reason = (None, None) if failure is None else (failure.code, failure.reason)
        with _storage_errors(self._out), self._base:
            self._base.execute(
                "UPDATE contents SET recipe = ?, folder = ?, code = ?, reason = ?, limit_s = ? WHERE sha256 = ?",
                (recipe, folder, code, reason, limit_s, sha256),
            )


@contextmanager
def sole_run(out: Path) -> Iterator[None]:
    """Hold an output folder for one run; the system lets go of it when the process ends, however it ends.

    Raises:
        OutputError: another run holds it.
    """
    with _storage_errors(out):
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / FOLDER / "lock.sqlite", timeout=0, isolation_level=None)
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise OutputError(f"{out}: another run writes there; wait for it or choose -o") from error
        yield


@contextmanager
def _storage_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise OutputError(f"{out}: is a file; choose a folder with -o") from error
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}); free space or choose -o") from error
    except sqlite3.Error as error:
        notes = f"{FOLDER}/ledger.sqlite"
        raise OutputError(
            f"{out}: the notes in {notes} cannot be used ({error}); free space, or remove that file"
        ) from error
