"""What is said about a clip: reasons with numbers, alternatives, no disease, and honest refusals."""

import dataclasses
import re

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.records import Analysis, Motion

from .synthetic import SETTINGS, movement, only, person, steady, with_camera, with_regions

DISEASE = re.compile(
    r"seiz|epilep|parkinson|amyotroph|\bals\b|disease|disorder|syndrome|dystoni|chore|myoclon|stroke|sclerosis|"
    r"neuropath|dementia|patholog|diagnos(?!is and not a medical)|clonic|fascicul|functional|\btics?\b",
    re.IGNORECASE,
)
EVERYTHING = [
    [movement("jerks")],
    [movement("jerks", rate_hz=4.0, end_rate_hz=2.0)],
    [movement("tremor", "left_shank", 5.0)],
    [movement("heel_bounce", rate_hz=5.0)],
    [movement("joint_twitches", "left_foot", 0.5)],
    [movement("skin_twitches", "right_thigh", 0.5)],
    [movement("irregular_jerks", rate_hz=1.4)],
    [movement("slow_voluntary", "right_shank", 0.3, amplitude_px=80.0)],
    [movement("jerks", rate_hz=2.5, interval_cv=0.3)],
    [],
]


def judged(motion: Motion) -> Analysis:
    return analyse(motion, SETTINGS)


@pytest.fixture(scope="module")
def analyses() -> list[Analysis]:
    return [judged(person(movements)) for movements in EVERYTHING]


def test_every_finding_has_its_values_and_voluntary_movement_among_what_else_fits(analyses) -> None:
    for found in (found for analysis in analyses for found in analysis.findings):
        assert found.reasons
        assert re.search(r"\d", found.reasons[0])
        assert any("voluntary" in words for words in found.alternatives)
        assert 0 < found.confidence < 1


def test_a_rhythm_tells_the_limits_that_it_met(analyses) -> None:
    said = " ".join(only(analyses[0]).reasons)
    assert f"at most {SETTINGS.regular_cv:.2f}" in said
    assert "times the noise floor" in said


def test_no_disease_is_named(analyses) -> None:
    for analysis in analyses:
        words = [analysis.sentence, *analysis.not_assessed]
        for found in analysis.findings:
            words += [*found.reasons, *found.alternatives, found.pattern]
        words += [gate.advice or "" for gate in analysis.quality.gates]
        for sentence in words:
            assert not DISEASE.search(sentence), sentence


def test_the_sentence_names_side_part_time_pace_and_change(analyses) -> None:
    jerks, slowing = analyses[0].sentence, analyses[1].sentence
    for words in ("ight foot", "rhythmic jerking", "from 1.5 to 10.6 s", "3.0 per second", "28 movements"):
        assert words in jerks
    assert "slowing from 4." in slowing or "slowing from 3.9" in slowing


def test_events_and_findings_refer_to_each_other(analyses) -> None:
    for analysis in analyses:
        ids = [event.id for event in analysis.events]
        assert len(set(ids)) == len(ids)
        assert [e.peak_s for e in analysis.events] == sorted(e.peak_s for e in analysis.events)
        by_id = {event.id: event for event in analysis.events}
        for found in analysis.findings:
            assert found.event_count == len(found.event_ids)
            for event in (by_id[name] for name in found.event_ids):
                assert event.region == found.region
                assert found.start_s <= event.onset_s < event.peak_s < event.offset_s <= found.end_s
                assert event.duration_s == pytest.approx(event.offset_s - event.onset_s)


def test_traces_stand_on_the_times_of_the_pictures(analyses) -> None:
    for analysis in analyses:
        assert all(trace.shape == (360,) for trace in analysis.traces_px.values())
        assert analysis.tracked is not None
        assert analysis.tracked.all()


def test_two_rhythmic_legs_are_compared(analyses) -> None:
    both = judged(person([movement("tremor", "left_foot", 4.0), movement("tremor", "right_foot", 4.0)]))
    (pair,) = both.pairs
    assert {pair.region_a, pair.region_b} == {"left_foot", "right_foot"}
    assert pair.coherence is not None
    assert pair.coherence_threshold is not None
    assert not any(analysis.pairs for analysis in analyses)


# ---------------------------------------------------------------- what cannot be judged
def unseen() -> Motion:
    return with_regions(person([movement("jerks")]), visible=np.zeros(360, dtype=bool))


