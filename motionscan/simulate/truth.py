"""What a clip really shows, as written to ``truth.json``."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from motionscan.body import LANDMARKS, REGIONS
from motionscan.records import Pattern, Site
from motionscan.simulate.scenario import Movement, Scenario
from motionscan.simulate.skeleton import legs_px, rest_joints, stage_of
from motionscan.simulate.waveforms import Mover, TrueEvent, movers, rate_at

RHYTHMS = ("jerks", "tremor", "heel_bounce")
FILLED_CYCLE_HZ = 4.0  # from this rate on a jerk of 0.15 s fills its cycle: jerk and oscillation look alike
MANY_TWITCHES = 10  # so many joint twitches in a clip may as well be called irregular jerks
_PATTERNS: dict[str, tuple[Pattern, ...]] = {
    "jerks": ("rhythmic_jerking",),
    "tremor": ("rhythmic_oscillation",),
    "heel_bounce": ("rhythmic_oscillation",),
    "joint_twitches": ("isolated_twitches",),
    "skin_twitches": ("isolated_twitches",),
    "irregular_jerks": ("irregular_jerks",),
    "slow_voluntary": ("gross_movement",),
}


@dataclass(frozen=True, slots=True)
class TrueMovement:
    """One movement as it was drawn; px of the upright picture, s from the first picture."""

    kind: str
    region: str
    side: str
    part: str
    patterns_accepted: tuple[Pattern, ...]
    regions_accepted: tuple[str, ...]
    finding_required: bool
    """False for slow voluntary movement: no finding is a right answer too."""
    site: Site
    start_s: float
    """Onset of the first event."""
    end_s: float
    """Offset of the last event."""
    frequency_hz: float | None
    """Events less one over the time from the first to the last peak; None when there is no rhythm."""
    frequency_median_hz: float | None
    """One over the median interval."""
    frequency_start_hz: float | None
    frequency_end_hz: float | None
    slowing: bool
    interval_cv: float | None
    amplitude_px: float
    events: tuple[TrueEvent, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is known of a clip."""

    name: str
    about: str
    seed: int
    duration_s: float
    view: str
    close_up: dict[str, Any] | None
    """The part that fills the picture; None when the whole person is seen."""
    width_px: int
    height_px: int
    null: bool
    """Nothing of the person moves."""
    person: dict[str, Any]
    capture: dict[str, Any]
    camera: dict[str, Any]
    movements: tuple[TrueMovement, ...]
    legs_px: dict[str, tuple[float, float]]
    """Leg landmarks at rest and with the camera at its starting place."""

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``."""
        return asdict(self)


def truth_of(scenario: Scenario) -> Truth:
    """The truth of a scenario; needs no picture."""
    capture = scenario.capture
    legs = legs_px(rest_joints(scenario.person, stage_of(scenario)))
    return Truth(
        name=scenario.name,
        about=scenario.about,
        seed=scenario.seed,
        duration_s=scenario.duration_s,
        view=scenario.person.view,
        close_up=asdict(scenario.close_up) if scenario.close_up else None,
        width_px=capture.width_px,
        height_px=capture.height_px,
        null=scenario.null,
        person=asdict(scenario.person),
        capture=asdict(capture),
        camera=asdict(scenario.camera),
        movements=tuple(true_movement(mover) for mover in movers(scenario)),
        legs_px={name: (float(x), float(y)) for name, (x, y) in zip(LANDMARKS, legs, strict=True)},
    )


def true_movement(mover: Mover) -> TrueMovement:
    """What one movement should be found as."""
    movement, events = mover.movement, mover.wave.events
    peaks = np.array([event.peak_s for event in events])
    intervals = np.diff(peaks)
    rhythm = movement.kind in RHYTHMS and intervals.size > 0
    ends = rate_at(movement, peaks[[0, -1]]) if rhythm else None
    return TrueMovement(
        kind=movement.kind,
        region=movement.region,
        side=movement.side,
        part=movement.part,
        patterns_accepted=_patterns(movement, len(events)),
        regions_accepted=_regions(movement),
        finding_required=movement.kind != "slow_voluntary",
        site="surface" if movement.kind == "skin_twitches" else "joint",
        start_s=events[0].onset_s if events else movement.start_s,
        end_s=events[-1].offset_s if events else movement.end_s,
        frequency_hz=float(intervals.size / (peaks[-1] - peaks[0])) if rhythm else None,
        frequency_median_hz=float(1 / np.median(intervals)) if rhythm else None,
        frequency_start_hz=float(ends[0]) if ends is not None else None,
        frequency_end_hz=float(ends[1]) if ends is not None else None,
        slowing=movement.end_rate_hz is not None and movement.end_rate_hz < movement.rate_hz,
        interval_cv=float(intervals.std(ddof=1) / intervals.mean()) if intervals.size > 1 else None,
        amplitude_px=movement.amplitude_px,
        events=events,
    )


def _patterns(movement: Movement, count: int) -> tuple[Pattern, ...]:
    accepted = _PATTERNS[movement.kind]
    fastest = max(movement.rate_hz, movement.end_rate_hz or 0)
    if movement.kind == "jerks" and fastest >= FILLED_CYCLE_HZ and movement.end_rate_hz is None:
        return (*accepted, "rhythmic_oscillation")
    if movement.kind == "joint_twitches" and count >= MANY_TWITCHES:
        return (*accepted, "irregular_jerks")
    return accepted


def _regions(movement: Movement) -> tuple[str, ...]:
    parts = {"foot": ("foot",), "shank": ("shank", "foot"), "thigh": ("thigh", "shank", "foot")}[movement.part]
    if movement.kind == "heel_bounce":
        parts = ("foot", "shank", "thigh")
    if movement.kind == "skin_twitches":
        parts = (movement.part,)
    return tuple(name for name in REGIONS for part in parts if name == f"{movement.side}_{part}")
