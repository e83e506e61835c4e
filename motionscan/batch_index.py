"""Tables and page over all results of an output folder, made from the summaries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from motionscan.batch_pictures import add_missing_pictures
from motionscan.batching.ledger import Content, Ledger, Name
from motionscan.errors import OutputError
from motionscan.outputs.batch_page import write_page
from motionscan.outputs.batch_rows import SUMMARY_FILE, NoSummary, Row, read_summary, rows_of
from motionscan.outputs.batch_tables import write_tables
from motionscan.outputs.summary import Summary
from motionscan.settings import Settings


@dataclass(frozen=True, slots=True)
class Told:
    """What some rows tell in sum."""

    videos: int
    failed: int
    findings: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Told":
        """Count."""
        failed = sum(row.error is not None for row in rows)
        return cls(len({row.file for row in rows}), failed, sum(row.finding is not None for row in rows))


def index_folder(out: Path) -> Told:
    """Write tables and page of ``out`` anew; names and failures come from the ledger where there is one.

    Raises:
        OutputError: there is no such folder, or it cannot be written.
    """
    out = out.absolute()
    if not out.is_dir():
        raise OutputError(f"{out}: no such folder; give the one that results were written to")
    if not Ledger.is_in(out):
        return Told.of(write_index(out, [], {}))
    with Ledger(out) as ledger:
        return Told.of(write_index(out, ledger.names(), ledger.contents()))


def write_index(out: Path, names: Sequence[Name], contents: Mapping[str, Content]) -> list[Row]:
    """Write ``batch.csv``, ``batch.parquet`` and ``index.html`` for the results in ``out``.

    Args:
        names: every file, in order; the first name of a content holds its rows, the others point to it.
        contents: what became of each content, by hash.

    Returns:
        The rows of the tables.

    Raises:
        OutputError: they cannot be written.
    """
    rows = [*_rows_of_names(out, names, contents), *_rows_of_strangers(out, contents)]
    write_tables(rows, out)
    write_page(rows, out)
    return rows


def _rows_of_names(out: Path, names: Sequence[Name], contents: Mapping[str, Content]) -> Iterator[Row]:
    first: dict[str, str] = {}
    for name in names:
        if name.sha256 is None:
            yield Row(name.file, error=name.problem)
        elif name.sha256 in first:
            yield Row(name.file, same_as=first[name.sha256], sha256=name.sha256)
        else:
            first[name.sha256] = name.file
            yield from _rows_of_content(out, name.file, contents[name.sha256])


def _rows_of_content(out: Path, file: str, content: Content) -> Iterator[Row]:
    if content.failure is not None:
        yield Row(file, sha256=content.sha256, duration_s=content.length_s or None, error=content.failure.reason)
    elif content.folder is None:
        yield Row(file, sha256=content.sha256, error="not scanned yet; run the same command again")
    else:
        try:
            yield from _rows_of_result(read_summary(out / content.folder), out, file, content.folder)
        except NoSummary as error:
            yield Row(file, sha256=content.sha256, error=str(error))


def _rows_of_result(summary: Summary, out: Path, file: str, folder: str) -> list[Row]:
    add_missing_pictures(summary, out, folder, Settings())
    return rows_of(summary, file, folder)


def _rows_of_strangers(out: Path, contents: Mapping[str, Content]) -> Iterator[Row]:
    """Results that the ledger does not know, as when it is gone or somebody scanned into the same folder.

    One of a content that it does know was finished by a process whose run was killed; the next run makes it again.
    """
    known = {content.folder for content in contents.values()}
    for path in sorted(out.glob(f"[!.]*/{SUMMARY_FILE}")):
        folder = path.parent
        if folder.name in known:
            continue
        try:
            summary = read_summary(folder)
        except NoSummary as error:
            yield Row(folder.name, folder=folder.name, error=str(error))
            continue
        if summary.input.sha256 not in contents:
            yield from _rows_of_result(summary, out, summary.input.file_name, folder.name)
