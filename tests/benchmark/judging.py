"""Scores clips of the accuracy benchmark: every movement of a clip, the claims made on it, and how sure they were.

Builds on ``score.py``, whose matching rules hold here too. A region without a side is that of what it lies on
(``whose.py``): not to tell the side is no mistake, to tell the wrong one is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from motionscan.body import REGIONS
from motionscan.records import Analysis, Event, Finding, Motion
from tests.benchmark.score import CLAIMS, Score, match_times, score_clip
from tests.benchmark.whose import true_names, with_true_names

RHYTHMS: Final = ("rhythmic_jerking", "rhythmic_oscillation")
SURE: Final = 0.8


@dataclass(slots=True)
class Judged:
    """One movement of a clip, or a clip without movement."""

    score: Score
    truth: dict[str, Any]
    movement: dict[str, Any] | None
    view_found: bool
    """Legs were found at all."""
    claims: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence of every claim of the clip and whether it was right; with its first movement only."""
    rhythm_claimed: bool = False
    """A rhythm was claimed on the part that moves."""
    side_right: bool | None = None
    """None where nothing was claimed or no side can be known."""
    amplitude_sigmas: float | None = None
    """Size of the movement over the noise floor that was measured on its part."""
    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    onset_errors_s: list[float] = field(default_factory=list)
    event_sigmas: list[tuple[float, bool]] = field(default_factory=list)
    """Height of every true event over that noise floor, and whether it was found."""
    still_claims: int = 0
    """Claims on limbs that do not move."""
    still_s: float = 0.0
    took_s: float | None = None

    @property
    def group(self) -> str:
        """What moved."""
        return str(self.truth["group"])


def judge_clip(truth: dict[str, Any], analysis: Analysis, motion: Motion | None) -> list[Judged]:
    """One entry for each movement; one for a clip without."""
    movements: list[dict[str, Any] | None] = list(truth["movements"]) or [None]
    told = analysis
    if motion is not None:
        analysis = with_true_names(analysis, motion, truth)
    entries = []
    for number, movement in enumerate(movements):
        alone = truth | {"movements": [movement] if movement else []}
        entry = Judged(score_clip(alone, analysis), truth, movement, bool(analysis.regions))
        if movement is not None:
            entry.score.frequency_error_hz = _frequency_error(movement, analysis)
            entry.side_right = _side_right(truth, told)
            _judge_movement(entry, movement, analysis, motion)
        if number == 0:
            entry.claims = [(f.confidence, _right(f, truth)) for f in analysis.findings if _is_claim(f)]
            entry.still_claims = sum(not _on_a_mover(f, truth) for f in analysis.findings if f.pattern in CLAIMS)
            entry.still_s = float(truth["duration_s"])
        entries.append(entry)
    return entries


def _side_right(truth: dict[str, Any], told: Analysis) -> bool | None:
    """Whether the surest claim with a side is on the side that moves; None where no side is told or both move."""
    claims = [f for f in told.findings if f.pattern in CLAIMS and f.region in REGIONS]
    if not claims or len(truth["movements"]) != 1:
        return None
    return max(claims, key=lambda f: f.confidence).region.startswith(truth["movements"][0]["side"])


def _is_claim(finding: Finding) -> bool:
    return finding.pattern in CLAIMS and finding.pattern != "indeterminate"


def _right(finding: Finding, truth: dict[str, Any]) -> bool:
    return any(
        finding.region in m["regions_accepted"] and finding.pattern in m["patterns_accepted"]
        for m in truth["movements"]
    )


def _on_a_mover(finding: Finding, truth: dict[str, Any]) -> bool:
    """Whether the finding is on a limb that moves, on whichever part of it."""
    sides = {region.split("_")[0] for m in truth["movements"] for region in m["regions_accepted"]}
    return finding.region.split("_")[0] in sides


def _frequency_error(movement: dict[str, Any], analysis: Analysis) -> float | None:
    """Of the rhythm found on the part; the nearest one where there are several, as after pauses."""
    mine = [
        f.frequency_hz
        for f in analysis.findings
        if f.region in movement["regions_accepted"] and f.pattern in RHYTHMS and f.frequency_hz
    ]
    if not mine or movement["frequency_hz"] is None:
        return None
    return float(min(abs(hz - movement["frequency_hz"]) for hz in mine))


def _judge_movement(entry: Judged, movement: dict[str, Any], analysis: Analysis, motion: Motion | None) -> None:
    accepted = movement["regions_accepted"]
    entry.rhythm_claimed = any(f.pattern in RHYTHMS and f.region in accepted for f in analysis.findings)
    noise_px = None if motion is None else noise_floor_px(motion, movement, entry.truth)
    entry.amplitude_sigmas = movement["amplitude_px"] / noise_px if noise_px else None
    if movement["events_countable"]:
        _match_events(entry, movement, _one_row_of_events(analysis, accepted), noise_px)


def noise_floor_px(motion: Motion, movement: dict[str, Any], truth: dict[str, Any]) -> float | None:
    """Noise floor of the part that moves, or of its patches of skin (their median); None when it was not found."""
    names = true_names(motion, truth)
    region = next((r for r in motion.regions if names[r.id] in movement["regions_accepted"]), None)
    if region is None:
        return None
    if movement["site"] == "surface":
        known = region.skin_noise_px[np.isfinite(region.skin_noise_px)]
        return float(np.median(known)) if known.size else None
    return region.noise_px


def _one_row_of_events(analysis: Analysis, accepted: Sequence[str]) -> list[Event]:
    """The events of the accepted region that has most of them: a shank takes its foot along."""
    rows = [[e for e in analysis.events if e.region == region] for region in accepted]
    return max(rows, key=len, default=[])


def _match_events(entry: Judged, movement: dict[str, Any], found: list[Event], noise_px: float | None) -> None:
    true = movement["events"]
    pairs = match_times([e["peak_s"] for e in true], [e.peak_s for e in found])
    entry.true_positive = len(pairs)
    entry.false_positive = len(found) - len(pairs)
    entry.false_negative = len(true) - len(pairs)
    hits = {row for row, _ in pairs}
    entry.event_sigmas = [(e["amplitude_px"] / noise_px, n in hits) for n, e in enumerate(true)] if noise_px else []
    entry.onset_errors_s = [found[column].onset_s - true[row]["onset_s"] for row, column in pairs]
