"""A numbered leg is the one that it lies on, wherever the other was put."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from motionscan.body import LANDMARKS
from motionscan.records import FloatArray, Motion
from tests.benchmark.whose import true_sides

LEFT = np.array([[400.0, 0], [400, 100], [400, 200], [390, 220], [430, 220]])
RIGHT = LEFT - [200, 0]
NOWHERE = np.full((5, 2), np.nan)
TRUTH: dict[str, Any] = {"legs_px": dict(zip(LANDMARKS, np.concatenate([LEFT, RIGHT]).tolist(), strict=True))}


def found(first: FloatArray, second: FloatArray) -> Motion:
    """What was measured of two numbered legs, as far as it matters here."""
    return cast(Motion, SimpleNamespace(landmarks_px=np.tile(np.concatenate([first, second]), (3, 1, 1))))


@pytest.mark.parametrize(
    ("first", "second", "sides"),
    [
        (LEFT + 20, RIGHT - 20, ("left", "right")),
        (RIGHT + 20, LEFT, ("right", "left")),
        (LEFT + 20, LEFT - 20, ("left", "left")),
        (RIGHT, RIGHT - [0, 40], ("right", "right")),
    ],
)
def test_each_leg_is_the_one_that_it_lies_on(first: FloatArray, second: FloatArray, sides: tuple[str, str]) -> None:
    assert tuple(true_sides(found(first, second), TRUTH).values()) == sides


def test_a_leg_that_is_made_up_does_not_rename_the_other() -> None:
    far_away = RIGHT - [900, 0]
    for other in (far_away, -far_away, NOWHERE):
        assert true_sides(found(other, LEFT + 30), TRUTH)["leg_2"] == "left"


def test_a_leg_may_be_seen_in_part() -> None:
    cut = RIGHT.copy()
    cut[:2] = np.nan
    assert true_sides(found(LEFT, cut), TRUTH) == {"leg_1": "left", "leg_2": "right"}
