"""The summary: ``summary.json``, schema version 1. The model below is its contract."""

import dataclasses
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, NonNegativeFloat

from motionscan.body import Source, View
from motionscan.errors import OutputError
from motionscan.records import (
    Analysis,
    Damage,
    Event,
    Finding,
    Pair,
    Quality,
    Region,
    Timing,
    VideoInfo,
)
from motionscan.settings import Settings

SCHEMA_ID: Final = "urn:motionscan:summary:1"

_DECIMALS = {"s": 3, "px": 3, "hz": 3, "ms": 3, "db": 1}
_OTHER_DECIMALS = 4
"""Digits kept after the point, by the unit at the end of the name: finer than any measurement here."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        revalidate_instances="always",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


MarkKind = Literal["felt", "touched", "still", "recorded"]


class LiveMark(_Part):
    """A key that somebody pressed."""

    t_s: float
    kind: MarkKind


class Live(_Part):
    """What only a camera that was watched can tell."""

    started_at: str
    start_s: float
    dropped_count: int = Field(ge=0)
    reconnect_count: int = Field(ge=0)
    marks: tuple[LiveMark, ...]


class Input(_Part):
    """The video as it came in."""

    source: Literal["file", "live"] = "file"
    file_name: str
    sha256: str | None = Field(pattern="^[0-9a-f]{64}$")
    duration_s: NonNegativeFloat
    frame_count: int = Field(ge=0)
    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    rotation_deg: int
    codec: str
    frame_rate_hz: float | None
    timing: Timing
    recorded_at: str | None
    damage: Damage


class Way(_Part):
    """One way of finding what to measure, in the order of trying."""

    source: Source
    tried: str
    given_up_because: str | None


class Software(_Part):
    """What made this summary: enough to make it again."""

    motionscan: str
    python: str
    os: str
    packages: dict[str, str | None]
    model_name: str | None
    model_sha256: str | None = Field(pattern="^[0-9a-f]{64}$")


class Summary(_Part):
    """How the legs in one video moved. It describes movement; it is not a diagnosis."""

    schema_: Literal["urn:motionscan:summary:1"] = Field(alias="schema")
    schema_version: Literal["1"]
    input: Input
    view: View | None
    ways: tuple[Way, ...]
    quality: Quality
    regions: tuple[Region, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    sentence: str
    not_assessed: tuple[str, ...]
    caveats: tuple[str, ...]
    software: Software
    options: dict[str, JsonValue]
    settings: dict[str, dict[str, JsonValue]]
    settings_changed: dict[str, dict[str, JsonValue]]
    timings_s: dict[str, NonNegativeFloat]
    live: Live | None = None


def build_summary(
    info: VideoInfo,
    frame_count: int,
    duration_s: float,
    damage: Damage,
    analysis: Analysis,
    view: View | None,
    ways: tuple[Way, ...],
    settings: Settings,
    software: dict[str, Any],
    timings_s: dict[str, float],
    live: Live | None = None,
    options: dict[str, JsonValue] | None = None,
) -> Summary:
    """Put one video's judgement into the shape of the contract; numbers are rounded to what can be measured.

    Args:
        frame_count: pictures that were measured.
        duration_s: from the first to the end of the last measured picture.
        ways: in which ways the legs were looked for, in order.
        software: as made by ``software.software_block``.
        timings_s: how long each stage took.
        live: where it comes from, when it was watched live.
        options: what was asked for beside the settings.

    Raises:
        pydantic.ValidationError: a number is NaN or infinite, or a value is outside the contract.
    """
    return Summary(
        schema=SCHEMA_ID,
        schema_version="1",
        input=_input(info, frame_count, duration_s, damage, analysis, live),
        view=view,
        ways=ways,
        quality=rounded(analysis.quality),
        regions=rounded(analysis.regions),
        events=rounded(analysis.events),
        findings=rounded(analysis.findings),
        pairs=rounded(analysis.pairs),
        sentence=analysis.sentence,
        not_assessed=analysis.not_assessed,
        caveats=analysis.caveats + _source_caveats(info, damage),
        software=Software.model_validate(software),
        options=options or {},
        settings=settings.model_dump(mode="json"),
        settings_changed=settings.model_dump(mode="json", exclude_defaults=True),
        timings_s={stage: rounded(seconds, "timing_s") for stage, seconds in timings_s.items()},
        live=live,
    )


def write_summary(summary: Summary, path: Path) -> None:
    """Write ``summary`` as indented UTF-8 JSON.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        path.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); free space or choose -o") from error


def rounded(value: Any, name: str = "") -> Any:
    """``value`` with every float rounded by the unit at the end of its name, and numpy scalars made plain.

    >>> rounded(Pair("left_foot", "right_foot", 0.123456, None, np.float64(0.91), None)).lag_s
    0.123
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, _DECIMALS.get(name.rpartition("_")[2], _OTHER_DECIMALS))
    if isinstance(value, tuple):
        return tuple(rounded(item, name) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return dataclasses.replace(value, **{f.name: rounded(getattr(value, f.name), f.name) for f in fields})
    return value


def _input(
    info: VideoInfo, frame_count: int, duration_s: float, damage: Damage, analysis: Analysis, live: Live | None
) -> Input:
    return Input(
        source="live" if live else "file",
        file_name=info.file_name,
        sha256=info.sha256 or None,
        duration_s=rounded(duration_s, "duration_s"),
        frame_count=frame_count,
        width_px=info.width_px,
        height_px=info.height_px,
        rotation_deg=info.rotation_deg,
        codec=info.codec,
        frame_rate_hz=rounded(analysis.frame_rate_hz, "frame_rate_hz"),
        timing=rounded(analysis.timing),
        recorded_at=info.recorded_at,
        damage=damage,
    )


def _source_caveats(info: VideoInfo, damage: Damage) -> tuple[str, ...]:
    """What the reader must know about the file itself."""
    caveats = []
    if damage.any:
        caveats.append(_damage_sentence(damage))
    if info.slow_motion and info.capture_rate_hz is None:
        caveats.append(
            "The file looks like slow motion and does not tell its true rate: time scale unverified, "
            "frequencies may be too low."
        )
    return tuple(caveats)


def _damage_sentence(damage: Damage) -> str:
    lost = []
    if damage.truncated:
        lost.append("the file ends early")
    if damage.bad_packets:
        lost.append(f"{damage.bad_packets} damaged packets")
    if damage.dropped_times:
        lost.append(f"{damage.dropped_times} pictures without a usable time")
    if damage.size_changes:
        lost.append(f"the picture size changes {damage.size_changes} times")
    return f"Only part of the video could be read ({', '.join(lost)}); the rest was analysed."
