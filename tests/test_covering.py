"""A face is covered, a measured leg is not."""

import numpy as np

from motionscan.body import LANDMARK_INDEX
from motionscan.covering import off_legs
from motionscan.records import Head

LEGS = np.full((10, 2), np.nan)
for _name, _place in {"knee": (100, 100), "ankle": (100, 200), "heel": (95, 210), "toe": (130, 210)}.items():
    LEGS[LANDMARK_INDEX[f"left_{_name}"]] = _place
KNEE, SHIN, TOE = Head(102, 98, 15, sure=False), Head(105, 150, 10, sure=False), Head(131, 205, 10, sure=False)


def test_what_looks_like_a_face_on_a_measured_leg_is_shown() -> None:
    """On a joint, and anywhere between two."""
    assert off_legs([KNEE, SHIN, TOE], LEGS) == []


def test_a_head_with_a_body_is_covered_wherever_it_is() -> None:
    """Somebody who bends down to the own feet keeps the face covered."""
    bent = Head(131, 205, 10)
    assert off_legs([bent, KNEE], LEGS) == [bent]


def test_a_face_beside_the_legs_is_covered() -> None:
    """Also where no leg is known."""
    beside = Head(160, 100, 30, sure=False)
    assert off_legs([beside], LEGS) == [beside]
    assert off_legs([KNEE], np.full((10, 2), np.nan)) == [KNEE]
