"""The robust fit: exact where it can be, untouched by what does not belong."""

import numpy as np
import pytest

from motionscan.motion.similarity import RobustFit, fit_similarities, masked_median, to_complex, to_points

ALPHA, BETA = 1.02 * np.exp(0.05j), 4.0 - 2.5j


def fit(source, target, mask=None):
    mask = np.ones(source.shape, dtype=bool) if mask is None else mask
    return fit_similarities(source, target, mask, np.ones(mask.shape), RobustFit(0.05, 4.685, 6))


def cloud(groups=1, count=50, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 200, (groups, count)) + 1j * rng.uniform(0, 200, (groups, count))


def test_a_similarity_is_recovered_exactly() -> None:
    source = cloud(3)
    alpha, beta, weight = fit(source, ALPHA * source + BETA)
    assert alpha == pytest.approx(np.full(3, ALPHA))
    assert beta == pytest.approx(np.full(3, BETA))
    assert weight == pytest.approx(np.ones((3, 50)))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4])
def test_outliers_change_nothing(share) -> None:
    source = cloud()
    turn, shift = np.exp(0.01j), 3.0 + 1.0j
    target = turn * source + shift
    rng = np.random.default_rng(1)
    wrong = rng.choice(50, round(50 * share), replace=False)
    target[0, wrong] += rng.uniform(10, 40, len(wrong)) * np.exp(2j * np.pi * rng.random(len(wrong)))
    alpha, beta, weight = fit(source, target)
    assert alpha[0] == pytest.approx(turn, abs=1e-6)
    assert beta[0] == pytest.approx(shift, abs=1e-4)
    assert weight[0, wrong].max() == 0
    assert np.delete(weight[0], wrong) == pytest.approx(np.ones(50 - len(wrong)), abs=1e-6)


def test_outliers_that_agree_with_each_other_change_nothing() -> None:
    """A third of a leg's points may lie on the wall behind it, which stands still."""
    source = cloud()
    target = source + 5.0
    target[0, :16] = source[0, :16]
    alpha, beta, _ = fit(source, target)
    assert alpha[0] == pytest.approx(1, abs=1e-6)
    assert beta[0] == pytest.approx(5, abs=1e-4)


def test_a_shift_alone_is_a_shift_alone() -> None:
    source = cloud()
    alpha, beta, _ = fit(source, source + BETA)
    assert alpha[0] == pytest.approx(1)
    assert beta[0] == pytest.approx(BETA)


def test_one_point_shifts_and_does_not_turn() -> None:
    alpha, beta, _ = fit(np.array([[3 + 4j]]), np.array([[5 + 5j]]))
    assert alpha[0] * (3 + 4j) + beta[0] == pytest.approx(5 + 5j)
    assert alpha[0] == pytest.approx(1)


def test_padded_points_do_not_count() -> None:
    source = cloud(2)
    target = ALPHA * source + BETA
    mask = np.ones(source.shape, dtype=bool)
    mask[0, 30:] = False
    target[0, 30:] = 1e6
    alpha, beta, weight = fit(source, target, mask)
    assert alpha == pytest.approx(np.full(2, ALPHA))
    assert beta == pytest.approx(np.full(2, BETA))
    assert not weight[0, 30:].any()


def test_a_group_without_points_is_unknown_and_leaves_the_others_alone() -> None:
    source = cloud(2)
    mask = np.array([[False], [True]]).repeat(50, axis=1)
    alpha, beta, _ = fit(source, source + 1, mask)
    assert alpha[0] == 1
    assert np.isnan(beta[0])
    assert beta[1] == pytest.approx(1)


def test_groups_do_not_know_of_each_other() -> None:
    source = cloud(4)
    shifts = np.arange(4)[:, None] * (2 - 1j)
    together = fit(source, source + shifts)[1]
    alone = [fit(source[k : k + 1], source[k : k + 1] + shifts[k])[1][0] for k in range(4)]
    assert together == pytest.approx(np.array(alone))


def test_points_and_numbers_are_the_same_thing() -> None:
    points = np.random.default_rng(0).normal(size=(3, 4, 2))
    assert np.array_equal(to_points(to_complex(points)), points)
    assert to_complex(np.array([1.0, 2.0])) == 1 + 2j


def test_the_median_counts_only_what_is_meant() -> None:
    values = np.array([[1.0, 2.0, 50.0], [1.0, 3.0, 50.0], [1.0, 2.0, 3.0]])
    mask = np.array([[True, True, False], [False, False, False], [True, True, True]])
    out = masked_median(values, mask)
    assert out[[0, 2]] == pytest.approx((1.5, 2.0))
    assert np.isnan(out[1])
