"""The manifest of model files, read: names, sources, sizes, hashes."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from motionscan.errors import ModelError

_PACKAGED = Path(__file__).with_name("manifest.toml")
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Address:
    """A file at a fixed address."""

    url: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexWheel:
    """Two networks inside a wheel of the Python package index; size and hash are of the bundle made of them."""

    package: str
    version: str
    wheel: str
    python_version: str
    platform: str
    wheel_size_bytes: int
    wheel_sha256: str
    detector_path: str
    detector_sha256: str
    landmarks_path: str
    landmarks_sha256: str
    size_bytes: int
    sha256: str


Source = Address | IndexWheel


@dataclass(frozen=True, slots=True)
class Model:
    """One model and the places it can come from, best first."""

    name: str
    file: str
    licence: str
    about: str
    sources: tuple[Source, ...]

    @property
    def accepted(self) -> dict[str, Source]:
        """Source by sha256; a file with another hash is not this model."""
        return {source.sha256: source for source in self.sources}


def checkout_models() -> Path | None:
    """The ``models`` folder of the checkout that this code runs from; None when installed."""
    folder = _ROOT / "models"
    is_checkout = (folder / "manifest.toml").is_file() and (_ROOT / "pyproject.toml").is_file()
    return folder if is_checkout else None


@cache
def load_manifest() -> dict[str, Model]:
    """All models by name, in the order of the manifest.

    Raises:
        ModelError: the manifest is missing or was edited wrongly.
    """
    folder = checkout_models()
    path = folder / "manifest.toml" if folder else _PACKAGED
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return {name: _model(name, table) for name, table in tables.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name}: the list of models cannot be read; reinstall motionscan") from error


def find(name: str) -> Model:
    """The model of that name.

    Raises:
        ModelError: there is no such model.
    """
    models = load_manifest()
    if name not in models:
        raise ModelError(f"there is no model {name!r}; choose one of {', '.join(models)}")
    return models[name]


def _model(name: str, table: dict[str, Any]) -> Model:
    kinds = {"address": Address, "package_index": IndexWheel}
    entries = [dict(entry) for entry in table["sources"]]
    sources = tuple(kinds[entry.pop("kind")](**entry) for entry in entries)
    return Model(name, table["file"], table["licence"], table["about"], sources)
