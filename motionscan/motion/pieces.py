"""Measurements cut in time and put together again: what is kept of a long run lies on the disk in pieces."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from motionscan.errors import OutputError
from motionscan.records import FloatArray, Motion, RegionMotion

_PER_PICTURE: Final = ("t_s", "camera_px", "background_px", "brightness", "keyframe", "duplicate", "landmarks_px")
_PER_PICTURE_OF_REGION: Final = ("joint_px", "body_px", "skin_px", "visible")
_SINGLE: Final = ("camera_px", "background_px", "brightness", "landmarks_px", "joint_px", "body_px", "skin_px")
"""Kept with 24 bits: a thousandth of a pixel of the largest picture."""


def cut(motion: Motion, start_s: float, end_s: float) -> Motion:
    """What was measured from ``start_s`` on and before ``end_s``; times stay what they are."""
    part = slice(*np.searchsorted(motion.t_s, [start_s, end_s]))
    regions = tuple(
        replace(region, **{name: getattr(region, name)[part] for name in _PER_PICTURE_OF_REGION})
        for region in motion.regions
    )
    kept = {name: getattr(motion, name)[part] for name in _PER_PICTURE}
    renewed_s = tuple(t_s for t_s in motion.renewed_s if start_s <= t_s < end_s)
    return replace(motion, regions=regions, renewed_s=renewed_s, **kept)


def shifted(motion: Motion, by_s: float) -> Motion:
    """The same with every time later by ``by_s``."""
    renewed_s = tuple(t_s + by_s for t_s in motion.renewed_s)
    return replace(motion, t_s=motion.t_s + by_s, renewed_s=renewed_s)


def joined(pieces: Sequence[Motion]) -> Motion:
    """Pieces of one run, in order of time, as one ``Motion``.

    Regions are joined by their ids; where a piece does not know one, it was not measured. Noise and scale are means
    over the pictures of the pieces that know them.

    Raises:
        ValueError: there is no piece, or their pictures differ in size.
    """
    if not pieces or len({(piece.width_px, piece.height_px) for piece in pieces}) > 1:
        raise ValueError("no pieces, or of different sizes")
    names = dict.fromkeys(region.id for piece in pieces for region in piece.regions)
    rows: dict[str, Any] = {name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in _PER_PICTURE}
    return replace(
        pieces[-1],
        view=next((piece.view for piece in pieces if piece.view), None),
        regions=tuple(_joined_region(name, pieces) for name in names),
        renewed_s=tuple(t_s for piece in pieces for t_s in piece.renewed_s),
        notes=tuple(dict.fromkeys(note for piece in pieces for note in piece.notes)),
        camera_apart=all(piece.camera_apart for piece in pieces),
        person_seen=any(piece.person_seen for piece in pieces),
        **rows,
    )


def _joined_region(name: str, pieces: Sequence[Motion]) -> RegionMotion:
    mine = [next((region for region in piece.regions if region.id == name), None) for piece in pieces]
    counts = [len(piece.t_s) for piece in pieces]
    known = [(region, count) for region, count in zip(mine, counts, strict=True) if region is not None]
    patches = max(len(region.patches_px) for region, _ in known)
    fullest = next(region for region, _ in known if len(region.patches_px) == patches)
    rows = [(region, count) for region, count in zip(mine, counts, strict=True)]
    return replace(
        fullest,
        joint_px=np.concatenate([_or_nan(r, "joint_px", (n, 2)) for r, n in rows]),
        body_px=np.concatenate([_or_nan(r, "body_px", (n, 2)) for r, n in rows]),
        skin_px=np.concatenate([_padded(_or_nan(r, "skin_px", (n, patches, 2)), patches) for r, n in rows]),
        visible=np.concatenate([np.zeros(n, dtype=bool) if r is None else r.visible for r, n in rows]),
        noise_px=_mean(known, lambda region: region.noise_px),
        body_noise_px=_mean(known, lambda region: region.body_noise_px),
        skin_noise_px=_mean_of_patches(known, patches),
        scale_px=_mean(known, lambda region: region.scale_px),
    )


def _or_nan(region: RegionMotion | None, name: str, shape: tuple[int, ...]) -> FloatArray:
    return np.full(shape, np.nan) if region is None else np.asarray(getattr(region, name), dtype=np.float64)


def _padded(skin_px: FloatArray, patches: int) -> FloatArray:
    missing = patches - skin_px.shape[1]
    return np.pad(skin_px, ((0, 0), (0, missing), (0, 0)), constant_values=np.nan) if missing else skin_px


def _mean(known: Sequence[tuple[RegionMotion, int]], value: Callable[[RegionMotion], float | None]) -> float | None:
    pairs = [(own, count) for region, count in known if (own := value(region)) is not None and count]
    if not pairs:
        return None
    values, counts = zip(*pairs, strict=True)
    return float(np.sqrt(np.average(np.square(values), weights=counts)))


def _mean_of_patches(known: Sequence[tuple[RegionMotion, int]], patches: int) -> FloatArray:
    squares, weight = np.zeros(patches), np.zeros(patches)
    for region, count in known:
        noise_px = np.pad(region.skin_noise_px, (0, patches - len(region.skin_noise_px)), constant_values=np.nan)
        seen = np.isfinite(noise_px)
        squares[seen] += count * noise_px[seen] ** 2
        weight[seen] += count
    return np.sqrt(np.where(weight > 0, squares / np.maximum(weight, 1), np.nan))


# ---------------------------------------------------------------- on the disk
def write_piece(motion: Motion, path: Path) -> int:
    """Write a piece as ``.npz``; gives the bytes it takes.

    Raises:
        OutputError: it cannot be written.
    """
    arrays: dict[str, Any] = {}
    items: dict[str, Motion | RegionMotion] = {f"r{at}": region for at, region in enumerate(motion.regions)}
    for owner, item in (items | {"m": motion}).items():
        for field in fields(item):
            if field.name != "regions":
                value = getattr(item, field.name)
                single = field.name in _SINGLE and value is not None
                arrays[f"{owner}.{field.name}"] = value.astype(np.float32) if single else _stored(value)
    try:
        with path.open("wb") as file:
            np.savez(file, **arrays)
            return file.tell()
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); free space or choose -o") from error


def read_piece(path: Path) -> Motion:
    """A piece that ``write_piece`` wrote.

    Raises:
        OSError: the file is gone or broken.
    """
    with np.load(path, allow_pickle=False) as stored:
        owners: dict[str, dict[str, Any]] = {}
        for key in stored.files:
            owner, _, name = key.partition(".")
            owners.setdefault(owner, {})[name] = _restored(name, stored[key])
    whole = owners.pop("m")
    regions = tuple(RegionMotion(**owners[f"r{at}"]) for at in range(len(owners)))
    return Motion(regions=regions, **whole)


_ARRAYS: Final = {*_PER_PICTURE, *_PER_PICTURE_OF_REGION, "patches_px", "skin_noise_px"}
_TUPLES: Final = ("renewed_s", "notes")
_NONE: Final = "\0none"


def _stored(value: Any) -> Any:
    return _NONE if value is None else np.asarray(value)


def _restored(name: str, value: Any) -> Any:
    if value.dtype.kind == "U" and value.ndim == 0 and str(value) == _NONE:
        return None
    if name in _TUPLES:
        return tuple(value.tolist())
    if name in _ARRAYS or name == "outline_px":
        return value.astype(np.float64) if name in _SINGLE else value
    return value.item()
