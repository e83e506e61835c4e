"""The rows of a batch: one for each finding, one for each video with none or with an error."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from motionscan.outputs.summary import Summary
from motionscan.records import Event, Finding

SUMMARY_FILE: Final = "summary.json"
_MINUTE_S: Final = 60.0
_SAME: Final = (
    *("region", "pattern", "site", "start_s", "end_s", "event_count", "slowing", "interval_cv", "confidence"),
    *("frequency_hz", "frequency_start_hz", "frequency_end_hz", "amplitude_px", "amplitude_rel"),
)
"""What a row takes from its finding as it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``batch.csv``; None is an empty cell."""

    file: str
    """Path below the folder that was given."""
    same_as: str | None = None
    """The file with the same content whose rows hold the result."""
    sha256: str | None = None
    recorded_at: str | None = None
    duration_s: float | None = None
    view: str | None = None
    assessable: bool | None = None
    quality: str | None = None
    """Conditions of a trustworthy judgement that are not met."""
    finding: str | None = None
    side: str | None = None
    region: str | None = None
    pattern: str | None = None
    site: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    peak_s: float | None = None
    """When the largest event of the finding was furthest out."""
    event_count: int | None = None
    events_per_min: float | None = None
    """Over the whole video."""
    frequency_hz: float | None = None
    frequency_start_hz: float | None = None
    frequency_end_hz: float | None = None
    interval_cv: float | None = None
    """How regular: 0 is a clock, 1 is chance."""
    slowing: bool | None = None
    amplitude_px: float | None = None
    amplitude_rel: float | None = None
    confidence: float | None = None
    sentence: str | None = None
    folder: str | None = None
    """Result folder beside the table."""
    error: str | None = None


class NoSummary(Exception):  # noqa: N818 - reads as what happened
    """There is none, or it does not keep to its contract; ``str()`` is one line."""


def read_summary(folder: Path) -> Summary:
    """The summary in a result folder.

    Raises:
        NoSummary: see there.
    """
    try:
        return Summary.model_validate_json((folder / SUMMARY_FILE).read_bytes())
    except OSError as error:
        raise NoSummary(f"its summary.json cannot be read ({error.strerror}); scan the video again") from error
    except ValidationError as error:
        raise NoSummary("its summary.json is damaged or of another version; scan the video again") from error


def rows_of(summary: Summary, file: str, folder: str) -> list[Row]:
    """A row for each finding, or one for a video without any."""
    about: dict[str, Any] = {
        "file": file,
        "sha256": summary.input.sha256,
        "recorded_at": summary.input.recorded_at,
        "duration_s": summary.input.duration_s,
        "view": summary.view,
        "assessable": summary.quality.assessable,
        "quality": " ".join(gate.name for gate in summary.quality.gates if not gate.passed) or None,
        "sentence": summary.sentence,
        "folder": folder,
    }
    sides = {region.id: region.side for region in summary.regions}
    events = {event.id: event for event in summary.events}
    minutes = summary.input.duration_s / _MINUTE_S
    found = [_of_finding(one, events, sides.get(one.region), minutes) for one in summary.findings]
    return [Row(**about, **values) for values in found or [{}]]


def peak_s(finding: Finding, events: dict[str, Event]) -> float:
    """When to look at a finding: at the peak of its largest event, or in its middle if it has none."""
    its = [events[id_] for id_ in finding.event_ids if id_ in events]
    if not its:
        return (finding.start_s + finding.end_s) / 2
    return max(its, key=lambda event: event.amplitude_px).peak_s


def _of_finding(finding: Finding, events: dict[str, Event], side: str | None, minutes: float) -> dict[str, Any]:
    counted = {"events_per_min": round(finding.event_count / minutes, 2) if minutes else None}
    mine = {"finding": finding.id, "side": side, "peak_s": round(peak_s(finding, events), 3)}
    return {name: getattr(finding, name) for name in _SAME} | counted | mine


def json_text(value: Any) -> str:
    """``value`` as JSON that may stand inside a page: it can end no element.

    >>> json_text("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
