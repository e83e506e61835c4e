"""What moves in the clips of the accuracy benchmark: displacement over time, and what should be said of it.

Amplitudes are the displacement of the middle of the part that moves, in px of the clip.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import numpy as np

from motionscan.body import Part, Side
from motionscan.records import FloatArray, Pattern
from motionscan.simulate.scenario import Kind, Movement
from motionscan.simulate.waveforms import (
    IRREGULAR_CV,
    IRREGULAR_DEAD_TIME_S,
    RISE_SHARE,
    ROOM_SHARE,
    TWITCH_DEAD_TIME_S,
    Pulses,
    TrueEvent,
    random_times,
    rhythm_times,
    waveform,
)

What = Literal[
    "clonic", "slowing", "tremor", "heel_bounce", "tapping", "intermittent", "skin_twitches", "joint_twitches",
    "single", "irregular", "sway", "walking", "swing", "breathing", "pulse", "patting",
]  # fmt: skip
RHYTHMS: Final = ("clonic", "slowing", "tremor", "heel_bounce", "tapping", "intermittent")
TWITCHES: Final = ("skin_twitches", "joint_twitches", "single")
NOTHING: Final = ("breathing", "pulse", "patting")
"""Movement in the picture that is none of the legs': any claim is false."""
BRIEF: Final = (
    "clonic",
    "slowing",
    "tapping",
    "intermittent",
    "skin_twitches",
    "joint_twitches",
    "single",
    "irregular",
)
"""Made of single movements that can be counted."""

FILLED_CYCLE_HZ: Final = 4.0
"""From this rate on a jerk of 0.15 s fills its cycle: jerk and oscillation look alike."""
LOOSE_CV: Final = 0.22
"""Intervals that vary more may as well be called irregular."""
MANY_TWITCHES: Final = 10
"""So many joint twitches in a clip may as well be called irregular jerks."""
DOUBLET_SHARE: Final = 0.15
DOUBLET_GAP_S: Final = (0.2, 0.3)
TWITCH_LENGTH_S: Final = (0.1, 0.3)
SWING_DECAY_S: Final = 2.5
STEP_LENGTH_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Act:
    """One movement of one part."""

    what: What
    side: Side
    part: Part
    amplitude_px: float
    rate_hz: float
    start_s: float = 1.0
    end_s: float = 9.5
    skin: bool = False
    end_rate_hz: float | None = None
    interval_cv: float = 0.05
    amplitude_cv: float = 0.1
    length_s: float = 0.16
    """Of one jerk, from first to last movement; shortened where the rhythm leaves less room."""
    end_length_s: float | None = None
    """Of the last one, where they grow."""
    runs: int = 1
    """How often the rhythm starts."""
    later_s: float = 0.0
    """By how much this movement comes after its partner on the other leg."""

    @property
    def region(self) -> str:
        """Id of the region that moves."""
        return f"{self.side}_{self.part}"


