"""Where everything in the strip stands: which regions get a row, and how large rows and letters are."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from motionscan.outputs.planes import even
from motionscan.outputs.text import line_height, width_of
from motionscan.outputs.wording import DISCLAIMER, finding_words, prominence, quiet_words, region_words
from motionscan.records import Analysis, Event, Finding, FloatArray
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
_NOTHING: Final = (False, 0.0)
_EVENTS_ONLY: Final = (False, 0.1)
"""How prominent a row without findings is."""
_HEADROOM: Final = 1.15
_NOISE_HALF: Final = 6.0
"""A still region's trace stays a thin line: its row is at least so many times its noise."""
_HALF_MIN_PX: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One region's trace, or that of its skin, and its scale."""

    region: str
    skin: bool
    """It is a patch of skin that is shown, and not the whole part."""
    trace_px: FloatArray
    middle_px: float = 0.0
    half_px: float = 0.0
    """Displacement from the middle of the row to its edge; 0 where nothing is seen."""

    @property
    def words(self) -> str:
        """What moves, as people say it."""
        return f"{region_words(self.region)}{' (skin)' * self.skin}"

    def shows(self, told: Finding | Event) -> bool:
        """Whether what is told is seen in this trace."""
        return told.region == self.region and (told.site == "surface") == self.skin


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
    """Rows for what has findings or events, parts or their skin; when nothing has, for the most mobile region."""
    rows = [
        Row(region.id, skin, paths_px[region.id])
        for region in analysis.regions
        for skin, paths_px in ((False, analysis.traces_px), (True, analysis.skin_px))
        if region.id in paths_px
    ]
    weight = {row: _weight(row, analysis) for row in rows}
    moving = sorted((row for row in rows if weight[row] > _NOTHING), key=weight.__getitem__, reverse=True)[:limit]
    chosen = moving or [row for row in rows if row.region == _most_mobile(analysis)]
    return tuple(_scaled(row, analysis, t_s) for row in rows if row in chosen)


def _weight(row: Row, analysis: Analysis) -> tuple[bool, float]:
    """How much a row should be seen: by its most prominent finding, else by its having events."""
    told = [prominence(finding) for finding in analysis.findings if row.shows(finding)]
    return max(told, default=_EVENTS_ONLY if any(map(row.shows, analysis.events)) else _NOTHING)


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
    labels = [width_of(row.words, small) for row in rows] + [width_of(SCALE_WORDS.format(0.25), small)]
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


def _scaled(row: Row, analysis: Analysis, t_s: FloatArray) -> Row:
    """The row to a scale at which the usual course of its trace and every event are inside."""
    trace = row.trace_px
    seen = np.isfinite(trace)
    if not seen.any():
        return row
    reached = np.interp([event.peak_s for event in analysis.events if row.shows(event)], t_s[seen], trace[seen])
    low, high = np.percentile(trace[seen], [1, 99])
    low, high = min([low, *reached]), max([high, *reached])
    noise = next((r.noise_px for r in analysis.regions if r.id == row.region), None) or 0.0
    half = max((high - low) / 2, 0.0 if row.skin else _NOISE_HALF * noise, _HALF_MIN_PX)
    return replace(row, middle_px=float(low + high) / 2, half_px=float(_HEADROOM * half))
