"""Which region an event belongs to: a moving part carries and shakes others, and they are not reported for it."""

from dataclasses import replace

from motionscan.analysis.events import Peak
from motionscan.analysis.evidence import Evidence
from motionscan.analysis.patterns import Stretch
from motionscan.settings import AnalysisSettings


def own_events(evidences: list[Evidence], settings: AnalysisSettings) -> list[Evidence]:
    """The evidence with events left out that another region made.

    In the same limb an event is carried along when another region's is at the same time and clearly larger; between
    the legs a much smaller simultaneous event came through the seat or the bed. A skin event beside a joint event of
    the same limb is the joint's.
    """
    return [
        replace(
            evidence,
            peaks=tuple(p for p in evidence.peaks if not _is_borrowed(p, evidence, evidences, settings)),
            skin_peaks=tuple(p for p in evidence.skin_peaks if not _is_side_effect(p, evidence, evidences, settings)),
        )
        for evidence in evidences
    ]


def _same_limb(a: Evidence, b: Evidence) -> bool:
    return a.region.side is not None and a.region.side == b.region.side


def _is_borrowed(peak: Peak, mine: Evidence, all_: list[Evidence], settings: AnalysisSettings) -> bool:
    for other in all_:
        if other is mine:
            continue
        share = settings.carried_share if _same_limb(mine, other) else settings.passed_on_share
        if peak.height_px < share * _height_near(other, peak, settings):
            return True
    return False


def _height_near(other: Evidence, peak: Peak, settings: AnalysisSettings) -> float:
    near = [p.height_px for p in other.peaks if abs(p.peak_s - peak.peak_s) <= settings.together_s]
    return max(near, default=0.0)


def _is_side_effect(peak: Peak, mine: Evidence, all_: list[Evidence], settings: AnalysisSettings) -> bool:
    if any(_overlaps(peak, p, settings) for other in all_ if _same_limb(mine, other) for p in other.peaks):
        return True
    rivals = [p.height_px for other in all_ if other is not mine for p in other.skin_peaks
              if abs(p.peak_s - peak.peak_s) <= settings.together_s]  # fmt: skip
    shaken = [_height_near(other, peak, settings) for other in all_ if not _same_limb(mine, other)]
    return peak.height_px < max(rivals, default=0.0) or peak.height_px < settings.passed_on_share * max(
        shaken, default=0
    )


def _overlaps(a: Peak, b: Peak, settings: AnalysisSettings) -> bool:
    return a.onset_s - settings.together_s <= b.offset_s and b.onset_s - settings.together_s <= a.offset_s


Judged = tuple[Evidence, list[Stretch]]


def one_rhythm_per_limb(found: list[Judged], settings: AnalysisSettings) -> list[Judged]:
    """The judgements with a limb's rhythm told once, for the part that moves most.

    A leg that bounces turns at hip, knee and ankle at once; that is one movement.
    """
    rhythms = [(e, s) for e, stretches in found for s in stretches if s.frequency_hz is not None]
    return [
        (e, [s for s in stretches if not any(_is_part_of(e, s, *other, settings) for other in rhythms)])
        for e, stretches in found
    ]


def _is_part_of(mine: Evidence, stretch: Stretch, other: Evidence, larger: Stretch, settings: AnalysisSettings) -> bool:
    if mine is other or not _same_limb(mine, other) or stretch.frequency_hz is None or larger.frequency_hz is None:
        return False
    shared_s = min(stretch.end_s, larger.end_s) - max(stretch.start_s, larger.start_s)
    together = shared_s >= settings.together_share * (stretch.end_s - stretch.start_s)
    alike = abs(stretch.frequency_hz - larger.frequency_hz) <= settings.same_rhythm_share * larger.frequency_hz
    return together and alike and (stretch.amplitude_px or 0) < (larger.amplitude_px or 0)
