"""The live picture: legs and strip as on the annotated clip, with a panel of what only live needs under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from motionscan.outputs.layout import text_height
from motionscan.outputs.page import GROUND
from motionscan.outputs.panel import Panel, PanelContent
from motionscan.outputs.planes import Planes, blank, even, paste, shrunk
from motionscan.outputs.skeleton import Skeleton
from motionscan.outputs.strip import Strip
from motionscan.outputs.summary import LiveMark
from motionscan.records import Analysis, ByteArray, Finding, Motion
from motionscan.settings import ClipSettings, LiveSettings


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What there is to show; all times are those of the run."""

    t_s: float
    planes: Planes
    now: Motion
    """Of this picture alone."""
    motion: Motion | None
    analysis: Analysis | None
    """Of the last seconds; both None before the first look."""
    findings: tuple[Finding, ...]
    """What is open."""
    marks: tuple[LiveMark, ...]
    rate_hz: float | None
    dropped: int
    recording: bool
    paused: bool
    note: str
    """The last thing that happened, for the line at the bottom."""


class Screen:
    """Draws one moment after another; keeps what it needs between them: events gone by, and the floor of each bar."""

    def __init__(self, clip: ClipSettings, live: LiveSettings) -> None:
        self._clip = clip
        self._live = live
        self._panel = Panel(live)
        self._key: tuple[object, ...] | None = None
        self._drawn_under: list[Planes] = []

    def drawn(self, moment: Moment) -> ByteArray:
        """(h, w, 3) BGR."""
        scale = min(1.0, self._live.screen_px / moment.now.height_px)
        width, height = even(moment.now.width_px * scale), even(moment.now.height_px * scale)
        picture = shrunk(moment.planes, width, height)
        analysis = _with_open(moment)
        text_px = text_height(self._clip, width)
        if len(moment.now.t_s) and analysis is not None:
            Skeleton(moment.now, analysis, self._clip, scale, text_px).draw(picture, 0)
        return _bgr([picture, *self._under(moment, analysis, width, height)])

    def _under(self, moment: Moment, analysis: Analysis | None, width: int, height: int) -> Sequence[Planes]:
        """Strip and panel; they change with every look, not with every picture."""
        patterns = tuple((finding.id, finding.pattern) for finding in moment.findings)
        state = (moment.recording, moment.paused, moment.note, len(moment.marks), width, height)
        key = (id(moment.analysis), patterns, state)
        if key != self._key:
            self._key = key
            self._drawn_under = list(self._parts(moment, analysis, width, height))
        return self._drawn_under

    def _parts(self, moment: Moment, analysis: Analysis | None, width: int, height: int) -> Iterator[Planes]:
        if analysis is not None and moment.motion is not None:
            yield self._strip_of(moment.motion, analysis, width, height)
        content = PanelContent(
            t_s=moment.t_s,
            motion=moment.motion,
            analysis=analysis,
            marks=moment.marks,
            rate_hz=moment.rate_hz,
            dropped=moment.dropped,
            recording=moment.recording,
            paused=moment.paused,
            note=moment.note,
        )
        yield self._panel.drawn(content, width, text_height(self._clip, width))

    def hold_still(self, t_s: float) -> None:
        """Measure the floor of the level bars anew from that time on."""
        self._panel.hold_still(t_s)

    def _strip_of(self, motion: Motion, analysis: Analysis, width: int, height: int) -> Planes:
        strip = Strip(motion, analysis, self._clip, width, height)
        canvas = blank(width, strip.layout.height, GROUND)
        strip.draw(canvas, 0, len(motion.t_s) - 1)
        return canvas


def _with_open(moment: Moment) -> Analysis | None:
    """The analysis with the findings that are open, drawn up to now: what was told is what is shown."""
    if moment.analysis is None:
        return None
    open_now = tuple(replace(finding, end_s=max(finding.end_s, moment.t_s)) for finding in moment.findings)
    return replace(moment.analysis, findings=open_now)


def _bgr(parts: Sequence[Planes]) -> ByteArray:
    """Planes under each other as one picture for a window."""
    height, width = sum(part[0].shape[0] for part in parts), parts[0][0].shape[1]
    canvas = blank(width, height, GROUND)
    top = 0
    for part in parts:
        paste(canvas, part, top)
        top += part[0].shape[0]
    packed = np.concatenate([plane.ravel() for plane in canvas]).reshape(height * 3 // 2, width)
    return np.asarray(cv2.cvtColor(packed, cv2.COLOR_YUV2BGR_I420), np.uint8)
