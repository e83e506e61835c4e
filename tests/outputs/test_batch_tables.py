"""The rows of a batch as tables that spreadsheets and programs read."""

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from motionscan.errors import OutputError
from motionscan.outputs.batch_rows import NoSummary, Row, read_summary, rows_of
from motionscan.outputs.batch_tables import COLUMNS, write_tables
from motionscan.outputs.summary import Summary
from tests.outputs.conftest import Case
from tests.outputs.test_summary import summary_of

AWKWARD = ["=1+1", "+1", "-1", "@cmd", "\ttab", "\rreturn", 'two "words", and\na line', "🦵", "caf\ufffd"]


@pytest.fixture
def summary(case: Case) -> Summary:
    """One with a rhythm of the right foot."""
    return summary_of(case.analysis)


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.mark.parametrize("text", AWKWARD)
def test_no_cell_is_run_by_a_spreadsheet_and_none_is_lost(tmp_path: Path, text: str) -> None:
    """What begins like a formula gets an apostrophe in the csv; the parquet keeps it as it is."""
    write_tables([Row(text, same_as=text, error=text, sentence=text)], tmp_path)
    (row,) = read(tmp_path / "batch.csv")
    for name in ("file", "same_as", "error", "sentence"):
        assert row[name][0] not in "=+-@\t\r"
        assert row[name].removeprefix("'") == text
    assert pd.read_parquet(tmp_path / "batch.parquet")["file"][0] == text


def test_both_tables_have_all_columns_and_empty_cells_where_nothing_is_known(tmp_path: Path) -> None:
    write_tables([Row("a.mp4", frequency_hz=3.0, event_count=28, slowing=False)], tmp_path)
    (row,) = read(tmp_path / "batch.csv")
    table = pd.read_parquet(tmp_path / "batch.parquet")
    assert tuple(row) == tuple(table.columns) == COLUMNS
    assert (row["frequency_hz"], row["event_count"], row["slowing"], row["side"]) == ("3.0", "28", "false", "")
    assert table["frequency_hz"][0] == 3.0
    assert pd.isna(table["side"][0])


def test_no_rows_make_tables_with_a_head(tmp_path: Path) -> None:
    write_tables([], tmp_path)
    assert (tmp_path / "batch.csv").read_text().splitlines() == [",".join(COLUMNS)]
    assert tuple(pd.read_parquet(tmp_path / "batch.parquet").columns) == COLUMNS


def test_a_table_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old one stays, and nothing is left beside it."""
    write_tables([Row("old.mp4")], tmp_path)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"batch\.csv: cannot be written \(No space"):
        write_tables([Row("new.mp4")], tmp_path)
    assert read(tmp_path / "batch.csv")[0]["file"] == "old.mp4"
    assert {path.name for path in tmp_path.iterdir()} == {"batch.csv", "batch.parquet"}


# ---------------------------------------------------------------- from a summary
def test_a_finding_becomes_a_row_with_its_values(summary: Summary) -> None:
    rows = rows_of(summary, "night/foot.mp4", "foot-1")
    assert len(rows) == len(summary.findings) > 0
    for row, finding in zip(rows, summary.findings, strict=True):
        assert (row.file, row.folder, row.sha256) == ("night/foot.mp4", "foot-1", summary.input.sha256)
        for name in ("pattern", "region", "start_s", "end_s", "frequency_hz", "interval_cv", "event_count"):
            assert getattr(row, name) == getattr(finding, name)
        assert row.events_per_min == pytest.approx(60 * finding.event_count / summary.input.duration_s, abs=0.01)
        assert row.error is None


def test_the_peak_is_that_of_the_largest_event_of_the_finding(summary: Summary) -> None:
    row, finding = rows_of(summary, "a.mp4", "a")[0], summary.findings[0]
    events = [event for event in summary.events if event.id in finding.event_ids]
    assert row.peak_s == pytest.approx(max(events, key=lambda event: event.amplitude_px).peak_s, abs=0.001)


def test_a_video_without_findings_has_one_row(summary: Summary) -> None:
    (row,) = rows_of(summary.model_copy(update={"findings": ()}), "a.mp4", "a")
    assert row.finding is None
    assert row.sentence == summary.sentence
    assert row.duration_s == summary.input.duration_s


def test_conditions_that_are_not_met_are_named(summary: Summary) -> None:
    failed = [gate.name for gate in summary.quality.gates if not gate.passed]
    assert rows_of(summary, "a.mp4", "a")[0].quality == (" ".join(failed) or None)
    gates = tuple(dataclasses.replace(gate, passed=False) for gate in summary.quality.gates)
    worse = summary.model_copy(update={"quality": dataclasses.replace(summary.quality, gates=gates)})
    assert rows_of(worse, "a.mp4", "a")[0].quality == " ".join(gate.name for gate in gates)


@pytest.mark.parametrize("text", ["", "{", "{}", json.dumps({"schema": "urn:motionscan:summary:9"})])
def test_a_summary_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "summary.json").write_text(text)
    with pytest.raises(NoSummary, match="damaged or of another version"):
        read_summary(tmp_path)


def test_a_summary_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSummary, match="cannot be read"):
        read_summary(tmp_path)
