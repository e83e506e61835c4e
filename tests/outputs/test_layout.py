"""Which traces the strip shows, and to what scale."""

import dataclasses

import numpy as np
import pytest

from motionscan.outputs.layout import Row, chosen_rows
from tests.outputs.conftest import Case, events_at

SKIN_AT_S = (1.5, 4.0, 8.5)
HEIGHT_PX = 1.2


def with_twitching_skin(case: Case, region: str) -> Case:
    """The same with twitches of the skin of a region beside all that it has."""
    analysis = case.analysis
    events = tuple(
        dataclasses.replace(one, id=f"s{one.id}", site="surface") for one in events_at(np.array(SKIN_AT_S), region)
    )
    told = dataclasses.replace(
        analysis.findings[0],
        id="f2",
        pattern="isolated_twitches",
        region=region,
        site="surface",
        event_ids=tuple(one.id for one in events),
        event_count=len(events),
        frequency_hz=None,
    )
    trace = HEIGHT_PX * np.exp(-0.5 * ((case.motion.t_s[:, None] - SKIN_AT_S) / 0.04) ** 2).sum(axis=1)
    both = dataclasses.replace(
        analysis, events=analysis.events + events, findings=(*analysis.findings, told), skin_px={region: trace}
    )
    return dataclasses.replace(case, analysis=both)


def shown(case: Case, limit: int = 4) -> list[Row]:
    return list(chosen_rows(case.analysis, case.motion.t_s, limit))


def test_a_part_whose_joint_jerks_is_shown_by_its_own_path(case: Case) -> None:
    (row,) = shown(case)
    assert row.words == "right foot"
    assert row.trace_px is case.analysis.traces_px["right_foot"]


def test_skin_that_twitches_is_shown_by_the_patch_and_not_by_the_joint(case: Case) -> None:
    """The joint's path is flat then, and its ticks would point at nothing."""
    twitching = with_twitching_skin(case, "left_shank")
    skin = next(row for row in shown(twitching) if row.region == "left_shank")
    assert skin.words == "left shank (skin)"
    assert skin.trace_px is twitching.analysis.skin_px["left_shank"]
    assert 2 * skin.half_px == pytest.approx(HEIGHT_PX, rel=0.2)
    assert [skin.shows(event) for event in twitching.analysis.events].count(True) == len(SKIN_AT_S)


def test_joint_and_skin_of_one_part_have_a_row_each_with_their_own_events(case: Case) -> None:
    both = with_twitching_skin(case, "right_foot")
    rows = shown(both)
    assert [row.words for row in rows] == ["right foot", "right foot (skin)"]
    for event in both.analysis.events:
        assert [row.shows(event) for row in rows] == [event.site == "joint", event.site == "surface"]


def test_where_rows_are_few_the_most_prominent_are_shown_in_their_order(case: Case) -> None:
    both = with_twitching_skin(case, "left_shank")
    sure, unsure = (
        dataclasses.replace(one, confidence=c) for one, c in zip(both.analysis.findings, (0.5, 0.9), strict=True)
    )
    less = dataclasses.replace(both, analysis=dataclasses.replace(both.analysis, findings=(sure, unsure)))
    assert [row.words for row in shown(less, limit=1)] == ["left shank (skin)"]
    assert [row.words for row in shown(less)] == ["left shank (skin)", "right foot"]
