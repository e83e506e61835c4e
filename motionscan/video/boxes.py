"""The outermost structure of MP4-like files, read without a decoder."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_STARTS: Final = frozenset((b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip", b"pnot"))
_INDEXES: Final = frozenset((b"moov", b"moof"))
_HEADER_BYTES: Final = 8


def index_is_missing(path: Path) -> bool:
    """Whether an MP4 or MOV file lacks its index or holds only a part of it."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(_boxes(file, size_bytes))
    if not boxes or boxes[0][0] not in _STARTS:
        return False
    return not any(kind in _INDEXES and end <= size_bytes for kind, end in boxes)


def _boxes(file: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Yield kind and end of each outermost box."""
    start = 0
    while start + _HEADER_BYTES <= size_bytes:
        file.seek(start)
        header = file.read(2 * _HEADER_BYTES)
        length = int.from_bytes(header[:4], "big")
        if length == 1:  # the length follows in 64 bits
            length = int.from_bytes(header[_HEADER_BYTES:], "big")
        elif length == 0:  # up to the end of the file
            length = size_bytes - start
        if length < _HEADER_BYTES:
            return
        yield header[4:_HEADER_BYTES], start + length
        start += length
