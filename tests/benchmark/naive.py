"""The naive way, for comparison: pose landmarks on every picture, the nominal frame rate, the peak of a spectrum.

It is what a first notebook on the subject does. A rhythm is claimed where the strongest line of an ankle's or a toe's
path stands out of the median of its spectrum by a fixed ratio. It knows no events, no noise floor and no camera.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.signal import detrend, welch

from motionscan.body import SIDES, Side, landmark
from motionscan.pose.person import PersonChooser
from motionscan.pose.source import show
from motionscan.pose.worker import PoseWorker
from motionscan.records import Analysis, Finding, FloatArray, Quality, Region, Timing
from motionscan.settings import Settings
from motionscan.video.reader import VideoReader

BAND_HZ: Final = (0.5, 12.0)
WINDOW_S: Final = 5.0
PEAK_RATIO: Final = 10.0
"""Power of the strongest line over the median of the band: 10 dB."""
MIN_SEEN: Final = 0.5
WAITING: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Landmarks on every picture."""

    legs_px: FloatArray
    """(T, 10, 2) in the order of ``body.LANDMARKS``; NaN where not seen."""
    rate_hz: float
    """What the file says, not what the pictures' times say."""


def naive_tracks(video: Path, model: Path) -> Tracks:
    """Ask the pose network about every picture."""
    settings = Settings()
    rows: list[FloatArray] = []
    with VideoReader(video, settings.video) as reader, PoseWorker(model, settings.pose) as worker:
        info, chooser = reader.info, PersonChooser(settings.pose)
        times: list[float] = []

        def answer() -> None:
            pose = chooser.choose(times.pop(0), worker.result(), info.width_px, info.height_px)
            rows.append(np.full((10, 2), np.nan) if pose is None else pose.legs_px)

        for frame in reader:
            show(frame, worker, settings.pose.picture_side_px)
            times.append(frame.t_s)
            if len(times) > WAITING:
                answer()
        while times:
            answer()
        return Tracks(np.stack(rows), info.nominal_rate_hz or 30.0)


def naive_analysis(tracks: Tracks) -> Analysis:
    """At most one rhythm a leg, in the records of the real analysis so that the same scorer reads it."""
    found = [finding for side in SIDES if (finding := _rhythm(tracks, side)) is not None]
    seen = [side for side in SIDES if np.isfinite(tracks.legs_px[:, landmark(side, "ankle"), 0]).mean() >= MIN_SEEN]
    regions = tuple(Region(f"{side}_foot", side, "foot", "pose", 1.0, None, None, None, None) for side in seen)
    quality = Quality(True, (), None, None, None)
    return Analysis(Timing(False, None, 0, 0), tracks.rate_hz, quality, regions, (), tuple(found), (), "", (), ())


def _rhythm(tracks: Tracks, side: Side) -> Finding | None:
    """The strongest line of the side's ankle and toe, where it stands out."""
    paths = [tracks.legs_px[:, landmark(side, joint)] for joint in ("ankle", "toe")]
    lines = [line for path in paths for axis in path.T if (line := _line(axis, tracks.rate_hz)) is not None]
    if not lines:
        return None
    ratio, hz = max(lines)
    if ratio < PEAK_RATIO:
        return None
    end_s = len(tracks.legs_px) / tracks.rate_hz
    return Finding(
        f"naive_{side}", "rhythmic_jerking", f"{side}_foot", 0.0, end_s, (), 0, hz, None, hz, hz, False, None, None,
        None, None, "joint", 1 - 1 / ratio, (), (),
    )  # fmt: skip


def _line(axis_px: FloatArray, rate_hz: float) -> tuple[float, float] | None:
    """Peak over median of Welch's spectrum, and the frequency of the peak."""
    known = np.isfinite(axis_px)
    if known.mean() < MIN_SEEN:
        return None
    number = np.arange(len(axis_px))
    filled = detrend(np.interp(number, number[known], axis_px[known]))
    hz, power = welch(filled, rate_hz, nperseg=min(len(filled), round(WINDOW_S * rate_hz)))
    inside = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    best = int(np.argmax(power[inside]))
    return float(power[inside][best] / max(1e-12, np.median(power[inside]))), float(hz[inside][best])
