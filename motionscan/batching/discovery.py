"""Which videos there are: folders, files and patterns, however awkward."""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from motionscan.errors import SettingsError

SUFFIXES: Final = frozenset(
    {".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".webm", ".mkv", ".avi", ".ts", ".mts", ".m2ts"}
)
"""What is taken for a video inside a folder; a file that is named itself may be called anything."""
_RESULT: Final = "summary.json"
_CLIP: Final = "annotated.mp4"


@dataclass(frozen=True, slots=True)
class Found:
    """One file that was found, as it was when it was found."""

    path: Path
    """Absolute."""
    file: str
    """Path below the folder, with forward slashes, in characters that every file format takes."""
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    problem: str | None = None
    """Why it cannot be read, in one line."""


@dataclass(slots=True)
class Finds:
    """All that was found, in the order of names."""

    videos: list[Found] = field(default_factory=list)
    skipped: int = 0
    """Files that are no videos, hidden, or results of this program."""


def discover(sources: Sequence[str], out: Path, *, recursive: bool) -> Finds:
    """Find the videos in folders, among files, and by patterns such as ``clips/*.mov``.

    Links to folders are not followed; links to files are. The output folder and earlier results are left out.

    Raises:
        SettingsError: a source is neither there nor a pattern that fits anything.
    """
    roots = [Path(os.path.abspath(name)) for source in sources for name in _named(source)]
    base = _base(roots)
    finds, seen = Finds(), set()
    for root in roots:
        for path, video_like in _walk(root, out, recursive):
            if path in seen:
                continue
            seen.add(path)
            if (found := _found(path, base, named=path == root)) is not None and (video_like or path == root):
                finds.videos.append(found)
            else:
                finds.skipped += 1
    finds.videos.sort(key=lambda one: os.fsencode(one.path))
    return finds


def shown_path(path: Path, base: Path) -> str:
    """``path`` below ``base`` with forward slashes; bytes that are no text become question marks in a diamond."""
    return os.fsencode(path.relative_to(base).as_posix()).decode("utf-8", errors="replace")


def _named(source: str) -> list[str]:
    if os.path.lexists(source):
        return [source]
    found = sorted(glob.glob(source, recursive=True))
    if not found:
        raise SettingsError(f"{source!r}: no such folder or file, and no pattern that fits one; check the path")
    return found


def _base(roots: Sequence[Path]) -> Path:
    """The folder below which paths are told: the one that was given, or what all have in common."""
    folders = {root if os.path.isdir(root) else root.parent for root in roots}
    return Path(os.path.commonpath(folders))


def _walk(root: Path, out: Path, recursive: bool) -> Iterator[tuple[Path, bool]]:
    """Every file below a root, and whether its name is that of a video."""
    if not os.path.isdir(root):
        yield root, True
        return
    failed: list[OSError] = []
    for folder, inside, names in os.walk(root, onerror=failed.append):
        here = Path(folder)
        inside[:] = sorted(name for name in inside if recursive and _is_entered(here / name, out)) if recursive else []
        for name in sorted(names):
            yield here / name, _is_video_name(name) and not (name == _CLIP and _RESULT in names)
    for error in failed:
        yield Path(os.fsdecode(error.filename)), True


def _is_entered(folder: Path, out: Path) -> bool:
    hidden = folder.name.startswith(".")
    return not hidden and not folder.is_symlink() and not (out.exists() and folder.samefile(out))


def _is_video_name(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES


def _found(path: Path, base: Path, *, named: bool) -> Found | None:
    """What is there; None for devices, pipes and sockets, which are never opened."""
    file = shown_path(path, base) or "."
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return Found(path, file, problem="the folder may not be read; give yourself permission to read it")
        if not stat.S_ISREG(status.st_mode):
            return Found(path, file, problem="not a file; give the path of a video") if named else None
    except OSError as error:
        return Found(path, file, problem=f"cannot be read ({error.strerror}); check where it leads to")
    return Found(path, file, status.st_size, status.st_mtime_ns, status.st_ino)
