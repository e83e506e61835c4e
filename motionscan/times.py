"""Times as people write them."""

import re
from typing import Final

from motionscan.errors import SettingsError

_SECONDS: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)s?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)", re.ASCII)
_SIXTY: Final = 60


def parse_time(text: str) -> float:
    """Seconds in ``2s``, ``1.5``, ``0:15`` or ``1:02:03``.

    Raises:
        SettingsError: it is none of these.

    >>> [parse_time(text) for text in ("2s", "1.5", "0:15", "1:02:03", "90:00")]
    [2.0, 1.5, 15.0, 3723.0, 5400.0]
    """
    text = text.strip()
    if seconds := _SECONDS.fullmatch(text):
        return float(seconds[1])
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), float(clock[3])
        if rest < _SIXTY and (clock[1] is None or minutes < _SIXTY):
            return (hours * _SIXTY + minutes) * _SIXTY + rest
    raise SettingsError(f"{text!r} is no time; write 2s, 1.5, 0:15 or 1:02:03")


_UNITS_S: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}


def parse_length(text: str) -> float:
    """Seconds in ``90s``, ``10m`` or ``1.5h``, or in a time as above; more than none.

    Raises:
        SettingsError: it is none of these.

    >>> [parse_length(text) for text in ("90s", "10m", "1.5h", "0:30")]
    [90.0, 600.0, 5400.0, 30.0]
    """
    number, unit = text.strip()[:-1], text.strip()[-1:]
    try:
        length_s = float(number) * _UNITS_S[unit] if unit in ("m", "h") else parse_time(text)
    except (ValueError, SettingsError):
        length_s = 0.0
    if not 0 < length_s < float("inf"):
        raise SettingsError(f"{text!r} is no length of time; write 90s, 10m or 1h")
    return length_s
