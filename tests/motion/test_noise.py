"""The noise floor of a region is that of the pictures it was measured against, each for its time."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from motionscan.motion.body_layout import BODY_LAYOUT
from motionscan.motion.noise import NoiseFloors, noise_floors
from motionscan.motion.quarters import LEFT_BY_FIT, QUARTERS, Quarters
from motionscan.motion.reference import CLUSTERS
from motionscan.motion.similarity import RobustFit
from motionscan.motion.skin_fields import field_count, patch_count

from .scene import SETTINGS

T_S = np.arange(300) / 30
ROBUST = RobustFit(SETTINGS.fit_floor_px, SETTINGS.fit_tuning, SETTINGS.fit_steps)
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
        quarters=SimpleNamespace(fragility=np.ones((BODY_LAYOUT.size, QUARTERS))),
        patch_variance=np.ones((field_count(BODY_LAYOUT), patch_count(BODY_LAYOUT))),
    )


def floors(
    references: list[Any], taken_s: list[float], *, background: bool = True, quarters_px: Any = np.nan
) -> NoiseFloors:
    """Noise floors before a wall whose patches jitter by 0.2 px; ``quarters_px`` is the jitter of the quarters.

    It is one number for all or (R, 4, 2); NaN where quarters are not measured.
    """
    random = np.random.default_rng(5)
    still_px = random.normal(0, 0.2, (len(T_S), CLUSTERS, 2))
    background_px = still_px if background else np.full_like(still_px, np.nan)
    strips_px = np.full((len(T_S), field_count(BODY_LAYOUT) - BODY_LAYOUT.size, patch_count(BODY_LAYOUT), 2), np.nan)
    # what a fit to the whole region leaves of the jitter of its quarters
    left_px = random.normal(0, np.sqrt(LEFT_BY_FIT), (len(T_S), BODY_LAYOUT.size, QUARTERS, 2)) * quarters_px
    return noise_floors(T_S, background_px, left_px, strips_px, 1.0, references, taken_s, BODY_LAYOUT, SETTINGS)


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


def test_without_background_the_quarters_of_the_regions_tell() -> None:
    """By how far each strays from where its region takes it, which the movement of the region does not change."""
    there = floors([reference(MANY)], [0.0])
    gone = floors([reference(MANY)], [0.0], background=False, quarters_px=0.2)
    np.testing.assert_allclose(gone.body_px, there.body_px, rtol=0.1)
    assert np.isnan(floors([reference(MANY)], [0.0], background=False).body_px).all()


def test_a_region_whose_quarters_jitter_more_than_the_background_has_their_noise() -> None:
    """In its unsteadier direction; one that jitters less has that of the background still."""
    quarters_px = np.full((BODY_LAYOUT.size, QUARTERS, 2), 0.02)
    quarters_px[0, :, 0] = 2.0
    calm, mixed = floors([reference(MANY)], [0.0]), floors([reference(MANY)], [0.0], quarters_px=quarters_px)
    assert mixed.body_px[0] == pytest.approx(10 * calm.body_px[0], rel=0.15)
    np.testing.assert_allclose(mixed.body_px[1:], calm.body_px[1:])


def test_the_unsteady_thigh_makes_the_shank_on_it_unsteady_and_not_the_other_leg() -> None:
    quarters_px = np.full((BODY_LAYOUT.size, QUARTERS, 2), 0.02)
    quarters_px[0] = 2.0
    calm, mixed = floors([reference(MANY)], [0.0]), floors([reference(MANY)], [0.0], quarters_px=quarters_px)
    assert mixed.joint_px[1] > 5 * calm.joint_px[1]
    assert mixed.body_px[1] == pytest.approx(calm.body_px[1])
    assert mixed.joint_px[4] == pytest.approx(calm.joint_px[4])


def test_half_a_region_on_something_else_that_moves_is_no_noise() -> None:
    quarters_px = np.full((BODY_LAYOUT.size, QUARTERS, 2), 0.02)
    quarters_px[0, 2:] = 20.0
    calm, mixed = floors([reference(MANY)], [0.0]), floors([reference(MANY)], [0.0], quarters_px=quarters_px)
    assert mixed.body_px[0] == pytest.approx(calm.body_px[0])


def test_quarters_lie_along_a_region_and_turn_with_it() -> None:
    """Points that stray along the region stray along it whichever way it lies."""
    random = np.random.default_rng(3)
    places = random.uniform(-50, 50, 60) + 1j * random.uniform(-8, 8, 60)
    far = np.sort(places.real)[-15]
    astray = np.where(places.real >= far, 0.5, 0.0) + 0j
    for turn in np.exp(1j * np.array([0.0, 0.7, 1.5, 2.6])):
        quarters = Quarters([np.arange(60)], places * turn, np.ones(60), ROBUST, SETTINGS)
        seen = quarters.read(astray * turn, np.ones(60, dtype=bool))[0]
        np.testing.assert_allclose(np.sort(np.abs(seen)), [0, 0, 0, 0.5], atol=1e-9)
        np.testing.assert_allclose(seen.imag, 0, atol=0.01)
        assert quarters.fragility == pytest.approx(1 / 15)


def test_a_quarter_with_too_few_trusted_points_is_not_measured() -> None:
    places = np.arange(40) + 0j
    quarters = Quarters([np.arange(40)], places, np.ones(40), ROBUST, SETTINGS)
    good = np.ones(40, dtype=bool)
    good[:8] = False
    seen = quarters.read(np.zeros(40, dtype=complex), good)[0]
    assert np.isnan(seen).sum() == 1
    assert np.isnan(
        Quarters([np.arange(3)], places[:3], np.ones(3), ROBUST, SETTINGS).read(places[:3], good[10:13])
    ).all()
