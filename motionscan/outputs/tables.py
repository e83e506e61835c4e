"""Events and signals as CSV files that open in a spreadsheet and load in pandas."""

import csv
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionscan.errors import OutputError
from motionscan.outputs.summary import rounded
from motionscan.records import Analysis, Event, Motion

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula and runs it."""

_TIME_FORMAT = "%.6f"
_PX_FORMAT = "%.4f"
"""Finer than the noise of the best measurement (0.05 px)."""


def write_events_csv(analysis: Analysis, path: Path) -> None:
    """Write one row per event, with the keys of the summary and the findings that it belongs to.

    Raises:
        OutputError: the file cannot be written.
    """
    names = [field.name for field in dataclasses.fields(Event)]
    rows = ([*_event_cells(event), _findings_of(event, analysis)] for event in analysis.events)
    _write(path, [*names, "findings"], rows)


def write_signals_csv(motion: Motion, analysis: Analysis, path: Path) -> None:
    """Write one row per picture: time, signed displacement of each region and of skin that twitches, camera,
    quality; blank: not measured.

    Raises:
        OutputError: the file cannot be written.
    """
    traces = {f"{region}_px": path_px for region, path_px in analysis.traces_px.items()}
    traces |= {f"{region}_skin_px": path_px for region, path_px in analysis.skin_px.items()}
    columns = [_numbers(motion.t_s, _TIME_FORMAT)]
    columns += [_numbers(path_px, _PX_FORMAT) for path_px in traces.values()]
    columns += [_numbers(motion.camera_px[:, axis], _PX_FORMAT) for axis in range(3)]
    tracked = [""] * len(motion.t_s) if analysis.tracked is None else _flags(analysis.tracked)
    columns += [tracked, _flags(motion.duplicate), _flags(motion.keyframe)]
    header = ["time_s", *traces]
    header += ["camera_x_px", "camera_y_px", "camera_roll_px", "tracked", "duplicate", "keyframe"]
    _write(path, header, zip(*columns, strict=True))


def guarded(text: str) -> str:
    """``text`` so that no spreadsheet runs it.

    >>> guarded("=cmd()"), guarded("left_foot")
    ("'=cmd()", 'left_foot')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _event_cells(event: Event) -> Iterator[Any]:
    for value in dataclasses.astuple(rounded(event)):
        if isinstance(value, str):
            yield guarded(value)
        else:
            yield "" if value is None else value


def _findings_of(event: Event, analysis: Analysis) -> str:
    return guarded(" ".join(finding.id for finding in analysis.findings if event.id in finding.event_ids))


def _numbers(values: NDArray[np.floating[Any]], form: str) -> list[str]:
    return ["" if value != value else form % value for value in values.tolist()]  # NaN alone differs from itself


def _flags(values: NDArray[np.bool_]) -> list[str]:
    return ["1" if value else "0" for value in values.tolist()]


def _write(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(guarded(name) for name in header)
            writer.writerows(rows)
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); free space or choose -o") from error