def lost() -> Motion:
    gone = np.random.default_rng(0).random(360) < 0.3
    return with_regions(
        person([movement("jerks")]), joint_px=lambda region: np.where(gone[:, None], np.nan, region.joint_px)
    )


def shaken() -> Motion:
    t_s = steady()
    path = 100 * np.stack([np.sin(2 * np.pi * 1.7 * t_s), np.cos(2 * np.pi * 1.3 * t_s)], axis=1)
    return with_camera(person([movement("jerks")]), path, leak=0.0)


REFUSED = {
    "duration_s": lambda: person([movement("jerks", start_s=0.2, end_s=4.3)], steady(30, 4.5)),
    "frame_rate_hz": lambda: person([movement("jerks", rate_hz=1.5)], steady(5)),
    "visible_fraction": unseen,
    "lost_fraction": lost,
    "brightness": lambda: dataclasses.replace(person([movement("jerks")]), brightness=np.full(360, 9.0)),
    "camera_shake_shanks": shaken,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_judged_is_said_with_value_limit_and_advice(name) -> None:
    analysis = judged(REFUSED[name]())
    gate = next(gate for gate in analysis.quality.gates if gate.name == name)
    assert not gate.passed
    assert not analysis.quality.assessable
    assert gate.value is not None
    assert gate.limit is not None
    assert gate.advice
    assert analysis.sentence.startswith("Cannot judge rhythm or twitches: ")
    assert {found.pattern for found in analysis.findings} <= {"gross_movement"}


@pytest.mark.parametrize("away", [slice(0, 60), slice(300, 360)])
def test_legs_that_come_into_view_late_or_leave_early_are_not_lost(away: slice) -> None:
    """Whoever films needs a moment to point the camera, and lowers it at the end."""
    seen = np.ones(360, dtype=bool)
    seen[away] = False
    jerks = person([movement("jerks", start_s=2.5, end_s=9.5)])
    paths = {
        name: lambda region, name=name: np.where(
            seen.reshape(-1, *[1] * (getattr(region, name).ndim - 1)), getattr(region, name), np.nan
        )
        for name in ("joint_px", "body_px", "skin_px")
    }
    analysis = judged(with_regions(jerks, visible=seen, **paths))
    assert analysis.quality.assessable
    assert [found.pattern for found in analysis.findings] == [found.pattern for found in judged(jerks).findings]
    assert analysis.findings


def test_gates_that_are_passed_give_no_advice(analyses) -> None:
    for analysis in analyses:
        assert analysis.quality.assessable
        assert all(gate.passed and gate.advice is None for gate in analysis.quality.gates)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_handful_of_pictures_is_refused_in_plain_words(count) -> None:
    analysis = judged(person(t_s=steady()[:count]))
    assert not analysis.quality.assessable
    assert analysis.findings == ()
    assert "the clip lasts" in analysis.sentence


def test_nobody_in_the_picture_is_refused() -> None:
    analysis = judged(dataclasses.replace(person(), regions=(), view=None))
    assert not analysis.quality.assessable
    assert analysis.traces_px == {}
    assert not analysis.tracked.any()


def test_without_background_amplitudes_are_called_unverified() -> None:
    motion = with_regions(person([movement("jerks", start_s=4.0)]), noise_px=None)
    found = only(judged(motion))
    assert found.pattern == "rhythmic_jerking"
    assert any("unverified" in reason for reason in found.reasons)


# ---------------------------------------------------------------- purity
def test_the_same_motion_gives_the_same_analysis_and_stays_as_it_is() -> None:
    motion = person([movement("jerks", rate_hz=4.0, end_rate_hz=2.0)])
    for array in _arrays(motion):
        array.setflags(write=False)  # writing would raise
    one, other = judged(motion), judged(motion)
    for field in dataclasses.fields(Analysis):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if field.name in ("traces_px", "skin_px"):
            assert first.keys() == second.keys()
            assert all(np.array_equal(first[name], second[name], equal_nan=True) for name in first)
        elif field.name == "tracked":
            assert np.array_equal(first, second)
        else:
            assert first == second


def _arrays(record: object) -> list[np.ndarray]:
    values = [getattr(record, field.name) for field in dataclasses.fields(record)]
    nested = [array for value in values if isinstance(value, tuple) for part in value for array in _arrays(part)]
    return [value for value in values if isinstance(value, np.ndarray)] + nested
