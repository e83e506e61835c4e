"""A small picture of each finding, at its peak."""

import shutil
from pathlib import Path
from typing import Final

from motionscan.covering import frames_with_heads
from motionscan.errors import InputError
from motionscan.outputs.batch_page import CLIP_FILE, PICTURES, picture_path
from motionscan.outputs.batch_rows import peak_s
from motionscan.outputs.batch_tables import write_whole
from motionscan.outputs.faces import pixelated
from motionscan.outputs.summary import Summary
from motionscan.records import ByteArray
from motionscan.settings import Settings
from motionscan.video.reader import VideoReader

SIDE_PX: Final = 320
"""Twice what the page shows, for dense screens; such a picture takes about 10 KB."""
_QUALITY: Final = 75


def renew_pictures(
    summary: Summary, video: Path, out: Path, folder: str, settings: Settings, model_path: Path | None
) -> None:
    """Write the pictures of a new result in place of those of an older one.

    They are taken from the annotated clip, or from ``video`` where there is no clip; then heads are covered unless
    there is no ``model_path``, which stands for faces being shown.

    Raises:
        OutputError: they cannot be written.
        PoseError: the pose process stopped working.
    """
    shutil.rmtree(out / PICTURES / folder, ignore_errors=True)
    clip = out / folder / CLIP_FILE
    if clip.is_file():
        _write(summary, clip, out, folder, settings, None)
    else:
        _write(summary, video, out, folder, settings, model_path)


def add_missing_pictures(summary: Summary, out: Path, folder: str, settings: Settings) -> None:
    """Write those pictures that are missing, where there is a clip to take them from.

    Raises:
        OutputError: they cannot be written.
    """
    clip = out / folder / CLIP_FILE
    if clip.is_file():
        _write(summary, clip, out, folder, settings, None)


def _write(summary: Summary, video: Path, out: Path, folder: str, settings: Settings, model_path: Path | None) -> None:
    events = {event.id: event for event in summary.events}
    for finding in summary.findings:
        target = out / picture_path(folder, finding.id)
        at_s = peak_s(finding, events)
        if not target.is_file() and (picture := _picture_at(video, at_s, settings, model_path)) is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, lambda path, picture=picture: _save(picture, path))  # type: ignore[misc]


def _picture_at(video: Path, t_s: float, settings: Settings, model_path: Path | None) -> ByteArray | None:
    """The first picture (h, w, 3) from that time on; None where there is none.

    Heads are looked for from before that time until after it, as in a clip: one that is lost stays covered.
    """
    around_s = settings.faces.hold_s if model_path else 0.0
    try:
        with (
            VideoReader(video, settings.video, start_s=max(0.0, t_s - around_s)) as reader,
            frames_with_heads(reader, model_path, settings) as frames,
        ):
            for frame, heads in frames:
                if frame.t_s >= t_s:
                    picture = frame.rgb(SIDE_PX)
                    scale = max(picture.shape[:2]) / max(frame.luma.shape)
                    return pixelated(picture, heads, settings.faces, scale)
    except InputError:
        return None  # a clip that was damaged later; the page does without
    return None


def _save(picture: ByteArray, path: Path) -> None:
    from PIL import Image

    Image.fromarray(picture).save(path, "JPEG", quality=_QUALITY)
