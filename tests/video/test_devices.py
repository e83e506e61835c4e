"""The list of cameras, from a double of what Linux says of them."""

import os
import struct
import sys
from pathlib import Path

import pytest

from motionscan.video import devices
from motionscan.video.devices import Camera, Mode, cameras

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this is how Linux lists cameras")

YUYV, MJPG = (int.from_bytes(name, "little") for name in (b"YUYV", b"MJPG"))
MODES = {YUYV: {(640, 480): (30, 15)}, MJPG: {(1280, 720): (60, 30), (1920, 1080): (30,)}}


def answer(request: int, data: bytearray, captures: bool) -> None:
    """What a driver with two codings says."""
    index = struct.unpack_from("<I", data, 0)[0]
    try:
        if request == 0x80685600:
            struct.pack_into("<II", data, 84, 0x84A00001, 1 if captures else 0x00800000)
        elif request == 0xC0405602:
            struct.pack_into("<I", data, 44, list(MODES)[index])
        elif request == 0xC02C564A:
            sizes = list(MODES[struct.unpack_from("<I", data, 4)[0]])
            struct.pack_into("<III", data, 8, 1, *sizes[index])
        else:
            coding, width, height = struct.unpack_from("<III", data, 4)
            struct.pack_into("<III", data, 16, 1, 1, MODES[coding][width, height][index])
    except IndexError:
        raise OSError(22, "no more") from None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two devices of one camera, of which the second gives other data, and one that is busy."""
    for number, name in ((0, "Desk camera"), (1, "Desk camera"), (10, "Busy camera")):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "name").write_text(f"{name}\n", encoding="utf-8")

    def opened(path: str, flags: int) -> int:
        if path.endswith("video10"):
            raise PermissionError(13, "Permission denied")
        return 1000 + int(path.removeprefix("/dev/video"))

    monkeypatch.setattr(devices.os, "open", opened)
    monkeypatch.setattr(devices.os, "close", lambda handle: None)
    return tmp_path


def test_cameras_are_listed_with_their_modes(folder: Path) -> None:
    found = cameras(folder, lambda handle, request, data: answer(request, data, captures=handle == 1000))
    assert found[0] == Camera(
        0,
        "Desk camera",
        (
            Mode("YUYV", 640, 480, (30.0, 15.0)),
            Mode("MJPG", 1280, 720, (60.0, 30.0)),
            Mode("MJPG", 1920, 1080, (30.0,)),
        ),
    )


def test_a_device_that_gives_no_pictures_is_no_camera_and_a_denied_one_says_why(folder: Path) -> None:
    found = cameras(folder, lambda handle, request, data: answer(request, data, captures=handle == 1000))
    assert [camera.number for camera in found] == [0, 10]
    assert "group" in (found[1].problem or "")


def test_no_camera_is_a_normal_answer(tmp_path: Path) -> None:
    assert cameras(tmp_path / "nothing") == []


def test_the_layout_of_the_answers_is_that_of_the_kernel() -> None:
    """The numbers of the requests hold the sizes of their answers."""
    sizes = [(request >> 16) & 0x3FFF for request in (0x80685600, 0xC0405602, 0xC02C564A, 0xC034564B)]
    assert sizes == [104, 64, 44, 52]
    assert os.O_NONBLOCK
