"""What ``motionscan live`` can watch: a camera, a network stream, a file."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import av
import av.logging
import cv2
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from motionscan.errors import CameraError, SettingsError
from motionscan.records import ByteArray, Frame
from motionscan.settings import LiveSettings, VideoSettings
from motionscan.video.camera import Opened, PictureSource
from motionscan.video.opening import READ_ERRORS, shown_name
from motionscan.video.orientation import orientation_of
from motionscan.video.reader import VideoReader, frame_of

_SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
_PROTOCOLS: Final = "rtsp,rtp,udp,tcp,tls,http,https,httpproxy,hls,crypto"
_STREAM_FORMATS: Final = "rtsp,mpegts,mpjpeg,mjpeg,hls,mov,mp4,matroska,webm,flv,jpeg_pipe"

_UNTIMED: Final = ("mpjpeg", "mjpeg", "jpeg_pipe")
"""Formats that carry no times: what FFmpeg makes up for them is a count of pictures. When they come is better."""


def source_of(
    text: str,
    settings: LiveSettings,
    video: VideoSettings,
    *,
    realtime: bool = False,
    size: tuple[int, int] | None = None,
    rate_hz: float | None = None,
) -> PictureSource:
    """The source that a user named: ``0``, ``/dev/video0``, an address or a file.

    Args:
        realtime: play a file at its own speed, as a camera would; otherwise as fast as it is measured.
        size: width and height asked of a camera, None for its own.
        rate_hz: pictures a second asked of a camera.

    Raises:
        SettingsError: it is none of these.
    """
    scheme = urlsplit(text).scheme.lower()
    if text.isdecimal():
        return DeviceSource(int(text), size, rate_hz)
    if text.startswith(("/dev/", "\\\\.\\")):
        return DeviceSource(text, size, rate_hz)
    if scheme in _SCHEMES:
        return StreamSource(text, settings)
    if "://" in text:
        raise SettingsError(f"{scheme}: is no address of a stream that can be watched; use rtsp:// or http://")
    return FileSource(Path(text), video, realtime=realtime)


class FileSource:
    """A file, at its own speed or as fast as its pictures are taken."""

    own_clock = True
    patience_s: float | None = 0.0

    def __init__(self, path: Path, settings: VideoSettings, *, realtime: bool) -> None:
        self.name = shown_name(path)
        self.waits = not realtime
        self._path = path
        self._settings = settings
        self._reader: VideoReader | None = None

    def open(self) -> Opened:
        """Read what the file says of itself."""
        self._reader = VideoReader(self._path, self._settings)
        info = self._reader.info
        return Opened(info.width_px, info.height_px, info.nominal_rate_hz, info.codec)

    @property
    def sha256(self) -> str | None:
        """Of the file, once it is open."""
        return self._reader.info.sha256 if self._reader else None

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        """The pictures with their own times; each when it is due, unless the source waits."""
        assert self._reader is not None
        start_s = clock()
        for frame in self._reader:
            early_s = frame.t_s - (clock() - start_s)
            if not self.waits and early_s > 0:
                time.sleep(early_s)
            yield frame

    def close(self) -> None:
        """Nothing to let go of: the reader closes its file by itself."""


class DeviceSource:
    """A camera of this machine."""

    waits = False
    own_clock = False
    patience_s: float | None = None

    def __init__(self, device: int | str, size: tuple[int, int] | None, rate_hz: float | None) -> None:
        self.name = f"camera {device}"
        self._device = device
        self._size = size
        self._rate_hz = rate_hz
        self._camera: cv2.VideoCapture | None = None

    def open(self) -> Opened:
        """Open the camera and ask for the wanted mode; what it gives instead is taken."""
        self._refuse_early()
        camera = cv2.VideoCapture(self._device)
        if not camera.isOpened():
            camera.release()
            raise CameraError(f"{self.name}: cannot be opened; is it plugged in, or does another program use it?")
        self._camera = camera
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 2)
        if self._size:
            # compressed pictures: raw ones of this size do not fit through most cables at full rate
            camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            camera.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            camera.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        if self._rate_hz:
            camera.set(cv2.CAP_PROP_FPS, self._rate_hz)
        width, height = (int(camera.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return Opened(width // 2 * 2, height // 2 * 2, camera.get(cv2.CAP_PROP_FPS) or None, "camera")

    def _refuse_early(self) -> None:
        """Say what the system says, which is more than OpenCV tells."""
        path = Path(f"/dev/video{self._device}" if isinstance(self._device, int) else self._device)
        if not Path("/dev").is_dir() or (isinstance(self._device, int) and not Path("/sys").is_dir()):
            return
        if not path.exists():
            raise CameraError(f"{self.name}: there is none; see `motionscan live --list`")
        try:
            with path.open("rb"):
                pass
        except PermissionError as error:
            raise CameraError(f"{self.name}: may not be used; add yourself to the group `video`") from error
        except OSError as error:
            raise CameraError(f"{self.name}: {(error.strerror or 'cannot be opened').lower()}") from error

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        """Each picture with the time at which it was there."""
        camera, index = self._camera, 0
        while camera is not None and camera.grab():
            t_s = clock()
            good, bgr = camera.retrieve()
            if not good:
                break
            yield frame_of_bgr(np.asarray(bgr, np.uint8), index, t_s)
            index += 1
        raise CameraError(f"{self.name}: gives no more pictures; is it still plugged in?")

    def close(self) -> None:
        """Release the camera."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.release()


