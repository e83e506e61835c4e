"""What made a summary: versions, without importing what they belong to."""

import platform
import sys
from importlib import metadata
from typing import Any

PACKAGES = ("ai-edge-litert", "av", "mediapipe", "numpy", "opencv-contrib-python", "opencv-python", "scipy")


def software_block(model_name: str | None = None, model_sha256: str | None = None) -> dict[str, Any]:
    """The ``software`` part of a summary.

    FFmpeg's version is known once PyAV has been loaded by the reader; nothing is imported for it here.
    """
    packages = {name: _version(name) for name in PACKAGES}
    packages["ffmpeg"] = getattr(sys.modules.get("av"), "ffmpeg_version_info", None)
    return {
        "motionscan": motionscan_version(),
        "python": platform.python_version(),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": dict(sorted(packages.items())),
        "model_name": model_name,
        "model_sha256": model_sha256,
    }


def motionscan_version() -> str:
    """Version of the installed package, or "0+unknown" when it runs from loose files."""
    return _version("motionscan") or "0+unknown"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
