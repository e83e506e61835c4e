"""The tables of the catalogue: ways of holding the phone, ways of recording, and what moves in each clip."""

from dataclasses import dataclass, replace
from typing import Final

from motionscan.body import Part, Side
from motionscan.simulate.scenario import Camera, Capture, Kind, PersonView

STEP_S: Final = 6.0

STEADY: Final = Camera()
HANDHELD: Final = Camera(drift_px=6.0, tremor_px=0.8, roll_deg=0.12, parallax=0.02)
SHAKEN: Final = Camera(drift_px=14.0, tremor_px=2.0, roll_deg=0.3, parallax=0.03)
CAMERA_NAME: Final = {STEADY: "steady", HANDHELD: "handheld", SHAKEN: "shaken"}
CAMERA_TEXT: Final = {STEADY: "camera on a stand", HANDHELD: "handheld", SHAKEN: "shaken by hand"}

PHONE: Final = Capture()
AT_24: Final = replace(PHONE, rate_hz=24.0)
AT_60: Final = replace(PHONE, rate_hz=60.0, bit_rate_mbps=18.0)
VARIABLE: Final = replace(PHONE, jitter_ms=5.0)
LOW_LIGHT: Final = replace(PHONE, low_light_at_s=STEP_S)
DUPLICATED: Final = replace(PHONE, duplicated_from_hz=24.0)
DROPS: Final = replace(PHONE, drop_share=0.04)
FLICKER_50: Final = replace(PHONE, flicker_mains_hz=50.0, flicker_depth=0.04)
FLICKER_50_AT_24: Final = replace(AT_24, flicker_mains_hz=50.0, flicker_depth=0.05)
FLICKER_60_AT_25: Final = replace(PHONE, rate_hz=25.0, flicker_mains_hz=60.0, flicker_depth=0.05)
HEVC: Final = replace(PHONE, codec="hevc", bit_rate_mbps=6.0)
LOW_BIT_RATE: Final = replace(PHONE, bit_rate_mbps=2.0)
PORTRAIT: Final = replace(PHONE, width_px=1080, height_px=1920, rotation_deg=90)
UPSIDE_DOWN: Final = replace(PHONE, rotation_deg=180)
TURNED: Final = replace(PHONE, width_px=1080, height_px=1920, rotation_deg=270)
CAPTURE_NAME: Final = {
    AT_24: "24fps",
    AT_60: "60fps",
    VARIABLE: "variable",
    LOW_LIGHT: "low_light",
    DUPLICATED: "duplicated",
    DROPS: "drops",
    FLICKER_50: "flicker50",
    FLICKER_50_AT_24: "flicker50_24fps",
    FLICKER_60_AT_25: "flicker60_25fps",
    HEVC: "hevc",
    LOW_BIT_RATE: "low_bit_rate",
    PORTRAIT: "portrait90",
    UPSIDE_DOWN: "turned180",
    TURNED: "portrait270",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tables below."""

    kind: Kind
    rate_hz: float
    amplitude_px: float
    view: PersonView = "chair_front"
    side: Side = "right"
    part: Part = "foot"
    camera: Camera = STEADY
    capture: Capture = PHONE
    end_rate_hz: float | None = None
    label: str = ""
    """Further word in the name."""
    times_s: tuple[float, ...] = ()


JERKS: Final = (
    Row("jerks", 3, 8),
    Row("jerks", 1, 8),
    Row("jerks", 2, 6, side="left"),
    Row("jerks", 4, 5),
    Row("jerks", 5, 4, side="left"),
    Row("jerks", 6, 5),
    Row("jerks", 7, 3, side="left"),
    Row("jerks", 1.5, 10, "chair_side", "right", camera=HANDHELD),
    Row("jerks", 2.5, 6, "chair_side", "left", camera=HANDHELD),
    Row("jerks", 3.5, 5, "chair_side", "right"),
    Row("jerks", 5, 6, "chair_side", "left", camera=SHAKEN),
    Row("jerks", 2, 6, "bed", "right", camera=HANDHELD),
    Row("jerks", 4, 5, "bed", "left"),
    Row("jerks", 2, 6, "chair_front", "right", "shank"),
    Row("jerks", 3, 8, "chair_front", "left", "shank", HANDHELD),
    Row("jerks", 2.5, 10, "chair_side", "right", "shank"),
    Row("jerks", 1.5, 8, "bed", "left", "shank", HANDHELD),
    Row("jerks", 3, 0.5, label="small"),
    Row("jerks", 2, 0.8, "chair_side", "left", label="small"),
    Row("jerks", 4, 1.0, "bed", "right", label="small"),
    Row("jerks", 2.5, 1.5, camera=HANDHELD, side="left", label="small"),
    Row("jerks", 2, 14, "bed", "right", label="large"),
    Row("jerks", 1.5, 20, "chair_side", "right", camera=HANDHELD, label="large"),
)
RECORDINGS: Final = (
    Row("jerks", 3, 6, capture=AT_24),
    Row("jerks", 5, 5, "chair_side", "right", capture=AT_60),
    Row("jerks", 2, 3, side="left", camera=HANDHELD, capture=AT_60),
    Row("jerks", 3, 6, capture=VARIABLE),
    Row("jerks", 4, 5, "chair_side", "left", camera=HANDHELD, capture=VARIABLE),
    Row("jerks", 3, 6, capture=LOW_LIGHT),
    Row("jerks", 3, 6, "chair_side", "left", camera=HANDHELD, capture=LOW_LIGHT),
    Row("jerks", 3, 6, "bed", "right", capture=DUPLICATED),
    Row("jerks", 2.5, 5, capture=FLICKER_50),
    Row("jerks", 2.5, 6, side="left", capture=FLICKER_50_AT_24),
    Row("jerks", 3, 6, capture=PORTRAIT),
    Row("jerks", 2, 5, side="left", capture=UPSIDE_DOWN),
    Row("jerks", 3.5, 6, side="left", camera=HANDHELD, capture=TURNED),
    Row("jerks", 3, 5, capture=HEVC),
    Row("jerks", 4, 5, "bed", "left", capture=DROPS),
    Row("jerks", 3, 4, side="left", capture=LOW_BIT_RATE),
)
CHANGES: Final = (
    Row("jerks", 4, 6, end_rate_hz=2),
    Row("jerks", 4, 6, "chair_side", "left", camera=HANDHELD, end_rate_hz=2),
    Row("jerks", 4, 5, "bed", "right", end_rate_hz=2, capture=VARIABLE),
    Row("jerks", 3, 8, side="left", end_rate_hz=1.2),
    Row("jerks", 3, 8, camera=HANDHELD, end_rate_hz=1.2),
)
OSCILLATIONS: Final = (
    Row("tremor", 4, 4),
    Row("tremor", 5, 2, "chair_side", "left", camera=HANDHELD),
    Row("tremor", 6, 1.5, "bed", "right"),
    Row("heel_bounce", 5, 6),
    Row("heel_bounce", 4.6, 6, "chair_side", "right"),
    Row("heel_bounce", 6, 4, side="left", camera=HANDHELD),
)
TWITCHES: Final = (
    Row("skin_twitches", 0.6, 2.5, part="shank"),
    Row("skin_twitches", 0.5, 1.2, "chair_side", "left", "shank"),
    Row("skin_twitches", 0.5, 3.0, "bed", "right", "thigh"),
    Row("skin_twitches", 0.7, 1.5, "bed", "left", "foot"),
    Row("skin_twitches", 0.6, 0.8, "bed", "right", "shank", label="small"),
    Row("skin_twitches", 0.5, 5.0, side="left", part="shank", camera=HANDHELD),
    Row("skin_twitches", 0.4, 2.0, "chair_side", "right", "thigh", camera=HANDHELD),
    Row("joint_twitches", 0.4, 3.0),
    Row("joint_twitches", 0.5, 6.0, side="left", camera=HANDHELD),
    Row("joint_twitches", 0.4, 4.0, "chair_side", "right"),
    Row("joint_twitches", 0.1, 5.0, "bed", "left", times_s=(5.2,), label="single"),
)
OTHERS: Final = (
    Row("irregular_jerks", 1.5, 6.0),
    Row("irregular_jerks", 1.6, 10.0, "chair_side", "left", camera=HANDHELD),
    Row("irregular_jerks", 1.4, 8.0, "bed", "right"),
    Row("slow_voluntary", 0.3, 36.0, "chair_side", "right"),
    Row("slow_voluntary", 0.3, 60.0, "bed", "left", "shank", camera=HANDHELD),
)
STILL: Final[tuple[tuple[PersonView, Camera, Capture], ...]] = (
    ("chair_front", STEADY, PHONE),
    ("chair_front", HANDHELD, PHONE),
    ("chair_side", SHAKEN, PHONE),
    ("bed", HANDHELD, AT_60),
    ("chair_front", STEADY, FLICKER_50_AT_24),
    ("chair_side", STEADY, FLICKER_60_AT_25),
    ("chair_front", STEADY, LOW_LIGHT),
    ("chair_front", HANDHELD, DUPLICATED),
    ("bed", STEADY, LOW_BIT_RATE),
    ("chair_side", HANDHELD, VARIABLE),
    ("chair_front", SHAKEN, HEVC),
    ("bed", SHAKEN, PHONE),
)
