"""Which cameras this machine has, and in which modes they give pictures."""

import os
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2

Ioctl = Callable[[int, int, bytearray], Any]

# numbers and layouts of Linux' videodev2.h
_QUERYCAP, _ENUM_FMT, _ENUM_SIZES, _ENUM_INTERVALS = 0x80685600, 0xC0405602, 0xC02C564A, 0xC034564B
_CAPTURE, _HAS_DEVICE_CAPS = 0x1, 0x80000000
_DISCRETE: Final = 1
_MOST: Final = 64
"""Entries of one list; a driver that never ends its list is not believed."""
_PROBED: Final = 5
"""Cameras tried where the system has no list of them."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way in which a camera gives pictures."""

    coding: str
    width_px: int
    height_px: int
    rates_hz: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera of this machine."""

    number: int
    name: str
    modes: tuple[Mode, ...]
    problem: str | None = None
    """Why its modes are not known."""


def cameras(sys_folder: Path = Path("/sys/class/video4linux"), ioctl: Ioctl | None = None) -> list[Camera]:
    """The cameras of this machine; [] when there is none."""
    if sys.platform == "linux":
        return list(_linux_cameras(sys_folder, ioctl or _system_ioctl()))
    return list(_probed_cameras())


def _system_ioctl() -> Ioctl:
    import fcntl

    return fcntl.ioctl


def _linux_cameras(sys_folder: Path, ioctl: Ioctl) -> Iterator[Camera]:
    folders = sorted(sys_folder.glob("video*"), key=lambda path: (len(path.name), path.name))
    for folder in folders:
        number = folder.name.removeprefix("video")
        if not number.isdecimal():
            continue
        name = (folder / "name").read_text(encoding="utf-8", errors="replace").strip()
        try:
            handle = os.open(f"/dev/{folder.name}", os.O_RDWR | os.O_NONBLOCK)
        except PermissionError:
            yield Camera(int(number), name, (), "may not be used; add yourself to the group `video`")
            continue
        except OSError as error:
            yield Camera(int(number), name, (), (error.strerror or "cannot be opened").lower())
            continue
        try:
            if _captures(handle, ioctl):
                yield Camera(int(number), name, tuple(_modes(handle, ioctl)))
        finally:
            os.close(handle)


def _captures(handle: int, ioctl: Ioctl) -> bool:
    """Whether the device gives pictures; cameras have a second one for other data."""
    answer = bytearray(104)
    try:
        ioctl(handle, _QUERYCAP, answer)
    except OSError:
        return False
    overall, own = struct.unpack_from("<II", answer, 84)
    return bool((own if overall & _HAS_DEVICE_CAPS else overall) & _CAPTURE)


def _modes(handle: int, ioctl: Ioctl) -> Iterator[Mode]:
    for described in _entries(handle, ioctl, _ENUM_FMT, 64, struct.pack("<I", 1), 4):
        coding = struct.unpack_from("<I", described, 44)[0]
        name = struct.pack("<I", coding & 0x7FFFFFFF).decode("ascii", errors="replace").strip("\0 ")
        for sized in _entries(handle, ioctl, _ENUM_SIZES, 44, struct.pack("<I", coding), 4):
            kind, width, height = struct.unpack_from("<III", sized, 8)
            if kind != _DISCRETE:
                # from, to, step: the largest
                width, height = struct.unpack_from("<I", sized, 16)[0], struct.unpack_from("<I", sized, 28)[0]
            wanted = struct.pack("<III", coding, width, height)
            rates = _rates(_entries(handle, ioctl, _ENUM_INTERVALS, 52, wanted, 4))
            yield Mode(name, width, height, tuple(rates))
            if kind != _DISCRETE:
                break


def _rates(entries: Iterator[bytearray]) -> Iterator[float]:
    for entry in entries:
        kind, numerator, denominator = struct.unpack_from("<III", entry, 16)
        if numerator:
            yield round(denominator / numerator, 2)
        if kind != _DISCRETE:
            return


def _entries(handle: int, ioctl: Ioctl, request: int, size: int, wanted: bytes, at: int) -> Iterator[bytearray]:
    """One list of the driver, entry by entry."""
    for index in range(_MOST):
        entry = bytearray(size)
        struct.pack_into("<I", entry, 0, index)
        entry[at : at + len(wanted)] = wanted
        try:
            ioctl(handle, request, entry)
        except OSError:
            return
        yield entry


def _probed_cameras() -> Iterator[Camera]:
    """What OpenCV finds by trying; it tells the mode in use only."""
    for number in range(_PROBED):
        camera = cv2.VideoCapture(number)
        if camera.isOpened():
            width, height = (int(camera.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
            rate_hz = camera.get(cv2.CAP_PROP_FPS)
            mode = Mode("in use", width, height, (round(rate_hz, 2),) if rate_hz else ())
            yield Camera(number, f"camera {number}", (mode,))
        camera.release()
