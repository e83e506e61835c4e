"""``analyse``: one ``Motion`` in, one ``Analysis`` out; the same for recorded and live pictures."""

import numpy as np

from motionscan.analysis.clock import Clock, make_clock, measure_timing, to_picture_times
from motionscan.analysis.events import Peak
from motionscan.analysis.evidence import Evidence, gather_all
from motionscan.analysis.limbs import one_movement_each, own_events
from motionscan.analysis.lone import share_of_many
from motionscan.analysis.pairs import compare_pairs
from motionscan.analysis.patterns import judge
from motionscan.analysis.quality import measure_quality, visible_fractions
from motionscan.analysis.scene import Scene, make_scene
from motionscan.analysis.stretch import Stretch
from motionscan.analysis.wording import CAVEATS, NOT_ASSESSED, alternatives, reasons, sentence
from motionscan.records import (
    Analysis,
    BoolArray,
    Event,
    Finding,
    FloatArray,
    Motion,
    Quality,
    Region,
    RegionMotion,
    Site,
)
from motionscan.settings import AnalysisSettings


def analyse(motion: Motion, settings: AnalysisSettings) -> Analysis:
    """Judge what was measured. Pure: the same motion and settings give the same analysis."""
    timing = measure_timing(motion.t_s, motion.duplicate, settings)
    clock = make_clock(motion.t_s, motion.duplicate, settings) if len(motion.t_s) else None
    scene = make_scene(motion, clock, settings) if clock else None
    quality = measure_quality(motion, clock, scene, settings)
    shares = visible_fractions(motion)
    judged = [r for r in motion.regions if shares[r.id] >= settings.min_visible] if scene else []
    evidences = own_events(gather_all(judged, scene, settings), settings) if scene else []
    judged_regions = [(e, _allowed(judge(e, scene, settings), quality)) for e in evidences] if scene else []
    found = one_movement_each(judged_regions, clock.grid_s, settings) if clock else []
    events, findings = _number(found, settings)
    regions = tuple(_region(r, shares[r.id], evidences) for r in motion.regions)
    rhythm_hz = {f.region: f.frequency_hz for f in findings if f.pattern.startswith("rhythmic") and f.frequency_hz}
    return Analysis(
        timing=timing,
        frame_rate_hz=clock.frame_rate_hz if clock else None,
        quality=quality,
        regions=regions,
        events=events,
        findings=findings,
        pairs=compare_pairs(evidences, rhythm_hz, clock.grid_hz, 1 / clock.frame_rate_hz, settings) if clock else (),
        sentence=sentence(findings, regions, quality, _shows_skin(motion)),
        not_assessed=NOT_ASSESSED,
        caveats=_caveats(scene) + motion.notes,
        traces_px=_traces({e.region.id: e.raw_px for e in evidences}, motion, clock),
        skin_px=_traces(_twitching_skin(evidences, findings), motion, clock),
        tracked=_tracked(motion),
    )


def _allowed(stretches: list[Stretch], quality: Quality) -> list[Stretch]:
    """A clip that cannot be judged keeps only what needs no judgement: large movement."""
    return stretches if quality.assessable else [s for s in stretches if s.pattern == "gross_movement"]


def _number(
    found: list[tuple[Evidence, list[Stretch]]], settings: AnalysisSettings
) -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """Events and findings with their ids, in order of time."""
    rows = sorted(((s, e) for e, stretches in found for s in stretches), key=lambda row: row[0].start_s)
    pool = sorted(((p, s, e) for s, e in rows for p in s.peaks), key=lambda row: row[0].peak_s)
    ids = {(id(s), p): f"e{number}" for number, (p, s, _) in enumerate(pool, 1)}
    events = tuple(_event(ids[id(s), p], p, s, e) for p, s, e in pool)
    findings = tuple(
        _finding(f"f{number}", s, e, tuple(ids[id(s), p] for p in s.peaks), settings)
        for number, (s, e) in enumerate(rows, 1)
    )
    return events, findings


def _event(name: str, peak: Peak, stretch: Stretch, evidence: Evidence) -> Event:
    return Event(
        id=name,
        region=evidence.region.id,
        onset_s=peak.onset_s,
        peak_s=peak.peak_s,
        offset_s=peak.offset_s,
        amplitude_px=peak.height_px,
        amplitude_rel=_relative(peak.height_px, evidence),
        duration_s=peak.width_s,
        site=_site(stretch, evidence),
    )


def _relative(size_px: float | None, evidence: Evidence) -> float | None:
    scale = evidence.region.scale_px if evidence.region.shank_known else None
    return size_px / scale if size_px is not None and scale else None


def _site(stretch: Stretch, evidence: Evidence) -> Site | None:
    """Where no landmarks show a joint, a region that moves as a whole may be a joint or skin."""
    return "surface" if stretch.site == "surface" else stretch.site if evidence.region.part else None