class Wave(Protocol):
    """Displacement over time and the events that it is made of."""

    def at(self, t_s: FloatArray) -> FloatArray:
        """Displacement in px at any times, same shape."""

    @property
    def events(self) -> tuple[TrueEvent, ...]:
        """In order of time; none for movement that is not made of single ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Sines:
    """A sum of sinusoids, which may fade from ``start_s`` on."""

    rows: FloatArray
    """(k, 3) amplitude in px, frequency in Hz, phase."""
    start_s: float
    decay_s: float = float("inf")
    events: tuple[TrueEvent, ...] = ()

    def at(self, t_s: FloatArray) -> FloatArray:
        """Displacement in px at any times, same shape; it begins at zero."""
        since = np.clip(np.asarray(t_s, float) - self.start_s, 0, None)
        size, hz, phase = self.rows.T
        waves = np.sin(2 * np.pi * hz * since[..., None] + phase) - np.sin(phase)
        return np.asarray((size * waves).sum(axis=-1) * np.exp(-since / self.decay_s))


def wave_of(act: Act, rng: np.random.Generator) -> Wave:
    """The displacement of a movement, drawn with ``rng``."""
    if act.what in _MAKERS:
        return _MAKERS[act.what](act, rng)
    return _pulses(act, _beginnings(act, rng), rng)


def _oscillation(act: Act, rng: np.random.Generator) -> Wave:
    return waveform(_movement(act, "heel_bounce" if act.what == "heel_bounce" else "tremor"), rng)


def _sway(act: Act, rng: np.random.Generator) -> Wave:
    hz = act.rate_hz * np.array([1.0, 0.57, 1.31])
    return Sines(np.stack([act.amplitude_px * np.array([0.6, 0.3, 0.1]), hz, rng.uniform(0, 6.28, 3)], axis=1), 0.0)


def _beat(act: Act, rng: np.random.Generator) -> Wave:
    return Sines(np.array([[act.amplitude_px, act.rate_hz, rng.uniform(0, 6.28)]]), 0.0)


def _swing(act: Act, rng: np.random.Generator) -> Wave:
    return Sines(np.array([[act.amplitude_px, act.rate_hz, 0.0]]), act.start_s + rng.uniform(0, 1), SWING_DECAY_S)


def _steps(act: Act, rng: np.random.Generator) -> Wave:
    start = np.arange(act.start_s + act.later_s, act.end_s - STEP_LENGTH_S, 1 / act.rate_hz)
    start = start + rng.normal(0, 0.03, start.size)
    length = np.full(start.size, STEP_LENGTH_S) * rng.uniform(0.9, 1.1, start.size)
    return Pulses(start, length / 2, length / 2, act.amplitude_px * rng.uniform(0.9, 1.1, start.size))


_MAKERS: Final[dict[str, Callable[[Act, np.random.Generator], Wave]]] = {
    "tremor": _oscillation,
    "heel_bounce": _oscillation,
    "sway": _sway,
    "breathing": _beat,
    "pulse": _beat,
    "swing": _swing,
    "walking": _steps,
}


def _movement(act: Act, kind: Kind, start_s: float | None = None, end_s: float | None = None) -> Movement:
    start_s, end_s = act.start_s if start_s is None else start_s, act.end_s if end_s is None else end_s
    return Movement(
        kind, act.side, act.part, act.amplitude_px, act.rate_hz, start_s, end_s, act.end_rate_hz, act.interval_cv,
        act.amplitude_cv, act.length_s,
    )  # fmt: skip


def _beginnings(act: Act, rng: np.random.Generator) -> FloatArray:
    if act.what == "single":
        return np.array([rng.uniform(act.start_s + 1, act.end_s - 1)])
    if act.what in ("skin_twitches", "joint_twitches"):
        return _with_doublets(random_times(_movement(act, "joint_twitches"), rng, TWITCH_DEAD_TIME_S, 1.0), rng)
    if act.what == "irregular":
        return random_times(_movement(act, "irregular_jerks"), rng, IRREGULAR_DEAD_TIME_S, IRREGULAR_CV)
    edges = np.linspace(act.start_s, act.end_s, 2 * act.runs)  # runs and pauses of the same length
    spans = zip(edges[::2], edges[1::2], strict=True)
    return np.concatenate([rhythm_times(_movement(act, "jerks", float(a), float(b)), rng) for a, b in spans])


def _with_doublets(start_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A second twitch soon after some, where there is room for it."""
    gap_s = rng.uniform(*DOUBLET_GAP_S, start_s.size)
    room = np.append(np.diff(start_s), np.inf) > 2.5 * gap_s
    chosen = room & (rng.uniform(size=start_s.size) < DOUBLET_SHARE)
    return np.sort(np.concatenate([start_s, (start_s + gap_s)[chosen]]))


