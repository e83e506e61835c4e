"""The JSON Schema of the summary, published by ``motionscan schema``."""

from typing import Any

from motionscan.outputs.summary import SCHEMA_ID, Summary

DIALECT = "https://json-schema.org/draft/2020-12/schema"

UNITS = {"s": "s", "px": "px", "hz": "Hz", "ms": "ms", "deg": "deg", "db": "dB", "rel": "shank lengths"}
"""Unit of a number, by the end of its name."""

DESCRIPTIONS = {
    "Summary.schema": "Name of this contract.",
    "Summary.schema_version": "Changes only when a key changes its meaning or goes away.",
    "Summary.input": "The video as it came in.",
    "Summary.view": "How much of the person is seen; null when no legs were found.",
    "Summary.ways": "In which ways legs were looked for, in order; the one that was not given up was taken.",
    "Summary.quality": "Whether the clip can be judged, and why not.",
    "Summary.regions": "Every region that was measured.",
    "Summary.events": "Every brief movement, in the order of time within each region.",
    "Summary.findings": "What was found; an empty list is a normal answer.",
    "Summary.pairs": "How moving regions go together.",
    "Summary.sentence": "What moved, side, when, how often, how regular, how it changed.",
    "Summary.not_assessed": "What nobody can tell from this video.",
    "Summary.caveats": "What to keep in mind when reading this summary.",
    "Summary.software": "What made this summary.",
    "Summary.options": "What was asked for beside the settings, where it is not the default.",
    "Summary.settings": "Every threshold in force, by section.",
    "Summary.settings_changed": "Those of the thresholds that are not the default.",
    "Summary.timings_s": "How long each stage took.",
    "Summary.live": "Where it comes from when it was watched live; null for a file that was scanned.",
    "Live.started_at": "ISO 8601 time at which the run began.",
    "Live.start_s": "From the beginning of the run to the first picture of this summary.",
    "Live.dropped_count": "Pictures of the run so far that came faster than they could be measured.",
    "Live.reconnect_count": "Times that camera or stream was lost and found again in the run so far.",
    "Live.marks": "Keys that were pressed, in the order of time.",
    "LiveMark.t_s": "From the first picture of this summary.",
    "LiveMark.kind": "felt: the person felt it; touched: leg or camera was touched; still: held still; recorded.",
    "Input.source": "file: a recorded video; live: a camera, a stream, or a file played like one.",
    "Input.file_name": "Name without folder; of a camera or stream what it is called.",
    "Input.sha256": "Of the whole file; null where there is none.",
    "Input.duration_s": "Length of the analysed stretch.",
    "Input.frame_count": "Pictures that were measured.",
    "Input.width_px": "Of the upright picture.",
    "Input.height_px": "Of the upright picture.",
    "Input.rotation_deg": "Display rotation of the file; it has been applied.",
    "Input.codec": "Video codec.",
    "Input.frame_rate_hz": "True rate, from the presentation timestamps.",
    "Input.timing": "How regular the clock of the pictures is.",
    "Input.recorded_at": "ISO 8601 time from the container, where plausible.",
    "Input.damage": "What was lost on the way from the file to the pictures.",
    "Timing.variable": "The time between pictures varies.",
    "Timing.jitter_ms": "Standard deviation of the time between pictures.",
    "Timing.gap_count": "Stretches without pictures.",
    "Timing.duplicate_count": "Pictures that repeat the one before.",
    "Damage.bad_packets": "Packets that could not be decoded.",
    "Damage.dropped_times": "Pictures left out because their timestamp was missing or ran backwards.",
    "Damage.size_changes": "Times the picture size changed within the file.",
    "Damage.truncated": "The file ends before its index says.",
    "Way.source": "pose: a whole person; legs: legs alone.",
    "Way.tried": "What was looked at.",
    "Way.given_up_because": "Why another way was tried; null for the way that was taken.",
    "Quality.assessable": "All conditions of a trustworthy judgement are met.",
    "Quality.gates": "Each condition, its value and its limit.",
    "Quality.frequency_limit_hz": "Rhythms above it cannot be seen at this frame rate.",
    "Quality.camera_motion_px": "How much the camera moved; it has been removed.",
    "Quality.camera_peak_hz": "Strongest rhythm of the camera itself.",
    "Gate.name": "The condition.",
    "Gate.value": "As measured; null when not measured.",
    "Gate.limit": "What it is held against.",
    "Gate.passed": "Whether the condition is met.",
    "Gate.advice": "What to do about it when filming again.",
    "Region.id": "left_foot, ...; leg_1_foot, ... where sides are unknown (1: further left, or alone); or a name.",
    "Region.side": "Anatomical side; null when unknown.",
    "Region.part": "Part of the leg; null when unknown.",
    "Region.source": "How the region was found.",
    "Region.visible_fraction": "Share of the pictures in which it was well seen, 0 to 1.",
    "Region.scale_px": "Length of the shank in the picture; null where it is not known.",
    "Region.noise_px": "What the measurement shows when nothing moves (standard deviation).",
    "Region.peak_frequency_hz": "Strongest frequency, finding or not.",
    "Region.peak_excess_db": "How far that peak stands above the background of the spectrum.",
    "Event.id": "Name of the event within this summary.",
    "Event.region": "Id of the region that moved.",
    "Event.onset_s": "Start, from the first picture of the file.",
    "Event.peak_s": "Furthest point, from the first picture of the file.",
    "Event.offset_s": "End, from the first picture of the file.",
    "Event.amplitude_px": "Peak displacement.",
    "Event.amplitude_rel": "Peak displacement over the length of the shank.",
    "Event.duration_s": "Full width at half height.",
    "Event.site": "Whether the joint moved or only the skin; null where no landmarks tell.",
    "Finding.id": "Name of the finding within this summary.",
    "Finding.pattern": "Kind of movement.",
    "Finding.region": "Id of the region that moved.",
    "Finding.start_s": "From the first picture of the file.",
    "Finding.end_s": "From the first picture of the file.",
    "Finding.event_ids": "The events that it is made of.",
    "Finding.event_count": "How many events.",
    "Finding.frequency_hz": "Over the whole finding.",
    "Finding.frequency_ci95_hz": "95 % confidence interval, [low, high].",
    "Finding.frequency_start_hz": "At the start of the finding.",
    "Finding.frequency_end_hz": "At the end of the finding.",
    "Finding.slowing": "The rhythm slows down steadily.",
    "Finding.interval_cv": "Spread of the intervals over their mean; 0 is a clock.",
    "Finding.silent_fraction": "Share of the time without movement between the events.",
    "Finding.amplitude_px": "Typical peak displacement.",
    "Finding.amplitude_rel": "Typical peak displacement over the length of the shank.",
    "Finding.site": "Whether the joint moved or only the skin; null where no landmarks tell.",
    "Finding.confidence": "How far inside the limits of the rule, 0 to 1; not a probability.",
    "Finding.reasons": "The measured values that led to the pattern.",
    "Finding.alternatives": "What else fits these measurements.",
    "Pair.region_a": "Id of the first region.",
    "Pair.region_b": "Id of the second region.",
    "Pair.lag_s": "How much later the second moves; negative when earlier.",
    "Pair.lag_uncertainty_s": "Standard error of the lag.",
    "Pair.coherence": "How closely they move together, 0 to 1.",
    "Pair.coherence_threshold": "What chance alone reaches.",
    "Software.motionscan": "Version.",
    "Software.python": "Version.",
    "Software.os": "Operating system.",
    "Software.packages": "Versions of the packages that compute; null when not installed.",
    "Software.model_name": "Pose model; null when none was used.",
    "Software.model_sha256": "Of the model file.",
}
"""One sentence for every key of the contract."""


def summary_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of ``summary.json``; every key has a description, every quantity a unit."""
    made = Summary.model_json_schema(mode="serialization")
    for name, definition in ({"Summary": made} | made["$defs"]).items():
        for key, content in definition.get("properties", {}).items():
            _describe(name, key, content)
    return {"$schema": DIALECT, "$id": SCHEMA_ID} | made


def _describe(owner: str, key: str, content: dict[str, Any]) -> None:
    content.pop("title", None)
    content["description"] = DESCRIPTIONS[f"{owner}.{key}"]
    unit = UNITS.get(key.rpartition("_")[2])
    if unit is not None:
        content["unit"] = unit
