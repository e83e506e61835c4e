"""Scores one analysis against the truth of its clip.

Matching rules: a finding belongs to a movement when its region is one of the movement's accepted regions. Events are
matched one to one, nearest peaks first, within ``EVENT_TOLERANCE_S``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from motionscan.records import Analysis, Finding

EVENT_TOLERANCE_S = 0.15
LONG_RUN_S = 5.0
HARMLESS = ("gross_movement",)
CLAIMS = ("rhythmic_jerking", "rhythmic_oscillation", "isolated_twitches", "irregular_jerks", "indeterminate")


@dataclass(slots=True)
class Score:
    """One clip; None where a measure does not apply."""

    name: str
    kind: str
    null: bool
    pattern: str
    """``right``, ``wrong``, ``indeterminate``, ``missed`` or, for a clip without movement, ``clean`` or ``false``."""
    found: str
    wrong_limb: int = 0
    """Claims on the side that does not move."""
    extra: int = 0
    """Claims on other regions of the moving limb."""
    frequency_error_hz: float | None = None
    long_run: bool = False
    start_error_hz: float | None = None
    end_error_hz: float | None = None
    slowing_right: bool | None = None
    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    twitches: bool = False
    confidence: float | None = None
    notes: list[str] = field(default_factory=list)


def score_clip(truth: dict[str, Any], analysis: Analysis) -> Score:
    """Compare findings and events with what was drawn."""
    claims = [f for f in analysis.findings if f.pattern in CLAIMS]
    found = "; ".join(_short(f) for f in analysis.findings) or "nothing"
    if not analysis.quality.assessable:
        found += " (not assessable: " + ", ".join(g.name for g in analysis.quality.gates if not g.passed) + ")"
    if not truth["movements"]:
        return Score(truth["name"], "null", True, "false" if claims else "clean", found, wrong_limb=len(claims))
    movement = truth["movements"][0]
    mine = [f for f in analysis.findings if f.region in movement["regions_accepted"]]
    score = Score(truth["name"], movement["kind"], False, _verdict(movement, mine), found)
    accepted = {region for m in truth["movements"] for region in m["regions_accepted"]}
    sides = {m["side"] for m in truth["movements"]}
    strays = [f.region for f in claims if f.region not in accepted]
    score.wrong_limb = sum(region.split("_")[0] not in sides for region in strays)
    score.extra = len(strays) - score.wrong_limb
    best = next((f for f in mine if f.pattern in movement["patterns_accepted"]), None)
    if best is not None:
        score.confidence = best.confidence
        _score_frequency(score, movement, best)
    _score_events(score, movement, analysis)
    return score


def _verdict(movement: dict[str, Any], mine: Sequence[Finding]) -> str:
    claims = [f for f in mine if f.pattern in CLAIMS]
    right = [f for f in mine if f.pattern in movement["patterns_accepted"]]
    wrong = [f for f in claims if f.pattern not in movement["patterns_accepted"] and f.pattern != "indeterminate"]
    if wrong:
        return "wrong"
    if right or (not mine and not movement["finding_required"]):
        return "right"
    return "indeterminate" if claims else "missed"


def _score_frequency(score: Score, movement: dict[str, Any], finding: Finding) -> None:
    if movement["frequency_hz"] is None or finding.frequency_hz is None:
        return
    score.frequency_error_hz = abs(finding.frequency_hz - movement["frequency_hz"])
    score.long_run = movement["end_s"] - movement["start_s"] >= LONG_RUN_S
    score.slowing_right = finding.slowing == movement["slowing"]
    if movement["slowing"] and finding.frequency_start_hz and finding.frequency_end_hz:
        score.start_error_hz = abs(finding.frequency_start_hz - movement["frequency_start_hz"])
        score.end_error_hz = abs(finding.frequency_end_hz - movement["frequency_end_hz"])


def _score_events(score: Score, movement: dict[str, Any], analysis: Analysis) -> None:
    if "isolated_twitches" not in movement["patterns_accepted"]:
        return
    score.twitches = True
    accepted = movement["regions_accepted"]
    found_s = [e.peak_s for e in analysis.events if e.region in accepted]
    elsewhere = sum(e.region not in accepted for e in analysis.events)
    pairs = match_times([e["peak_s"] for e in movement["events"]], found_s)
    score.true_positive = len(pairs)
    score.false_positive = len(found_s) - len(pairs) + elsewhere
    score.false_negative = len(movement["events"]) - len(pairs)


def match_times(true_s: Sequence[float], found_s: Sequence[float]) -> list[tuple[int, int]]:
    """One-to-one pairs of indices, nearest first, at most ``EVENT_TOLERANCE_S`` apart."""
    if not len(true_s) or not len(found_s):
        return []
    apart = np.abs(np.subtract.outer(np.asarray(true_s, float), np.asarray(found_s, float)))
    pairs: list[tuple[int, int]] = []
    for flat in np.argsort(apart, axis=None):
        row, column = divmod(int(flat), apart.shape[1])
        if apart[row, column] > EVENT_TOLERANCE_S:
            break
        if all(row != r and column != c for r, c in pairs):
            pairs.append((row, column))
    return pairs


def _short(finding: Finding) -> str:
    rate = f" {finding.frequency_hz:.2f} Hz" if finding.frequency_hz else f" n={finding.event_count}"
    return f"{finding.pattern}{rate} {finding.region}"


def summary_rows(scores: Sequence[Score]) -> list[tuple[str, str]]:
    """The measures of the whole set, as rows of a table."""
    moving = [s for s in scores if not s.null]
    still = [s for s in scores if s.null]
    errors = [s.frequency_error_hz for s in moving if s.frequency_error_hz is not None and s.long_run]
    slowing = [s for s in moving if s.start_error_hz is not None]
    steady = [s for s in moving if s.slowing_right is not None and s.start_error_hz is None]
    tp, fp, fn = (
        sum(getattr(s, f"{n}") for s in moving) for n in ("true_positive", "false_positive", "false_negative")
    )
    counts = {word: sum(s.pattern == word for s in moving) for word in ("right", "wrong", "indeterminate", "missed")}
    rows = [
        ("clips with movement / without", f"{len(moving)} / {len(still)}"),
        ("pattern right on the right limb", f"{counts['right']} of {len(moving)} ({_share(counts['right'], moving)})"),
        ("pattern wrong / indeterminate / missed", " / ".join(str(counts[w]) for w in list(counts)[1:])),
        ("findings on a wrong limb", str(sum(s.wrong_limb for s in moving))),
        ("further findings on the moving limb", str(sum(s.extra for s in moving))),
        ("twitches: precision, recall, F1", _f1(tp, fp, fn)),
        ("clips without movement that gave a finding", f"{sum(s.pattern == 'false' for s in still)} of {len(still)}"),
        ("slowing recognised", f"{sum(bool(s.slowing_right) for s in slowing)} of {_slowing_total(moving)}"),
        ("steady rhythms called slowing", f"{sum(not s.slowing_right for s in steady)} of {len(steady)}"),
    ]
    if errors:
        rows.insert(4, ("frequency error, runs of 5 s or more: median, mean, largest",
                        f"{np.median(errors):.3f}, {np.mean(errors):.3f}, {max(errors):.3f} Hz"))  # fmt: skip
        rows.insert(5, ("frequency within 0.1 Hz", f"{sum(e <= 0.1 for e in errors)} of {len(errors)}"))
    if slowing:
        ends = [max(s.start_error_hz or 0, s.end_error_hz or 0) for s in slowing]
        rows.append(("slowing: largest error of start or end frequency", f"{max(ends):.2f} Hz"))
    return rows


def _slowing_total(moving: Sequence[Score]) -> int:
    return sum("slowing" in s.name for s in moving)


def _share(count: int, of: Sequence[Score]) -> str:
    return f"{100 * count / len(of):.0f} %" if of else "-"


def _f1(tp: int, fp: int, fn: int) -> str:
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{precision:.3f}, {recall:.3f}, {f1:.3f} ({tp} found, {fp} false, {fn} missed)"
