"""Events that are no rhythm: isolated, many and irregular, or undecided."""

from dataclasses import replace

import numpy as np

from motionscan.analysis.clock import interval_s
from motionscan.analysis.events import Peak, as_large_as, find_events, usual_height_px
from motionscan.analysis.evidence import Evidence
from motionscan.analysis.rhythm import interval_cv, keeps_time, mean_rate_hz, random_cv_quantile, split_runs
from motionscan.analysis.scene import Scene, height_in_sigmas, is_lasting, would_last
from motionscan.analysis.stretch import Stretch
from motionscan.analysis.trace import capped_scale_px
from motionscan.records import FloatArray, Pattern, Site
from motionscan.settings import AnalysisSettings


def without_rhythm(evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """Joint events that are no rhythm, neither slips nor slow: isolated, many and irregular, or undecided."""
    brief = (p for p in evidence.peaks if settings.twitch_min_s <= p.width_s <= settings.slow_jerk_s)
    evidence = replace(evidence, peaks=tuple(brief))
    peaks = _standing_alone(evidence, scene, settings.isolated_sigmas, settings)
    if len(peaks) < settings.sure_lone_events:
        # what happens once or twice must stand out further than what happens again and again
        peaks = _standing_alone(evidence, scene, settings.sure_lone_sigmas, settings)
    if not peaks:
        return _many_clear(evidence.peaks, evidence, scene, settings)
    if _is_slipping(peaks, evidence, scene, settings):
        return []
    as_large = as_large_as(peaks, evidence.peaks, settings)
    cv, word = _intervals(peaks, settings)
    _, word_of_large = _intervals(as_large, settings)
    too_few = len(as_large) > 2 * len(peaks) or (word_of_large == "irregular_jerks" and word != word_of_large)
    if too_few and (many := _many_clear(as_large, evidence, scene, settings)):
        return many
    if word != "indeterminate":
        # the lower ones among them may be what makes it nearly a rhythm
        all_cv, word_of_all = _intervals(evidence.peaks, settings)
        if word_of_all == "indeterminate":
            return [summed_up(word_of_all, "joint", evidence.peaks, all_cv)]
    if word == "irregular_jerks" and evidence.hidden:
        word = "indeterminate"  # jerks that were left out make a rhythm irregular
    return [summed_up(word, "joint", peaks, cv)]


def _many_clear(peaks: tuple[Peak, ...], evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> list[Stretch]:
    """Events that come so often that few stand alone, each above the noise of still regions.

    To say nothing, or to tell the few, would be wrong, and their intervals do not tell: some that ran together were
    left out. What mostly lasts for a single picture is slips, as a low bit rate makes them; and what goes as far the
    other way nearly as often is noise, or a part that the shaking of the camera moves.
    """
    lasting = sum(is_lasting(peak, scene, settings) for peak in peaks)
    if len(peaks) < settings.sure_events or not evidence.noise_known or 2 * lasting < len(peaks):
        return []
    if _other_way(peaks, 1.0, evidence, scene, settings) > settings.both_ways_share * len(peaks):
        return []
    return [summed_up("indeterminate", "joint", peaks, cv_between(peaks))]


def _is_slipping(peaks: tuple[Peak, ...], evidence: Evidence, scene: Scene, settings: AnalysisSettings) -> bool:
    """Whether a part goes half as far the other way nearly as often: its patches slip, or the camera shakes it."""
    return _other_way(peaks, settings.as_large_share, evidence, scene, settings) > settings.slips_share * len(peaks)


def _other_way(
    peaks: tuple[Peak, ...], share: float, evidence: Evidence, scene: Scene, settings: AnalysisSettings
) -> int:
    """How often the part goes the other way, by at least that share of the usual height of its events."""
    return len(find_events(scene.clock.grid_s, -evidence.trace_px, share * usual_height_px(peaks), settings))


def _intervals(peaks: tuple[Peak, ...], settings: AnalysisSettings) -> tuple[float | None, Pattern]:
    """CV of the intervals between events, and the word for events that are no rhythm."""
    cv = cv_between(peaks)
    return cv, _word(np.array([peak.peak_s for peak in peaks]), cv, settings)


def cv_between(peaks: tuple[Peak, ...]) -> float | None:
    """CV of the intervals between events; None for fewer than three."""
    return float(interval_cv(np.diff([peak.peak_s for peak in peaks]))) if len(peaks) > 2 else None


def _standing_alone(evidence: Evidence, scene: Scene, sigmas: float, settings: AnalysisSettings) -> tuple[Peak, ...]:
    """The joint events that are beyond doubt though no rhythm vouches for them.

    What shows in a single picture may be a slip, but not where most events last and it is as large as those. What
    would have lasted at the rate at which those were seen is no slip either: the pictures have become fewer, as in low
    light.
    """
    smallest_px = settings.isolated_min_px_rel * capped_scale_px(evidence.region, settings)
    clear = [
        peak
        for peak in evidence.peaks
        if peak.height_px >= smallest_px and height_in_sigmas(peak, evidence.trace_px, scene, settings) >= sigmas
    ]
    lasting = [peak for peak in clear if is_lasting(peak, scene, settings)]
    if not lasting:
        return ()
    usual_s = float(np.median([interval_s(scene.clock, peak.peak_s) for peak in lasting]))
    if sum(not would_last(peak, usual_s, settings) for peak in clear) > len(lasting):
        return tuple(lasting)
    as_large = as_large_as(lasting, clear, settings)
    return tuple(peak for peak in clear if peak in lasting or peak in as_large)


def _irregular_from(times_s: FloatArray, settings: AnalysisSettings) -> float:
    """CV from which intervals are no rhythm.

    Jerks that cannot follow each other at once look less random than they are: the limit is what one in ten random
    trains with the shortest interval seen would stay below, if that is less than the general one.
    """
    intervals_s = np.diff(times_s)
    dead_time_s = settings.dead_time_share * float(intervals_s.min())
    chance = random_cv_quantile(
        len(times_s), float(intervals_s.mean()), dead_time_s, settings.irregular_quantile, settings
    )
    return max(settings.undecided_cv, min(settings.irregular_cv, chance))


def _word(times_s: FloatArray, cv: float | None, settings: AnalysisSettings) -> Pattern:
    if len(times_s) >= settings.run_events and cv is not None and cv < _irregular_from(times_s, settings):
        return "indeterminate"
    return "irregular_jerks" if share_of_many(times_s, settings) >= 1 else "isolated_twitches"


def share_of_many(times_s: FloatArray, settings: AnalysisSettings) -> float:
    """How many and how fast events without rhythm are, over what makes them many; the lesser of the two."""
    if len(times_s) < 2:
        return 0.0
    return min(len(times_s) / settings.irregular_jerk_events, mean_rate_hz(times_s) / settings.irregular_jerk_rate_hz)


def skin_twitches(evidence: Evidence, settings: AnalysisSettings) -> list[Stretch]:
    """The events of the skin as one; undecided where they keep time, as a hand that pats does."""
    peaks = evidence.skin_peaks
    if not peaks:
        return []
    times_s, cv = np.array([peak.peak_s for peak in peaks]), cv_between(peaks)
    longest_s = max((times_s[run] for run in split_runs(times_s, settings)), key=len)
    # many in quick succession that keep time, but for a pause, are a joint's, whose part is not placed right
    many = share_of_many(times_s, settings) >= 1 and keeps_time(longest_s, settings)
    undecided = many or keeps_time(times_s, settings)
    return [summed_up("indeterminate" if undecided else "isolated_twitches", "surface", peaks, cv)]


def summed_up(pattern: Pattern, site: Site, peaks: tuple[Peak, ...], cv: float | None) -> Stretch:
    """Events from the first to the last as one pattern without a rate."""
    return Stretch(
        pattern=pattern,
        site=site,
        start_s=peaks[0].onset_s,
        end_s=peaks[-1].offset_s,
        peaks=peaks,
        interval_cv=cv,
        amplitude_px=usual_height_px(peaks),
    )
