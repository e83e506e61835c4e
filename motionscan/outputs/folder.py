"""Results appear whole or not at all: written beside their place, then renamed into it."""

import errno
import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from motionscan.errors import OutputError

RESULT_FILES: Final = frozenset({"summary.json", "annotated.mp4", "events.csv", "signals.csv"})
"""What this program writes into a result folder; anything else there belongs to the user."""

_PREFIX: Final = ".motionscan-"
_STALE_S: Final = 2 * 24 * 3600.0
"""A working folder of another machine that nobody has touched for so long is a leftover."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TAKEN: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def result_folder(out_root: Path, name: str) -> Iterator[Path]:
    """Give a working folder; when the block ends well it becomes ``out_root/name``, otherwise it vanishes.

    An older result of that name is replaced; files in it that are not ours are carried over.

    Raises:
        OutputError: no space, no permission, or ``out_root/name`` is something else than a result.
    """
    with _storage_errors(out_root):
        target = out_root / name
        _make(out_root)
        _refuse_foreign(target)
        remove_leftovers(out_root)
        working = Path(tempfile.mkdtemp(prefix=_own_prefix(), dir=out_root))
        try:
            yield working
            flush(working)
            _put_in_place(working, target)
        finally:
            shutil.rmtree(working, ignore_errors=True)


@contextmanager
def _storage_errors(out_root: Path) -> Iterator[None]:
    """Say what to do about a full disk or a folder that may not be written."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise OutputError(f"{out_root}: the disk is full; free some space or choose -o") from error
        if error.errno in _DENIED:
            raise OutputError(f"{out_root}: may not be written; choose another folder with -o") from error
        if error.errno in _TAKEN:
            raise OutputError(f"{out_root}: another run writes there; wait for it or choose -o") from error
        raise


def _make(out_root: Path) -> None:
    try:
        out_root.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{out_root}: is a file; choose a folder with -o") from error


def _refuse_foreign(target: Path) -> None:
    """Keep hands off a folder that is not an older result."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir():
        raise OutputError(f"{target}: is in the way and no result folder; move it or choose another -o")
    if any(target.iterdir()) and not (target / "summary.json").is_file():
        raise OutputError(f"{target}: holds other files, no earlier result; move it or choose another -o")


def _put_in_place(working: Path, target: Path) -> None:
    """Rename ``working`` to ``target``; an older result is set aside first and comes back if that fails."""
    if target.exists():
        aside = Path(tempfile.mkdtemp(prefix=_own_prefix(), dir=target.parent))
        try:
            os.replace(target, aside / target.name)
            os.replace(working, target)
            _carry_over(aside / target.name, target)
        finally:
            _rescue(aside)
            shutil.rmtree(aside, ignore_errors=True)
    else:
        os.replace(working, target)
    _flush_entry(target.parent)


def _rescue(aside: Path) -> None:
    """Put an older result that was set aside back into its place, unless the new one stands there."""
    for old in aside.iterdir():
        place = aside.parent / old.name
        if old.is_dir() and not os.path.lexists(place):
            os.replace(old, place)


def _carry_over(old: Path, target: Path) -> None:
    """Move what the user has put into the older result."""
    for entry in old.iterdir():
        if entry.name not in RESULT_FILES and not os.path.lexists(target / entry.name):
            os.replace(entry, target / entry.name)


def flush(folder: Path) -> None:
    """Have everything in a folder on the disk."""
    for path in folder.iterdir():
        _flush_entry(path)
    _flush_entry(folder)


def _flush_entry(path: Path) -> None:
    """Have the bytes on the disk before a name points to them; folders cannot be flushed on Windows."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _own_prefix() -> str:
    return f"{_PREFIX}{_machine()}-{os.getpid()}-"


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def remove_leftovers(out_root: Path) -> None:
    """Remove working folders of runs that are no more."""
    for leftover in out_root.glob(f"{_PREFIX}*-*-*"):
        if leftover.is_dir() and not leftover.is_symlink() and _is_dead(leftover):
            _rescue(leftover)
            shutil.rmtree(leftover, ignore_errors=True)


def _is_dead(leftover: Path) -> bool:
    machine, _, pid = leftover.name.removeprefix(_PREFIX).rpartition("-")[0].partition("-")
    if machine == _machine() and pid.isdigit() and os.name != "nt":
        return not _is_alive(int(pid))
    return time.time() - leftover.stat().st_mtime > _STALE_S


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks, sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
