"""The summary of a whole live run, from its judged stretches."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from motionscan.analysis.wording import sentence
from motionscan.errors import OutputError
from motionscan.live_finishing import JudgedStretch, Run
from motionscan.outputs.summary import Live, LiveMark, Summary, Way, build_summary, write_summary
from motionscan.records import Analysis, Damage, Event, Finding, Region


def summed_up(
    stretches: Sequence[JudgedStretch],
    run: Run,
    ways: tuple[Way, ...],
    marks: tuple[LiveMark, ...],
    *,
    dropped: int,
    reconnects: int,
) -> Summary:
    """The summary of a run from its judged stretches, in order.

    Raises:
        OutputError: none of it could be judged.
    """
    if not stretches:
        raise OutputError("nothing of the run could be judged; free some space or choose another folder with -o")
    analysis = joined([stretch.analysis for stretch in stretches])
    view = next((stretch.motion.view for stretch in stretches if stretch.motion.view), None)
    return build_summary(
        run.info,
        sum(stretch.count for stretch in stretches),
        sum(stretch.span_s for stretch in stretches),
        Damage(),
        analysis,
        view,
        ways,
        run.settings,
        run.software,
        {},
        Live(started_at=run.started_at, start_s=0.0, dropped_count=dropped, reconnect_count=reconnects, marks=marks),
    )


def write_whole(summary: Summary, path: Path, make_room: Callable[[], None]) -> None:
    """Write the summary under a name that it gets once it is whole; on a full disk make room and try once more.

    Raises:
        OutputError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            write_summary(summary, part)
        except OutputError:
            make_room()
            write_summary(summary, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def joined(parts: Sequence[Analysis]) -> Analysis:
    """The judgements on stretches of one run as one, on the times of the run; at least one.

    Timing and conditions are those of the first stretch that can be judged, or of the last one where none can.
    """
    if len(parts) == 1:
        return parts[0]
    main = next((part for part in parts if part.quality.assessable), parts[-1])
    events, findings = _numbered(parts)
    regions = _regions(parts)
    failed = sum(not part.quality.assessable for part in parts)
    said = [f"{failed} of {len(parts)} stretches of the run cannot be judged."] if failed else []
    return replace(
        main,
        regions=regions,
        events=events,
        findings=findings,
        sentence=sentence(findings, regions, main.quality),
        caveats=(*dict.fromkeys(caveat for part in parts for caveat in part.caveats), *said),
    )


def _numbered(parts: Sequence[Analysis]) -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """All events and findings with ids of their own."""
    events: list[Event] = []
    findings: list[Finding] = []
    for part in parts:
        ids = {event.id: f"e{len(events) + place}" for place, event in enumerate(part.events, 1)}
        events += [replace(event, id=ids[event.id]) for event in part.events]
        for finding in part.findings:
            own = tuple(ids[name] for name in finding.event_ids)
            findings.append(replace(finding, id=f"f{len(findings) + 1}", event_ids=own))
    return tuple(events), tuple(findings)


def _regions(parts: Sequence[Analysis]) -> tuple[Region, ...]:
    """Each region as it was best seen."""
    best: dict[str, Region] = {}
    for part in parts:
        for region in part.regions:
            known = best.get(region.id)
            if known is None or region.visible_fraction > known.visible_fraction:
                best[region.id] = region
    return tuple(best.values())
