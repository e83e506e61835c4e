"""What passes from room to room. Frozen values; shapes, units and the meaning of NaN stand here once.

Times are seconds of the presentation timestamps, zero at the first picture; places and displacements are pixels of the
upright picture, x to the right, y down. NaN means "not measured" in arrays, ``None`` in what reaches the summary.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from motionscan.body import Part, Side, Source, View

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]

Site = Literal["joint", "surface"]
Rhythm = Literal["rhythmic_jerking", "rhythmic_oscillation"]
Pattern = Literal[Rhythm, "isolated_twitches", "irregular_jerks", "gross_movement", "indeterminate"]


# ---------------------------------------------------------------- video -> pose, motion
@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file says of itself before a picture is decoded; sizes are those of the upright picture."""

    file_name: str
    sha256: str
    """Empty where there is no file."""
    size_bytes: int
    container: str
    codec: str
    pixel_format: str
    width_px: int
    height_px: int
    rotation_deg: int
    nominal_rate_hz: float | None
    declared_duration_s: float | None
    has_audio: bool
    transfer: str | None
    """Transfer characteristic when it is HDR ("pq", "hlg"), else None."""
    recorded_at: str | None
    """ISO 8601 creation time of the container, None when absent or not plausible."""
    capture_rate_hz: float | None
    """True rate of a slow-motion recording, where the file tells it."""
    slow_motion: bool
    """The file looks like slow motion; without ``capture_rate_hz`` its time scale is unverified."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture, upright (display rotation applied)."""

    index: int
    """Position in decoding order; a label, never a clock."""
    t_s: float
    luma: ByteArray
    """(height, width) uint8, C-contiguous; 10-bit sources are scaled to 8 bits."""
    keyframe: bool
    rgb: Callable[[int], ByteArray]
    """``rgb(max_side_px)``: (h, w, 3) uint8 sRGB copy, long side at most ``max_side_px``; HDR becomes SDR."""
    planes: Callable[[], tuple[ByteArray, ByteArray, ByteArray]]
    """Upright writable 8-bit copies of Y (h, w), U and V (ceil(h/2), ceil(w/2)), made when asked."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was lost on the way from the file to the pictures."""

    bad_packets: int = 0
    dropped_times: int = 0
    """Pictures left out because their timestamp was missing or ran backwards."""
    size_changes: int = 0
    truncated: bool = False

    @property
    def any(self) -> bool:
        """Whether anything was lost."""
        return bool(self.bad_packets or self.dropped_times or self.size_changes or self.truncated)


# ---------------------------------------------------------------- pose -> motion
@dataclass(frozen=True, slots=True, eq=False)
class BodyPose:
    """Where one person's legs are in one picture."""

    t_s: float
    legs_px: FloatArray
    """(10, 2) in the order of ``body.LANDMARKS``; NaN where not seen."""
    visibility: FloatArray
    """(10,) 0..1; 0 where not seen or outside the picture."""
    body_px: FloatArray
    """(m, 2) every landmark of the person, in or out of the picture: what is not background."""
    others_px: tuple[FloatArray, ...]
    """The same for every other person in the picture."""
    source: Source
    view: View
    sided: bool | None = True
    """Whether this picture confirms which leg is called left; None where it does not tell."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where somebody's head is: a circle that covers the face; ``sure`` when it was seen with its body."""

    x_px: float
    y_px: float
    radius_px: float
    sure: bool = True


