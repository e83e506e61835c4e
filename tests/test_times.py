"""Times are read as people write them; anything else is refused with the way to write it."""

import pytest

from motionscan.errors import SettingsError
from motionscan.times import parse_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2s", 2),
        ("1.5", 1.5),
        ("1.5s", 1.5),
        (".5", 0.5),
        ("0", 0),
        ("0:15", 15),
        ("0:15.25", 15.25),
        ("90:00", 5400),
        ("1:02:03", 3723),
        (" 7s ", 7),
    ],
)
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1", "1x", "1:75", "1:60:00", "1:2:3:4", "nan", "inf", "1e3", "1 m", "٣"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SettingsError, match="0:15"):
        parse_time(text)
