"""The judgement: which pattern the events and the spectrum of one region make, and on what grounds.

Spectra say how fast, intervals say whether it is a rhythm; the shape of the single movement tells a jerk from an
oscillation as long as there is room between two of them.
"""

from dataclasses import replace

import numpy as np

from motionscan.analysis.events import Peak, as_large_as, usual_height_px
from motionscan.analysis.evidence import Evidence, without_slow
from motionscan.analysis.lone import skin_twitches, without_rhythm
from motionscan.analysis.restless import at_full_height, share_elsewhere, share_in_step
from motionscan.analysis.rhythm import (
    chance_cv,
    fill_missed_beats,
    halved_doubles,
    interval_cv,
    mean_rate_hz,
    measure_slowing,
    split_runs,
    without_extra_beats,
)
from motionscan.analysis.scene import Scene, camera_gain_at, is_limbs_own, is_of_light, local_mean
from motionscan.analysis.shape import jerk_or_oscillation, measure_shape, skips_cycles
from motionscan.analysis.spectrum import band_power, refine_frequency
from motionscan.analysis.stretch import Stretch, in_one_word
from motionscan.analysis.trace import capped_scale_px, fill_gaps
from motionscan.records import FloatArray
from motionscan.settings import AnalysisSettings


def judge(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """Every pattern of one region, in order of time; empty when nothing stands out."""
    joint = in_one_word(_rhythms(evidence, scene, settings), settings)
    if not joint:
        spectral = _small_oscillation(evidence, scene, settings)
        joint = [spectral] if spectral else _lone(evidence, scene, settings)
    slow = [s for s in joint if s.width_s is not None]
    brief = [s for s in joint if s.width_s is None]
    found = brief + skin_twitches(evidence, settings) + _gross_or(slow, _gross(evidence, scene, settings))
    kept = (s for s in found if not _too_fast(s, scene) and not _is_light(s, evidence, scene, settings))
    return sorted(kept, key=lambda stretch: stretch.start_s)


def _lone(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """Events without rhythm, but for those that a jolt of the camera may be, or somebody who shifts the part anyway."""
    own = tuple(peak for peak in evidence.peaks if is_limbs_own(peak, scene, settings))
    found = without_rhythm(replace(evidence, peaks=own), scene, settings)
    restless = bool(evidence.hidden) or evidence.gross.mean() > settings.restless_share
    return [s for s in found if not restless or len(s.peaks) >= settings.sure_lone_events]


def _gross_or(slow: list[Stretch], gross: list[Stretch]) -> list[Stretch]:
    """Large movement, and slow repeated movement where there is none at the same time; neither has single events."""
    apart = (s for s in slow if not any(s.start_s < g.end_s and g.start_s < s.end_s for g in gross))
    return [replace(s, peaks=()) for s in apart] + gross


def _too_fast(stretch: Stretch, scene: Scene) -> bool:
    return stretch.frequency_hz is not None and stretch.frequency_hz > scene.limit_hz


def _is_light(stretch: Stretch, evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> bool:
    size_px, scale_px = stretch.amplitude_px or 0.0, evidence.region.scale_px
    return stretch.frequency_hz is not None and is_of_light(stretch.frequency_hz, size_px, scale_px, scene, settings)


def _rhythms(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """The regular runs of joint events, if they hold most of the events; of what is quick where those make none."""
    grid_s = scene.clock.grid_s
    return (
        _with_doubted(evidence, scene, settings)
        or _runs_of_all_or_large(evidence.peaks, settings.large_share, evidence, grid_s, settings)
        or _quick_runs(evidence, grid_s, settings)
    )


def _quick_runs(evidence: Evidence, grid_s: FloatArray, settings: AnalysisSettings) -> list[Stretch]:
    """The regular runs of what is quick in a part that is shifted about, unless they are of its steps.

    What other limbs do as far at the same moments is the sway of the whole body, or the camera's.
    """
    if evidence.quick is None:
        return []
    trace_px, peaks, slow_px, elsewhere_px = evidence.quick
    quick = replace(evidence, trace_px=trace_px)
    runs = _runs_of_all_or_large(peaks, settings.as_large_share, quick, grid_s, settings)
    own = (
        run
        for run in runs
        if share_in_step(run, grid_s, slow_px) < settings.step_share
        and share_elsewhere(run, grid_s, elsewhere_px) < settings.elsewhere_share
    )
    return [at_full_height(run, grid_s, evidence.raw_px) for run in own]


def _with_doubted(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """The same with the events that the camera or a change of posture may have made.

    What keeps a rhythm with the others is one of them, unless it is as slow as a step.
    """
    if not evidence.peaks:
        return []
    brief = (peak for peak in evidence.hidden if peak.width_s <= settings.hidden_jerk_s)
    as_large = as_large_as(evidence.peaks, (*evidence.doubted, *brief), settings)
    every = sorted((*evidence.peaks, *as_large), key=lambda peak: peak.peak_s)
    runs = _runs_of(tuple(every), evidence, scene.clock.grid_s, settings) if as_large else []
    return runs if all(_is_vouched_for(run, evidence, scene, settings) for run in runs) else []


def _is_vouched_for(run: Stretch, evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether enough beats are beyond doubt: half of them, or two where the camera rests as much at them as between."""
    certain = sum(peak in evidence.peaks for peak in run.peaks)
    if certain >= settings.certain_share * len(run.peaks):
        return True
    return certain >= settings.certain_beats and camera_gain_at(run.peaks, scene) <= settings.camera_beat_gain


def _runs_of_all_or_large(
    peaks: tuple[Peak, ...], large_share: float, evidence: Evidence, grid_s: FloatArray, settings: AnalysisSettings
) -> list[Stretch]:
    """The regular runs of events; of the large ones where all make none."""
    large = _large_ones(peaks, large_share, settings)
    return _runs_of(peaks, evidence, grid_s, settings) or _runs_of(large, evidence, grid_s, settings)


def _large_ones(peaks: tuple[Peak, ...], share: float, settings: AnalysisSettings) -> tuple[Peak, ...]:
    """The events that are not small beside the others: between slow jerks many a bump stands out from noise."""
    if not peaks:
        return ()
    tall_px = float(np.quantile([peak.height_px for peak in peaks], settings.tall_quantile))
    return tuple(peak for peak in peaks if peak.height_px >= share * tall_px)


def _runs_of(
    peaks: tuple[Peak, ...], evidence: Evidence, grid_s: FloatArray, settings: AnalysisSettings
) -> list[Stretch]:
    times_s = np.array([peak.peak_s for peak in peaks])
    parts = [peaks[part] for part in split_runs(times_s, settings)]
    runs = [_regular_run(evidence, grid_s, part, settings) for part in parts]
    return _most_of(peaks, runs, settings) or _most_of(peaks, _bouts(evidence, grid_s, parts, settings), settings)


def _most_of(peaks: tuple[Peak, ...], runs: list[Stretch | None], settings: AnalysisSettings) -> list[Stretch]:
    """The runs that are rhythms, if they hold most of the events."""
    regular = [run for run in runs if run is not None]
    held = sum(len(run.peaks) for run in regular)
    return regular if regular and held >= settings.run_share * len(peaks) else []


def _bouts(
    evidence: Evidence, grid_s: FloatArray, parts: list[tuple[Peak, ...]], settings: AnalysisSettings
) -> list[Stretch | None]:
    """Runs that are too short to be a rhythm each and share one: it starts and stops."""
    bouts = [part for part in parts if len(part) >= settings.bout_events]
    if len(bouts) < 2:
        return []
    told_s = [np.array([peak.peak_s for peak in bout]) for bout in bouts]
    usual_s = float(np.quantile(np.concatenate([np.diff(times_s) for times_s in told_s]), settings.usual_interval))
    filled_s = [halved_doubles(times_s, usual_s, settings) for times_s in told_s]
    intervals_s = np.concatenate([np.diff(times_s) for times_s in filled_s])
    seen = sum(map(len, told_s))
    missed = sum(map(len, filled_s)) - seen
    if missed and evidence.line:
        return []  # which tells them as one
    cv = float(intervals_s.std(ddof=1) / intervals_s.mean())
    random_cv = chance_cv(seen, missed, float(intervals_s.mean()), settings)
    limit_cv = settings.bout_filled_cv if missed else settings.bout_cv
    if missed > settings.missed_beats_share * seen or cv > min(limit_cv, random_cv):
        return []
    return [
        _rhythm(evidence, grid_s, bout, times_s, cv, random_cv, settings)
        for bout, times_s in zip(bouts, filled_s, strict=True)
    ]


def _regular_run(
    evidence: Evidence, grid_s: FloatArray, peaks: tuple[Peak, ...], settings: AnalysisSettings
) -> Stretch | None:
    if len(peaks) < settings.run_events:
        return None
    seen_s = np.array([peak.peak_s for peak in peaks])
    for beats_s in (without_extra_beats(seen_s, settings), seen_s):
        times_s = fill_missed_beats(beats_s, settings)
        intervals_s = np.diff(times_s)
        cv = float(interval_cv(intervals_s))
        missed, left_out = len(times_s) - len(beats_s), len(seen_s) - len(beats_s)
        random_cv = chance_cv(len(beats_s), missed, float(intervals_s.mean()), settings, left_out)
        if cv <= min(settings.regular_cv, random_cv):
            beats = tuple(peak for peak in peaks if peak.peak_s in beats_s)
            return _rhythm(evidence, grid_s, beats, times_s, cv, random_cv, settings)
    return None


def _rhythm(
    evidence: Evidence,
    grid_s: FloatArray,
    peaks: tuple[Peak, ...],
    times_s: FloatArray,
    cv: float,
    random_cv: float,
    settings: AnalysisSettings,
) -> Stretch | None:
    """A run of regular events, at ``times_s`` and where one was missed, as what it is; None where it skips cycles."""
    amplitude_px = usual_height_px(peaks)
    width_s = float(np.median([peak.width_s for peak in peaks]))
    if width_s > settings.slow_jerk_s:
        ends = peaks[0].onset_s, peaks[-1].offset_s
        return Stretch("gross_movement", "joint", *ends, peaks, amplitude_px=amplitude_px, width_s=width_s)
    slowing = measure_slowing(times_s, settings)
    frequency_hz = mean_rate_hz(times_s)
    if skips_cycles(evidence, grid_s, peaks, frequency_hz, settings):
        return None
    shape = measure_shape(evidence, grid_s, peaks, frequency_hz, settings)
    return Stretch(
        pattern=jerk_or_oscillation(shape, slowing, settings),
        site="joint",
        start_s=peaks[0].onset_s,
        end_s=peaks[-1].offset_s,
        peaks=peaks,
        frequency_hz=frequency_hz,
        frequency_sd_hz=frequency_hz * max(cv, 0.01) / np.sqrt(len(times_s) - 1),
        slowing=slowing,
        interval_cv=cv,
        random_cv=random_cv,
        shape=shape,
        amplitude_px=amplitude_px,
    )


def _small_oscillation(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> Stretch | None:
    """An oscillation that is too small for single events but makes a line in the spectrum and repeats in time."""
    peak = evidence.spectrum
    if peak is None or not evidence.line or evidence.gross.any():
        return None
    clock = scene.clock
    if peak.frequency_hz * float(clock.grid_s[-1] - clock.grid_s[0]) < settings.line_cycles:
        return None
    trace = fill_gaps(evidence.trace_px)
    if not _goes_on(trace, peak.frequency_hz, clock.grid_hz, settings):
        return None
    own = band_power(trace, clock.grid_hz, peak.frequency_hz, 0.5)
    amplitude = float(np.sqrt(2 * own))
    background = band_power(scene.background_px, clock.grid_hz, peak.frequency_hz, 0.5)
    floor = max(
        settings.line_event_sigmas * evidence.sigma_px,
        settings.event_min_px_rel * capped_scale_px(evidence.region, settings),
    )
    if amplitude < floor or background > settings.background_share**2 * own:
        return None
    frequency_hz = refine_frequency(trace, clock.grid_hz, peak.frequency_hz, settings)
    if frequency_hz < settings.sway_cycles_hz:
        return None
    span_s = float(clock.grid_s[-1] - clock.grid_s[0])
    return Stretch(
        pattern="rhythmic_oscillation",
        site="joint",
        start_s=float(clock.grid_s[0]),
        end_s=float(clock.grid_s[-1]),
        frequency_hz=frequency_hz,
        frequency_sd_hz=0.1 / span_s,
        peak_db=peak.excess_db,
        amplitude_px=amplitude,
    )


def _goes_on(trace_px: FloatArray, frequency_hz: float, grid_hz: float, settings: AnalysisSettings) -> bool:
    """Whether a movement goes on most of the time: three jerks in a still clip make a line too."""
    quick = without_slow(trace_px, settings.drift_s, grid_hz)
    power = local_mean(quick**2, max(1, round(2 * grid_hz / frequency_hz)))
    return bool(np.median(power) >= settings.line_power_share * power.mean())


def _gross(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    moving = np.flatnonzero(evidence.gross)
    if len(moving) == 0:
        return []
    grid_s = scene.clock.grid_s
    size = np.hypot(*(evidence.region.body_px[scene.clock.real].T))
    known = size[np.isfinite(size)]
    return [
        Stretch(
            pattern="gross_movement",
            site="joint",
            start_s=float(grid_s[moving[0]]),
            end_s=float(grid_s[moving[-1]]),
            amplitude_px=float(np.ptp(known)) if len(known) else None,
        )
    ]
