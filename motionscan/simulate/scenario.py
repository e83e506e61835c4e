"""What a simulated clip shows: frozen descriptions, no code. Pixels are those of the upright picture."""

from dataclasses import dataclass
from typing import Literal

from motionscan.body import Part, Side

Kind = Literal[
    "jerks",
    "tremor",
    "heel_bounce",
    "joint_twitches",
    "skin_twitches",
    "irregular_jerks",
    "slow_voluntary",
]
PersonView = Literal["chair_front", "chair_side", "bed"]
SkinTone = Literal["light", "medium", "brown", "dark"]
Clothing = Literal["trousers", "shorts", "bare"]
Footwear = Literal["shoes", "barefoot"]
Codec = Literal["h264", "hevc"]
Rotation = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of one region over a stretch of the clip.

    ``amplitude_px`` is the peak displacement of the middle of the moved part relative to its parent, for skin
    twitches that of the middle of the patch. ``rate_hz`` is the rate of the rhythm, or the mean rate of
    twitches; ``end_rate_hz`` makes jerks slow down (or speed up) exponentially.
    """

    kind: Kind
    side: Side
    part: Part
    amplitude_px: float
    rate_hz: float
    start_s: float
    end_s: float
    end_rate_hz: float | None = None
    interval_cv: float = 0.05
    amplitude_cv: float = 0.08
    duration_s: float = 0.16
    """Length of one jerk or twitch, from first to last movement; shortened where the rhythm leaves less room."""
    patch: tuple[float, float] = (0.38, 0.0)
    """Middle of the twitching skin: share of the way along the part, and across it (-1..1 of its half width)."""
    times_s: tuple[float, ...] = ()
    """Beginnings of the twitches, where they are to be given rather than drawn."""

    @property
    def region(self) -> str:
        """Id of the region that moves, as in ``body.REGIONS``."""
        return f"{self.side}_{self.part}"


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera is held."""

    drift_px: float = 0.0
    """Standard deviation of the slow sway below 1.5 Hz, one axis."""
    tremor_px: float = 0.0
    """Standard deviation of the 8-12 Hz tremor of the hand, one axis."""
    roll_deg: float = 0.0
    """Standard deviation of the slow roll."""
    parallax: float = 0.0
    """Share by which the background moves less than the person."""

    @property
    def steady(self) -> bool:
        """Whether nothing of the camera moves."""
        return not (self.drift_px or self.tremor_px or self.roll_deg)


@dataclass(frozen=True, slots=True)
class Capture:
    """How the phone takes and stores the pictures; sizes are those of the upright picture."""

    width_px: int = 1920
    height_px: int = 1080
    rate_hz: float = 30.0
    jitter_ms: float = 0.0
    """Standard deviation of the frame times around the regular grid."""
    low_light_at_s: float | None = None
    """From here on the rate is ``low_light_rate_hz``, the picture darker and noisier."""
    low_light_rate_hz: float = 20.0
    duplicated_from_hz: float | None = None
    """Pictures are taken at this rate and repeated to fill ``rate_hz``."""
    drop_share: float = 0.0
    """Share of the frames that are lost."""
    flicker_mains_hz: float | None = None
    flicker_depth: float = 0.0
    """Half the relative change of the light, which beats at twice the mains frequency."""
    readout_s: float = 0.02
    """Time from the first to the last row of the rolling shutter."""
    noise_levels: float = 1.6
    """Standard deviation of the sensor noise at mid grey, in grey levels."""
    brightness: float = 1.0
    rotation_deg: Rotation = 0
    """Clockwise turn that the player has to make, stored in the container."""
    codec: Codec = "h264"
    bit_rate_mbps: float = 12.0
    audio: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is filmed and from where."""

    view: PersonView = "chair_front"
    near_side: Side = "right"
    """Side view only: the side of the body that the camera sees."""
    skin: SkinTone = "light"
    clothing: Clothing = "shorts"
    footwear: Footwear = "shoes"
    texture: float = 1.0
    """Strength of skin and cloth texture; 1 is that of a phone picture in room light."""
    colours: int = 0
    """Which of the sets of clothing colours."""


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A camera so near that one part fills the picture; sizes of movements are those of the near picture."""

    side: Side
    part: Part
    zoom: float
    """How much larger everything is than in a picture of the whole person."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One clip."""

    name: str
    about: str
    duration_s: float
    person: Person
    movements: tuple[Movement, ...]
    camera: Camera
    capture: Capture
    seed: int
    close_up: CloseUp | None = None
    """None shows the whole person."""

    @property
    def null(self) -> bool:
        """Whether nothing of the person moves."""
        return not self.movements
