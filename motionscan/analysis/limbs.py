"""Which region an event belongs to: a moving part carries and shakes others, and they are not reported for it."""

from dataclasses import replace

import numpy as np

from motionscan.analysis.events import Peak, as_large_as, meets, together, usual_height_px
from motionscan.analysis.evidence import Evidence
from motionscan.analysis.rhythm import keeps_time, mean_rate_hz
from motionscan.analysis.stretch import Stretch, is_same_rate, same_rate
from motionscan.body import limb_of
from motionscan.records import FloatArray
from motionscan.settings import AnalysisSettings


def own_events(evidences: list[Evidence], settings: AnalysisSettings) -> list[Evidence]:
    """The evidence with events left out that another region made.

    In the same limb an event is carried along when another region's is at the same time and clearly larger; between
    the legs a much smaller simultaneous event came through the seat or the bed. A skin event beside a joint event of
    the same limb is the joint's; beside a larger one of the other leg it is the edge that this one moved over.
    """
    return [_own(evidence, evidences, settings) for evidence in evidences]


def _own(mine: Evidence, all_: list[Evidence], settings: AnalysisSettings) -> Evidence:
    usual = _usual_ratio(mine, settings)
    skin = tuple(p for p in mine.skin_peaks if not _is_side_effect(p, mine, all_, usual, settings))
    return replace(
        mine,
        peaks=tuple(p for p in mine.peaks if not _is_borrowed(p, mine, all_, usual, settings)),
        doubted=tuple(p for p in mine.doubted if not _is_borrowed(p, mine, all_, usual, settings)),
        # they vouch for each other; what half of them are, all are
        skin_peaks=skin if 2 * len(skin) > len(mine.skin_peaks) else (),
    )


def _same_limb(a: Evidence, b: Evidence) -> bool:
    limb = limb_of(a.region.id, a.region.part)
    return a.region.id == b.region.id or (limb is not None and limb == limb_of(b.region.id, b.region.part))


def _is_borrowed(
    peak: Peak, mine: Evidence, all_: list[Evidence], usual: float | None, settings: AnalysisSettings
) -> bool:
    if any(_outdoes(skin, peak, usual, settings) for skin in mine.skin_peaks):
        return True
    for other in all_:
        if other is mine:
            continue
        share = settings.carried_share if _same_limb(mine, other) else settings.passed_on_share
        if peak.height_px < share * _height_near(other, peak, settings):
            return True
    return False


def _height_near(other: Evidence, peak: Peak, settings: AnalysisSettings) -> float:
    near = [p.height_px for p in other.peaks if together(p, peak, settings)]
    return max(near, default=0.0)


def _is_side_effect(
    peak: Peak, mine: Evidence, all_: list[Evidence], usual: float | None, settings: AnalysisSettings
) -> bool:
    jerks = [(p, usual if other is mine else None) for other in all_ if _same_limb(mine, other) for p in other.peaks]
    if any(_overlaps(peak, jerk, settings) and not _outdoes(peak, jerk, ratio, settings) for jerk, ratio in jerks):
        return True
    if any(_lies_elsewhere(peak, mine, other, settings) for other in all_ if other is not mine):
        return True
    beside = [_height_near(other, peak, settings) for other in all_ if not _same_limb(mine, other)]
    return peak.height_px < max(beside, default=0.0)


def _lies_elsewhere(peak: Peak, mine: Evidence, other: Evidence, settings: AnalysisSettings) -> bool:
    """Whether a twitch is seen in another part too, and most that both show are larger there: the muscle is one."""
    both = [(p, q) for p in mine.skin_peaks for q in other.skin_peaks if together(p, q, settings)]
    if not any(p is peak for p, _ in both):
        return False
    return float(np.median([q.height_px / p.height_px for p, q in both])) > 1


def _usual_ratio(mine: Evidence, settings: AnalysisSettings) -> float | None:
    """Height of skin over joint in the events that both show; None where these are few.

    One muscle is one, and not now and then a joint: what most events say holds for all of them. Where the joint moves
    more often than the skin, or both keep time, which no twitch does, the skin moves because of it, and counts for
    nothing beside it.
    """
    if len(mine.peaks) > len(mine.skin_peaks):
        return 0.0
    pairs = [(skin, jerk) for skin in mine.skin_peaks for jerk in mine.peaks if _overlaps(skin, jerk, settings)]
    if len(pairs) < settings.sure_lone_events:
        return None
    if keeps_time(np.array([jerk.peak_s for jerk in mine.peaks]), settings):
        return 0.0
    return float(np.median([skin.height_px / jerk.height_px for skin, jerk in pairs]))


