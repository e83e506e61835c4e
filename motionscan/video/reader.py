"""A video file as upright pictures with their true times."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from motionscan.errors import NoFrames
from motionscan.records import ByteArray, Damage, Frame, VideoInfo
from motionscan.settings import VideoSettings
from motionscan.video import planes
from motionscan.video.limits import Meter
from motionscan.video.opening import open_video, shown_name
from motionscan.video.orientation import Orientation
from motionscan.video.packets import Pictures
from motionscan.video.probe import Colour, inspect, with_hash

_INDEXED: Final = ("mov", "matroska")
"""Containers whose seek lands on a keyframe before the asked time; others are read from their beginning."""

_Skipped: TypeAlias = Literal["DEFAULT", "NONKEY"]


class VideoReader:
    """The pictures of a file between two times, in order; each iteration starts again.

    Attributes:
        damage: what was lost; final once the iteration has ended.
        colour: how the planes that ``Frame.planes`` hands out are to be read.

    Raises:
        MissingFile, EmptyFile, NotAVideo, NoVideoStream, BrokenIndex, TooLarge, NoFrames: on construction.
        NoFrames: on iteration, when there is no picture between ``start_s`` and ``end_s``.
        TooMuch: on iteration, when a limit of the settings is reached.
    """

    def __init__(
        self,
        path: Path,
        settings: VideoSettings,
        start_s: float | None = None,
        end_s: float | None = None,
    ) -> None:
        self._path = path
        self._settings = settings
        self._start_s = start_s or 0.0
        self._end_s = math.inf if end_s is None else end_s
        self._opened = inspect(path, settings)
        self._container: InputContainer | None = None
        self.damage = Damage()

    @cached_property
    def info(self) -> VideoInfo:
        """What the file says of itself; the first use reads the whole file for its hash."""
        return with_hash(self._opened.info, self._path)

    @property
    def colour(self) -> Colour:
        """Colour tags of the planes."""
        return self._opened.colour

    def __enter__(self) -> Self:
        """Hand out the reader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; may be called twice."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def __iter__(self) -> Iterator[Frame]:
        """Decode from the start time on; ``damage`` begins anew."""
        yield from self._read("DEFAULT")

    def keyframes(self) -> Iterator[Frame]:
        """The same, but only pictures that can be decoded alone; there may be none."""
        try:
            yield from self._read("NONKEY")
        except NoFrames:
            return  # whether there is any picture at all is said by the iteration over all of them

    def _read(self, skipped: _Skipped) -> Iterator[Frame]:
        self.damage = Damage()
        try:
            yield from self._frames(skipped)
        finally:
            self.close()

    def _frames(self, skipped: _Skipped) -> Iterator[Frame]:
        index = 0
        t_s = -math.inf
        meter = Meter(self._path, self._settings)
        for picture, pts in self._in_order(meter.counted(self._pictures(skipped))):
            t_s = (pts - self._opened.origin_pts) * self._opened.time_base_s
            if t_s >= self._end_s:
                break
            meter.judge_length(t_s - self._start_s)
            if t_s >= self._start_s:
                yield frame_of(picture, self._opened.orientation, index, t_s)
                index += 1
        else:
            self._note_end(t_s)
        self.damage = replace(self.damage, bad_packets=self._source.bad_packets)
        if not index:
            raise NoFrames(self._nothing_there(t_s))

    def _pictures(self, skipped: _Skipped) -> Iterator[av.VideoFrame]:
        """Decode on all cores; at the first damage begin anew, one picture after the other.

        Decoders that work on several pictures at once patch up damage in another way on every run.
        """
        given = 0
        for picture in self._open(skipped, "AUTO"):
            if self._source.bad_packets:
                break
            yield picture
            given += 1
        if self._source.bad_packets:
            yield from islice(self._open(skipped, "SLICE"), given, None)

    def _open(self, skipped: _Skipped, threads: Literal["AUTO", "SLICE"]) -> Pictures:
        self.close()
        self._container, stream = open_video(self._path, self._settings)
        stream.thread_type = threads
        if threads == "AUTO":
            # an error at the first damage, before anything that was patched up is handed on
            stream.codec_context.options = {"err_detect": "explode"}
        stream.codec_context.skip_frame = skipped
        from_start = not self._seek(self._container, stream)
        self._declared_packets = stream.frames if from_start else 0
        self._source = Pictures(self._container, stream, self._settings.max_read_errors)
        return self._source

    def _seek(self, container: InputContainer, stream: VideoStream) -> bool:
        """Go to a keyframe safely before the start; False when reading begins at the file's beginning."""
        from_s = self._start_s - self._settings.seek_margin_s
        if from_s <= 0 or not stream.time_base or not container.format.name.startswith(_INDEXED):
            return False
        pts = self._opened.origin_pts + int(from_s / stream.time_base)
        container.seek(pts, stream=stream, backward=True)
        return True

    def _in_order(self, pictures: Iterator[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, int]]:
        """Yield the pictures of the file's size whose timestamps grow, and count the others."""
        expected = size = (self._opened.stored_width_px, self._opened.stored_height_px)
        for picture, pts in self._growing(pictures):
            if (picture.width, picture.height) != size:
                size = (picture.width, picture.height)
                self.damage = replace(self.damage, size_changes=self.damage.size_changes + 1)
            if size == expected:
                yield picture, pts

    def _growing(self, pictures: Iterator[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, int]]:
        """Leave out what runs backwards, looking one picture ahead so that one wild timestamp costs only itself."""
        done_pts = self._opened.origin_pts - 1
        held: tuple[av.VideoFrame, int] | None = None
        for picture in pictures:
            pts = picture.pts
            if pts is None or pts <= done_pts or (held is not None and pts == held[1]):
                self._drop_time()
            elif held is None or pts < held[1]:
                if held is not None:
                    self._drop_time()
                held = picture, pts
            else:
                yield held
                done_pts, held = held[1], (picture, pts)
        if held is not None:
            yield held

    def _drop_time(self) -> None:
        self.damage = replace(self.damage, dropped_times=self.damage.dropped_times + 1)

    def _note_end(self, last_s: float) -> None:
        declared_s = self._opened.info.declared_duration_s
        early = declared_s is not None and last_s < declared_s - self._settings.truncated_s
        if early or self._declared_packets > self._source.packets:
            self.damage = replace(self.damage, truncated=True)

    def _nothing_there(self, last_s: float) -> str:
        name = shown_name(self._path)
        if last_s < 0:
            return f"{name}: no picture can be decoded; copy it from the phone again"
        return f"{name}: no picture between start and end; the video lasts {last_s:.1f} s, choose times within it"


def frame_of(picture: av.VideoFrame, orientation: Orientation, index: int, t_s: float) -> Frame:
    """A decoded picture as it is handed on: upright, with its time."""
    return Frame(
        index=index,
        t_s=t_s,
        luma=orientation.upright(planes.luma(picture)),
        keyframe=picture.key_frame,
        rgb=partial(_upright_rgb, picture, orientation),
        planes=partial(_upright_planes, picture, orientation),
    )


def _upright_rgb(picture: av.VideoFrame, orientation: Orientation, max_side_px: int) -> ByteArray:
    return orientation.upright(planes.rgb(picture, max_side_px))


def _upright_planes(picture: av.VideoFrame, orientation: Orientation) -> tuple[ByteArray, ByteArray, ByteArray]:
    y, u, v = (_own(orientation.upright(plane)) for plane in planes.yuv420(picture))
    return y, u, v


def _own(plane: ByteArray) -> ByteArray:
    return plane if plane.flags.writeable else np.array(plane)
