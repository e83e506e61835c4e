"""A screen that exists only in memory, and what people do there: look for a window, type, close it."""

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

LIMIT_S = 60
needs_screen = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is not installed"
)


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of programs on a screen of their own."""
    ends, number = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(number), "-screen", "0", "1700x1000x24", "-nolisten", "tcp"],
        pass_fds=[number],
        stderr=subprocess.DEVNULL,
    )
    os.close(number)
    with os.fdopen(ends) as told:
        display = told.readline().strip()
    yield {**os.environ, "DISPLAY": f":{display}"}
    server.terminate()
    server.wait(LIMIT_S)


def asked(screen: dict[str, str], *arguments: object) -> str:
    """What xdotool says.

    Raises:
        subprocess.CalledProcessError: it did not do what it was asked.
        subprocess.TimeoutExpired: it took too long.
    """
    command = ["xdotool", *map(str, arguments)]
    done = subprocess.run(command, env=screen, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    return done.stdout.strip()


def window_named(screen: dict[str, str], name: str) -> int:
    """The number of the window, once it is to be seen.

    It is shown a second time: on a busy machine without a window manager Qt can miss that its window is there, and
    paints nothing (a dozen lines of OpenCV do it).
    """
    window = int(asked(screen, "search", "--sync", "--onlyvisible", "--name", name).splitlines()[0])
    time.sleep(1)
    asked(screen, "windowunmap", window, "windowmap", window)
    return window


class _ClientMessage(ctypes.Structure):
    """``XClientMessageEvent`` of Xlib.h, as long as the union of all events."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    )


def close_window(screen: dict[str, str], window: int) -> None:
    """What the cross of a window manager does: the program is told that its window is to be deleted (ICCCM 4.2.8.1)."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    x.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    x.XSendEvent.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p)
    x.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    display = x.XOpenDisplay(screen["DISPLAY"].encode())
    assert display, screen["DISPLAY"]
    client_message = 33
    message = _ClientMessage(type=client_message, window=window, format=32)
    message.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", False)
    message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", False)
    assert x.XSendEvent(display, window, False, 0, ctypes.byref(message))
    x.XCloseDisplay(display)
