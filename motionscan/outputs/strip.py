"""The strip under the picture: what was found now, traces with events and findings, and where in time we are."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

import numpy as np

from motionscan.outputs.layout import chosen_rows, laid_out
from motionscan.outputs.page import GROUND, QUIET_WORDS, WORDS, Window, draw_disclaimer, rendered_page
from motionscan.outputs.planes import Ink, Planes, blank, fill, paste
from motionscan.outputs.text import fitted, line_height, sprite, stamp, width_of
from motionscan.outputs.wording import PATTERN_INKS, finding_words, prominence, quiet_words
from motionscan.records import Analysis, Finding, Motion
from motionscan.settings import ClipSettings

_PAGES_KEPT: Final = 3
_SHORTEST_S: Final = 0.1
"""A single picture still gets a time axis."""
_CHIP: Final = 0.6
"""Side of the coloured square before the words over the height of their letters."""


class Strip:
    """Draws the strip of one video; a page of traces is rendered once and shown until the next one."""

    def __init__(
        self, motion: Motion, analysis: Analysis, settings: ClipSettings, width: int, picture_height: int
    ) -> None:
        """Lay the strip out for a picture of ``width`` (even) by ``picture_height`` pixels."""
        self._t_s = motion.t_s
        self._analysis = analysis
        self._window_s = settings.strip_window_s
        self._rows = chosen_rows(analysis, motion.t_s, settings.strip_rows)
        self.layout = laid_out(self._rows, analysis, settings, width, picture_height)
        self._pages: OrderedDict[Window, Planes] = OrderedDict()
        self._headers: dict[tuple[str, ...], Planes] = {}

    def draw(self, canvas: Planes, top: int, index: int) -> None:
        """Draw the strip of picture ``index`` into ``canvas`` from row ``top`` (even) on."""
        t_s = float(self._t_s[index])
        window = self._window(t_s)
        paste(canvas, self._page(window), top)
        paste(canvas, self._header(t_s), top)
        self._playhead(canvas, top, t_s, window)

    def _window(self, t_s: float) -> Window:
        """The stretch shown at ``t_s``: all of a short video, else pages that overlap by half around now."""
        first, last = float(self._t_s[0]), float(self._t_s[-1])
        at = self.layout
        if last - first <= self._window_s:
            return Window(first, max(last, first + _SHORTEST_S), at.left, at.right)
        half = self._window_s / 2
        final = max(0, int(np.ceil((last - first) / half)) - 2)
        start = first + half * min(max(int((t_s - first) / half - 0.5), 0), final)
        return Window(start, start + self._window_s, at.left, at.right)

    def _page(self, window: Window) -> Planes:
        if window not in self._pages:
            self._pages[window] = rendered_page(self.layout, self._rows, self._analysis, self._t_s, window)
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return self._pages[window]

    def _header(self, t_s: float) -> Planes:
        active = [finding for finding in self._analysis.findings if finding.start_s <= t_s <= finding.end_s]
        active.sort(key=prominence, reverse=True)
        key = tuple(finding.id for finding in active)
        if key not in self._headers:
            self._headers[key] = self._rendered_header(active)
        return self._headers[key]

    def _rendered_header(self, active: list[Finding]) -> Planes:
        at = self.layout
        header = blank(at.width, at.header, GROUND)
        top, x = (at.header - line_height(at.text)) // 2, at.pad
        side = round(_CHIP * at.text)
        for words, color in self._header_words(active):
            if color is not None:
                fill(header, x, (at.header - side) / 2, x + side, (at.header + side) / 2, color)
                x += side + at.text // 3
            stamp(header, sprite(words, at.text), x, top, QUIET_WORDS if color is None else WORDS)
            x += width_of(words, at.text) + at.text
        if not at.footer:
            draw_disclaimer(header, at, (at.header - line_height(at.small)) // 2)
        return header

    def _header_words(self, active: list[Finding]) -> Iterator[tuple[str, Ink | None]]:
        """Why it cannot be judged, then as many active findings as fit, each with its colour; the rest is counted."""
        size, room = self.layout.text, self.layout.room
        if not active or not self._analysis.quality.assessable:
            words = fitted(quiet_words(self._analysis), size, room)
            yield words, None
            room -= width_of(words, size) + size
        for place, finding in enumerate(active):
            rest = len(active) - place
            words = finding_words(finding)
            taken = width_of(words, size) + 2 * size
            more = width_of(f"+{rest - 1}", size) if rest > 1 else 0
            if taken + more > room and room < self.layout.room:
                yield f"+{rest}", None
                return
            yield fitted(words, size, room - size), PATTERN_INKS[finding.pattern]
            room -= taken

    def _playhead(self, canvas: Planes, top: int, t_s: float, window: Window) -> None:
        at = self.layout
        x, half = float(window.x(t_s)), max(1.0, at.small / 20)
        fill(canvas, x - half, top + at.header, x + half, top + at.bottom + at.small // 4, WORDS)
