"""Random changes of bytes: the same seed gives the same mutant."""

from collections.abc import Callable
from typing import Final

import numpy as np

Mutate = Callable[[bytearray, np.random.Generator], None]

_NUMBERS: Final = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_WORDS: Final = (
    b"1e999",
    b"-1",
    b"nan",
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"\xff\xfe",
    b"0" * 40,
    b"\n",
    b"\0",
    b"[" * 200,
)
_LONGEST: Final = 64


def mutated(source: bytes, random: np.random.Generator, low: int = 0, high: int | None = None) -> bytes:
    """``source`` with one to eight changes between two places."""
    data = bytearray(source)
    for _ in range(random.integers(1, 9)):
        part = data[low:high]
        if not part:
            break
        _CHANGES[random.integers(len(_CHANGES))](part, random)
        data[low : len(data) if high is None else high] = part
    return bytes(data)


def _at(data: bytearray, random: np.random.Generator) -> int:
    return int(random.integers(len(data))) if data else 0


def _byte(data: bytearray, random: np.random.Generator) -> None:
    if data:
        data[_at(data, random)] = int(random.integers(256))


def _bit(data: bytearray, random: np.random.Generator) -> None:
    if data:
        data[_at(data, random)] ^= 1 << int(random.integers(8))


def _number(data: bytearray, random: np.random.Generator) -> None:
    at = _at(data, random)
    data[at : at + 4] = _NUMBERS[random.integers(len(_NUMBERS))].to_bytes(4, "big")[: max(0, len(data) - at)]


def _word(data: bytearray, random: np.random.Generator) -> None:
    at = _at(data, random)
    data[at:at] = _WORDS[random.integers(len(_WORDS))]


def _lost(data: bytearray, random: np.random.Generator) -> None:
    at = _at(data, random)
    del data[at : at + int(random.integers(1, _LONGEST))]


def _twice(data: bytearray, random: np.random.Generator) -> None:
    at, to = _at(data, random), _at(data, random)
    data[to:to] = data[at : at + int(random.integers(1, _LONGEST))]


def _cut(data: bytearray, random: np.random.Generator) -> None:
    if random.random() < 0.2:
        del data[_at(data, random) :]


_CHANGES: Final[tuple[Mutate, ...]] = (_byte, _byte, _bit, _number, _word, _lost, _twice, _cut)
