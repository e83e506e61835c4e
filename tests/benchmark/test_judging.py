"""The scorer of the accuracy benchmark is measured too."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionscan.body import JOINTS, LANDMARKS, NUMBERED, SIDES
from motionscan.records import Analysis, Event, Finding, Motion, Region
from tests.analysis.synthetic import person
from tests.benchmark.accuracy import naive_truth
from tests.benchmark.judging import Judged, judge_clip
from tests.benchmark.naive import Tracks, naive_analysis
from tests.benchmark.report import MEASURES, print_report
from tests.benchmark.test_score import analysis, event, finding

RATE_HZ = 3.0
PEAKS_S = [1.0 + k / RATE_HZ for k in range(24)]
MEASURE = {name: measure for name, _, measure in MEASURES}


def movement(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "clonic", "region": "right_foot", "side": "right", "part": "foot", "site": "joint",
        "patterns_accepted": ["rhythmic_jerking"], "regions_accepted": ["right_foot"], "finding_required": True,
        "start_s": 0.9, "end_s": 8.8, "steady_run": True, "frequency_hz": RATE_HZ, "frequency_start_hz": RATE_HZ,
        "frequency_end_hz": RATE_HZ, "slowing": False, "interval_cv": 0.05, "amplitude_px": 5.0,
        "events_countable": True, "events": [{"onset_s": t - 0.05, "peak_s": t, "amplitude_px": 5.0} for t in PEAKS_S],
    } | changes  # fmt: skip


def truth(*movements: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given = {
        "name": "clip", "group": "clonic" if movements else "still", "null": not movements, "view": "full_body",
        "source": "person", "camera": "steady", "recording": "30fps", "duration_s": 10.0, "movements": list(movements),
    }  # fmt: skip
    return given | changes


def rhythm(**changes: Any) -> Finding:
    return finding(**({"pattern": "rhythmic_jerking", "frequency_hz": RATE_HZ, "confidence": 0.9} | changes))


def seen(
    findings: list[Finding], events: list[Event] | None = None, regions: tuple[str, ...] = ("right_foot",)
) -> Analysis:
    known = tuple(Region(name, None, None, "pose", 1.0, 250.0, 0.1, None, None) for name in regions)
    return replace(analysis(findings, events), regions=known)


def judged(truth_: dict[str, Any], *found: Finding, events: list[Event] | None = None) -> list[Judged]:
    return judge_clip(truth_, seen(list(found), events), None)


def test_each_of_two_movements_is_judged_by_itself_and_claims_count_once() -> None:
    other = movement(side="left", region="left_foot", regions_accepted=["left_foot"], frequency_hz=2.0)
    first, second = judged(truth(movement(), other), rhythm())
    assert (first.score.pattern, second.score.pattern) == ("right", "missed")
    assert first.claims == [(0.9, True)]
    assert second.claims == []
    assert first.still_claims == 0


def test_a_claim_on_the_limb_that_is_still_is_false_and_its_side_wrong() -> None:
    (entry,) = judged(truth(movement()), rhythm(region="left_foot"))
    assert (entry.score.pattern, entry.side_right, entry.still_claims) == ("missed", False, 1)
    assert entry.claims == [(0.9, False)]


def test_a_claim_in_a_clip_without_movement_is_false_and_counted_by_time() -> None:
    entries = judged(truth(), rhythm())
    assert entries[0].score.pattern == "false"
    assert MEASURE["claims in clips where no leg moves (per 10 min)"](entries) == "1 in 0.2 min (60.0)"


LEGS_PX = {name: [300.0 * name.startswith("left"), 100.0 * place % 500] for place, name in enumerate(LANDMARKS)}
"""Each leg straight down, hip to toe 100 px apart, the left one on the right."""


def by_movement(x_px: float, y_px: float) -> Motion:
    """A close-up in which a region of 20 px was found by its movement."""
    outline_px = np.array([[-10, -10], [10, -10], [10, 10], [-10, 10]]) + np.array([x_px, y_px])
    whole = person()
    region = replace(whole.regions[0], id="region_1", side=None, part=None, source="motion", outline_px=outline_px)
    return replace(whole, view="close_up", regions=(region,))


def test_a_region_without_a_body_is_what_it_lies_on() -> None:
    found = seen([rhythm(region="region_1")], [replace(event(t), region="region_1") for t in PEAKS_S], ("region_1",))
    clip = truth(movement(), view="close_up", legs_px=LEGS_PX)
    (entry,) = judge_clip(clip, found, by_movement(0, 330))
    assert (entry.score.pattern, entry.true_positive, entry.false_positive) == ("right", len(PEAKS_S), 0)
    assert entry.still_claims == 0
    (elsewhere,) = judge_clip(clip, found, by_movement(300, 330))
    assert (elsewhere.score.pattern, elsewhere.still_claims) == ("missed", 1)


@pytest.mark.parametrize(("on_the_left", "verdict"), [("leg_1", "right"), ("leg_2", "missed")])
def test_numbered_legs_are_known_by_their_place_and_their_side_is_not_scored(on_the_left: str, verdict: str) -> None:
    """``leg_1`` is at the left of the picture, where the right leg is; a claim on ``leg_2`` is on the wrong leg."""
    whole = person()
    legs_px = np.array([LEGS_PX[name] for name in LANDMARKS])
    found_px = np.broadcast_to(np.roll(legs_px, len(JOINTS), axis=0), (len(whole.t_s), *legs_px.shape))
    names = dict(zip(SIDES, NUMBERED, strict=True))
    regions = tuple(replace(r, id=f"{names[r.side]}_{r.part}", side=None) for r in whole.regions if r.side)
    motion = replace(whole, view="legs_only", landmarks_px=found_px, regions=regions)
    found = seen([rhythm(region=f"{on_the_left}_foot")])
    (entry,) = judge_clip(truth(movement(), view="legs_only", legs_px=LEGS_PX), found, motion)
    assert (entry.score.pattern, entry.side_right) == (verdict, None)


def test_legs_that_were_not_found_are_missed_and_told_apart() -> None:
    (entry,) = judge_clip(truth(movement(), view="legs_only"), seen([], regions=()), None)
    assert (entry.score.pattern, entry.view_found) == ("missed", False)
    assert MEASURE["rhythm called rhythm (CV 0.15 or less, 6 sigma or more)"]([entry]).startswith("0 of 1")


def test_frequencies_are_scored_where_the_run_is_long_and_steady() -> None:
    near = judged(truth(movement()), rhythm(frequency_hz=RATE_HZ + 0.04))
    short = judged(truth(movement(end_s=4.0)), rhythm(frequency_hz=9.0))
    assert MEASURE["frequency error, runs of 5 s or more: mean"]([*near, *short]).startswith("0.040 Hz")
    assert MEASURE["frequency within 0.5 Hz"]([*near, *short]).startswith("1 of 1")


def test_events_are_those_of_the_part_that_shows_most_of_them() -> None:
    both = movement(part="shank", regions_accepted=["right_shank", "right_foot"])
    events = [event(t + 0.02) for t in PEAKS_S] + [event(PEAKS_S[0], "right_shank")]
    (entry,) = judged(truth(both), rhythm(), events=events)
    assert (entry.true_positive, entry.false_positive, entry.false_negative) == (len(PEAKS_S), 0, 0)
    # onsets here lie 0.1 s before the peak, in the truth 0.05 s
    assert MEASURE["onset of events: median error, median of its size"]([entry]) == "-30 ms, 30 ms"


def test_confidence_is_held_against_what_was_right() -> None:
    entries = judged(truth(movement()), rhythm(), rhythm(region="left_foot", confidence=0.95))
    assert MEASURE["wrong claims among those of confidence over 0.8"](entries).startswith("1 of 2")
    brier = ((0.9 - 1) ** 2 + 0.95**2) / 2
    assert MEASURE["Brier score of the confidence"](entries) == f"{brier:.3f} (2 claims)"


def test_random_twitches_called_a_rhythm_are_counted() -> None:
    twitches = movement(patterns_accepted=["isolated_twitches"], frequency_hz=None, interval_cv=None)
    entries = judged(truth(twitches, group="joint_twitches"), rhythm())
    assert MEASURE["irregular twitches and jerks called rhythm"](entries).startswith("1 of 1")
    assert entries[0].score.pattern == "wrong"


def test_twitches_of_the_skin_count_by_their_own_height_as_well() -> None:
    """Of one clip some stand out and some do not."""
    motion = person()
    noise_px = float(np.median(next(r for r in motion.regions if r.id == "right_shank").skin_noise_px))
    heights_px = [noise_px * (3.0 if n % 2 else 9.0) for n in range(len(PEAKS_S))]
    skin = movement(
        part="shank", region="right_shank", regions_accepted=["right_shank"], site="surface", amplitude_px=6 * noise_px,
        events=[{"onset_s": t, "peak_s": t, "amplitude_px": h} for t, h in zip(PEAKS_S, heights_px, strict=True)],
    )  # fmt: skip
    found = [event(t, "right_shank") for t in PEAKS_S[::4]]
    entries = judge_clip(truth(skin, group="skin_twitches"), seen([], found, ("right_shank",)), motion)
    assert MEASURE["skin twitches that are 6 sigma high each, found"](entries) == "6 of 12 (50.0 %)"


def test_the_tables_hold_every_circumstance(capsys: pytest.CaptureFixture[str]) -> None:
    entries = judged(truth(movement()), rhythm()) + judged(truth())
    print_report(entries, entries)
    said = capsys.readouterr().out
    assert "| clonic | 1 of 1 | 0 | 0 | 0 | 1 of 1 |" in said
    assert "| full_body | 2 of 2 | 0 | 0 | 0 | 2 of 2 |" in said


def tracks(size_px: float, hz: float = 2.4, rate_hz: float = 30.0) -> Tracks:
    rng = np.random.default_rng(0)
    legs = 500 + rng.normal(0, 1, (300, 10, 2))
    legs[:, 9, 1] += size_px * np.sin(2 * np.pi * hz * np.arange(300) / 30)
    return Tracks(legs, rate_hz)


def test_the_naive_way_finds_a_large_rhythm_and_believes_the_nominal_rate() -> None:
    (found,) = naive_analysis(tracks(20)).findings
    assert found.region == "right_foot"
    assert found.frequency_hz == pytest.approx(2.4, abs=0.11)
    (fooled,) = naive_analysis(tracks(20, rate_hz=25.0)).findings
    assert fooled.frequency_hz == pytest.approx(2.0, abs=0.11)
    assert naive_analysis(tracks(0)).findings == ()


def test_the_naive_way_is_not_blamed_for_its_one_word() -> None:
    tremor = truth(movement(patterns_accepted=["rhythmic_oscillation"]))
    (entry,) = judge_clip(naive_truth(tremor), seen([rhythm()]), None)
    assert entry.score.pattern == "right"