# ---------------------------------------------------------------- motion -> analysis
@dataclass(frozen=True, slots=True, eq=False)
class RegionMotion:
    """How one region moved; T pictures, P skin patches."""

    id: str
    side: Side | None
    part: Part | None
    source: Source
    joint_px: FloatArray
    """(T, 2) displacement of the region's middle, camera and parent segment removed."""
    body_px: FloatArray
    """(T, 2) the same with only the camera removed."""
    skin_px: FloatArray
    """(T, P, 2) displacement of each patch beyond what the whole region did."""
    patches_px: FloatArray
    """(P, 2) where the patches lie in the reference picture."""
    noise_px: float | None
    """Standard deviation that ``joint_px`` (one axis) shows when nothing moves; None when not measurable."""
    skin_noise_px: FloatArray
    """(P,) the same for each patch."""
    scale_px: float | None
    """Length of the shank, the unit of relative thresholds, or what stands in for it; None when unknown."""
    visible: BoolArray
    """(T,) the region was in the picture and well seen."""
    body_noise_px: float | None = None
    """What ``noise_px`` is for ``body_px``, without the parent's share; None when not measurable."""
    shank_known: bool = True
    """``scale_px`` is the length of a shank; else no amplitude is told relative to it."""
    outline_px: FloatArray | None = None
    """(n, 2) outline in the reference picture where no landmarks show it."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Everything that was measured on one video, before any judgement; T pictures. Without legs there is no view."""

    t_s: FloatArray
    width_px: int
    height_px: int
    view: View | None
    camera_px: FloatArray
    """(T, 3) how the background moved: x, y at the picture's middle, roll times half its height; NaN where unknown."""
    background_px: FloatArray
    """(T, C, 2) what is left of the movement of C patches of background once the camera is removed."""
    brightness: FloatArray
    """(T,) mean luma, 0..255."""
    keyframe: BoolArray
    duplicate: BoolArray
    """(T,) the picture repeats the one before it."""
    landmarks_px: FloatArray
    """(T, 10, 2) where the leg landmarks are in each picture; NaN where unknown."""
    regions: tuple[RegionMotion, ...]
    renewed_s: tuple[float, ...] = ()
    """When a new reference picture was taken: small displacements may jump there."""
    notes: tuple[str, ...] = ()
    """Plain sentences about the measurement that the reader of the summary should know."""
    camera_apart: bool = True
    """False where all that is seen may be the limb."""
    person_seen: bool = False
    """Somebody was recognised, with legs or without."""


# ---------------------------------------------------------------- analysis -> outputs
@dataclass(frozen=True, slots=True)
class Timing:
    """How regular the clock of the pictures is."""

    variable: bool
    jitter_ms: float | None
    gap_count: int
    duplicate_count: int


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a trustworthy judgement: its value, its limit and what to do when it fails."""

    name: str
    value: float | None
    limit: float | None
    passed: bool
    advice: str | None


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether the clip can be judged, and why not."""

    assessable: bool
    gates: tuple[Gate, ...]
    frequency_limit_hz: float | None
    camera_motion_px: float | None
    camera_peak_hz: float | None


@dataclass(frozen=True, slots=True)
class Region:
    """One region as it stands in the summary."""

    id: str
    side: Side | None
    part: Part | None
    source: Source
    visible_fraction: float
    scale_px: float | None
    noise_px: float | None
    peak_frequency_hz: float | None
    peak_excess_db: float | None


@dataclass(frozen=True, slots=True)
class Event:
    """One brief movement; its relative amplitude is over the length of the shank."""

    id: str
    region: str
    onset_s: float
    peak_s: float
    offset_s: float
    amplitude_px: float
    amplitude_rel: float | None
    duration_s: float
    """Full width at half height."""
    site: Site | None
    """Whether the joint moved or only the skin; None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one region did over one stretch of time, with the values that led to the word."""

    id: str
    pattern: Pattern
    region: str
    start_s: float
    end_s: float
    event_ids: tuple[str, ...]
    event_count: int
    frequency_hz: float | None
    frequency_ci95_hz: tuple[float, float] | None
    frequency_start_hz: float | None
    frequency_end_hz: float | None
    slowing: bool
    interval_cv: float | None
    silent_fraction: float | None
    amplitude_px: float | None
    amplitude_rel: float | None
    site: Site | None
    confidence: float
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How two moving regions go together."""

    region_a: str
    region_b: str
    lag_s: float | None
    lag_uncertainty_s: float | None
    coherence: float | None
    coherence_threshold: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The judgement on one ``Motion``."""

    timing: Timing
    frame_rate_hz: float | None
    quality: Quality
    regions: tuple[Region, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    sentence: str
    not_assessed: tuple[str, ...]
    caveats: tuple[str, ...]
    traces_px: dict[str, FloatArray] = field(default_factory=dict)
    """Per region id (T,): displacement along its main direction, on ``Motion.t_s``; NaN where unknown."""
    skin_px: dict[str, FloatArray] = field(default_factory=dict)
    """The same, per region of whose skin twitches are told, of the patch that shows them best beyond its region."""
    tracked: BoolArray | None = None
    """(T,) camera and at least one region were measured."""