def frame_of_bgr(bgr: ByteArray, index: int, t_s: float) -> Frame:
    """A picture (h, w, 3) of a camera as it is handed on; an odd last row or column is left out."""
    bgr = bgr[: bgr.shape[0] // 2 * 2, : bgr.shape[1] // 2 * 2]

    def rgb(max_side_px: int) -> ByteArray:
        scale = min(1.0, max_side_px / max(bgr.shape[:2]))
        small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else bgr
        return np.ascontiguousarray(small[..., ::-1])

    def planes() -> tuple[ByteArray, ByteArray, ByteArray]:
        height, width = bgr.shape[:2]
        packed = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8).ravel()
        half = height * width // 4
        y, u, v = np.split(packed, [4 * half, 5 * half])
        return y.reshape(height, width), u.reshape(height // 2, -1), v.reshape(height // 2, -1)

    luma = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    return Frame(index=index, t_s=t_s, luma=luma, keyframe=False, rgb=rgb, planes=planes)


class StreamSource:
    """A network stream, with the times that it carries."""

    waits = False
    own_clock = False

    def __init__(self, address: str, settings: LiveSettings) -> None:
        parts = urlsplit(address)
        self.name = f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
        self.patience_s: float | None = settings.gone_s
        self._address = address
        self._settings = settings
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None

    def open(self) -> Opened:
        """Connect and find the video in it."""
        av.logging.set_level(None)  # see video/opening.py
        wait_s = self._settings.stall_s
        options = {"protocol_whitelist": _PROTOCOLS, "format_whitelist": _STREAM_FORMATS, "fflags": "nobuffer"}
        options |= {"rtsp_transport": "tcp", "analyzeduration": "1000000", "probesize": "1000000"}
        try:
            self._container = av.open(self._address, "r", timeout=(wait_s, wait_s), options=options)
            self._stream = self._container.streams.video[0]
        except IndexError as error:
            raise CameraError(f"{self.name}: holds no video; check the address") from error
        except (*READ_ERRORS, OSError) as error:
            raise CameraError(f"{self.name}: {_why(error)}") from error
        self._stream.thread_type = "SLICE"  # several pictures at once would come later
        context = self._stream.codec_context
        rate = self._stream.average_rate
        return Opened(context.width, context.height, float(rate) if rate else None, context.name)

    def pictures(self, clock: Callable[[], float]) -> Iterator[Frame]:
        """Pictures with the stream's own times, laid onto the clock at the first one and where they jump."""
        container, stream = self._container, self._stream
        assert container is not None
        assert stream is not None
        anchor = _Anchor(clock, self._settings.jump_s)
        timed = container.format.name not in _UNTIMED
        index = 0
        try:
            for packet in container.demux(stream):
                for picture in _decoded(packet):
                    stream_s = _time_s(picture) if timed else None
                    t_s = anchor.place(stream_s)
                    if t_s is not None:
                        yield frame_of(picture, orientation_of(picture), index, t_s)
                        index += 1
        except (*READ_ERRORS, OSError) as error:
            raise CameraError(f"{self.name}: {_why(error)}") from error
        raise CameraError(f"{self.name}: was closed at the other end")

    def close(self) -> None:
        """Close the connection."""
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            container.close()


class _Anchor:
    """Lays the times of a stream onto the clock of the run."""

    def __init__(self, clock: Callable[[], float], jump_s: float) -> None:
        self._clock = clock
        self._jump_s = jump_s
        self._offset_s: float | None = None
        self._last_s = -float("inf")

    def place(self, stream_s: float | None) -> float | None:
        """The time of a picture on the clock; None where it does not follow the one before."""
        now_s = self._clock()
        if stream_s is None:
            t_s = now_s
        else:
            if self._offset_s is None or abs(stream_s + self._offset_s - now_s) > self._jump_s:
                self._offset_s = now_s - stream_s
            t_s = stream_s + self._offset_s
        if t_s <= self._last_s:
            return None
        self._last_s = t_s
        return t_s


def _time_s(picture: av.VideoFrame) -> float | None:
    return float(picture.pts * picture.time_base) if picture.pts is not None and picture.time_base else None


def _decoded(packet: Any) -> list[av.VideoFrame]:
    """The pictures of one packet; none where it is damaged."""
    try:
        return list(packet.decode())
    except (av.error.InvalidDataError, IndexError):
        return []


def _why(error: Exception) -> str:
    if isinstance(error, av.error.ExitError) or "mmediate exit" in str(error):
        return "does not answer; is it still running?"
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "refuses access; check user and password in the address"
    if isinstance(error, ConnectionError):
        return "nothing answers there; is it running?"
    words = getattr(error, "strerror", None) or error.__class__.__name__
    return f"cannot be read ({words.lower()})"
