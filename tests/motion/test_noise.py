"""The noise floor of a region is that of the pictures it was measured against, each for its time."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from motionscan.motion.body_layout import BODY_LAYOUT
from motionscan.motion.noise import NoiseFloors, noise_floors
from motionscan.motion.reference import CLUSTERS
from motionscan.motion.skin_fields import field_count, patch_count

from .scene import SETTINGS

T_S = np.arange(300) / 30
MANY, NONE = SETTINGS.min_points * 4, SETTINGS.min_points - 1


def reference(points: int, fragility: float = 1.0) -> Any:
    """A reference picture with so many points of the last foot; ``fragility`` is that of all regions."""
    counts = np.full(BODY_LAYOUT.size + 1, MANY)
    counts[-2] = points
    return SimpleNamespace(
        counts=counts,
        fragility=np.full(BODY_LAYOUT.size, fragility),
        lever=np.full(BODY_LAYOUT.size, 2.0),
        cluster_fragility=np.ones(CLUSTERS),
        patch_variance=np.ones((field_count(BODY_LAYOUT), patch_count(BODY_LAYOUT))),
    )


def floors(
    references: list[Any], taken_s: list[float], *, background: bool = True, scatter_px: float = np.nan
) -> NoiseFloors:
    still_px = np.random.default_rng(5).normal(0, 0.2, (len(T_S), CLUSTERS, 2))
    background_px = still_px if background else np.full_like(still_px, np.nan)
    strips_px = np.full((len(T_S), field_count(BODY_LAYOUT) - BODY_LAYOUT.size, patch_count(BODY_LAYOUT), 2), np.nan)
    return noise_floors(
        T_S, background_px, np.full(len(T_S), scatter_px), strips_px, 1.0, references, taken_s, BODY_LAYOUT, SETTINGS
    )


def test_a_reference_without_a_region_says_nothing_of_it() -> None:
    """However unsteady the few points that are there would be."""
    alone = floors([reference(MANY)], [0.0])
    with_other = floors([reference(MANY), reference(NONE, fragility=1e4)], [0.0, 5.0])
    assert with_other.body_px[-1] == pytest.approx(alone.body_px[-1])
    assert with_other.joint_px[-1] == pytest.approx(alone.joint_px[-1])
    assert with_other.body_px[0] > 10 * alone.body_px[0]


def test_a_reference_counts_for_the_time_that_it_served() -> None:
    unsteady = [reference(MANY, fragility=100.0), reference(MANY)]
    brief, long = floors(unsteady, [0.0, 0.1]), floors(unsteady, [0.0, 9.0])
    assert brief.body_px[0] < 0.5 * long.body_px[0]


def test_a_region_that_no_reference_has_has_no_noise_floor() -> None:
    assert np.isnan(floors([reference(NONE)], [0.0]).body_px[-1])


def test_without_background_the_points_of_the_regions_tell() -> None:
    """By how far each strays from where its region takes it, which the movement of the region does not change."""
    there = floors([reference(MANY)], [0.0], scatter_px=9.0)
    gone = floors([reference(MANY)], [0.0], background=False, scatter_px=0.2)
    np.testing.assert_allclose(gone.body_px, there.body_px, rtol=0.1)
    assert np.isnan(floors([reference(MANY)], [0.0], background=False).body_px).all()