def _outdoes(skin: Peak, jerk: Peak, usual: float | None, settings: AnalysisSettings) -> bool:
    """Whether a patch of skin moves so much more than its part that it is what moved the part's middle."""
    ratio = skin.height_px / jerk.height_px if usual is None else usual
    return _overlaps(skin, jerk, settings) and ratio > settings.skin_outdoes_joint


def _overlaps(a: Peak, b: Peak, settings: AnalysisSettings) -> bool:
    return a.onset_s - settings.together_s <= b.offset_s and b.onset_s - settings.together_s <= a.offset_s


Judged = tuple[Evidence, list[Stretch]]


def one_movement_each(found: list[Judged], grid_s: FloatArray, settings: AnalysisSettings) -> list[Judged]:
    """The judgements with every movement told once, for the part that makes it.

    A leg that bounces turns at hip, knee and ankle at once: one rhythm. What another leg shows much more strongly at
    the same moments is that leg's, seen at an edge or felt through the seat. Of a leg that steps, the foot swings too.
    """
    told = [(e, s) for e, stretches in found for s in stretches if s.pattern != "gross_movement"]
    everywhere = [e for e, _ in found]
    return [
        (
            e,
            [
                s
                for s in stretches
                if not any(_belongs_to(e, s, *other, settings) for other in told)
                and not any(_passes_by(other, e, s, grid_s, settings) for other in everywhere)
                and not any(_is_of_steps((e, stretches), s, other, settings) for other in found)
                and not _slips((e, stretches), s, everywhere, settings)
            ],
        )
        for e, stretches in found
    ]


def _passes_by(
    other: Evidence, mine: Evidence, stretch: Stretch, grid_s: FloatArray, settings: AnalysisSettings
) -> bool:
    """Whether events that no rhythm vouches for happen while another leg, beside it in the picture, moves further.

    However slowly it moves: what it uncovers and covers looks like a jerk of the part behind it.
    """
    lone = stretch.frequency_hz is None and bool(stretch.peaks)
    if not lone or other is mine or _same_limb(mine, other) or not _touch(mine, other, settings):
        return False
    # a movement so small bends no patch of skin, nor does noise
    least_px = settings.skin_bent_shanks * (mine.region.scale_px or 0.0)
    ranges_px = [_range_px(other, p, grid_s, settings) for p in stretch.peaks]
    beside = [
        p
        for p, range_px in zip(stretch.peaks, ranges_px, strict=True)
        if range_px > least_px and p.height_px < settings.touching_share * range_px
    ]
    return len(beside) >= settings.together_share * len(stretch.peaks)


def _is_of_steps(mine: Judged, stretch: Stretch, other: Judged, settings: AnalysisSettings) -> bool:
    """Whether a joint moves while another part of its limb only steps, further: at that rate or, without one, no more
    often.
    """
    told = [one.pattern for one in other[1]]
    stepping = set(told) <= {"gross_movement"} and any(one.pattern == "gross_movement" for one in mine[1] + other[1])
    beside = other[0] is not mine[0] and _same_limb(mine[0], other[0])
    if not stepping or not beside or stretch.site != "joint" or not stretch.peaks:
        return False
    steps = [peak for peak in other[0].peaks if stretch.start_s <= peak.peak_s <= stretch.end_s]
    if len(steps) < settings.sure_lone_events or usual_height_px(steps) <= usual_height_px(stretch.peaks):
        return False
    if stretch.frequency_hz is None:
        return len(stretch.peaks) <= len(steps)
    rate_hz = mean_rate_hz(np.array([peak.peak_s for peak in steps]))
    return is_same_rate(stretch.frequency_hz, rate_hz, settings)


def _slips(mine: Judged, stretch: Stretch, everywhere: list[Evidence], settings: AnalysisSettings) -> bool:
    """Whether a part seems to jerk as often as its skin twitches, as far and at other moments, and nothing is told of
    it: its patches slip. What another limb does at the same moments is the camera's.
    """
    evidence, told = mine
    if stretch.site != "surface" or any(one.site == "joint" for one in told):
        return False
    others = tuple(p for e in everywhere if not _same_limb(evidence, e) for p in e.peaks + e.doubted)
    apart = (p for p in as_large_as(stretch.peaks, evidence.peaks, settings) if not meets(p, stretch.peaks, settings))
    return sum(not meets(p, others, settings) for p in apart) >= len(stretch.peaks)


def _range_px(evidence: Evidence, peak: Peak, grid_s: FloatArray, settings: AnalysisSettings) -> float:
    """How far a region moves around the time of an event, slow movement included."""
    around = evidence.raw_px[np.abs(grid_s - peak.peak_s) <= settings.baseline_s / 2]
    known = around[np.isfinite(around)]
    return float(np.ptp(known)) if len(known) else 0.0


