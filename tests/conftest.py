"""What every test owes: it writes only to its own folder, logs no errors, and asks no stranger for anything."""

import ipaddress
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ASKING = ("connect", "connect_ex", "sendto")
_LOOK_UP = socket.getaddrinfo


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that writes to the current folder writes to its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What is logged as an error is an error, also where the test would have passed."""
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    errors = [f"{record.name}: {record.getMessage()}" for record in records if record.levelno >= logging.ERROR]
    assert not errors


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine answers, unless the test is marked ``network``."""
    if request.node.get_closest_marker("network"):
        return
    for name in ASKING:
        monkeypatch.setattr(socket.socket, name, _guarded(name))
    monkeypatch.setattr(socket, "getaddrinfo", _looked_up)


def _guarded(name: str) -> Any:
    ask = getattr(socket.socket, name)

    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[0] if name != "sendto" else arguments[-1]
        if not _is_here(self, address):
            raise AssertionError(f"a test asked {address} over the network")
        return ask(self, *arguments)

    return guarded


def _is_here(asking: socket.socket, address: Any) -> bool:
    return asking.family not in (socket.AF_INET, socket.AF_INET6) or _is_this_machine(address[0])


def _looked_up(host: Any, *arguments: Any, **options: Any) -> Any:
    if not _is_this_machine(host):
        raise AssertionError(f"a test looked up {host}")
    return _LOOK_UP(host, *arguments, **options)


def _is_this_machine(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return bool(ipaddress.ip_address(name).is_loopback)
    except ValueError:
        return name in (None, "", "localhost")
