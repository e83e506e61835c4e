"""What the process of one video does: look at it, or scan it. Run as ``-m motionscan.batch_process``."""

import hashlib
from pathlib import Path
from typing import Any

import cv2

from motionscan.batch_pictures import renew_pictures
from motionscan.batching.nest import serve
from motionscan.batching.tasks import Tell
from motionscan.errors import InputError, MissingFile
from motionscan.marks import Mark
from motionscan.pose.models import ensure_model
from motionscan.progress import Progress
from motionscan.scan import scan_video
from motionscan.settings import Settings
from motionscan.video.probe import inspect

_MEASURING = 0.8
"""Share of the time that goes by before the clip is written; only shown, as part of the time left."""
_STEP = 0.01


def main() -> None:
    """Do what is asked for on standard input."""
    cv2.setNumThreads(1)
    serve({"look": look, "scan": scan, "one": scan_one})


def look(video: str, request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Hash and length of a file; the length is 0 where it cannot be told.

    Raises:
        MissingFile: it cannot be read.
    """
    path = Path(video)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MissingFile(f"cannot be read ({error.strerror}); give yourself permission to read it") from error
    try:
        length_s = inspect(path, Settings.model_validate(request["settings"]).video).info.declared_duration_s
    except InputError:
        length_s = None  # its scan will say what is wrong
    return {"sha256": sha256, "length_s": length_s or 0.0}


def scan(video: str, request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Scan a video into its folder below ``request["out"]``."""
    out, folder = Path(request["out"]), request["folder"]
    settings = Settings.model_validate(request["settings"])
    summary = scan_video(
        Path(video),
        out,
        folder_name=folder,
        settings=settings,
        observer=_Share(tell, request["options"]["clip"]),
        **request["options"],
    )
    hidden_by = ensure_model(request["options"]["model"]) if request["options"]["faces"] == "hide" else None
    renew_pictures(summary, Path(video), out, folder, settings, hidden_by)
    return {"sha256": summary.input.sha256, "findings": len(summary.findings)}


def scan_one(video: str, request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what ``scan_video`` does, for ``isolated.scan_isolated``."""
    options = request["options"] | {"marks": [Mark(**mark) for mark in request["options"]["marks"]]}
    settings = Settings.model_validate(request["settings"])
    scan_video(Path(video), Path(request["out"]), folder_name=request["folder"], settings=settings, **options)
    return {}


class _Share:
    """Makes a share of the work out of progress, and tells it when it has changed."""

    def __init__(self, tell: Tell, clip: bool) -> None:
        self._tell = tell
        self._measuring = _MEASURING if clip else 1.0
        self._told = 0.0

    def __call__(self, progress: Progress) -> None:
        done = min(progress.t_s / progress.total_s, 1.0) if progress.total_s else 0.0
        first = progress.stage == "measure"
        share = done * self._measuring if first else self._measuring + done * (1 - self._measuring)
        if share >= self._told + _STEP:
            self._told = share
            self._tell(share)


if __name__ == "__main__":
    main()
