"""A small picture of each finding, at its peak."""

import shutil
from pathlib import Path
from typing import Final

from motionscan.errors import InputError
from motionscan.outputs.batch_page import CLIP_FILE, PICTURES, picture_path
from motionscan.outputs.batch_rows import peak_s
from motionscan.outputs.batch_tables import write_whole
from motionscan.outputs.summary import Summary
from motionscan.records import ByteArray
from motionscan.settings import VideoSettings
from motionscan.video.reader import VideoReader

SIDE_PX: Final = 320
"""Twice what the page shows, for dense screens; such a picture takes about 10 KB."""
_QUALITY: Final = 75


def renew_pictures(summary: Summary, video: Path, out: Path, folder: str, settings: VideoSettings) -> None:
    """Write the pictures of a new result in place of those of an older one.

    They are taken from the annotated clip, or from ``video`` where there is no clip.

    Raises:
        OutputError: they cannot be written.
    """
    shutil.rmtree(out / PICTURES / folder, ignore_errors=True)
    clip = out / folder / CLIP_FILE
    _write(summary, clip if clip.is_file() else video, out, folder, settings)


def add_missing_pictures(summary: Summary, out: Path, folder: str, settings: VideoSettings) -> None:
    """Write those pictures that are missing, where there is a clip to take them from.

    Raises:
        OutputError: they cannot be written.
    """
    clip = out / folder / CLIP_FILE
    if clip.is_file():
        _write(summary, clip, out, folder, settings)


def _write(summary: Summary, video: Path, out: Path, folder: str, settings: VideoSettings) -> None:
    events = {event.id: event for event in summary.events}
    for finding in summary.findings:
        target = out / picture_path(folder, finding.id)
        if not target.is_file() and (picture := _picture_at(video, peak_s(finding, events), settings)) is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, lambda path, picture=picture: _save(picture, path))  # type: ignore[misc]


def _picture_at(video: Path, t_s: float, settings: VideoSettings) -> ByteArray | None:
    """The first picture (h, w, 3) from that time on; None where there is none."""
    try:
        with VideoReader(video, settings, start_s=t_s) as reader:
            for frame in reader:
                return frame.rgb(SIDE_PX)
    except InputError:
        return None  # a clip that was damaged later; the page does without
    return None


def _save(picture: ByteArray, path: Path) -> None:
    from PIL import Image

    Image.fromarray(picture).save(path, "JPEG", quality=_QUALITY)
