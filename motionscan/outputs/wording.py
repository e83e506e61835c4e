"""Plain words and fixed colours for what was found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from motionscan.outputs.planes import Ink, ink
from motionscan.records import Analysis, Finding, Gate, Pattern, Quality

DISCLAIMER: Final = "Describes movement, not a diagnosis"
NO_FINDING: Final = "no finding"
NOTHING_NOW: Final = "nothing at this moment"

PATTERN_WORDS: Final[dict[Pattern, str]] = {
    "rhythmic_jerking": "rhythmic jerking",
    "rhythmic_oscillation": "rhythmic to-and-fro",
    "isolated_twitches": "isolated twitches",
    "irregular_jerks": "irregular jerks",
    "gross_movement": "large or slow movement",
    "indeterminate": "repeated, undecided",
}

PATTERN_INKS: Final[dict[Pattern, Ink]] = {
    "rhythmic_jerking": ink(235, 110, 20),
    "rhythmic_oscillation": ink(86, 180, 233),
    "isolated_twitches": ink(240, 228, 66),
    "irregular_jerks": ink(224, 130, 180),
    "gross_movement": ink(0, 178, 130),
    "indeterminate": ink(255, 255, 255),
}
"""Told apart with every kind of colour vision (after Okabe and Ito 2008), lightened for a dark strip."""

GATE_WORDS: Final[dict[str, str]] = {
    "duration_s": "too short",
    "frame_rate_hz": "too few pictures a second",
    "visible_fraction": "legs not in view",
    "lost_fraction": "legs could not be followed",
    "brightness": "too dark",
    "camera_shake_shanks": "camera too shaky",
}
"""What a failed condition means; other names are shown as they are."""


def prominence(finding: Finding) -> tuple[bool, float]:
    """What is shown first and on top: jerks and twitches before the large movement beside which they were found."""
    return finding.pattern != "gross_movement", finding.confidence


def region_words(region: str) -> str:
    """``left_foot`` as people say it.

    >>> region_words("left_foot")
    'left foot'
    """
    return region.replace("_", " ")


def finding_words(finding: Finding) -> str:
    """Region, pattern and rate in a few words: "right foot: rhythmic jerking 3.0 Hz"."""
    words = f"{region_words(finding.region)}: {PATTERN_WORDS[finding.pattern]}"
    if finding.site == "surface":
        words += " (skin)"
    start, end = finding.frequency_start_hz, finding.frequency_end_hz
    if finding.slowing and start is not None and end is not None:
        return f"{words}, slowing {start:.1f} to {end:.1f} Hz"
    return words if finding.frequency_hz is None else f"{words} {finding.frequency_hz:.1f} Hz"


def live_finding_words(event: str, finding: Mapping[str, Any]) -> str:
    """One line for a finding of a live run, as it stands in the log: "opened: right foot: rhythmic jerking 3.0 Hz"."""
    pattern: Pattern = finding["pattern"]
    words = f"{event}: {region_words(finding['region'])}: {PATTERN_WORDS[pattern]}"
    if finding["site"] == "surface":
        words += " (skin)"
    if finding["frequency_hz"] is not None:
        words += f" {finding['frequency_hz']:.1f} Hz"
    count = finding["event_count"]
    return f"{words}, {count} movement{'s' * (count != 1)}" if count else words


def detail_lines(findings: Sequence[Finding], quality: Quality, caveats: Sequence[str]) -> Iterator[str]:
    """What led to each finding, which conditions failed, and what to keep in mind."""
    for finding in findings:
        yield f"{finding_words(finding)} from {finding.start_s:.1f} s to {finding.end_s:.1f} s"
        yield from (f"  because {reason}" for reason in finding.reasons)
        if finding.alternatives:
            yield f"  also fits: {', '.join(finding.alternatives)}"
    for gate in quality.gates:
        if not gate.passed:
            value = "not measured" if gate.value is None else f"{gate.value:.3g}"
            limit = "" if gate.limit is None else f" (limit {gate.limit:.3g})"
            yield f"{_gate_words(gate)}: {value}{limit}; {gate.advice or 'film again'}"
    yield from caveats


def quiet_words(analysis: Analysis) -> str:
    """What to say while no finding is active: why it cannot be judged, or that nothing was found."""
    failed = next((gate for gate in analysis.quality.gates if not gate.passed), None)
    if not analysis.quality.assessable:
        return f"cannot be judged: {_gate_words(failed)}" if failed else "cannot be judged"
    return NOTHING_NOW if analysis.findings else NO_FINDING


def _gate_words(gate: Gate) -> str:
    return GATE_WORDS.get(gate.name, gate.name.replace("_", " "))
