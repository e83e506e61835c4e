"""Which region an event belongs to: a moving part carries and shakes others, and they are not reported for it."""

from dataclasses import replace

import numpy as np

from motionscan.analysis.events import Peak
from motionscan.analysis.evidence import Evidence
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


def quiet_parts(evidences: list[Evidence]) -> list[Evidence]:
    """Evidence of the regions in which nothing happened at all."""
    return [e for e in evidences if not e.peaks and not e.skin_peaks and not np.any(e.gross)]
