"""motionscan describes how legs and feet move in a video: rhythmic jerking, isolated twitches, or neither.

>>> from pathlib import Path
>>> import motionscan
>>> motionscan.Settings().analysis.band_fraction
0.4

``motionscan.scan_video(Path("foot.mp4"), Path("results"))`` does what the command does and returns the summary.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionscan.analysis.analyse import analyse as analyse
    from motionscan.outputs.summary import Summary as Summary
    from motionscan.scan import scan_video as scan_video
    from motionscan.settings import Settings as Settings

_HOMES = {
    "analyse": "motionscan.analysis.analyse",
    "scan_video": "motionscan.scan",
    "Settings": "motionscan.settings",
    "Summary": "motionscan.outputs.summary",
}

__all__ = ["Settings", "Summary", "analyse", "scan_video"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``import motionscan`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'motionscan' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
