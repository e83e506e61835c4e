"""What is known from earlier runs, and what is not taken for known."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from motionscan.batching.discovery import Found, discover
from motionscan.batching.ledger import FOLDER, Ledger, Name, sole_run
from motionscan.batching.tasks import Failure
from motionscan.errors import OutputError

A, B = "a" * 64, "b" * 64


def found(tmp_path: Path, *names: str) -> list[Found]:
    (tmp_path / "in").mkdir(exist_ok=True)
    for name in names:
        path = tmp_path / "in" / name
        if not path.exists():
            path.write_bytes(name.encode())
    return discover([str(tmp_path / "in")], tmp_path / "out", recursive=False).videos


def noted(tmp_path: Path, **hashes: str) -> None:
    """A run that has seen these files, without ending."""
    with Ledger(tmp_path / "out") as ledger:
        _, others = ledger.known(found(tmp_path, *(f"{name}.mp4" for name in hashes)))
        for one in others:
            ledger.note_file(one, hashes[one.path.stem], 1.5, None)


def test_an_unchanged_file_is_known_without_reading_it(tmp_path: Path) -> None:
    noted(tmp_path, a=A)
    with Ledger(tmp_path / "out") as ledger:
        known, others = ledger.known(found(tmp_path, "a.mp4", "new.mp4"))
    assert [one.file for one in known] == ["a.mp4"]
    assert [one.file for one in others] == ["new.mp4"]


@pytest.mark.parametrize("change", [{"size": 9}, {"mtime_ns": 1}, {"inode": 1}])
def test_a_changed_file_is_looked_at_again(tmp_path: Path, change: dict[str, int]) -> None:
    """Also one of the same size, or with its old time, that took the place of another."""
    noted(tmp_path, a=A)
    (one,) = found(tmp_path, "a.mp4")
    with Ledger(tmp_path / "out") as ledger:
        assert ledger.known([replace(one, **change)]) == ([], [replace(one, **change)])


def test_what_became_of_a_content_is_kept(tmp_path: Path) -> None:
    noted(tmp_path, a=A, b=B)
    with Ledger(tmp_path / "out") as ledger:
        ledger.note_done(A, "recipe", "a-1")
        ledger.note_failed(B, "recipe", "b-1", Failure("E_TIME", "took long"), 5.0)
    with Ledger(tmp_path / "out") as ledger:
        done, failed = ledger.contents()[A], ledger.contents()[B]
    assert (done.recipe, done.folder, done.failure, done.length_s) == ("recipe", "a-1", None, 1.5)
    assert (failed.failure, failed.limit_s, failed.folder) == (Failure("E_TIME", "took long"), 5.0, "b-1")


def test_a_renamed_file_has_one_name_and_a_copied_one_has_two(tmp_path: Path) -> None:
    """The names of a content are those of the last run that had it."""
    noted(tmp_path, a=A)
    os.rename(tmp_path / "in" / "a.mp4", tmp_path / "in" / "z.mp4")
    noted(tmp_path, z=A, b=B)
    with Ledger(tmp_path / "out") as ledger:
        assert ledger.names() == [Name("b.mp4", B, None), Name("z.mp4", A, None)]
    noted(tmp_path, z=A, b=B, y=A)
    with Ledger(tmp_path / "out") as ledger:
        assert [name.file for name in ledger.names()] == ["b.mp4", "y.mp4", "z.mp4"]


def test_results_of_files_that_are_gone_are_kept_but_not_their_troubles(tmp_path: Path) -> None:
    """Originals may be moved away once they are scanned; a file that could not be read and is gone is no news."""
    noted(tmp_path, a=A)
    with Ledger(tmp_path / "out") as ledger:
        (one,) = found(tmp_path, "a.mp4")
        ledger.known([one])
        ledger.note_file(replace(one, path=tmp_path / "shut.mp4", file="shut.mp4"), None, 0.0, "may not be read")
        assert [name.file for name in ledger.names()] == ["a.mp4", "shut.mp4"]
    (tmp_path / "in" / "a.mp4").unlink()
    noted(tmp_path, b=B)
    with Ledger(tmp_path / "out") as ledger:
        assert [name.file for name in ledger.names()] == ["a.mp4", "b.mp4"]


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with sole_run(tmp_path), pytest.raises(OutputError, match="another run"), sole_run(tmp_path):
        pass
    with sole_run(tmp_path):
        pass


def test_broken_notes_are_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "ledger.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match=r"ledger\.sqlite cannot be used .* remove that"):
        Ledger(tmp_path)
