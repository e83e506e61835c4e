"""The scorer is measured too: what it calls right, wrong and missed."""

from dataclasses import replace
from typing import Any

import pytest

from motionscan.records import Analysis, Event, Finding, Quality, Timing
from tests.benchmark.score import match_times, score_clip, summary_rows

PEAKS_S = [1.0, 2.5, 4.2]


def truth(**changes: Any) -> dict[str, Any]:
    movement = {
        "kind": "joint_twitches",
        "side": "right",
        "patterns_accepted": ["isolated_twitches"],
        "regions_accepted": ["right_foot"],
        "finding_required": True,
        "start_s": 1.0,
        "end_s": 9.0,
        "frequency_hz": None,
        "frequency_start_hz": None,
        "frequency_end_hz": None,
        "slowing": False,
        "events": [{"peak_s": t} for t in PEAKS_S],
    }
    return {"name": "clip", "movements": [movement | changes]}


def finding(**changes: Any) -> Finding:
    base = Finding(
        "f1", "isolated_twitches", "right_foot", 1.0, 5.0, (), 3, None, None, None, None, False, None, None, 2.0, 0.01,
        "joint", 0.8, (), (),
    )  # fmt: skip
    return replace(base, **changes)


def event(peak_s: float, region: str = "right_foot") -> Event:
    return Event("e", region, peak_s - 0.1, peak_s, peak_s + 0.1, 2.0, 0.01, 0.2, "joint")


def analysis(findings: list[Finding], events: list[Event] | None = None) -> Analysis:
    quality = Quality(True, (), 12.0, None, None)
    return Analysis(Timing(False, 0.0, 0, 0), 30.0, quality, (), tuple(events or ()), tuple(findings), (), "", (), ())


def test_the_right_pattern_on_the_right_region_is_right() -> None:
    score = score_clip(truth(), analysis([finding()], [event(t + 0.05) for t in PEAKS_S]))
    assert (score.pattern, score.wrong_limb, score.true_positive, score.false_negative) == ("right", 0, 3, 0)


def test_silence_on_a_movement_is_missed_and_on_stillness_clean() -> None:
    assert score_clip(truth(), analysis([])).pattern == "missed"
    assert score_clip({"name": "still", "movements": []}, analysis([])).pattern == "clean"


def test_any_claim_on_stillness_is_false_but_large_movement_is_none() -> None:
    still = {"name": "still", "movements": []}
    assert score_clip(still, analysis([finding()])).pattern == "false"
    assert score_clip(still, analysis([finding(pattern="gross_movement")])).pattern == "clean"


def test_the_other_leg_counts_as_wrong_limb_and_the_same_leg_as_extra() -> None:
    claims = [finding(), finding(region="left_foot"), finding(region="right_shank")]
    score = score_clip(truth(), analysis(claims))
    assert (score.wrong_limb, score.extra) == (1, 1)


def test_a_wrong_word_is_wrong_even_beside_the_right_one() -> None:
    assert score_clip(truth(), analysis([finding(), finding(pattern="irregular_jerks")])).pattern == "wrong"
    assert score_clip(truth(), analysis([finding(pattern="indeterminate")])).pattern == "indeterminate"


def test_events_match_one_to_one_within_the_tolerance() -> None:
    assert match_times([1.0, 1.1], [1.05]) == [(0, 0)] or match_times([1.0, 1.1], [1.05]) == [(1, 0)]
    assert match_times([1.0], [1.16]) == []
    assert match_times([], [1.0]) == []


def test_frequency_and_slowing_are_compared_with_the_truth() -> None:
    drawn = truth(
        patterns_accepted=["rhythmic_jerking"], frequency_hz=3.0, slowing=True, frequency_start_hz=4.0,
        frequency_end_hz=2.0,
    )  # fmt: skip
    found = finding(
        pattern="rhythmic_jerking", frequency_hz=3.04, slowing=True, frequency_start_hz=3.9, frequency_end_hz=2.2
    )
    score = score_clip(drawn, analysis([found]))
    assert score.frequency_error_hz == pytest.approx(0.04)
    assert score.start_error_hz == pytest.approx(0.1)
    assert score.end_error_hz == pytest.approx(0.2)
    assert score.slowing_right


def test_the_table_counts_every_clip_once() -> None:
    scores = [score_clip(truth(), analysis([finding()])), score_clip(truth(), analysis([]))]
    rows = dict(summary_rows(scores))
    assert rows["pattern right on the right limb"].startswith("1 of 2")
    assert rows["pattern wrong / indeterminate / missed"] == "0 / 0 / 1"
