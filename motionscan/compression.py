"""What compression took away before anything was measured, and what the reader must know of it."""

from dataclasses import replace
from typing import Final

import numpy as np

from motionscan.records import FloatArray, Motion, VideoInfo
from motionscan.settings import AnalysisSettings

_NEWER_CODECS: Final = ("hevc", "vp9", "av1", "libdav1d")


def as_compressed(motion: Motion, info: VideoInfo, settings: AnalysisSettings) -> Motion:
    """The motion of a whole file, with notes where that holds so little that small movements are gone.

    A camera that moves makes every picture another one. Where few bits are left for that, skin lies where the codec
    guessed it to be, which looks like twitches: it counts as not measured. On a stand what is not worth a bit stays
    where it was, and what moves did so.
    """
    bits = _bits_per_pixel(info)
    if bits is None or bits * _worth(info.codec, settings) >= settings.min_bits_per_pixel:
        return motion
    small = (
        f"The file holds only {bits:.2g} bits for each pixel of a picture: such compression takes small movements "
        "away, twitches of the skin above all. Judge the recording as the camera stored it, not as a messenger sent it."
    )
    if _step_px(motion.camera_px) < settings.moving_camera_px:
        return replace(motion, notes=(*motion.notes, small))
    skin = "Twitches of the skin were not looked for: where the camera moves, so few bits do not show what skin does."
    regions = tuple(replace(one, skin_px=np.full_like(one.skin_px, np.nan)) for one in motion.regions)
    return replace(motion, regions=regions, notes=(*motion.notes, small, skin))


def _bits_per_pixel(info: VideoInfo) -> float | None:
    """How much a file holds for each pixel of each picture, sound included; None where it tells too little."""
    if not info.size_bytes or not info.declared_duration_s or not info.nominal_rate_hz:
        return None
    pictures = info.declared_duration_s * info.nominal_rate_hz
    return 8 * info.size_bytes / (pictures * info.width_px * info.height_px)


def _worth(codec: str, settings: AnalysisSettings) -> float:
    return settings.newer_codec_gain if codec in _NEWER_CODECS else 1.0


def _step_px(camera_px: FloatArray) -> float:
    """How far the camera usually moves from one picture to the next; 0 where there is no background to tell."""
    steps = np.hypot(*np.diff(camera_px[:, :2], axis=0).T)
    known = steps[np.isfinite(steps)]
    return float(np.median(known)) if len(known) else 0.0
