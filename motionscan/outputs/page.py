"""The part of the strip that stands still: traces, findings, events and the time scale of one stretch of time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from motionscan.outputs.layout import SCALE_WORDS, Layout, Row
from motionscan.outputs.planes import Ink, Planes, blank, fill, ink, polylines
from motionscan.outputs.text import fitted, line_height, sprite, stamp, width_of
from motionscan.outputs.wording import DISCLAIMER, PATTERN_INKS, prominence
from motionscan.records import Analysis, BoolArray, Finding, FloatArray

GROUND: Final = ink(24, 26, 30)
WORDS: Final = ink(255, 255, 255)
QUIET_WORDS: Final = ink(190, 193, 198)
_BAND: Final = ink(38, 41, 47)
_LINE: Final = ink(110, 114, 120)
_TRACE: Final = ink(205, 207, 210)

_TINT: Final = 0.28
"""How much of a finding's colour lies behind its stretch of the trace."""
_LIGHTER: Final = 0.4
"""A trace over its own tint is that much closer to white."""
_TICK_STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)
_TICK_ROOM: Final = 4.5
"""Width of one label of the time scale over its letters' height."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a page shows, between two columns of pixels."""

    start_s: float
    end_s: float
    left: int
    right: int

    def x(self, t_s: FloatArray | float) -> FloatArray:
        """Column of each time."""
        share = (np.asarray(t_s) - self.start_s) / (self.end_s - self.start_s)
        return np.asarray(self.left + share * (self.right - self.left))

    def holds(self, t_s: FloatArray) -> BoolArray:
        """Which times are shown."""
        return np.asarray((t_s >= self.start_s) & (t_s <= self.end_s))


def rendered_page(at: Layout, rows: tuple[Row, ...], analysis: Analysis, t_s: FloatArray, window: Window) -> Planes:
    """Draw everything but the words at the top and the playhead; ``t_s`` are the times of the traces."""
    page = blank(at.width, at.height, GROUND)
    for place, row in enumerate(rows):
        _draw_row(page, at, row, analysis, t_s, window, at.header + place * at.row)
    _draw_scale(page, at, window)
    if at.footer:
        draw_disclaimer(page, at, at.height - line_height(at.small) - 1)
    return page


def draw_disclaimer(planes: Planes, at: Layout, top: int) -> None:
    """Say at the right edge what this is not."""
    words = fitted(DISCLAIMER, at.small, at.width - 2 * at.pad)
    stamp(planes, sprite(words, at.small), at.width - at.pad - width_of(words, at.small), top, QUIET_WORDS)


def _draw_row(
    page: Planes, at: Layout, row: Row, analysis: Analysis, t_s: FloatArray, window: Window, top: int
) -> None:
    gap = max(1, at.row // 16)
    low, high = top + gap, top + at.row - gap
    fill(page, window.left, low, window.right, high, _BAND)
    spans = [f for f in analysis.findings if row.shows(f) and f.end_s > window.start_s]
    spans = sorted((f for f in spans if f.start_s < window.end_s), key=prominence)
    for finding in spans:
        _draw_span(page, finding, window, low, high)
    x, y = window.x(t_s), _heights(row, low, high)
    line_px = max(1, round(at.small / 14))
    shown = window.holds(t_s) & np.isfinite(y)
    _draw_trace(page, x, y, shown, _TRACE, line_px)
    for finding in spans:
        inside = shown & (t_s >= finding.start_s) & (t_s <= finding.end_s)
        _draw_trace(page, x, y, inside, PATTERN_INKS[finding.pattern].toward(WORDS, _LIGHTER), line_px)
    peaks = [event.peak_s for event in analysis.events if row.shows(event)]
    _draw_events(page, window.x(np.array([t for t in peaks if window.start_s <= t <= window.end_s])), high, at)
    _draw_label(page, at, row, top)


def _draw_span(page: Planes, finding: Finding, window: Window, low: int, high: int) -> None:
    left, right = window.x(np.clip([finding.start_s, finding.end_s], window.start_s, window.end_s))
    right = max(right, left + 2)
    color = PATTERN_INKS[finding.pattern]
    fill(page, left, low, right, high, _BAND.toward(color, _TINT))
    fill(page, left, low, right, low + max(2, (high - low) // 14), color)


def _heights(row: Row, low: int, high: int) -> FloatArray:
    """Where in its row each value stands; up is positive, what leaves the row is cut at its edge."""
    share = np.clip((row.trace_px - row.middle_px) / (row.half_px or 1.0), -1, 1)
    return np.asarray((low + high) / 2 - share * 0.46 * (high - low))


def _draw_trace(page: Planes, x: FloatArray, y: FloatArray, shown: BoolArray, color: Ink, line_px: int) -> None:
    """Draw the trace where it is shown, with a gap where it is not."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]])))
    runs = zip(edges[::2], edges[1::2], strict=True)
    lines = [np.column_stack([x[start:end], y[start:end]]) for start, end in runs]
    if lines:
        polylines(page, lines, color, line_px)


def _draw_events(page: Planes, columns: FloatArray, high: int, at: Layout) -> None:
    """A short upright tick for each event at the lower edge of its row."""
    length, width = max(3, at.row // 7), max(1, round(at.small / 14))
    for x in columns:
        fill(page, x - width / 2, high - length, x + width / 2, high, WORDS)


def _draw_label(page: Planes, at: Layout, row: Row, top: int) -> None:
    """Name of the region, and what the height of its row stands for where there is room."""
    lines = [row.words]
    if at.row >= 2 * line_height(at.small):
        lines.append(SCALE_WORDS.format(2 * row.half_px) if row.half_px > 0 else "not seen")
    y = top + (at.row - len(lines) * line_height(at.small)) // 2
    for line, color in zip(lines, (WORDS, QUIET_WORDS), strict=False):
        stamp(page, sprite(fitted(line, at.small, at.left - at.pad), at.small), at.pad, y, color)
        y += line_height(at.small)


def _draw_scale(page: Planes, at: Layout, window: Window) -> None:
    step = _tick_step(window.end_s - window.start_s, (window.right - window.left) / (_TICK_ROOM * at.small))
    tolerance = 1e-9
    first, last = np.ceil(window.start_s / step - tolerance), np.floor(window.end_s / step + tolerance)
    for t_s in np.arange(int(first), int(last) + 1) * step:
        x = float(window.x(t_s))
        fill(page, x - 1, at.bottom, x + 1, at.bottom + max(2, at.small // 4), _LINE)
        words = clock_words(float(t_s), step)
        left = min(x - width_of(words, at.small) / 2, at.width - at.pad // 2 - width_of(words, at.small))
        stamp(page, sprite(words, at.small), round(left), at.bottom + at.small // 4, QUIET_WORDS)


def _tick_step(span_s: float, most: float) -> float:
    """The finest step of the scale whose labels do not touch."""
    fits = (step for step in _TICK_STEPS_S if span_s / step <= max(most, 1))
    return next(fits, _TICK_STEPS_S[-1])


def clock_words(t_s: float, step_s: float) -> str:
    """Time as the scale shows it.

    >>> clock_words(2.5, 0.5), clock_words(7, 1), clock_words(75, 5)
    ('2.5 s', '7 s', '1:15')
    """
    if t_s >= 60:
        return f"{int(t_s // 60)}:{t_s % 60:02.0f}"
    return f"{t_s:.1f} s" if step_s < 1 else f"{t_s:.0f} s"
