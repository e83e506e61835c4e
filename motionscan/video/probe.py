"""What a video file says of itself. Places, owners and devices in its metadata are never read."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from motionscan.errors import InputError, NoFrames
from motionscan.records import VideoInfo
from motionscan.settings import VideoSettings
from motionscan.video.opening import open_video, shown_name, too_large
from motionscan.video.orientation import Orientation, orientation_of
from motionscan.video.packets import Pictures
from motionscan.video.planes import HDR_TRANSFERS

_DATE_KEYS: Final = ("creation_time", "com.apple.quicktime.creationdate")
_CAPTURE_RATE_KEY: Final = "com.android.capture.fps"
_SLOW_KEY: Final = re.compile(r"slow[._-]?(motion|moment)", re.IGNORECASE)
"""Makers' flags for slow motion. Apple's ``full-frame-rate-playback-intent`` is not one: it is 0 on normal
and slow recordings alike and 1 on some stills that move."""


@dataclass(frozen=True, slots=True)
class Colour:
    """How the numbers in the planes are to be read, as the codes of ISO 23091-2; ``range`` 1 limited, 2 full."""

    range: int
    primaries: int
    transfer: int
    matrix: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What the first picture of a file tells."""

    info: VideoInfo
    """Without ``sha256``."""
    origin_pts: int
    """Timestamp of the first picture, in units of the stream's time base: t = 0."""
    origin_s: float
    """The same in seconds on the container's clock, which sound shares."""
    time_base_s: float
    """What one unit of the stream's timestamps lasts."""
    stored_width_px: int
    stored_height_px: int
    orientation: Orientation
    colour: Colour


def probe(path: Path, settings: VideoSettings) -> VideoInfo:
    """Describe a video file.

    Raises:
        MissingFile, EmptyFile, NotAVideo, NoVideoStream, BrokenIndex, TooLarge: see ``open_video``.
        NoFrames: not one picture can be decoded.
    """
    return with_hash(inspect(path, settings).info, path)


def with_hash(info: VideoInfo, path: Path) -> VideoInfo:
    """The same description with the hash of the file's bytes."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return VideoInfo(**{name: getattr(info, name) for name in VideoInfo.__slots__} | {"sha256": digest})


def inspect(path: Path, settings: VideoSettings) -> Opened:
    """Open a file, decode its first picture and close it again.

    Raises:
        InputError: as ``probe``.
    """
    container, stream = open_video(path, settings)
    with container:
        picture = first_picture(container, stream, path, settings)
        orientation = orientation_of(picture)
        return Opened(
            info=_describe(path, container, stream, picture, orientation, settings),
            origin_pts=picture.pts or 0,
            origin_s=float((picture.pts or 0) * (stream.time_base or 0)),
            time_base_s=float(stream.time_base or 0),
            stored_width_px=picture.width,
            stored_height_px=picture.height,
            orientation=orientation,
            colour=_colour(picture),
        )


def first_picture(container: InputContainer, stream: VideoStream, path: Path, settings: VideoSettings) -> av.VideoFrame:
    """The first picture with a timestamp that can be decoded.

    Raises:
        NoFrames: there is none.
        TooLarge: the decoder met pictures beyond the limit.
    """
    pictures = Pictures(container, stream, settings.max_read_errors)
    for picture in pictures:
        if picture.pts is not None:
            return picture
    raise _undecodable(path, stream, pictures, settings) from pictures.last_error


def _undecodable(path: Path, stream: VideoStream, pictures: Pictures, settings: VideoSettings) -> InputError:
    context = stream.codec_context
    width_px, height_px = context.coded_width or context.width, context.coded_height or context.height
    if isinstance(pictures.last_error, av.ArgumentError) and width_px * height_px > settings.max_pixels:
        return too_large(path, width_px, height_px, settings)
    return NoFrames(f"{shown_name(path)}: no picture can be decoded; copy it from the phone again")


def _describe(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    picture: av.VideoFrame,
    orientation: Orientation,
    settings: VideoSettings,
) -> VideoInfo:
    width_px, height_px = orientation.size(picture.width, picture.height)
    rate_hz = _positive(stream.average_rate) or _positive(stream.guessed_rate)
    capture_rate_hz = _capture_rate_hz(container.metadata, settings)
    fast = rate_hz is not None and rate_hz >= settings.slow_motion_rate_hz
    return VideoInfo(
        file_name=os.fsencode(path.name).decode(errors="replace"),  # any bytes may be a name
        sha256="",
        size_bytes=path.stat().st_size,
        container=_container_name(container, path),
        codec=stream.codec_context.name,
        pixel_format=picture.format.name,
        width_px=width_px,
        height_px=height_px,
        rotation_deg=orientation.rotation_deg,
        nominal_rate_hz=rate_hz,
        declared_duration_s=_duration_s(container, stream),
        has_audio=bool(container.streams.audio),
        transfer=HDR_TRANSFERS.get(picture.color_trc),
        recorded_at=_recorded_at(container.metadata, settings.earliest_year),
        capture_rate_hz=capture_rate_hz,
        slow_motion=fast or capture_rate_hz is not None or _says_slow(container, stream),
    )


def _positive(rate: Fraction | None) -> float | None:
    return float(rate) if rate else None


def _container_name(container: InputContainer, path: Path) -> str:
    names = container.format.name.split(",")
    suffix = path.suffix.lower().lstrip(".")
    return suffix if suffix in names else names[0]


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    clock = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if clock:
        hours, minutes, seconds = clock.groups()
        return 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds)
    return container.duration / av.time_base if container.duration else None


def _colour(picture: av.VideoFrame) -> Colour:
    # the planes are handed out as SDR
    transfer = int(ColorTrc.BT709) if picture.color_trc in HDR_TRANSFERS else picture.color_trc
    return Colour(picture.color_range, picture.color_primaries, transfer, picture.colorspace)


def _recorded_at(metadata: Mapping[str, str], earliest_year: int) -> str | None:
    for key in _DATE_KEYS:
        try:
            moment = datetime.fromisoformat(metadata.get(key, ""))
        except ValueError:
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if moment.year >= earliest_year and moment <= datetime.now(UTC):
            return moment.isoformat()
    return None


def _capture_rate_hz(metadata: Mapping[str, str], settings: VideoSettings) -> float | None:
    """The true rate of slow motion. Phones write the tag on normal recordings too: those are not slow."""
    try:
        rate_hz = float(metadata.get(_CAPTURE_RATE_KEY, ""))
    except ValueError:
        return None
    return rate_hz if settings.slow_motion_rate_hz <= rate_hz <= settings.highest_rate_hz else None


def _says_slow(container: InputContainer, stream: VideoStream) -> bool:
    return any(_SLOW_KEY.search(key) for key in (*container.metadata, *stream.metadata))