def _belongs_to(mine: Evidence, stretch: Stretch, other: Evidence, larger: Stretch, settings: AnalysisSettings) -> bool:
    beside = _same_limb(mine, other) or _touch(mine, other, settings)
    if stretch.site == "surface" and larger.site == "joint" and beside:
        # while a joint jerks, the skin of its limb, and skin that it passes in the picture, cannot be judged
        return min(stretch.end_s, larger.end_s) > max(stretch.start_s, larger.start_s)
    if mine is other:
        return False
    size, others = stretch.amplitude_px or 0.0, larger.amplitude_px or 0.0
    if _same_limb(mine, other):
        carried = _same_rhythm(stretch, larger, settings) or _beats_along(stretch, other, larger, settings)
        fewer = len(stretch.peaks) < len(larger.peaks) and settings.carried_share * size < others
        no_more = len(stretch.peaks) <= len(larger.peaks) and size < others
        echoed = (fewer or no_more) and _same_moments(stretch, larger, settings)
        return _shaken_by(stretch, larger, settings) or (size < others and carried) or echoed
    by_movement = mine.region.source == other.region.source == "motion"
    if by_movement and _same_moments(stretch, larger, settings):
        # two places found by their movement that move at the same moments are one thing
        return (len(stretch.peaks), size, other.region.id) < (len(larger.peaks), others, mine.region.id)
    if stretch.site == "joint" and larger.site == "surface":
        return False  # a twitch of the skin shakes no other leg
    at_once = _same_rhythm(stretch, larger, settings) or _same_moments(stretch, larger, settings)
    if beside and at_once and _same_trace(mine, other, settings):
        # one thing seen through two outlines; of two that are as large the first is told
        return (size, other.region.id) < (others, mine.region.id)
    echo = size < (settings.touching_share if beside else settings.echo_share) * others
    return echo and at_once


def _shaken_by(lone: Stretch, rhythm: Stretch, settings: AnalysisSettings) -> bool:
    """Whether one or two events, too few to vouch for each other, happen in a part whose limb keeps up a rhythm."""
    few = lone.frequency_hz is None and 0 < len(lone.peaks) < settings.sure_lone_events
    if not few or rhythm.frequency_hz is None:
        return False
    beat_s = 1 / rhythm.frequency_hz  # its first or last beat may be too small to count
    return rhythm.start_s - beat_s <= lone.start_s and lone.end_s <= rhythm.end_s + beat_s


def _beats_along(lone: Stretch, other: Evidence, rhythm: Stretch, settings: AnalysisSettings) -> bool:
    """Whether most events of a part are at moments at which another part jerks, which keeps up a rhythm."""
    if lone.frequency_hz is not None or rhythm.frequency_hz is None:
        return False
    near = [meets(p, other.peaks, settings) for p in lone.peaks]
    return bool(near) and sum(near) >= settings.together_share * len(near)


def _touch(a: Evidence, b: Evidence, settings: AnalysisSettings) -> bool:
    """Whether two regions lie side by side in the picture, so that one may show what the other does."""
    apart = a.region.patches_px[:, None] - b.region.patches_px[None]
    nearest_px = np.hypot(apart[..., 0], apart[..., 1])
    known = nearest_px[np.isfinite(nearest_px)]
    return bool(len(known)) and float(known.min()) < settings.touching_shanks * (a.region.scale_px or 0.0)


def _same_trace(mine: Evidence, other: Evidence, settings: AnalysisSettings) -> bool:
    """Whether two parts show one movement: two legs that jerk together never do so alike in every jerk."""
    known = np.isfinite(mine.trace_px) & np.isfinite(other.trace_px)
    if known.sum() < 2 or not mine.trace_px[known].any() or not other.trace_px[known].any():
        return False
    return float(np.corrcoef(mine.trace_px[known], other.trace_px[known])[0, 1]) >= settings.same_trace_r


def _same_rhythm(a: Stretch, b: Stretch, settings: AnalysisSettings) -> bool:
    shared_s = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    return same_rate(a, b, settings) and shared_s >= settings.together_share * (a.end_s - a.start_s)


def _same_moments(a: Stretch, b: Stretch, settings: AnalysisSettings) -> bool:
    """Whether most events of one stretch are near events of another; two rhythms of their own meet by chance."""
    if a.frequency_hz is not None and b.frequency_hz is not None:
        return False
    near = [meets(p, b.peaks, settings) for p in a.peaks]
    return bool(near) and sum(near) >= settings.together_share * len(near)
