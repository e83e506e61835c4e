"""What becomes of findings while time goes on: each is opened once, never flickers, and is closed once."""

from collections.abc import Sequence

from motionscan.analysis.followup import Change, FollowUp
from motionscan.records import Event, Finding, Pattern, Site
from motionscan.settings import LiveSettings

LIVE = LiveSettings()
LOOK_S = 0.35
WINDOW_S = 20.0


def finding(
    pattern: Pattern,
    peaks_s: Sequence[float],
    *,
    region: str = "left_foot",
    site: Site = "joint",
    hz: float | None = None,
) -> tuple[Finding, list[Event]]:
    """A finding made of movements at those times, with its events."""
    names = tuple(f"e{round(1000 * peak_s)}" for peak_s in peaks_s)
    events = [
        Event(name, region, peak_s - 0.05, peak_s, peak_s + 0.05, 3.0, 0.02, 0.1, site)
        for name, peak_s in zip(names, peaks_s, strict=True)
    ]
    made = Finding(
        id="f1",
        pattern=pattern,
        region=region,
        start_s=peaks_s[0] - 0.05,
        end_s=peaks_s[-1] + 0.05,
        event_ids=names,
        event_count=len(names),
        frequency_hz=hz,
        frequency_ci95_hz=None,
        frequency_start_hz=hz,
        frequency_end_hz=hz,
        slowing=False,
        interval_cv=None,
        silent_fraction=None,
        amplitude_px=3.0,
        amplitude_rel=0.02,
        site=site,
        confidence=0.8,
        reasons=(),
        alternatives=(),
    )
    return made, events


def run_over(peaks_s: Sequence[float], end_s: float) -> list[Change]:
    """Looks at a window that slides over movements: twitches until there are six of them, then a rhythm."""
    follow, changes, now_s = FollowUp(LIVE), [], LOOK_S
    while now_s <= end_s:
        seen = [peak_s for peak_s in peaks_s if now_s - WINDOW_S <= peak_s <= now_s - 0.3]
        rhythm = len(seen) >= 6
        found, events = (
            finding("rhythmic_jerking" if rhythm else "isolated_twitches", seen, hz=3.0 if rhythm else None)
            if seen
            else (None, [])
        )
        changes += follow.look(now_s, [found] if found else [], events)
        now_s += LOOK_S
    return changes + follow.finish(now_s)


def test_a_run_of_jerks_is_opened_turns_into_a_rhythm_and_is_closed_once() -> None:
    changes = run_over([10 + number / 3 for number in range(30)], 60)
    kinds = [change.kind for change in changes]
    assert kinds[0] == "opened"
    assert kinds[-1] == "closed"
    assert kinds.count("opened") == kinds.count("closed") == 1
    assert changes[-1].finding.pattern == "rhythmic_jerking"
    assert changes[-1].finding.start_s == changes[0].finding.start_s
    assert changes[-1].finding.event_count == 30


def test_a_rhythm_that_leaves_the_window_does_not_become_twitches() -> None:
    """The last jerks of a run in the window are too few for a rhythm; nothing new moved, so nothing is taken back."""
    changes = run_over([10 + number / 3 for number in range(30)], 60)
    patterns = [change.finding.pattern for change in changes]
    assert patterns == sorted(patterns)  # twitches ("i...") first, then the rhythm ("r...") to the end


def test_a_finding_never_takes_up_a_pattern_that_it_has_left() -> None:
    """Looks that disagree with each other all the time do not make a finding flicker."""
    follow, shown = FollowUp(LIVE), []
    now_s = 10.0
    for look in range(400):
        now_s += LOOK_S
        pattern: Pattern = "irregular_jerks" if look // 7 % 2 else "indeterminate"
        found, events = finding(pattern, [now_s - 1, now_s - 0.5])
        shown += [change.finding.pattern for change in follow.look(now_s, [found], events)]
    turns = [place for place in range(1, len(shown)) if shown[place] != shown[place - 1]]
    assert len(turns) <= 1


def test_one_look_that_differs_changes_nothing() -> None:
    follow = FollowUp(LIVE)
    now_s, shown = 10.0, []
    for look in range(60):
        now_s += LOOK_S
        pattern: Pattern = "irregular_jerks" if look == 30 else "rhythmic_jerking"
        found, events = finding(pattern, [now_s - 1, now_s - 0.5], hz=3.0)
        shown += [change.finding.pattern for change in follow.look(now_s, [found], events)]
    assert set(shown) == {"rhythmic_jerking"}


def test_what_was_closed_is_not_opened_again_by_what_the_window_still_holds() -> None:
    """A finding is closed after a while of rest, when its movements are still among the last seconds."""
    changes = run_over([10, 10.4, 10.8], 40)
    assert [change.kind for change in changes if change.kind != "updated"] == ["opened", "closed"]


def test_movement_after_a_rest_is_another_finding_that_begins_where_it_began() -> None:
    changes = run_over([10, 10.4, 10.8, 23.0, 23.4, 23.8], 50)
    opened = [change.finding for change in changes if change.kind == "opened"]
    assert len({found.id for found in opened}) == 2
    assert opened[0].start_s < 10 < 22.8 < opened[1].start_s


def test_every_single_twitch_is_told() -> None:
    changes = run_over([10, 14, 18, 22], 50)
    counts = [change.finding.event_count for change in changes if change.kind != "closed"]
    assert counts == [1, 2, 3, 4]


def test_skin_and_joint_of_one_part_are_findings_of_their_own() -> None:
    follow = FollowUp(LIVE)
    joint, joint_events = finding("rhythmic_jerking", [10, 10.3], hz=3.0)
    skin, skin_events = finding("isolated_twitches", [9.9], site="surface")
    changes = [
        change for now_s in (10.6, 10.95) for change in follow.look(now_s, [joint, skin], [*joint_events, *skin_events])
    ]
    assert [(change.kind, change.finding.site) for change in changes] == [("opened", "joint"), ("opened", "surface")]
    assert len(follow.current) == 2


def test_one_look_alone_makes_no_finding_of_the_skin() -> None:
    """What only one look shows of the skin, whose twitches are near the noise, is not told."""
    follow = FollowUp(LIVE)
    skin, events = finding("isolated_twitches", [9.9], site="surface")
    assert follow.look(10.3, [skin], events) == []
    assert follow.look(10.65, [], []) == []
    assert follow.look(11.0, [skin], events) == []


def test_the_end_of_a_run_closes_what_is_open() -> None:
    follow = FollowUp(LIVE)
    found, events = finding("rhythmic_jerking", [10, 10.3], hz=3.0)
    follow.look(10.6, [found], events)
    assert [change.kind for change in follow.finish(11)] == ["closed"]
    assert follow.current == ()
