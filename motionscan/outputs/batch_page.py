"""``index.html``: the rows of a batch as one page that needs no network and no server."""

import base64
import dataclasses
import hashlib
import html
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, get_args

from motionscan.outputs.batch_rows import Row, json_text
from motionscan.outputs.batch_tables import COLUMNS, write_whole
from motionscan.outputs.software import motionscan_version
from motionscan.records import Pattern

PAGE_FILE: Final = "index.html"
PICTURES: Final = "thumbnails"
"""Folder beside the page: a folder for each result, a picture for each finding."""
CLIP_FILE: Final = "annotated.mp4"


def write_page(rows: Sequence[Row], out: Path) -> None:
    """Write the page for the results in ``out``.

    Raises:
        OutputError: it cannot be written.
    """
    text = _page(rows, out)
    write_whole(out / PAGE_FILE, lambda path: path.write_text(text, encoding="utf-8"))


def picture_path(folder: str, finding: str) -> str:
    """Where the picture of a finding lies, from the page."""
    return f"{PICTURES}/{folder}/{finding}.jpg"


def _page(rows: Sequence[Row], out: Path) -> str:
    style, script = _part("batch_page.css"), _part("batch_page.js")
    parts = {
        "POLICY": _policy(style, script),
        "TITLE": html.escape(os.fsencode(out.name).decode("utf-8", errors="replace")),
        "WRITTEN": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "VERSION": html.escape(motionscan_version()),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": json_text(_data(rows, out)),
    }
    pieces = _part("batch_page.html").split("@")
    return "".join(parts.get(piece, piece) for piece in pieces)


def _data(rows: Sequence[Row], out: Path) -> dict[str, Any]:
    """What the script reads; columns once, then bare cells."""
    clips = {folder: (out / folder / CLIP_FILE).is_file() for folder in {row.folder for row in rows} if folder}
    cells = [[*dataclasses.astuple(row), clips.get(row.folder or "", False), _picture(row, out)] for row in rows]
    return {"columns": [*COLUMNS, "clip", "picture"], "patterns": list(get_args(Pattern)), "rows": cells}


def _picture(row: Row, out: Path) -> str | None:
    if row.folder is None or row.finding is None:
        return None
    path = picture_path(row.folder, row.finding)
    return path if (out / path).is_file() else None


def _policy(style: str, script: str) -> str:
    """Nothing runs but our own script, and nothing is fetched but what lies beside the page."""
    beside = "'self' file:"
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src {beside}; "
        f"media-src {beside}; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _part(name: str) -> str:
    return resources.files("motionscan.outputs").joinpath(name).read_text(encoding="utf-8")
