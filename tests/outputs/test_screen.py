"""The live picture: legs above, strip and panel below, whatever is known yet."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionscan.motion.pieces import cut
from motionscan.outputs.panel import spectrum
from motionscan.outputs.planes import blank, ink
from motionscan.outputs.screen import Moment, Screen
from motionscan.outputs.summary import LiveMark
from motionscan.settings import ClipSettings, LiveSettings
from tests.outputs.conftest import Case, make_case

GREY = ink(120, 120, 120)


def moment(case: Case, **more: Any) -> Moment:
    """The last picture of a case."""
    motion = case.motion
    t_s = float(motion.t_s[-1])
    given: dict[str, Any] = {
        "t_s": t_s,
        "planes": blank(motion.width_px, motion.height_px, GREY),
        "now": cut(motion, t_s, float("inf")),
        "motion": motion,
        "analysis": case.analysis,
        "findings": case.analysis.findings,
        "marks": (LiveMark(t_s=t_s - 3, kind="felt"),),
        "rate_hz": 30.0,
        "dropped": 3,
        "recording": True,
        "paused": False,
        "note": "kept 001_right_foot",
    }
    return Moment(**given | more)


def drawn(one: Moment) -> np.ndarray:
    return Screen(ClipSettings(), LiveSettings()).drawn(one)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1280, 720), (720, 1280), (641, 361)])
def test_the_picture_stands_above_and_everything_else_below_it(width: int, height: int) -> None:
    case = make_case(width=width, height=height)
    planes = tuple(
        np.full(shape, 90, np.uint8) for shape in ((height, width), *[(-(-height // 2), -(-width // 2))] * 2)
    )
    picture = drawn(moment(case, planes=planes))
    scale = min(1.0, LiveSettings().screen_px / height)
    assert picture.dtype == np.uint8
    assert abs(picture.shape[1] - width * scale) <= 2
    assert picture.shape[0] > height * scale + 100


def test_legs_are_drawn_in_the_colour_of_what_they_do() -> None:
    case = make_case()
    quiet = drawn(moment(case, findings=()))
    active = drawn(moment(case))
    above = slice(0, case.motion.height_px)
    blue, _, red = (active[above, :, channel].astype(int) for channel in range(3))
    assert ((red - blue) > 60).any()  # orange, of a rhythm
    assert not ((quiet[above, :, 2].astype(int) - quiet[above, :, 0]) > 60).any()


def test_before_the_first_look_there_is_a_picture_already() -> None:
    case = make_case()
    nothing = replace(case.motion, regions=())
    picture = drawn(moment(case, now=cut(nothing, 0, 0), motion=None, analysis=None, findings=(), marks=()))
    assert picture.shape[0] > case.motion.height_px


def test_a_pause_and_a_mark_change_what_is_shown() -> None:
    case = make_case()
    plain = drawn(moment(case, marks=()))
    assert (drawn(moment(case, marks=(), paused=True)) != plain).any()
    assert (drawn(moment(case)) != plain).any()


def test_the_spectrum_shows_the_rhythm_of_the_trace() -> None:
    case = make_case()
    at_hz, share = spectrum(case.motion.t_s, case.analysis.traces_px["right_foot"])
    assert at_hz[np.argmax(share)] == pytest.approx(3.0, abs=0.2)
    assert share.max() == pytest.approx(1.0)
    gaps = case.analysis.traces_px["right_foot"].copy()
    gaps[50:60] = np.nan
    at_hz, share = spectrum(case.motion.t_s, gaps)
    assert at_hz[np.argmax(share)] == pytest.approx(3.0, abs=0.2)


def test_a_trace_that_is_not_known_has_no_spectrum() -> None:
    t_s = np.arange(100) / 30
    at_hz, share = spectrum(t_s, np.full(100, np.nan))
    assert len(at_hz) == len(share) == 0
