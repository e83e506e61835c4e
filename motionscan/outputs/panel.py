"""What only the live screen shows: spectrum, events of the last minute, level bars, and how the run goes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from motionscan.outputs.page import GROUND, QUIET_WORDS, WORDS
from motionscan.outputs.planes import Ink, Planes, blank, even, fill, ink, polylines
from motionscan.outputs.summary import LiveMark
from motionscan.outputs.text import fitted, line_height, sprite, stamp, width_of
from motionscan.outputs.wording import PATTERN_INKS, prominence, region_words
from motionscan.records import Analysis, FloatArray, Motion
from motionscan.settings import LiveSettings

_BAND: Final = ink(38, 41, 47)
_CURVE: Final = ink(120, 200, 240)
_CALM: Final = ink(110, 160, 110)
_MOVING: Final = ink(235, 110, 20)
_RED: Final = ink(220, 50, 40)
_MARK: Final = ink(240, 228, 66)

_TO_HZ: Final = 12.0
_ROWS: Final = 4
_SAME_S: Final = 0.12
"""Two looks place one event within this of each other."""
_LEVEL_S: Final = 1.0
"""Of movement that the level bars show."""
_DECADES: Final = 2.0
"""The bars reach from the floor to a hundred times the floor."""
_SHARES: Final = (0.36, 0.36)
"""Of the width for spectrum and events; the bars have the rest."""
KEYS_SAID: Final = "space pause   m felt it   t touched   r record   s hold still   q quit"
_SIGNS: Final = {"felt": "m", "touched": "t", "still": "s", "recorded": "r"}


@dataclass(frozen=True, slots=True, eq=False)
class PanelContent:
    """What the panel says at one moment; times are those of the run."""

    t_s: float
    motion: Motion | None
    analysis: Analysis | None
    marks: tuple[LiveMark, ...]
    rate_hz: float | None
    dropped: int
    recording: bool
    paused: bool
    note: str


class Panel:
    """Draws the panel; remembers the events of the last minute and the floor of each level bar."""

    def __init__(self, settings: LiveSettings) -> None:
        self._settings = settings
        self._peaks: dict[str, list[float]] = {}
        self._still_from_s: float | None = None
        self._floor_px: dict[str, float] = {}

    def hold_still(self, t_s: float) -> None:
        """Measure the floors anew from that time on."""
        self._still_from_s = t_s
        self._floor_px.clear()

    def drawn(self, content: PanelContent, width: int, text_px: int) -> Planes:
        """The panel, ``width`` (even) pixels wide."""
        small = max(11, round(0.8 * text_px))
        line = line_height(small)
        body = even(7.6 * line)
        canvas = blank(width, body + even(2.4 * line), GROUND)
        if self._still_from_s is None:
            self._still_from_s = content.t_s
        self._remember(content)
        first, second = (round(width * share) for share in _SHARES)
        pad = small // 2
        self._spectrum(canvas, content, (pad, pad, first - pad, body), small)
        self._events(canvas, content, (first + pad, pad, first + second - pad, body), small)
        self._levels(canvas, content, (first + second + pad, pad, width - pad, body), small)
        self._status(canvas, content, body, width, small)
        return canvas

    # ------------------------------------------------------------ what is remembered
    def _remember(self, content: PanelContent) -> None:
        oldest_s = content.t_s - self._settings.raster_s
        for event in content.analysis.events if content.analysis else ():
            known = self._peaks.setdefault(event.region, [])
            if all(abs(event.peak_s - peak_s) > _SAME_S for peak_s in known):
                known.append(event.peak_s)
        self._peaks = {
            region: kept for region, known in self._peaks.items() if (kept := [p for p in known if p >= oldest_s])
        }

    def _still(self, content: PanelContent) -> bool:
        """Whether the floors are being measured."""
        start_s = content.t_s if self._still_from_s is None else self._still_from_s
        return content.t_s - start_s < self._settings.still_s

    def _level(self, content: PanelContent, region: str) -> float | None:
        """How much a region moves now, in multiples of its floor; None where it is not seen."""
        motion, analysis = content.motion, content.analysis
        if motion is None or analysis is None or region not in analysis.traces_px:
            return None
        recent = analysis.traces_px[region][motion.t_s >= motion.t_s[-1] - _LEVEL_S]
        recent = recent[np.isfinite(recent)]
        if len(recent) < 3:
            return None
        size_px = float(np.std(recent))
        noise_px = next((r.noise_px for r in motion.regions if r.id == region), None) or 0.0
        if self._still(content):
            # the calmest second: one twitch while holding still does not raise the floor
            self._floor_px[region] = min(self._floor_px.get(region, np.inf), size_px)
        floor_px = max(noise_px, self._floor_px.get(region, 0.0), 1e-3)
        return size_px / floor_px

    # ------------------------------------------------------------ what is drawn
    def _spectrum(self, canvas: Planes, content: PanelContent, box: tuple[int, int, int, int], small: int) -> None:
        left, top, right, bottom = box
        low = bottom - line_height(small)
        fill(canvas, left, top, right, low, _BAND)
        for hz in range(0, int(_TO_HZ) + 1, 3):
            x = left + (right - left) * hz / _TO_HZ
            words = f"{hz} Hz" if hz == int(_TO_HZ) else f"{hz}"
            stamp(canvas, sprite(words, small), round(min(x, right - width_of(words, small))), low, QUIET_WORDS)
        region = _main_region(content.analysis)
        if region is None or content.analysis is None or content.motion is None:
            stamp(canvas, sprite("spectrum: no legs yet", small), left + small // 2, top, QUIET_WORDS)
            return
        at_hz, share = spectrum(content.motion.t_s, content.analysis.traces_px[region])
        if len(at_hz):
            across = left + (right - left) * at_hz / _TO_HZ
            y = low - share * (low - top - line_height(small))
            polylines(canvas, [np.column_stack([across, y])], _CURVE, max(1, small // 10))
        known = next((r for r in content.analysis.regions if r.id == region), None)
        peak = f" {known.peak_frequency_hz:.1f} Hz" if known and known.peak_frequency_hz else ""
        words = fitted(f"spectrum: {region_words(region)}{peak}", small, right - left - small)
        stamp(canvas, sprite(words, small), left + small // 2, top, WORDS)

    def _events(self, canvas: Planes, content: PanelContent, box: tuple[int, int, int, int], small: int) -> None:
        left, top, right, bottom = box
        span_s, line = self._settings.raster_s, line_height(small)
        low = bottom - line
        fill(canvas, left, top, right, low, _BAND)
        scale = (right - left) / span_s
        regions = sorted(self._peaks, key=lambda region: -len(self._peaks[region]))[:_ROWS]
        height = (low - top) / max(1, len(regions))
        for place, region in enumerate(sorted(regions)):
            y = top + place * height
            ink_ = _ink_of(content.analysis, region)
            for peak_s in self._peaks[region]:
                x = right - (content.t_s - peak_s) * scale
                fill(canvas, x - 1, y + 0.35 * height, x + 1, y + height - 2, ink_)
            stamp(canvas, sprite(region_words(region), small), left + small // 2, round(y), QUIET_WORDS)
        for mark in content.marks:
            x = right - (content.t_s - mark.t_s) * scale
            if x > left:
                fill(canvas, x - 1, top, x + 1, low, _MARK)
                stamp(canvas, sprite(_SIGNS[mark.kind], small), round(x) + 2, top, _MARK)
        if not regions:
            stamp(canvas, sprite("no events yet", small), left + small // 2, top, QUIET_WORDS)
        stamp(canvas, sprite(f"-{span_s:.0f} s", small), left, low, QUIET_WORDS)
        stamp(canvas, sprite("now", small), right - width_of("now", small), low, QUIET_WORDS)

    def _levels(self, canvas: Planes, content: PanelContent, box: tuple[int, int, int, int], small: int) -> None:
        left, top, right, bottom = box
        regions = list(content.analysis.traces_px) if content.analysis else []
        levels = [(region, self._level(content, region)) for region in regions[:6]]
        label = max((width_of(region_words(region), small) for region in regions), default=0) + small // 2
        low = bottom - line_height(small)
        height = min(line_height(small), (low - top) / max(1, len(levels)))
        for place, (region, level) in enumerate(levels):
            y = top + place * height
            stamp(canvas, sprite(region_words(region), small), left, round(y), QUIET_WORDS)
            start = left + label
            fill(canvas, start, y + 2, right, y + height - 2, _BAND)
            if level is not None:
                share = float(np.clip(np.log10(max(level, 1e-9)) / _DECADES, 0.0, 1.0))
                fill(
                    canvas,
                    start,
                    y + 2,
                    start + max(2, share * (right - start)),
                    y + height - 2,
                    _MOVING if level > 3 else _CALM,
                )
        words = "movement now: still to 100 x" if levels else "level: no legs yet"
        stamp(canvas, sprite(fitted(words, small, right - left), small), left, low, QUIET_WORDS)

    def _status(self, canvas: Planes, content: PanelContent, top: int, width: int, small: int) -> None:
        pad, line = small // 2, line_height(small)
        x = pad
        if content.recording:
            fill(canvas, x, top + line / 4, x + small, top + line / 4 + small, _RED)
            x += small + pad
        words = [
            f"{content.t_s:.0f} s",
            f"{content.rate_hz:.1f} pictures a second" if content.rate_hz else "no rate yet",
        ]
        words += [f"{content.dropped} dropped"] if content.dropped else []
        words += ["recording"] if content.recording else []
        found = content.analysis.findings if content.analysis else ()
        words += [f"{region_words(f.region)}: confidence {f.confidence:.2f}" for f in found[:2]]
        if content.paused:
            words = ["PAUSED: press space", *words]
        elif self._still(content):
            words = ["hold still: measuring the floor", *words]
        stamp(canvas, sprite(fitted("   ".join(words), small, width - x), small), x, top, WORDS)
        keys = width_of(KEYS_SAID, small)
        stamp(canvas, sprite(fitted(KEYS_SAID, small, width - 2 * pad), small), pad, top + line, QUIET_WORDS)
        room = width - keys - 4 * pad
        if content.note and room > 6 * small:
            note = fitted(content.note, small, room)
            stamp(canvas, sprite(note, small), width - pad - width_of(note, small), top + line, WORDS)


def spectrum(t_s: FloatArray, trace_px: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Frequencies up to 12 Hz and the amplitude there, the largest being 1, of a trace for people to look at.

    Judging has its own; this one bridges what is missing and fades out at both ends (Hann).
    """
    known = np.isfinite(trace_px)
    if known.sum() < 16 or t_s[-1] <= t_s[0]:
        return np.empty(0), np.empty(0)
    even_s = np.linspace(t_s[0], t_s[-1], len(t_s))
    values = np.interp(even_s, t_s[known], trace_px[known])
    step_s = float(even_s[1] - even_s[0])
    width = max(1, round(1.0 / step_s)) | 1
    slow = np.convolve(np.pad(values, width // 2, mode="edge"), np.ones(width) / width, mode="valid")
    size = np.abs(np.fft.rfft((values - slow) * np.hanning(len(values))))
    at_hz = np.asarray(np.fft.rfftfreq(len(values), step_s), dtype=np.float64)
    shown = at_hz <= _TO_HZ
    size = size[shown]
    return at_hz[shown], size / max(float(size.max(initial=0.0)), 1e-12)


def _main_region(analysis: Analysis | None) -> str | None:
    """The region whose spectrum is shown: of the first jerks or twitches, else of any, else the most regular one."""
    if analysis is None or not analysis.traces_px:
        return None
    found = [finding for finding in analysis.findings if finding.region in analysis.traces_px]
    if found:
        return max(found, key=lambda finding: prominence(finding)[0]).region
    known = [region for region in analysis.regions if region.id in analysis.traces_px]
    return max(known, key=lambda r: -np.inf if r.peak_excess_db is None else r.peak_excess_db).id if known else None


def _ink_of(analysis: Analysis | None, region: str) -> Ink:
    found = [f for f in analysis.findings if f.region == region] if analysis else []
    return PATTERN_INKS[max(found, key=prominence).pattern] if found else WORDS
