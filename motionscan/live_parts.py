"""What a live run is given and what it shows: options in, pictures of one size after another, a view out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from motionscan.analysis.followup import Change
from motionscan.covering import Faces
from motionscan.errors import OutputError
from motionscan.outputs.summary import LiveMark
from motionscan.records import Analysis, Frame, Motion, VideoInfo
from motionscan.video.camera import Opened, PictureSource
from motionscan.ways import Told

LOG: Final = "live.jsonl"
SUMMARY: Final = "summary.json"


Record = Literal["events", "all", "none"]


@dataclass(frozen=True, slots=True)
class KeepingOptions:
    """What the user wants kept."""

    pre_s: float = 10.0
    post_s: float = 10.0
    record: Record = "events"
    max_bytes: int = 5_000_000_000


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How to watch."""

    window_s: float = 20.0
    keeping: KeepingOptions = field(default_factory=KeepingOptions)
    model: str = "full"
    told: Told = field(default_factory=Told)
    faces: Faces = "hide"


@dataclass(frozen=True, slots=True)
class View:
    """What there is to show at one moment."""

    frame: Frame
    now: Motion
    """Of the picture alone."""
    motion: Motion | None
    """Of the last seconds, as it was judged last."""
    analysis: Analysis | None
    findings: tuple[Change, ...]
    """What is open, as it was told last."""
    marks: tuple[LiveMark, ...]
    rate_hz: float | None
    dropped: int
    recording: bool
    paused: bool


class Pictures:
    """Pictures with their source, handed out in runs of one size."""

    def __init__(self, items: Iterator[tuple[Frame, Opened]]) -> None:
        self._items = items
        self._next: tuple[Frame, Opened] | None = None

    def next_size(self) -> Opened | None:
        """What the source says of the pictures that come; None when there are no more."""
        if self._next is None:
            self._next = next(self._items, None)
        return self._next[1] if self._next else None

    def of_this_size(self) -> Iterator[Frame]:
        """The pictures up to the first of another size."""
        size = None
        while self.next_size() is not None:
            assert self._next is not None
            frame = self._next[0]
            size = size or frame.luma.shape
            if frame.luma.shape != size:
                return
            self._next = None
            yield frame


def info_of(source: PictureSource, opened: Opened, started: datetime) -> VideoInfo:
    """What is watched, in the terms of a file."""
    return VideoInfo(
        file_name=source.name,
        sha256=getattr(source, "sha256", None) or "",
        size_bytes=0,
        container="live",
        codec=opened.codec,
        pixel_format="",
        width_px=opened.width_px,
        height_px=opened.height_px,
        rotation_deg=0,
        nominal_rate_hz=opened.rate_hz,
        declared_duration_s=None,
        has_audio=False,
        transfer=None,
        recorded_at=started.isoformat(timespec="seconds"),
        capture_rate_hz=None,
        slow_motion=False,
    )


def make_folder(out: Path) -> None:
    """Make the folder of a run.

    Raises:
        OutputError: it cannot be made, or holds an earlier run.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made ({error.strerror}); choose another folder with -o") from error
    if (out / LOG).exists() or (out / SUMMARY).exists():
        raise OutputError(f"{out}: holds an earlier run; choose another folder with -o")
