"""What passes between a ``PoseWorker`` and its process, over two pipes.

To the child:   one line of JSON (model, finder, options), then per picture a header and the pixels.
From the child: one line of JSON ({"ready": ...} or {"error": ...}), then per picture one line: {"persons": [...]}
                or {"error": ...}. A person has "points" and may have "sided".
"""

import json
import struct
from typing import IO, Any, Final

_PICTURE: Final = struct.Struct("<II")
FIELDS: Final = 4
"""Numbers per landmark: x and y over the picture's size, visibility, presence; null where not known."""


def write_line(pipe: IO[bytes], message: dict[str, Any]) -> None:
    """Send one message."""
    pipe.write(json.dumps(message).encode() + b"\n")
    pipe.flush()


def read_line(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None when the other side is gone."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    message: dict[str, Any] = json.loads(line)
    return message


def write_picture(pipe: IO[bytes], height_px: int, width_px: int, pixels: memoryview) -> None:
    """Send one picture of ``height_px * width_px * 3`` bytes."""
    pipe.write(_PICTURE.pack(height_px, width_px))
    pipe.write(pixels)
    pipe.flush()


def read_picture(pipe: IO[bytes]) -> tuple[int, int, bytes] | None:
    """Height, width and pixels of the next picture; None when the other side is gone."""
    header = pipe.read(_PICTURE.size)
    if len(header) < _PICTURE.size:
        return None
    height_px, width_px = _PICTURE.unpack(header)
    pixels = pipe.read(height_px * width_px * 3)
    return (height_px, width_px, pixels) if len(pixels) == height_px * width_px * 3 else None
