"""Amounts of data as people write them."""

import re
from typing import Final

from motionscan.errors import SettingsError

_SIZE: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([kmgt]?)b?", re.IGNORECASE | re.ASCII)
_FACTOR: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def parse_size(text: str) -> int:
    """Bytes in ``5GB``, ``500 MB`` or ``1000000``.

    Raises:
        SettingsError: it is none of these.

    >>> [parse_size(text) for text in ("5GB", "1.5 MB", "1000", "20k")]
    [5000000000, 1500000, 1000, 20000]
    """
    if size := _SIZE.fullmatch(text.strip()):
        return round(float(size[1]) * _FACTOR[size[2].lower()])
    raise SettingsError(f"{text!r} is no size; write 5GB, 500MB or a number of bytes")
