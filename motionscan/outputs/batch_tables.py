"""The rows of a batch as ``batch.csv`` and ``batch.parquet``."""

import csv
import dataclasses
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from motionscan.errors import OutputError
from motionscan.outputs.batch_rows import Row
from motionscan.outputs.tables import guarded

CSV_FILE: Final = "batch.csv"
PARQUET_FILE: Final = "batch.parquet"
COLUMNS: Final = tuple(field.name for field in dataclasses.fields(Row))
PART_PREFIX: Final = ".motionscan-part-"
"""Of files that are being written; what a run that was killed has left of them is nobody's."""
_READABLE: Final = 0o644


def write_tables(rows: Sequence[Row], out: Path) -> None:
    """Write both tables, each whole or not at all.

    Raises:
        OutputError: they cannot be written.
    """
    write_whole(out / CSV_FILE, lambda path: path.write_bytes(_csv(rows)))
    write_whole(out / PARQUET_FILE, lambda path: _write_parquet(rows, path))


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Have ``write`` fill a file beside ``path``, then give it that name.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=PART_PREFIX, dir=path.parent)
        os.close(handle)
        working = Path(name)
        try:
            write(working)
            working.chmod(_READABLE)
            os.replace(working, path)
        finally:
            working.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written ({error.strerror}); free space or choose -o") from error


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # with any other a cell that holds a return is not quoted
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(row, name)) for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else value


def _write_parquet(rows: Sequence[Row], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
    hints = get_type_hints(Row)
    schema = pa.schema([(name, kinds[_plain(hints[name])]) for name in COLUMNS])
    columns = [[getattr(row, name) for row in rows] for name in COLUMNS]
    arrays = [pa.array(values, type=schema.field(name).type) for name, values in zip(COLUMNS, columns, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)


def _plain(hint: Any) -> Any:
    """``str`` of ``str | None``."""
    return next((part for part in get_args(hint) if part is not NoneType), hint)
