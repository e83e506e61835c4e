"""Files fetched over https, whole or not at all. The only code of the project that opens a connection."""

import hashlib
import socket
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ByteObserver = Callable[[int, int], object]
"""Called with the bytes done and the bytes in all."""

CONNECT_S: Final = 5.0
"""A host that does not answer for so long is given up, so that the next source gets its turn."""
STALL_S: Final = 20.0
"""A transfer that stands still for so long is given up."""
CHUNK_BYTES: Final = 1 << 18


class DownloadError(Exception):
    """A source did not give the file; the message is a few words for the list of what was tried."""


def download(url: str, path: Path, size_bytes: int, sha256: str, observer: ByteObserver | None) -> None:
    """Fetch ``url`` into ``path`` and check it.

    Raises:
        DownloadError: not reachable, larger than ``size_bytes``, or other bytes than expected.
        OSError: ``path`` cannot be written.
    """
    with path.open("wb") as file:
        digest = _transfer(url, file.write, size_bytes, observer)
    if digest != sha256:
        raise DownloadError(f"{urlsplit(url).hostname} gave another file than expected")


def read_small(url: str, limit_bytes: int, accept: str) -> bytes:
    """The bytes of a small page.

    Raises:
        DownloadError: not reachable or larger than the limit.
    """
    parts: list[bytes] = []
    _transfer(url, parts.append, limit_bytes, None, accept)
    return b"".join(parts)


def _transfer(
    url: str,
    write: Callable[[bytes], object],
    limit_bytes: int,
    observer: ByteObserver | None,
    accept: str = "*/*",
) -> str:
    """Hand the bytes of ``url`` to ``write``; gives their sha256."""
    digest, done = hashlib.sha256(), 0
    host = _check_reachable(url)
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "motionscan"})
    try:
        response = _opener().open(request, timeout=STALL_S)
    except (OSError, ValueError) as error:
        raise DownloadError(f"{host}: {_reason(error)}") from error
    with response:
        while chunk := _read(response, host):
            done += len(chunk)
            if done > limit_bytes:
                raise DownloadError(f"{host} gave a larger file than expected")
            digest.update(chunk)
            write(chunk)
            if observer:
                observer(done, limit_bytes)
    return digest.hexdigest()


def _read(response: object, host: str) -> bytes:
    try:
        return bytes(response.read(CHUNK_BYTES))  # type: ignore[attr-defined]
    except (OSError, ValueError) as error:
        raise DownloadError(f"{host}: the transfer broke off ({_reason(error)})") from error


def _opener() -> urllib.request.OpenerDirector:
    """Opens https alone, redirects included; the user's proxy settings hold."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _check_reachable(url: str) -> str:
    """The host of an https address, after somebody there (or at the proxy) has picked up within ``CONNECT_S``.

    One host can have many addresses, each with its own time-out, and name look-up has none: hence a thread.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise DownloadError(f"{url} is not an https address")
    outcome: list[OSError | None] = []
    caller = threading.Thread(target=_call, args=(_first_hop(host, parts.port), outcome), daemon=True)
    caller.start()
    caller.join(CONNECT_S)
    if not outcome:
        raise DownloadError(f"{host} does not answer")
    if outcome[0] is not None:
        raise DownloadError(f"{host}: {_reason(outcome[0])}") from outcome[0]
    return host


def _call(address: tuple[str, int], outcome: list[OSError | None]) -> None:
    try:
        socket.create_connection(address, CONNECT_S).close()
        outcome.append(None)
    except OSError as error:
        outcome.append(error)


def _first_hop(host: str, port: int | None) -> tuple[str, int]:
    proxy = urllib.request.getproxies().get("https")
    if not proxy or urllib.request.proxy_bypass(host):
        return host, port or 443
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    return parts.hostname or host, parts.port or 443


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, socket.gaierror):
        return "name not found"
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return " ".join(str(getattr(reason, "strerror", None) or reason).split())
