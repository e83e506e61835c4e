"""Where everything in the strip stands: which regions get a row, and how large rows and letters are."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from motionscan.outputs.planes import even
from motionscan.outputs.text import line_height, width_of
from motionscan.outputs.wording import DISCLAIMER, finding_words, prominence, quiet_words, region_words
from motionscan.records import Analysis, FloatArray
from motionscan.settings import ClipSettings

SCALE_WORDS: Final = "scale {:.2g} px"
"""What the full height of a row stands for."""
_SMALL: Final = 0.8
"""Labels and scale over the words that say what was found."""
_LABEL_SHARE: Final = 0.3
"""No label takes more of the width than this."""
_LOW_ROW: Final = 2.1
_LOW_ROW_OF_MANY: Final = 1.35
"""Least height of a trace over its letters: room for two lines of label, one when there are more than two rows."""
_SAID_AT_ONCE: Final = 2
_HEADROOM: Final = 1.15
_NOISE_HALF: Final = 6.0
"""A still region's trace stays a thin line: its row is at least so many times its noise."""
_HALF_MIN_PX: Final = 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """One region's trace and its scale."""

    region: str
    trace_px: FloatArray
    middle_px: float
    half_px: float
    """Displacement from the middle of the row to its edge."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes in pixels of the strip, whose upper left corner is (0, 0)."""

    width: int
    height: int
    text: int
    small: int
    """Heights of the letters of the words and of the labels."""
    header: int
    """Height of the line of words at the top (even)."""
    row: int
    rows: int
    left: int
    right: int
    """Where the time axis begins and ends."""
    footer: bool
    """The disclaimer has a line of its own, because the words leave no room for it."""

    @property
    def bottom(self) -> int:
        """Where the traces end and the time scale begins."""
        return self.header + self.rows * self.row

    @property
    def pad(self) -> int:
        """Free space at the edges."""
        return max(2, self.small // 2)

    @property
    def room(self) -> int:
        """Width that the words at the top may take."""
        beside = 0 if self.footer else width_of(DISCLAIMER, self.small) + 2 * self.pad
        return self.width - 2 * self.pad - beside


def text_height(settings: ClipSettings, width: int) -> int:
    """Height of the letters in pixels for a picture so wide, so that a phone shows them legibly."""
    return max(settings.text_min_px, round(settings.text_fraction * width))


def chosen_rows(analysis: Analysis, t_s: FloatArray, limit: int) -> tuple[Row, ...]:
    """Rows for the regions with findings or events; when there are none, for the most mobile region."""
    order = [region.id for region in analysis.regions if region.id in analysis.traces_px]
    weight = dict.fromkeys(order, (False, 0.0))
    for event in analysis.events:
        if event.region in weight:
            weight[event.region] = max(weight[event.region], (False, 0.1))
    for finding in analysis.findings:
        if finding.region in weight:
            weight[finding.region] = max(weight[finding.region], prominence(finding))
    moving = sorted((r for r in order if weight[r] > (False, 0.0)), key=lambda r: weight[r], reverse=True)[:limit]
    chosen = moving or [region for region in (_most_mobile(analysis),) if region is not None]
    return tuple(_row(analysis, region, t_s) for region in order if region in chosen)


def laid_out(
    rows: tuple[Row, ...], analysis: Analysis, settings: ClipSettings, width: int, picture_height: int
) -> Layout:
    """Fit the strip under a picture of ``width`` (even) by ``picture_height`` pixels."""
    text = text_height(settings, width)
    small = max(settings.text_min_px, round(_SMALL * text))
    footer = _widest_words(analysis, text) + width_of(DISCLAIMER, small) + 3 * small > width
    header, scale = even(1.5 * text), round(1.6 * small)
    fixed = header + scale + (line_height(small) + 2 if footer else 0)
    count = max(1, len(rows))
    wanted = (settings.strip_fraction * picture_height - fixed) / count
    low = _LOW_ROW if count <= 2 else _LOW_ROW_OF_MANY
    row = round(max(wanted, low * line_height(small)))
    labels = [width_of(region_words(row.region), small) for row in rows] + [width_of(SCALE_WORDS.format(0.25), small)]
    left = min(max(labels), round(_LABEL_SHARE * width)) + 2 * max(2, small // 2) if rows else small
    right = max(width - small, left + 2)
    return Layout(width, even(fixed + count * row), text, small, header, row, count, left, right, footer)


def _widest_words(analysis: Analysis, text: int) -> int:
    """Width of the longest line of words: two findings at once are said side by side."""
    quiet = width_of(quiet_words(analysis), text)
    widths = [quiet]
    for begins in analysis.findings:
        active = (f for f in analysis.findings if f.start_s <= begins.start_s <= f.end_s)
        each = sorted((width_of(finding_words(finding), text) + 2 * text for finding in active), reverse=True)
        widths.append(sum(each[:_SAID_AT_ONCE]) + (0 if analysis.quality.assessable else quiet + text))
    return max(widths)


def _most_mobile(analysis: Analysis) -> str | None:
    """The region whose spectrum stands out most; None when nothing was measured."""
    measured = [region for region in analysis.regions if region.id in analysis.traces_px]
    if not measured:
        return None
    return max(measured, key=lambda r: -np.inf if r.peak_excess_db is None else r.peak_excess_db).id


def _row(analysis: Analysis, region: str, t_s: FloatArray) -> Row:
    """Scale one trace so that its usual course and every event are inside."""
    trace = analysis.traces_px[region]
    seen = np.isfinite(trace)
    if not seen.any():
        return Row(region, trace, 0.0, 0.0)
    peaks = [event.peak_s for event in analysis.events if event.region == region]
    reached = np.interp(peaks, t_s[seen], trace[seen])
    low, high = np.percentile(trace[seen], [1, 99])
    low, high = min([low, *reached]), max([high, *reached])
    noise = next((r.noise_px for r in analysis.regions if r.id == region), None) or 0.0
    half = max((high - low) / 2, _NOISE_HALF * noise, _HALF_MIN_PX)
    return Row(region, trace, float(low + high) / 2, float(_HEADROOM * half))
