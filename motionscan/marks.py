"""Regions that a person marks by hand: on the command line, or in a small JSON file.

The file is ``{"version": 1, "regions": [{"name": "toe", "x": 10, "y": 20, "w": 30, "h": 15, "unit": "percent"}]}``;
``unit`` is ``"px"`` (the default) or ``"percent"``; x and y are the upper left corner in the upright picture.
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

from motionscan.body import REGIONS, Part, Side
from motionscan.errors import OutputError, SettingsError

FILE_VERSION: Final = 1
HOW: Final = "write NAME=x,y,w,h in pixels, or in per cent as in left_foot=10%,20%,30%,15%"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_KEYS: Final = {"name", "x", "y", "w", "h"}
_WHOLE: Final = 100.0

Unit = Literal["px", "percent"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One rectangle in the upright picture, x to the right, y down."""

    name: str
    x: float
    y: float
    w: float
    h: float
    unit: Unit = "px"

    def box_px(self, width_px: int, height_px: int) -> tuple[float, float, float, float]:
        """Left, top, width and height in a picture of that size.

        Raises:
            SettingsError: it reaches beyond the picture.
        """
        share_x, share_y = (width_px / _WHOLE, height_px / _WHOLE) if self.unit == "percent" else (1.0, 1.0)
        left, top, wide, high = self.x * share_x, self.y * share_y, self.w * share_x, self.h * share_y
        if left + wide > width_px + 0.5 or top + high > height_px + 0.5:
            raise SettingsError(
                f"region {self.name}: reaches beyond the picture of {width_px} x {height_px} pixels; "
                "choose it inside the upright picture"
            )
        return left, top, wide, high

    @property
    def side_and_part(self) -> tuple[Side | None, Part | None]:
        """Known where the name is that of a region of the body, as in ``left_foot``."""
        if self.name not in REGIONS:
            return None, None
        side, part = self.name.split("_")
        return cast(Side, side), cast(Part, part)


def parse_mark(text: str) -> Mark:
    """A mark as written on the command line.

    Raises:
        SettingsError: it is not written like that.

    >>> parse_mark("left_foot=10%,20%,30%,15%")
    Mark(name='left_foot', x=10.0, y=20.0, w=30.0, h=15.0, unit='percent')
    """
    name, equals, rest = text.partition("=")
    values = [value.strip() for value in rest.split(",")]
    percent = [value.endswith("%") for value in values]
    if not equals or len(values) != 4 or any(percent) != all(percent):
        raise SettingsError(f"{text!r} is no region; {HOW}")
    try:
        x, y, w, h = (float(value.removesuffix("%")) for value in values)
    except ValueError:
        raise SettingsError(f"{text!r} is no region; {HOW}") from None
    return checked(Mark(name.strip(), x, y, w, h, "percent" if all(percent) else "px"))


def checked(mark: Mark) -> Mark:
    """The mark itself.

    Raises:
        SettingsError: its name or its numbers make no region.
    """
    if not _NAME.fullmatch(mark.name):
        raise SettingsError(
            f"region name {mark.name!r}: use up to 40 letters, digits, - and _, and begin with a letter"
        )
    numbers = (mark.x, mark.y, mark.w, mark.h)
    if not all(map(math.isfinite, numbers)) or min(numbers) < 0 or not mark.w or not mark.h:
        raise SettingsError(f"region {mark.name}: x and y must not be negative, w and h must be more than 0; {HOW}")
    if mark.unit == "percent" and max(mark.x + mark.w, mark.y + mark.h) > _WHOLE:
        raise SettingsError(f"region {mark.name}: reaches beyond 100 % of the picture; choose it inside")
    return mark


def all_different(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks in order.

    Raises:
        SettingsError: two of them have the same name.
    """
    found: dict[str, Mark] = {}
    for mark in marks:
        if mark.name in found:
            raise SettingsError(f"region {mark.name} is given twice; give each region a name of its own")
        found[mark.name] = mark
    return tuple(found.values())


def load_marks(path: Path) -> tuple[Mark, ...]:
    """The marks of a region file.

    Raises:
        SettingsError: it cannot be read or is no region file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.__class__.__name__}); check the path") from error
    except ValueError as error:
        raise SettingsError(f"{path.name}: not valid JSON ({error}); make it with `motionscan pick`") from error
    if not isinstance(content, dict) or content.get("version") != FILE_VERSION:
        raise SettingsError(f'{path.name}: no region file ("version" must be 1); make it with `motionscan pick`')
    regions = content.get("regions")
    if not isinstance(regions, list) or not regions:
        raise SettingsError(f'{path.name}: "regions" must list at least one region; make it with `motionscan pick`')
    try:
        return all_different(_mark(region) for region in regions)
    except SettingsError as error:
        raise SettingsError(f"{path.name}: {error}") from error


def _mark(region: Any) -> Mark:
    if not isinstance(region, dict) or not _KEYS <= set(region) <= _KEYS | {"unit"}:
        raise SettingsError("each region has name, x, y, w, h and, where wanted, unit; correct the one that has not")
    name, unit = region["name"], region.get("unit", "px")
    numbers = [region[key] for key in ("x", "y", "w", "h")]
    plain = all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
    if not isinstance(name, str) or unit not in ("px", "percent") or not plain:
        raise SettingsError(f'region {name!r}: x, y, w, h are numbers, unit is "px" or "percent"; correct that')
    x, y, w, h = map(float, numbers)
    return checked(Mark(name, x, y, w, h, unit))


def write_marks(marks: Iterable[Mark], path: Path) -> None:
    """Write a region file.

    Raises:
        OutputError: the file cannot be written.
    """
    content = {"version": FILE_VERSION, "regions": [asdict(mark) for mark in marks]}
    try:
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); choose another place with -o") from error
