"""The CSV files load in pandas with the values that went in, and run nothing in a spreadsheet."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from motionscan.errors import OutputError
from motionscan.outputs.tables import write_events_csv, write_signals_csv
from tests.outputs.conftest import Case


def test_signals_come_back_from_pandas(case: Case, tmp_path: Path) -> None:
    """Blank cells are "not measured" and nothing else."""
    trace = case.analysis.traces_px["right_foot"]
    trace[10:20] = np.nan
    write_signals_csv(case.motion, case.analysis, tmp_path / "signals.csv")
    table = pd.read_csv(tmp_path / "signals.csv")
    assert table.columns[0] == "time_s"
    assert list(table)[-6:] == ["camera_x_px", "camera_y_px", "camera_roll_px", "tracked", "duplicate", "keyframe"]
    np.testing.assert_allclose(table["time_s"], case.motion.t_s, atol=1e-6)
    np.testing.assert_allclose(table["right_foot_px"], trace, atol=1e-4)
    assert table["keyframe"].sum() == case.motion.keyframe.sum()
    assert table.dtypes.map(pd.api.types.is_numeric_dtype).all()


def test_the_path_of_skin_that_twitches_has_a_column_of_its_own(case: Case, tmp_path: Path) -> None:
    skin_px = np.sin(case.motion.t_s)
    analysis = dataclasses.replace(case.analysis, skin_px={"right_foot": skin_px})
    write_signals_csv(case.motion, analysis, tmp_path / "signals.csv")
    table = pd.read_csv(tmp_path / "signals.csv")
    np.testing.assert_allclose(table["right_foot_skin_px"], skin_px, atol=1e-4)
    np.testing.assert_allclose(table["right_foot_px"], case.analysis.traces_px["right_foot"], atol=1e-4)


def test_unknown_tracking_is_blank(case: Case, tmp_path: Path) -> None:
    write_signals_csv(case.motion, dataclasses.replace(case.analysis, tracked=None), tmp_path / "s.csv")
    assert pd.read_csv(tmp_path / "s.csv")["tracked"].isna().all()


def test_events_come_back_from_pandas(case: Case, tmp_path: Path) -> None:
    write_events_csv(case.analysis, tmp_path / "events.csv")
    table = pd.read_csv(tmp_path / "events.csv")
    assert table["id"].tolist() == [event.id for event in case.analysis.events]
    np.testing.assert_allclose(table["peak_s"], [event.peak_s for event in case.analysis.events], atol=1e-3)
    assert (table["findings"] == "f1").all()


def test_no_events_give_a_table_with_a_header(case: Case, tmp_path: Path) -> None:
    write_events_csv(dataclasses.replace(case.analysis, events=(), findings=()), tmp_path / "events.csv")
    table = pd.read_csv(tmp_path / "events.csv")
    assert len(table) == 0
    assert "onset_s" in table


def test_a_region_named_like_a_formula_stays_text(case: Case, tmp_path: Path) -> None:
    event = dataclasses.replace(case.analysis.events[0], region='=HYPERLINK("x")')
    analysis = dataclasses.replace(case.analysis, events=(event,), traces_px={"@x": case.motion.t_s})
    write_events_csv(analysis, tmp_path / "events.csv")
    write_signals_csv(case.motion, analysis, tmp_path / "signals.csv")
    assert pd.read_csv(tmp_path / "events.csv")["region"][0].startswith("'=")
    assert "'@x_px" in pd.read_csv(tmp_path / "signals.csv")


def test_a_folder_that_is_gone_is_one_line(case: Case, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"events\.csv: cannot be written"):
        write_events_csv(case.analysis, tmp_path / "gone" / "events.csv")
