"""Model files: found, checked before every use, fetched when missing.

Looked for, in this order, in the folder named by ``MOTIONSCAN_MODELS`` (only read), in ``models/`` of the
checkout, and in the user's cache folder. Nothing but this module's fetching ever uses the network.
"""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from platformdirs import user_cache_path

from motionscan.errors import ModelError
from motionscan.pose.download import ByteObserver, DownloadError, download
from motionscan.pose.manifest import Address, Model, Source, checkout_models, find, load_manifest
from motionscan.pose.wheel import bundle_from_index

FOLDER_VARIABLE: Final = "MOTIONSCAN_MODELS"
STALE_PART_S: Final = 86_400.0
"""A partial file older than a day belongs to nobody any more."""
_READABLE: Final = 0o644

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One model and the file that stands for it on this machine."""

    name: str
    about: str
    licence: str
    state: Literal["ready", "damaged", "missing"]
    path: Path | None
    sha256: str | None
    """Of the file as it is; None when missing."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model was used, for the summary."""

    name: str
    file_name: str
    sha256: str
    licence: str
    origin: str
    """Address or package that files with this hash come from."""


def list_models() -> tuple[ModelStatus, ...]:
    """Every model of the manifest and whether a good file is at hand; the file's hash is computed."""
    return tuple(_best_status(model) for model in load_manifest().values())


def verify_models() -> tuple[ModelStatus, ...]:
    """Every model file in every folder, good or damaged; empty when there is none."""
    return tuple(_status(model, path) for model in load_manifest().values() for path in _existing_files(model.file))


def ensure_model(name: str, observer: ByteObserver | None = None) -> Path:
    """A file of that model whose hash was checked just now, fetched first when there is none.

    Args:
        name: "lite", "full" or "heavy".
        observer: called with (bytes done, bytes in all) while something is fetched.

    Raises:
        ModelError: unknown name, or no good file and no source gives one.
    """
    model = find(name)
    for path in _existing_files(model.file):
        if _status(model, path).state == "ready":
            return path
        _log.warning("%s is damaged and is fetched again", path)
    return _fetch(model, observer)


def fetch_model(name: str, observer: ByteObserver | None = None) -> Path:
    """The same as ``ensure_model``: a good file is kept, anything else is fetched."""
    return ensure_model(name, observer)


def identify_model(path: Path) -> ModelIdentity:
    """Which model of the manifest a file is, by its hash.

    Raises:
        ModelError: it cannot be read, or is none of them.
    """
    sha256 = _file_sha256(path)
    for model in load_manifest().values():
        if sha256 in model.accepted:
            origin = _origin(model.accepted[sha256])
            return ModelIdentity(model.name, path.name, sha256, model.licence, origin)
    raise ModelError(f"{path.name}: not a known pose model or damaged; run `motionscan models fetch`")


# ---------------------------------------------------------------- what is there
def _folders() -> tuple[Path, ...]:
    named = os.environ.get(FOLDER_VARIABLE)
    return ((Path(named),) if named else ()) + _own_folders()


def _own_folders() -> tuple[Path, ...]:
    """The folders that may be written to, best first."""
    checkout = checkout_models()
    cache = user_cache_path("motionscan", appauthor=False) / "models"
    return (checkout, cache) if checkout else (cache,)


def _existing_files(name: str) -> Iterator[Path]:
    return (folder / name for folder in _folders() if (folder / name).is_file())


def _best_status(model: Model) -> ModelStatus:
    statuses = [_status(model, path) for path in _existing_files(model.file)]
    ready = [status for status in statuses if status.state == "ready"]
    missing = ModelStatus(model.name, model.about, model.licence, "missing", None, None)
    return (ready or statuses or [missing])[0]


def _status(model: Model, path: Path) -> ModelStatus:
    try:
        sha256 = _file_sha256(path)
    except ModelError:
        return ModelStatus(model.name, model.about, model.licence, "damaged", path, None)
    state: Literal["ready", "damaged"] = "ready" if sha256 in model.accepted else "damaged"
    return ModelStatus(model.name, model.about, model.licence, state, path, sha256)


def _file_sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error


def _origin(source: Source) -> str:
    return source.url if isinstance(source, Address) else f"{source.package} {source.version} ({source.wheel})"


# ---------------------------------------------------------------- fetching
def _fetch(model: Model, observer: ByteObserver | None) -> Path:
    folder = _writable_folder()
    tried: list[str] = []
    for source in model.sources:
        try:
            return _fetch_from(source, folder / model.file, observer)
        except DownloadError as error:
            tried.append(str(error))
        except OSError as error:
            raise ModelError(f"{folder}: cannot be written ({error.strerror}); free some space") from error
    reasons = "; ".join(dict.fromkeys(tried))
    raise ModelError(
        f"the pose model {model.name} is missing and cannot be fetched ({reasons}); connect to the internet once "
        f"and run `motionscan models fetch {model.name}`, or copy {model.file} into {folder}"
    )


def _fetch_from(source: Source, target: Path, observer: ByteObserver | None) -> Path:
    with _part_file(target) as part:
        if isinstance(source, Address):
            download(source.url, part, source.size_bytes, source.sha256, observer)
        else:
            with tempfile.TemporaryDirectory(prefix="motionscan-") as folder:
                part.write_bytes(bundle_from_index(source, Path(folder), observer))
        if _file_sha256(part) != source.sha256:
            raise DownloadError(f"{_origin(source)} gave another file than expected")
        part.chmod(_READABLE)
        os.replace(part, target)
    return target


@contextmanager
def _part_file(target: Path) -> Iterator[Path]:
    """A file of our own beside the target, so that two fetches at once do not meet; gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f"{target.stem}-", suffix=".part", dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _writable_folder() -> Path:
    """The first of our folders that takes a file; forgotten partial files in it are removed.

    Raises:
        ModelError: none does.
    """
    for folder in _own_folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part"):
                _remove_stale_parts(folder)
                return folder
    places = " nor ".join(map(str, _own_folders()))
    raise ModelError(
        f"no model file can be stored: {places} cannot be written; set {FOLDER_VARIABLE} to a folder that has the model"
    )


def _remove_stale_parts(folder: Path) -> None:
    oldest_s = time.time() - STALE_PART_S
    for part in folder.glob("*.part"):
        with suppress(OSError):
            if part.stat().st_mtime < oldest_s:
                part.unlink()
