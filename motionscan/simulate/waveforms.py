"""Displacement over continuous time, and the events it is made of; numpy only.

A jerk is two half cosines: fast out, slower back, so that its time above half height is half of its length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionscan.simulate.scenario import Movement, Scenario

FloatArray = NDArray[np.float64]

RISE_SHARE = 0.36  # of a jerk's length is the way out: it is 1.8 times as fast as the way back
ROOM_SHARE = 0.80  # of the interval is all that a jerk may fill
TWITCH_DEAD_TIME_S = 0.35  # two twitches nearer than this would be one to any observer
IRREGULAR_CV = 0.75
IRREGULAR_DEAD_TIME_S = 0.28
MOVEMENT_STREAM = 2  # keeps the draws of movements apart from those of pictures
TAPER_S = 0.3  # a tremor swells and fades over this
WANDER_HZ = 0.02  # share of the rate by which a tremor's frequency wanders
SLOW_MOVE_S = (0.9, 1.8)  # length of a slow voluntary movement
SLOW_HOLD_S = (0.4, 1.5)


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """One jerk, twitch or cycle; onset and offset are at half height."""

    onset_s: float
    peak_s: float
    offset_s: float
    amplitude_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """A sum of jerks."""

    start_s: FloatArray
    rise_s: FloatArray
    fall_s: FloatArray
    amplitude_px: FloatArray

    def at(self, t_s: FloatArray) -> FloatArray:
        """Displacement in px at any times, same shape as ``t_s``."""
        since = np.asarray(t_s, float)[..., None] - self.start_s
        out = np.clip(since / self.rise_s, 0, 1)
        back = np.clip((since - self.rise_s) / self.fall_s, 0, 1)
        shape = (np.cos(np.pi * back) - np.cos(np.pi * out)) / 2
        return np.asarray((shape * self.amplitude_px).sum(axis=-1))

    @property
    def events(self) -> tuple[TrueEvent, ...]:
        """The jerks in order of time."""
        peak = self.start_s + self.rise_s
        rows = zip(self.start_s + self.rise_s / 2, peak, peak + self.fall_s / 2, self.amplitude_px, strict=True)
        return tuple(TrueEvent(*(float(value) for value in row)) for row in rows)


@dataclass(frozen=True, slots=True, eq=False)
class Oscillation:
    """A rhythm without pauses whose frequency wanders a little; ``lifted`` never goes below zero."""

    start_s: float
    end_s: float
    rate_hz: float
    amplitude_px: float
    wander: FloatArray
    """(k, 3) relative size, frequency and phase of the slow sinusoids that move the phase."""
    lifted: bool

    def phase(self, t_s: FloatArray) -> FloatArray:
        """Phase in cycles since the start."""
        since = np.asarray(t_s, float) - self.start_s
        size, slow_hz, start = self.wander.T
        swing = size / (2 * np.pi * slow_hz)
        slow = np.sin(2 * np.pi * slow_hz * since[..., None] + start) - np.sin(start)
        return np.asarray(self.rate_hz * (since + (swing * slow).sum(axis=-1)))

    def envelope(self, t_s: FloatArray) -> FloatArray:
        """0..1: swells after the start, fades before the end."""
        edge = np.minimum(np.asarray(t_s, float) - self.start_s, self.end_s - np.asarray(t_s, float))
        return np.asarray((1 - np.cos(np.pi * np.clip(edge / TAPER_S, 0, 1))) / 2)

    def at(self, t_s: FloatArray) -> FloatArray:
        """Displacement in px at any times, same shape as ``t_s``."""
        turn = 2 * np.pi * self.phase(t_s)
        wave = (1 - np.cos(turn)) / 2 if self.lifted else np.sin(turn)
        return np.asarray(self.amplitude_px * self.envelope(t_s) * wave)

    @property
    def events(self) -> tuple[TrueEvent, ...]:
        """The cycles, each from half height to half height around its peak."""
        fine = np.linspace(self.start_s, self.end_s, int(2000 * (self.end_s - self.start_s)))
        phase = self.phase(fine)
        middle, half = (0.5, 0.25) if self.lifted else (0.25, 1 / 6)
        peaks = np.arange(0, np.floor(phase[-1])) + middle
        onset, peak, offset = (np.interp(peaks + shift, phase, fine) for shift in (-half, 0, half))
        size = self.amplitude_px * self.envelope(peak)
        rows = zip(onset, peak, offset, size, strict=True)
        return tuple(TrueEvent(*(float(value) for value in row)) for row in rows)


@dataclass(frozen=True, slots=True, eq=False)
class SlowMoves:
    """Smooth voluntary movements between held positions."""

    start_s: FloatArray
    length_s: FloatArray
    from_px: FloatArray
    to_px: FloatArray

    def at(self, t_s: FloatArray) -> FloatArray:
        """Displacement in px at any times, same shape as ``t_s``."""
        share = np.clip((np.asarray(t_s, float)[..., None] - self.start_s) / self.length_s, 0, 1)
        smooth = share**3 * (10 - 15 * share + 6 * share**2)
        return np.asarray((smooth * (self.to_px - self.from_px)).sum(axis=-1))

    @property
    def events(self) -> tuple[TrueEvent, ...]:
        """The moves; the peak is the moment of greatest speed."""
        size = np.abs(self.to_px - self.from_px)
        rows = zip(self.start_s, self.start_s + self.length_s / 2, self.start_s + self.length_s, size, strict=True)
        return tuple(TrueEvent(*(float(value) for value in row)) for row in rows)


Waveform = Pulses | Oscillation | SlowMoves


def waveform(movement: Movement, rng: np.random.Generator) -> Waveform:
    """The displacement of one movement, drawn with ``rng``."""
    if movement.kind in ("tremor", "heel_bounce"):
        return _oscillation(movement, rng)
    if movement.kind == "slow_voluntary":
        return _slow_moves(movement, rng)
    return _pulses(movement, rng)


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """One movement with its waveform."""

    movement: Movement
    wave: Waveform


def movers(scenario: Scenario) -> list[Mover]:
    """The movements with their waveforms, each drawn from its own seed."""
    seeds = np.random.SeedSequence([scenario.seed, MOVEMENT_STREAM]).spawn(max(1, len(scenario.movements)))
    pairs = zip(scenario.movements, seeds, strict=False)
    return [Mover(one, waveform(one, np.random.default_rng(seed))) for one, seed in pairs]


def rate_at(movement: Movement, t_s: FloatArray) -> FloatArray:
    """Rate in Hz that the movement aims at; between start and end it changes exponentially."""
    end_hz = movement.end_rate_hz or movement.rate_hz
    share = (np.asarray(t_s, float) - movement.start_s) / (movement.end_s - movement.start_s)
    return np.asarray(movement.rate_hz * (end_hz / movement.rate_hz) ** share)


def rhythm_times(movement: Movement, rng: np.random.Generator) -> FloatArray:
    """Beginnings of the jerks of a rhythm: gamma intervals of mean 1 / rate and the given CV."""
    shape = 1 / movement.interval_cv**2
    times = [movement.start_s]
    while True:
        mean = 1 / float(rate_at(movement, np.array(times[-1])))
        step = mean * float(rng.gamma(shape, 1 / shape))
        if times[-1] + step + movement.duration_s / 2 > movement.end_s:
            return np.array(times)
        times.append(times[-1] + step)


def random_times(movement: Movement, rng: np.random.Generator, dead_time_s: float, cv: float) -> FloatArray:
    """Beginnings of twitches: a dead time, then gamma waiting times so that the mean rate is kept."""
    shape = 1 / cv**2
    wait = max(1 / movement.rate_hz - dead_time_s, dead_time_s / 2)
    times: list[float] = []
    now = movement.start_s + wait * float(rng.uniform(0, 1))
    while now + movement.duration_s < movement.end_s:
        times.append(now)
        now += dead_time_s + wait * float(rng.gamma(shape, 1 / shape))
    return np.array(times)


def _beginnings(movement: Movement, rng: np.random.Generator) -> FloatArray:
    if movement.times_s:
        return np.array(movement.times_s)
    if movement.kind == "jerks":
        return rhythm_times(movement, rng)
    if movement.kind == "irregular_jerks":
        return random_times(movement, rng, IRREGULAR_DEAD_TIME_S, IRREGULAR_CV)
    return random_times(movement, rng, TWITCH_DEAD_TIME_S, 1.0)


def _pulses(movement: Movement, rng: np.random.Generator) -> Pulses:
    start = _beginnings(movement, rng)
    room = np.append(np.diff(start), np.inf) * ROOM_SHARE
    length = np.minimum(movement.duration_s * rng.uniform(0.9, 1.1, start.size), room)
    spread = np.sqrt(np.log1p(movement.amplitude_cv**2))
    size = movement.amplitude_px * np.exp(rng.normal(0, spread, start.size))
    return Pulses(start, length * RISE_SHARE, length * (1 - RISE_SHARE), size)


def _oscillation(movement: Movement, rng: np.random.Generator) -> Oscillation:
    slow_hz = rng.uniform(0.1, 0.5, 3)
    wander = np.stack([rng.uniform(0.3, 1, 3) * WANDER_HZ, slow_hz, rng.uniform(0, 2 * np.pi, 3)], axis=1)
    lifted = movement.kind == "heel_bounce"
    return Oscillation(movement.start_s, movement.end_s, movement.rate_hz, movement.amplitude_px, wander, lifted)


def _slow_moves(movement: Movement, rng: np.random.Generator) -> SlowMoves:
    start, length, levels = [], [], [0.0]
    now = movement.start_s
    while True:
        move = float(rng.uniform(*SLOW_MOVE_S))
        if now + move > movement.end_s:
            break
        start.append(now)
        length.append(move)
        high = movement.amplitude_px * float(rng.uniform(0.7, 1))
        levels.append(high if levels[-1] < movement.amplitude_px / 3 else movement.amplitude_px * 0.1)
        now += move + float(rng.uniform(*SLOW_HOLD_S))
    return SlowMoves(np.array(start), np.array(length), np.array(levels[:-1]), np.array(levels[1:]))
