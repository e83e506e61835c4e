"""Opens a video file with the guards that a stranger's file needs, and names what is wrong with it."""

import stat
from pathlib import Path
from typing import Final

import av
import av.logging
from av.container import InputContainer
from av.video.stream import VideoStream

from motionscan.errors import (
    BrokenIndex,
    EmptyFile,
    InputError,
    MissingFile,
    NotAVideo,
    NoVideoStream,
    TooLarge,
    TooMuch,
)
from motionscan.settings import VideoSettings
from motionscan.video.boxes import index_is_missing

READ_ERRORS: Final = (av.FFmpegError, IndexError, UnicodeError, AttributeError, ValueError)
"""What PyAV raises on damaged files, measured on mutated ones."""

FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
SUFFIXES: Final = ".mp4, .mov, .webm, .mkv, .avi, .3gp or .ts"


def shown_name(path: Path) -> str:
    """The file's name on one line, whatever characters it holds.

    >>> shown_name(Path("a\\nb.mp4"))
    'a?b.mp4'
    """
    return "".join(char if char.isprintable() else "?" for char in path.name)


def check_file(path: Path) -> int:
    """Return the size in bytes of a readable regular file.

    Raises:
        MissingFile: it does not exist, may not be read, or is no file.
        EmptyFile: it has no bytes.
    """
    name = shown_name(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise MissingFile(f"{name}: not a file; give the path of a video")
        with path.open("rb"):
            pass
    except PermissionError as error:
        raise MissingFile(f"{name}: may not be read; give yourself permission to read it") from error
    except (OSError, ValueError) as error:
        raise MissingFile(f"{name}: no such file; check the path") from error
    if not status.st_size:
        raise EmptyFile(f"{name}: the file is empty; copy it from the phone again")
    return status.st_size


def open_video(path: Path, settings: VideoSettings) -> tuple[InputContainer, VideoStream]:
    """Open a file and its first video stream, ready to decode on all cores.

    The caller closes the container.

    Raises:
        MissingFile, EmptyFile, NotAVideo, NoVideoStream, BrokenIndex, TooLarge: what their names say.
    """
    check_file(path)
    container = open_container(path)
    try:
        return container, _video_stream(container, path, settings)
    except BaseException:
        container.close()
        raise


def open_container(path: Path) -> InputContainer:
    """Open a media file, reading that one file only; the caller closes it.

    Raises:
        TooMuch: it asks for more memory than it gets.
        NotAVideo, BrokenIndex: the bytes are of no supported container, or its index is missing.
    """
    # any level but None makes decoder threads wait for the interpreter's lock while freeing the decoder waits
    # for them: the process hangs for ever (seen on PyAV 18.1)
    av.logging.set_level(None)
    try:
        return av.open(
            "file:" + str(path.absolute()),
            "r",
            metadata_errors="replace",
            container_options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
        )
    except READ_ERRORS as error:
        if isinstance(error, MemoryError):
            raise _short_of_memory(path) from error
        raise _unopened(path) from error


def _short_of_memory(path: Path) -> InputError:
    """The error for what asks for more memory than it gets: made to do so, or short of it."""
    cure = "close other programs, raise batch.memory_bytes in the settings, or convert it to H.264 .mp4"
    return TooMuch(f"{shown_name(path)}: needs more memory than it gets; {cure}")


def _unopened(path: Path) -> InputError:
    name = shown_name(path)
    if index_is_missing(path):
        return BrokenIndex(
            f"{name}: its index is missing, as when recording or copying was cut off; "
            "copy it again, or repair it with a tool such as untrunc"
        )
    return NotAVideo(f"{name}: not a video that can be read; use {SUFFIXES}")


def _video_stream(container: InputContainer, path: Path, settings: VideoSettings) -> VideoStream:
    name = shown_name(path)
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise NoVideoStream(f"{name}: holds no moving pictures; choose the video itself")
    stream = streams[0]
    if getattr(stream, "codec_context", None) is None:
        if index_is_missing(path):
            raise _unopened(path)
        raise NotAVideo(f"{name}: its video coding is not known; convert it to H.264 .mp4")
    if stream.width * stream.height > settings.max_pixels:
        raise too_large(path, stream.width, stream.height, settings)
    stream.codec_context.options = {"max_pixels": str(settings.max_pixels)}
    stream.thread_type = "AUTO"
    return stream


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def too_large(path: Path, width_px: int, height_px: int, settings: VideoSettings) -> TooLarge:
    """The error for a picture with more pixels than the settings allow."""
    return TooLarge(
        f"{shown_name(path)}: pictures of {width_px} x {height_px} are larger than the limit of "
        f"{settings.max_pixels} pixels; convert it to a smaller size or raise video.max_pixels in the settings"
    )
