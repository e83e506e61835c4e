"""One pattern of one region over one stretch of time: what the judgement is made of."""

from collections import Counter
from dataclasses import dataclass, replace

from motionscan.analysis.events import Peak
from motionscan.analysis.rhythm import Slowing
from motionscan.analysis.shape import Shape
from motionscan.records import Pattern, Site
from motionscan.settings import AnalysisSettings


@dataclass(frozen=True, slots=True)
class Stretch:
    """One pattern of one region over one stretch of time, with the numbers behind it."""

    pattern: Pattern
    site: Site | None
    start_s: float
    end_s: float
    peaks: tuple[Peak, ...] = ()
    frequency_hz: float | None = None
    frequency_sd_hz: float | None = None
    slowing: Slowing | None = None
    interval_cv: float | None = None
    random_cv: float | None = None
    shape: Shape | None = None
    peak_db: float | None = None
    amplitude_px: float | None = None
    width_s: float | None = None
    """Of each of repeated movements that are too slow for jerks."""


def same_rate(a: Stretch, b: Stretch, settings: AnalysisSettings) -> bool:
    """Whether two rhythms have one frequency, as far as can be told."""
    if a.frequency_hz is None or b.frequency_hz is None:
        return False
    return is_same_rate(a.frequency_hz, b.frequency_hz, settings)


def is_same_rate(a_hz: float, b_hz: float, settings: AnalysisSettings) -> bool:
    """Whether two frequencies are one, as far as can be told."""
    return abs(a_hz - b_hz) <= settings.same_rhythm_share * b_hz


def in_one_word(runs: list[Stretch], settings: AnalysisSettings) -> list[Stretch]:
    """Runs of one part at one rate are one movement that pauses: it is what most of it is."""
    alike = ([other for other in runs if other is run or same_rate(run, other, settings)] for run in runs)
    return [replace(run, pattern=_most_said(group)) for run, group in zip(runs, alike, strict=True)]


def _most_said(runs: list[Stretch]) -> Pattern:
    """The pattern of most of the movements; of as many, that of the longest run."""
    counts: Counter[Pattern] = Counter()
    for run in sorted(runs, key=lambda one: len(one.peaks), reverse=True):
        counts[run.pattern] += len(run.peaks)
    return counts.most_common(1)[0][0]
