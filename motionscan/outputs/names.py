"""Names for result folders: safe on every file system, distinct within one call."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_MAX_BYTES: Final = 120
"""Half of what common file systems allow for one name, so that there is room for what others append."""

_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)
"""Names that Windows keeps for devices."""

_FORBIDDEN: Final = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


def folder_names(videos: Sequence[Path]) -> list[str]:
    """A result folder name for each video of one call; same stems get distinct names.

    >>> folder_names([Path("a.mov"), Path("x/a.mp4"), Path("b.mp4")])
    ['a_mov', 'a_mp4', 'b']
    """
    stems = [safe_name(video.stem) for video in videos]
    seen = Counter(stem.casefold() for stem in stems)
    taken = {stem.casefold() for stem in stems if seen[stem.casefold()] == 1}
    names = []
    for video, stem in zip(videos, stems, strict=True):
        name = stem
        if seen[stem.casefold()] > 1:
            name = _distinct(safe_name(f"{stem}_{video.suffix.lstrip('.')}"), taken)
            taken.add(name.casefold())
        names.append(name)
    return names


def safe_name(name: str) -> str:
    """``name`` without control characters, path separators, leading dots or dashes; never empty, never long.

    >>> safe_name("../we\\nird: name.")
    '_weird_ name'
    """
    text = unicodedata.normalize("NFC", name).translate(_FORBIDDEN)
    text = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
    text = text.lstrip(".- ")
    text = text.encode("utf-8")[:_MAX_BYTES].decode("utf-8", errors="ignore").rstrip(". ")
    if text.casefold().partition(".")[0] in _RESERVED:
        text = f"_{text}"
    return text or "video"


def _distinct(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate = f"{name}_{number}"
        number += 1
    return candidate