def _finding(
    name: str, s: Stretch, evidence: Evidence, event_ids: tuple[str, ...], settings: AnalysisSettings
) -> Finding:
    spread = 1.96 * s.frequency_sd_hz if s.frequency_sd_hz is not None else None
    hz = s.frequency_hz
    return Finding(
        id=name,
        pattern=s.pattern,
        region=evidence.region.id,
        start_s=s.start_s,
        end_s=s.end_s,
        event_ids=event_ids,
        event_count=len(event_ids),
        frequency_hz=hz,
        frequency_ci95_hz=(max(0.0, hz - spread), hz + spread) if hz is not None and spread is not None else None,
        frequency_start_hz=s.slowing.start_hz if s.slowing else hz,
        frequency_end_hz=s.slowing.end_hz if s.slowing else hz,
        slowing=s.slowing.slowing if s.slowing else False,
        interval_cv=s.interval_cv,
        silent_fraction=s.shape.silent_fraction if s.shape else None,
        amplitude_px=s.amplitude_px,
        amplitude_rel=_relative(s.amplitude_px, evidence),
        site=_site(s, evidence),
        confidence=confidence(s, evidence, settings),
        reasons=reasons(s, evidence, settings),
        alternatives=alternatives(s, evidence),
    )


def confidence(stretch: Stretch, evidence: Evidence, settings: AnalysisSettings) -> float:
    """0..1: how far the measurements are from the limits of the pattern; not a probability of any cause.

    Grows with the height of the events over the noise, with their number, and with the distance of the interval CV
    from the limit; lower where the noise is unverified, the camera moved along or cannot be told from the limb.
    """
    if stretch.pattern == "gross_movement":
        return 0.9
    height = (stretch.amplitude_px or 0.0) / max(evidence.sigma_px, 1e-9)
    clear = float(np.clip((height - settings.event_sigmas) / (2 * settings.event_sigmas), 0, 1))
    many = float(np.clip(len(stretch.peaks) / (2 * settings.run_events), 0.2, 1))
    value = 0.55 + 0.2 * clear + 0.2 * many
    if stretch.pattern == "indeterminate":
        value = 0.4
    elif stretch.frequency_hz is not None:
        value -= 0.2 * min(1.0, (stretch.interval_cv or 0.0) / settings.regular_cv) ** 2
    elif stretch.site == "joint":
        value -= 0.2 * max(_nearly_regular(stretch, settings), _nearly_the_other_word(stretch, settings))
    if not evidence.noise_known:
        value *= 0.7
    if not evidence.camera_apart:
        value *= settings.no_background_confidence
    return float(np.clip(value * (1 - 0.5 * min(1.0, max(0.0, evidence.camera_share))), 0.05, 0.97))


def _nearly_regular(stretch: Stretch, settings: AnalysisSettings) -> float:
    """0..1: how near enough events to tell come to a rhythm; 0 from the CV that rules one out."""
    if stretch.interval_cv is None or len(stretch.peaks) < settings.run_events:
        return 0.0
    low, high = settings.undecided_cv, settings.irregular_cv
    return float(np.clip((high - stretch.interval_cv) / (high - low), 0, 1))


def _nearly_the_other_word(stretch: Stretch, settings: AnalysisSettings) -> float:
    """0..1: how near few twitches come to many jerks, by number and rate; 1 at the limit, 0 from half and twice it."""
    share = share_of_many(np.array([peak.peak_s for peak in stretch.peaks]), settings)
    return float(np.clip(2 - share if share >= 1 else 2 * share - 1, 0, 1))


def _region(region: RegionMotion, share: float, evidences: list[Evidence]) -> Region:
    mine = next((e for e in evidences if e.region.id == region.id), None)
    peak = mine.spectrum if mine else None
    return Region(
        id=region.id,
        side=region.side,
        part=region.part,
        source=region.source,
        visible_fraction=share,
        scale_px=region.scale_px if region.shank_known else None,
        noise_px=region.noise_px,
        peak_frequency_hz=peak.frequency_hz if peak else None,
        peak_excess_db=peak.excess_db if peak else None,
    )


def _caveats(scene: Scene | None) -> tuple[str, ...]:
    if scene is None:
        return CAVEATS
    return (*CAVEATS, f"Frequencies above {scene.limit_hz:.1f} Hz cannot be seen at this frame rate.")


def _shows_skin(motion: Motion) -> bool:
    """Whether any skin was measured, where there are patches of it."""
    patches = [region.skin_px for region in motion.regions if region.skin_px.size]
    return not patches or any(np.isfinite(paths_px).any() for paths_px in patches)


def _twitching_skin(evidences: list[Evidence], findings: tuple[Finding, ...]) -> dict[str, FloatArray]:
    """The paths (G,) of skin of which something is told, by region."""
    told = {finding.region for finding in findings if finding.site == "surface"}
    return {e.region.id: e.skin_px for e in evidences if e.region.id in told and e.skin_px is not None}


def _traces(grid_px: dict[str, FloatArray], motion: Motion, clock: Clock | None) -> dict[str, FloatArray]:
    """Paths (G,) on the even clock as paths (T,) at the times of the pictures."""
    if clock is None:
        return {}
    return {name: to_picture_times(clock, motion.t_s, path_px) for name, path_px in grid_px.items()}


def _tracked(motion: Motion) -> BoolArray:
    camera = np.isfinite(motion.camera_px).all(axis=1)
    if not motion.regions:
        return np.zeros(len(motion.t_s), dtype=bool)
    # without any background, regions are measured against the picture itself
    held = camera | ~camera.any()
    return np.asarray(held & np.any([np.isfinite(r.joint_px).all(axis=1) for r in motion.regions], axis=0))
