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
