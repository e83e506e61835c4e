"""Whether what a part seems to do is its own: parts of a limb take each other along, what is before them does not."""

from typing import Final

import numpy as np

from motionscan.analysis.clock import Clock
from motionscan.analysis.events import Peak, during
from motionscan.body import Part, limb_of
from motionscan.records import FloatArray, RegionMotion
from motionscan.settings import AnalysisSettings

_TAKEN_ALONG: Final[dict[Part | None, tuple[Part, ...]]] = {"thigh": ("shank",), "shank": ("thigh", "foot")}
"""Parts of which at least one moves when a part does."""


def others_of_limb(region: RegionMotion, regions: list[RegionMotion]) -> list[RegionMotion]:
    """The other parts of the limb that a region is a part of."""
    own = limb_of(region.id, region.part)
    return [r for r in regions if r is not region and own and limb_of(r.id, r.part) == own]


def moved_beside(limb: list[RegionMotion], moved_px: dict[str, FloatArray], settings: AnalysisSettings) -> FloatArray:
    """(G,) how far the parts move that a movement of the first would take along; infinite where that is not known.

    A foot turns alone, while no shank and no thigh moves without either of its neighbours: what seems to be one is
    flesh that moves on a bone at rest.

    Args:
        limb: its parts.
        moved_px: (G,) how far each region moves.
        settings: thresholds.
    """
    part, *others = limb
    itself = {region.id: _itself(region, limb, moved_px, settings) for region in others}
    return _furthest_beside(part, others, moved_px | itself)


def _furthest_beside(part: RegionMotion, others: list[RegionMotion], moved_px: dict[str, FloatArray]) -> FloatArray:
    beside = [moved_px[r.id] for r in others if r.part in _TAKEN_ALONG.get(part.part, ())]
    furthest = np.fmax.reduce(beside) if beside else np.full_like(moved_px[part.id], np.nan)
    return np.asarray(np.where(np.isfinite(furthest), furthest, np.inf))


def _itself(
    part: RegionMotion, limb: list[RegionMotion], moved_px: dict[str, FloatArray], settings: AnalysisSettings
) -> FloatArray:
    """(G,) how far a part moves, 0 where a hand passes before it: further than flesh, and no part beside it does."""
    moved = moved_px[part.id]
    beside = _furthest_beside(part, [region for region in limb if region is not part], moved_px)
    hidden = (moved > settings.flesh_reach_rel * (part.scale_px or np.inf)) & (beside < settings.beside_share * moved)
    return np.where(hidden, 0.0, moved)


def is_in_front(
    peak: Peak, scale_px: float | None, beside_px: FloatArray, clock: Clock, settings: AnalysisSettings
) -> bool:
    """Whether an event is larger than flesh can move while no part beside it goes along: a hand passes before it."""
    larger = peak.height_px > settings.flesh_reach_rel * (scale_px or np.inf)
    return larger and is_alone(peak, beside_px, clock, settings)


def is_alone(peak: Peak, beside_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether no part beside it, (G,), goes along in an event."""
    return float(beside_px[during(peak, clock.grid_s)].max(initial=0.0)) < settings.beside_share * peak.height_px


def moves_itself(peak: Peak, moved_px: FloatArray, clock: Clock, settings: AnalysisSettings) -> bool:
    """Whether the part moves, not only what it is held against: a hand that taps a shank leaves the foot at rest."""
    furthest_px = np.nan_to_num(moved_px[during(peak, clock.grid_s)], nan=np.inf).max(initial=0.0)
    return float(furthest_px) >= settings.own_share * peak.height_px