def _pulses(act: Act, start_s: FloatArray, rng: np.random.Generator) -> Pulses:
    room_s = np.append(np.diff(start_s), np.inf) * ROOM_SHARE
    share = (start_s - act.start_s) / (act.end_s - act.start_s)
    length_s = act.length_s + share * ((act.end_length_s or act.length_s) - act.length_s)
    if act.what in TWITCHES:
        length_s = rng.uniform(*TWITCH_LENGTH_S, start_s.size)
    length_s = np.minimum(length_s * rng.uniform(0.9, 1.1, start_s.size), room_s)
    spread = np.sqrt(np.log1p(act.amplitude_cv**2))
    size_px = act.amplitude_px * np.exp(rng.normal(0, spread, start_s.size))
    return Pulses(start_s, length_s * RISE_SHARE, length_s * (1 - RISE_SHARE), size_px)


# ---------------------------------------------------------------- what should be said
def true_movement(act: Act, wave: Wave) -> dict[str, Any]:
    """The entry of the truth file, as ``score.py`` reads it."""
    events = wave.events
    peaks = np.array([event.peak_s for event in events])
    intervals = np.diff(peaks)
    inside = intervals[intervals < 2.5 * np.median(intervals)] if act.runs > 1 else intervals
    rhythm = act.what in RHYTHMS and inside.size > 0
    cv = float(inside.std(ddof=1) / inside.mean()) if rhythm and inside.size > 1 else None
    ends = _end_rates(act, peaks) if rhythm else (None, None)
    return {
        "kind": act.what,
        "region": act.region,
        "side": act.side,
        "part": act.part,
        "patterns_accepted": list(_patterns(act, len(events), cv)),
        "regions_accepted": list(_regions(act)),
        "finding_required": act.what not in ("sway", "walking", "swing") and len(events) > 0,
        "site": "surface" if act.skin else "joint",
        "start_s": events[0].onset_s if events else act.start_s,
        "end_s": events[-1].offset_s if events else act.end_s,
        "steady_run": act.runs == 1,
        "frequency_hz": float(inside.size / inside.sum()) if rhythm else None,
        "frequency_start_hz": ends[0],
        "frequency_end_hz": ends[1],
        "slowing": act.end_rate_hz is not None and act.end_rate_hz < act.rate_hz,
        "interval_cv": cv,
        "amplitude_px": act.amplitude_px,
        "events_countable": act.what in BRIEF,
        "events": [
            {"onset_s": e.onset_s, "peak_s": e.peak_s, "offset_s": e.offset_s, "amplitude_px": e.amplitude_px}
            for e in events
        ],
    }


def _end_rates(act: Act, peaks_s: FloatArray) -> tuple[float, float]:
    """Rates that the rhythm aims at, at its first and last event."""
    share = (peaks_s[[0, -1]] - act.start_s) / (act.end_s - act.start_s)
    first, last = act.rate_hz * ((act.end_rate_hz or act.rate_hz) / act.rate_hz) ** share
    return float(first), float(last)


def _patterns(act: Act, count: int, cv: float | None) -> tuple[Pattern, ...]:
    if act.what in ("tremor", "heel_bounce"):
        return ("rhythmic_oscillation",)
    if act.what == "tapping":
        return ("rhythmic_jerking", "rhythmic_oscillation")
    if act.what in RHYTHMS:
        fast = act.rate_hz >= FILLED_CYCLE_HZ and act.end_rate_hz is None
        loose = cv is not None and cv > LOOSE_CV
        return (
            "rhythmic_jerking",
            *(("rhythmic_oscillation",) if fast else ()),
            *(("irregular_jerks",) if loose else ()),
        )
    if act.what in TWITCHES:
        return ("isolated_twitches", *(("irregular_jerks",) if count >= MANY_TWITCHES and not act.skin else ()))
    if act.what == "irregular":
        return ("irregular_jerks", *(("isolated_twitches",) if count < MANY_TWITCHES else ()))
    return ("gross_movement", *(("rhythmic_oscillation",) if act.what == "swing" else ()))


def _regions(act: Act) -> tuple[str, ...]:
    parts = {"foot": ("foot",), "shank": ("shank", "foot"), "thigh": ("thigh", "shank", "foot")}[act.part]
    if act.skin:
        parts = (act.part,)
    if act.what == "heel_bounce":
        parts = ("foot", "shank", "thigh")
    return tuple(f"{act.side}_{part}" for part in parts)
