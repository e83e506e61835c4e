"""Squares of a picture: what the landmark network looks at, and where it says it should have looked.

A set of squares is an (n, 5) array: middle x and y and side in pixels of the picture; turn in radians, zero where the
square's top is the picture's, growing clockwise; and 1 where the picture's edge is drawn out into what lies outside
it, 0 where that is black.
"""

from typing import Final

import numpy as np

from motionscan.records import FloatArray

X, Y, SIDE, TURN, DRAWN_OUT = range(5)

_CENTRE, _TOP = 33, 34
"""Landmarks that stand for the middle of the hips and for how far and which way the body reaches from there."""
_MARGIN: Final = 1.25
"""Side of a square over the span that the body fills, as the network was trained."""

_LEGS: Final = 0.25
"""How far below the middle of a square the middle of the legs is, over its side."""


def next_squares(squares: FloatArray, points_px: FloatArray) -> FloatArray:
    """(n, 5) squares that the landmarks (n, 39, 2) seen in squares, in pixels of the picture, ask for.

    A square that is right asks for itself.
    """
    centre, reach = points_px[:, _CENTRE], points_px[:, _TOP] - points_px[:, _CENTRE]
    side_px = 2 * _MARGIN * np.hypot(*reach.T)
    turn = np.arctan2(reach[:, 0], -reach[:, 1])
    return np.column_stack([centre, side_px, turn, squares[:, DRAWN_OUT]])


def to_picture(points: FloatArray, squares: FloatArray) -> FloatArray:
    """Points (n, m, 2), given as parts of each square's side from its upper left corner, in pixels of the picture."""
    around = (points - 0.5) * squares[:, None, SIDE, None]
    cos, sin = np.cos(squares[:, TURN])[:, None], np.sin(squares[:, TURN])[:, None]
    x_px = cos * around[..., 0] - sin * around[..., 1]
    y_px = sin * around[..., 0] + cos * around[..., 1]
    return np.stack([x_px, y_px], axis=-1) + squares[:, None, :2]


def to_square(points_px: FloatArray, square: FloatArray) -> FloatArray:
    """Points (..., 2) in pixels of the picture as parts of one (5,) square's side from its upper left corner."""
    x, y = np.moveaxis((points_px - square[:2]) / square[SIDE], -1, 0)
    cos, sin = np.cos(square[TURN]), np.sin(square[TURN])
    return np.stack([cos * x + sin * y, cos * y - sin * x], axis=-1) + 0.5


def varied(squares: FloatArray, changes: FloatArray) -> FloatArray:
    """(n * k, 5) squares that differ from each of the n by each of the k changes.

    Args:
        squares: (n, 5).
        changes: (k, 4) shift to the square's right and downwards over its side, growth, turn in radians.
    """
    made, changes = np.repeat(squares, len(changes), axis=0), np.tile(changes, (len(squares), 1))
    made[:, [X, Y]] = to_picture(changes[:, None, :2] + 0.5, made)[:, 0]
    made[:, SIDE] *= changes[:, SIDE]
    made[:, TURN] += changes[:, TURN]
    return made


def with_both_edges(squares: FloatArray) -> FloatArray:
    """(2 n, 5) the squares, and the same with the other thing outside the picture."""
    others = squares.copy()
    others[:, DRAWN_OUT] = 1 - others[:, DRAWN_OUT]
    return np.concatenate([squares, others])


def about_the_legs(growth: float, turn: float) -> tuple[float, float, float, float]:
    """The change that makes a square larger and turns it while the legs in it, a quarter side down, stay in place."""
    return growth * _LEGS * float(np.sin(turn)), _LEGS * (1 - growth * float(np.cos(turn))), growth, turn


def carried(square: FloatArray, then_px: FloatArray, now_px: FloatArray) -> FloatArray:
    """(5,) a square that showed points (m, 2) as it must lie to show them where they are now, at the same size."""
    growth = extent_px(now_px) / extent_px(then_px)
    middle = now_px.mean(axis=0) + growth * (square[:2] - then_px.mean(axis=0))
    return np.array([*middle, growth * square[SIDE], *square[TURN:]])


def extent_px(points_px: FloatArray) -> float:
    """Root mean square distance of points (m, 2) from their middle."""
    return max(float(np.sqrt(points_px.var(axis=0).sum())), 1e-6)


def disagreement(squares: FloatArray, others: FloatArray) -> FloatArray:
    """(n,) how far squares are from others: middles over side, plus relative size, plus turn in radians."""
    side_px = np.maximum(squares[:, SIDE], others[:, SIDE])
    apart = np.hypot(*(squares - others)[:, :2].T) / side_px
    growth = np.abs(np.log(np.maximum(others[:, SIDE], 1e-6) / squares[:, SIDE]))
    turned = np.abs(np.angle(np.exp(1j * (others[:, TURN] - squares[:, TURN]))))
    return np.asarray(apart + growth + turned)


def grid(
    width_px: float, height_px: float, sides_rel: tuple[float, ...], step_rel: float, turns: FloatArray
) -> FloatArray:
    """(n, 5) squares of several sizes and turns whose lower halves cover the picture, outside it black.

    The legs are in the half of a square that is below its middle, so the middles lie where that half still shows
    the picture. Sizes are parts of the picture's longer side, steps between middles parts of the square's side.
    """
    long_px = max(width_px, height_px)
    found = [_lattice(width_px, height_px, rel * long_px, step_rel, float(turn)) for rel in sides_rel for turn in turns]
    return np.concatenate(found)


def _lattice(width_px: float, height_px: float, side_px: float, step_rel: float, turn: float) -> FloatArray:
    """The squares of one size and turn: the points a quarter side towards the feet lie on a lattice in the picture."""
    columns, rows = (max(1, round(extent / (step_rel * side_px))) for extent in (width_px, height_px))
    x_px = (np.arange(columns) + 0.5) * width_px / columns
    y_px = (np.arange(rows) + 0.5) * height_px / rows
    legs_px = np.stack(np.meshgrid(x_px, y_px), axis=-1).reshape(-1, 2)
    towards_feet = np.array([-np.sin(turn), np.cos(turn)])
    middles = legs_px - _LEGS * side_px * towards_feet
    rest = np.broadcast_to([side_px, turn, 0.0], (len(middles), 3))
    return np.concatenate([middles, rest], axis=1)
