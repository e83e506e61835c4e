"""Regions marked by hand: what may be written, what is refused, and what comes back from a file."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionscan.body import REGIONS
from motionscan.errors import OutputError, SettingsError
from motionscan.marks import Mark, all_different, load_marks, parse_mark, write_marks
from motionscan.pick import grid_shape, mark_of_cells, marks_of_cells, numbered

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,39}", fullmatch=True)
SHARES = st.floats(0, 49, allow_nan=False).map(lambda value: round(value, 3))


@settings(deadline=None, max_examples=25)
@given(NAMES, SHARES, SHARES)
def test_a_region_written_in_per_cent_is_read_as_written(name: str, x: float, y: float) -> None:
    assert parse_mark(f"{name}={x}%,{y}%,50%,25.5%") == Mark(name, x, y, 50.0, 25.5, "percent")


@pytest.mark.parametrize("name", REGIONS)
def test_a_name_of_the_body_has_side_and_part(name: str) -> None:
    assert parse_mark(f"{name}=1,2,30,40").side_and_part == tuple(name.split("_"))


def test_any_other_name_has_none() -> None:
    assert parse_mark("big_toe=1,2,30,40").side_and_part == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "left_foot",
        "left_foot=",
        "=1,2,3,4",
        "a=1,2,3",
        "a=1,2,3,4,5",
        "a=1%,2,3,4",
        "a=one,2,3,4",
        "a=-1,2,3,4",
        "a=1,2,0,4",
        "a=nan,2,3,4",
        "a=1,2,inf,4",
        "a=60%,2%,50%,4%",
        "a b=1,2,3,4",
        "1a=1,2,3,4",
        "a/b=1,2,3,4",
        f"{'a' * 41}=1,2,3,4",
    ],
)
def test_what_is_no_region_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SettingsError) as told:
        parse_mark(text)
    assert "\n" not in str(told.value)


def test_per_cent_are_of_each_picture() -> None:
    mark = parse_mark("a=10%,20%,30%,15%")
    assert mark.box_px(1000, 500) == pytest.approx((100, 100, 300, 75))


def test_a_region_beyond_the_picture_is_refused() -> None:
    with pytest.raises(SettingsError, match="640 x 480"):
        parse_mark("a=600,0,100,100").box_px(640, 480)


def test_one_name_is_one_region() -> None:
    with pytest.raises(SettingsError, match="twice"):
        all_different([Mark("a", 0, 0, 9, 9), Mark("a", 9, 9, 9, 9)])


# ---------------------------------------------------------------- files
def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    marks = (Mark("left_foot", 1.5, 2, 30, 40), Mark("toe", 10, 20, 30, 15, "percent"))
    write_marks(marks, tmp_path / "regions.json")
    assert load_marks(tmp_path / "regions.json") == marks


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "regions": [{"name": "a", "x": 1, "y": 1, "w": 9, "h": 9}]}',
        '{"version": 1}',
        '{"version": 1, "regions": []}',
        '{"version": 1, "regions": [1]}',
        '{"version": 1, "regions": [{"name": "a", "x": 1, "y": 1, "w": 9}]}',
        '{"version": 1, "regions": [{"name": "a", "x": "1", "y": 1, "w": 9, "h": 9}]}',
        '{"version": 1, "regions": [{"name": "a", "x": true, "y": 1, "w": 9, "h": 9}]}',
        '{"version": 1, "regions": [{"name": 7, "x": 1, "y": 1, "w": 9, "h": 9}]}',
        '{"version": 1, "regions": [{"name": "a", "x": 1, "y": 1, "w": 9, "h": 9, "unit": "cm"}]}',
        '{"version": 1, "regions": [{"name": "a", "x": 1, "y": 1, "w": 9, "h": 9, "z": 1}]}',
    ],
)
def test_a_file_that_is_no_region_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^odd\.json: ") as told:
        load_marks(path)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="check the path"):
        load_marks(tmp_path / "none.json")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_marks([Mark("a", 0, 0, 9, 9)], tmp_path / "no_such_folder" / "regions.json")


def test_the_example_of_the_readme_is_a_region_file(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    example = text.partition("```json\n")[2].partition("```")[0]
    (tmp_path / "example.json").write_text(json.dumps(json.loads(example)), encoding="utf-8")
    assert load_marks(tmp_path / "example.json")[0].name == "toe"


# ---------------------------------------------------------------- picking by numbers
@settings(deadline=None, max_examples=25)
@given(st.integers(100, 4000), st.integers(100, 4000))
def test_all_cells_together_are_the_whole_picture(width: int, height: int) -> None:
    columns, rows = grid_shape(width, height)
    mark = mark_of_cells("all", range(1, columns * rows + 1), width, height)
    assert (mark.x, mark.y, mark.w, mark.h) == (0, 0, 100, 100)


@settings(deadline=None, max_examples=25)
@given(st.data(), st.integers(200, 4000), st.integers(200, 4000))
def test_a_region_of_cells_holds_their_middles_and_lies_in_the_picture(data, width: int, height: int) -> None:
    columns, rows = grid_shape(width, height)
    cells = data.draw(st.lists(st.integers(1, columns * rows), min_size=1, max_size=6))
    left, top, wide, high = mark_of_cells("a", cells, width, height).box_px(width, height)
    for cell in cells:
        x, y = ((cell - 1) % columns + 0.5) * width / columns, ((cell - 1) // columns + 0.5) * height / rows
        assert left < x < left + wide
        assert top < y < top + high


@pytest.mark.parametrize("text", ["a=0", "a=145", "a=", "a", "a=1,x", "a b=1"])
def test_cells_that_are_not_there_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        marks_of_cells([text], 1920, 1080)


def test_the_grid_picture_shows_the_video_with_lines_on_it() -> None:
    plain = np.full((270, 480, 3), 90, np.uint8)
    drawn = numbered(plain)
    assert drawn.shape == plain.shape
    changed = (drawn != plain).any(axis=2).mean()
    assert 0.02 < changed < 0.4
    assert (plain == 90).all()
