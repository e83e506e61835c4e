"""Scenarios in which a foot or a calf fills the picture, as people film what twitches."""

from dataclasses import dataclass, replace
from typing import Final

from motionscan.simulate.catalogue import Drawing
from motionscan.simulate.scenario import Camera, Capture, CloseUp, Scenario
from motionscan.simulate.tables import PHONE, STEADY, Row

NEAR: Final[Capture] = replace(PHONE, width_px=1280, height_px=720, bit_rate_mbps=5.0, noise_levels=1.4)
# near the limb the background is far behind it, and the hand's path is larger in the picture
HAND: Final = Camera(drift_px=8.0, tremor_px=1.0, roll_deg=0.15, parallax=0.06)
SHAKING: Final = Camera(drift_px=18.0, tremor_px=2.5, roll_deg=0.4, parallax=0.1)
_HOLD: Final = {STEADY: "steady", HAND: "handheld", SHAKING: "shaken"}
_ROW_HEIGHT_PX: Final = 1080
"""Amplitudes in the rows below are those of a whole person in a picture so high."""


@dataclass(frozen=True, slots=True)
class Near:
    """One line of the table: what moves, and how near the camera is."""

    row: Row
    zoom: float = 3.0


MOVING: Final = (
    Near(Row("jerks", 3, 8)),
    Near(Row("jerks", 2, 6, "bed", "right", camera=HAND)),
    Near(Row("jerks", 4, 5, "chair_side", "left"), 5.0),
    Near(Row("jerks", 5, 4, side="left", camera=HAND), 5.0),
    Near(Row("jerks", 3, 0.7, label="small")),
    Near(Row("jerks", 4, 6, end_rate_hz=2)),
    Near(Row("jerks", 1.5, 8, "chair_side", "right", camera=HAND), 4.0),
    Near(Row("tremor", 5, 2, "chair_side", "left", camera=HAND), 5.0),
    Near(Row("tremor", 6, 1.5, "bed", "right"), 4.0),
    Near(Row("heel_bounce", 5, 6)),
    Near(Row("joint_twitches", 0.4, 3.0), 5.0),
    Near(Row("joint_twitches", 0.4, 4.0, "chair_side", "right", camera=HAND)),
    Near(Row("skin_twitches", 0.6, 2.5, part="shank")),
    Near(Row("skin_twitches", 0.5, 2.5, "chair_side", "left", "shank", camera=HAND)),
    Near(Row("skin_twitches", 0.6, 1.2, "bed", "right", "shank")),
    Near(Row("skin_twitches", 0.7, 2.0, "bed", "left", "foot")),
    Near(Row("skin_twitches", 0.6, 2.5, part="shank"), 6.0),
    Near(Row("irregular_jerks", 1.5, 6.0)),
)
STILL: Final = (
    Near(Row("jerks", 0, 0)),
    Near(Row("jerks", 0, 0, "bed", "right", "shank")),
    Near(Row("jerks", 0, 0, camera=HAND)),
    Near(Row("jerks", 0, 0, "chair_side", "left", "shank", HAND)),
    Near(Row("jerks", 0, 0, "bed", "right", camera=HAND), 4.0),
    Near(Row("jerks", 0, 0, camera=SHAKING), 5.0),
    Near(Row("jerks", 0, 0, "chair_side", "right", camera=SHAKING), 4.0),
    Near(Row("jerks", 0, 0, "bed", "left", "shank", SHAKING)),
    Near(Row("jerks", 0, 0, part="shank", camera=HAND), 6.0),
)
"""Where nobody moves; of each row only the view counts."""


def close_ups(seed_set: int = 0) -> dict[str, Scenario]:
    """All close-ups by name; seed set 0 has round rates and sizes, others are drawn anew."""
    draw = Drawing(seed_set, first_seed=5000)
    named: dict[str, Scenario] = {}
    for near in MOVING:
        size = near.zoom * NEAR.height_px / _ROW_HEIGHT_PX
        whole = draw.moving(replace(near.row, camera=STEADY, capture=PHONE))
        movements = tuple(replace(one, amplitude_px=one.amplitude_px * size) for one in whole.movements)
        _add(named, replace(whole, movements=movements), near.row, near.zoom)
    for near in STILL:
        _add(named, draw.still(near.row.view, STEADY, PHONE), near.row, near.zoom)
    return named


def _add(named: dict[str, Scenario], whole: Scenario, row: Row, zoom: float) -> None:
    words = whole.name.removesuffix("_steady") + f"_near_{row.part}_{zoom:g}x_{_HOLD[row.camera]}"
    name, count = words, 2
    while name in named:
        name, count = f"{words}_{count}", count + 1
    about = f"{whole.about.replace('camera on a stand', _HOLD[row.camera])}, the {row.side} {row.part} from near"
    near = CloseUp(row.side, row.part, zoom)
    named[name] = replace(whole, name=name, about=about, camera=row.camera, capture=NEAR, close_up=near)
