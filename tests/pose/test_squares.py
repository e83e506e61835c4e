"""Squares of a picture: a right one asks for itself, and those searched leave no part of the picture out."""

import numpy as np
import pytest

from motionscan.pose.squares import (
    DRAWN_OUT,
    SIDE,
    TURN,
    about_the_legs,
    carried,
    disagreement,
    grid,
    next_squares,
    to_picture,
    to_square,
    varied,
    with_both_edges,
)

SQUARES = np.array([[300.0, 200, 400, 0, 0], [50.0, 900, 120, 1, 1], [-40.0, 30, 900, -2.5, 0]])


def body_in(squares):
    """(n, 39, 2) points of a body that fills each square as the network expects."""
    points = np.full((len(squares), 39, 2), 0.5)
    points[:, 34] = (0.5, 0.5 - 0.5 / 1.25)
    return to_picture(points, squares)


def test_a_square_that_the_body_fills_asks_for_itself():
    again = next_squares(SQUARES, body_in(SQUARES))
    assert np.allclose(again, SQUARES)
    assert np.allclose(disagreement(SQUARES, again), 0, atol=1e-6)


def test_upright_squares_show_the_picture_upright():
    corners = to_picture(np.array([[[0.0, 0.0], [1.0, 1.0]]]), SQUARES[:1])[0]
    assert corners.tolist() == [[100.0, 0.0], [500.0, 400.0]]


@pytest.mark.parametrize("square", SQUARES)
def test_a_place_of_the_picture_is_found_again_in_the_square(square):
    parts = np.random.default_rng(0).random((7, 2))
    assert np.allclose(to_square(to_picture(parts[None], square[None])[0], square), parts)


def test_a_turn_is_clockwise():
    """A quarter turn: the square's top is at the picture's right."""
    top = to_picture(np.array([[[0.5, 0.0]]]), np.array([[0.0, 0.0, 2.0, np.pi / 2, 0.0]]))[0, 0]
    assert np.allclose(top, (1, 0))


@pytest.mark.parametrize("step", [(0.2, 0, 0, 0, 0), (0, 0.2, 0, 0, 0), (0, 0, 0.5, 0, 0), (0, 0, 0, 0.3, 0)])
def test_squares_that_differ_disagree(step):
    moved = SQUARES + np.array(step) * np.where(np.arange(5) == TURN, 1, SQUARES[:, SIDE, None])
    assert (disagreement(SQUARES, moved) > 0.1).all()


@pytest.mark.parametrize("change", [(1.0, 0.5), (1.2, -0.9), (0.8, 0.0)])
def test_squares_vary_about_the_legs(change):
    """Wherever the square lies, and the result has the size and turn that were asked for."""
    made = varied(SQUARES, np.array([about_the_legs(*change)]))
    middle_of_legs = np.full((len(SQUARES), 1, 2), (0.5, 0.75))
    assert np.allclose(to_picture(middle_of_legs, made), to_picture(middle_of_legs, SQUARES))
    assert np.allclose(made[:, SIDE], SQUARES[:, SIDE] * change[0])
    assert np.allclose(made[:, TURN], SQUARES[:, TURN] + change[1])


def test_a_square_is_carried_along_with_what_it_shows():
    rng = np.random.default_rng(3)
    shown = rng.uniform(0, 1, (1, 6, 2))
    for square in SQUARES:
        then = to_picture(shown, square[None])[0]
        moved = square * (1, 1, 1.2, 1, 1) + (30, -20, 0, 0, 0)
        now = to_picture(shown, moved[None])[0]
        assert np.allclose(carried(square, then, now), moved)
        assert np.allclose(carried(square, then, then), square)


def test_every_square_is_varied_in_every_way():
    made = varied(SQUARES, np.array([[0, 0, 1, 0], [0.1, 0, 1, 0]]))
    assert np.allclose(made[::2], SQUARES)
    assert np.allclose(np.hypot(*(made[1::2] - SQUARES)[:, :2].T), 0.1 * SQUARES[:, SIDE])


def test_both_edges_are_looked_at():
    """The same squares twice, which differ in nothing but what lies outside the picture."""
    first, second = np.split(with_both_edges(SQUARES), 2)
    assert np.array_equal(np.delete(first, DRAWN_OUT, axis=1), np.delete(second, DRAWN_OUT, axis=1))
    assert np.array_equal(first[:, DRAWN_OUT] + second[:, DRAWN_OUT], np.ones(len(SQUARES)))


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (1280, 200)])
def test_wherever_feet_are_a_lower_half_shows_them(size):
    """For each size and turn, every place of the picture is near the middle of the lower half of a square."""
    rng = np.random.default_rng(0)
    places = rng.uniform((0, 0), size, (200, 2))
    for turn in (0.0, np.pi / 2, 2.2):
        for side_rel in (0.5, 1.2, 3.0):
            squares = grid(*size, (side_rel,), 0.35, np.array([turn]))
            middles = to_picture(np.full((len(squares), 1, 2), (0.5, 0.75)), squares)[:, 0]
            nearest = np.hypot(*(places[:, None] - middles[None]).transpose(2, 0, 1)).min(axis=1)
            assert nearest.max() <= 0.5 * squares[0, SIDE]
