"""Results appear whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from motionscan.errors import OutputError
from motionscan.outputs.folder import _own_prefix, result_folder
from motionscan.outputs.names import folder_names, safe_name


def fill(folder: Path, text: str = "new") -> None:
    for name in ("summary.json", "events.csv"):
        (folder / name).write_text(text)


def fail_in(out: Path, error: BaseException) -> None:
    with result_folder(out, "foot") as working:
        fill(working)
        raise error


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_results_stand_in_their_place(tmp_path: Path) -> None:
    with result_folder(tmp_path / "out", "foot") as working:
        fill(working)
        assert not (tmp_path / "out" / "foot").exists()
    assert names(tmp_path / "out") == {"foot"}
    assert names(tmp_path / "out" / "foot") == {"summary.json", "events.csv"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_stays_when_it_fails(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        fail_in(tmp_path, error())
    assert names(tmp_path) == set()


def test_older_result_survives_a_failure(tmp_path: Path) -> None:
    with result_folder(tmp_path, "foot") as working:
        fill(working, "old")
    with pytest.raises(KeyboardInterrupt):
        fail_in(tmp_path, KeyboardInterrupt())
    assert (tmp_path / "foot" / "summary.json").read_text() == "old"
    assert names(tmp_path) == {"foot"}


def test_older_result_is_replaced_and_the_users_own_files_stay(tmp_path: Path) -> None:
    with result_folder(tmp_path, "foot") as working:
        fill(working, "old")
        (working / "annotated.mp4").write_text("stale clip")
    (tmp_path / "foot" / "my notes.txt").write_text("keep")
    with result_folder(tmp_path, "foot") as working:
        fill(working)
    assert (tmp_path / "foot" / "summary.json").read_text() == "new"
    assert names(tmp_path / "foot") == {"summary.json", "events.csv", "my notes.txt"}
    assert names(tmp_path) == {"foot"}


def test_a_folder_that_is_no_result_is_left_alone(tmp_path: Path) -> None:
    """``-o .`` beside a folder of the same name must not cost somebody's files."""
    (tmp_path / "foot").mkdir()
    (tmp_path / "foot" / "thesis.doc").write_text("years")
    with pytest.raises(OutputError, match="no earlier result"), result_folder(tmp_path, "foot"):
        raise AssertionError
    assert (tmp_path / "foot" / "thesis.doc").read_text() == "years"


def test_a_file_in_the_way_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="choose a folder"), result_folder(tmp_path / "out", "foot"):
        raise AssertionError
    (tmp_path / "foot").write_text("")
    with pytest.raises(OutputError, match="in the way"), result_folder(tmp_path, "foot"):
        raise AssertionError


def test_full_disk_is_one_line_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="disk is full; free some space"):
        fail_in(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    assert names(tmp_path) == set()


def test_two_runs_into_the_same_place_do_not_mix(tmp_path: Path) -> None:
    """The one that ends last stands there, whole."""
    with result_folder(tmp_path, "foot") as slow:
        fill(slow, "slow")
        with result_folder(tmp_path, "foot") as fast:
            fill(fast, "fast")
        assert (tmp_path / "foot" / "summary.json").read_text() == "fast"
    assert (tmp_path / "foot" / "summary.json").read_text() == "slow"
    assert names(tmp_path) == {"foot"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="may not be written"), result_folder(tmp_path, "foot"):
        raise AssertionError


def test_leftovers_of_dead_runs_go_and_those_of_live_runs_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    machine = _own_prefix().rpartition("-")[0].rpartition("-")[0]
    (tmp_path / f"{machine}-{dead.pid}-abc").mkdir()
    (tmp_path / f"{machine}-{os.getpid()}-live").mkdir()
    (tmp_path / ".motionscan-notes").mkdir()
    with result_folder(tmp_path, "foot") as working:
        fill(working)
    assert names(tmp_path) == {f"{machine}-{os.getpid()}-live", ".motionscan-notes", "foot"}


def test_older_result_comes_back_when_the_run_died_while_it_was_set_aside(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    machine = _own_prefix().rpartition("-")[0].rpartition("-")[0]
    aside = tmp_path / f"{machine}-{dead.pid}-abc" / "foot"
    aside.mkdir(parents=True)
    fill(aside, "old")
    with result_folder(tmp_path, "other") as working:
        fill(working)
    assert (tmp_path / "foot" / "summary.json").read_text() == "old"


@pytest.mark.parametrize(
    "name",
    ["-i", "a\nb", "🦶" * 200, "../../etc", "CON", "nul.x", "", "...", "‮evil", "a/b\\c", "x" * 300, "=cmd", " "],
)
def test_any_name_becomes_a_name_that_every_system_takes(name: str, tmp_path: Path) -> None:
    made = safe_name(name)
    assert made
    assert len(made.encode()) <= 121
    assert made.isprintable()
    assert not made.startswith((".", "-"))
    assert not set(made) & set('<>:"/\\|?*')
    (tmp_path / made).mkdir()
    assert (tmp_path / made).parent == tmp_path


def test_same_stems_of_one_call_get_distinct_folders() -> None:
    videos = [Path(name) for name in ("a.mov", "A.mp4", "x/a.mov", "a_mov.avi", "b.mp4")]
    made = folder_names(videos)
    assert len({name.casefold() for name in made}) == len(videos)
    assert made[-1] == "b"
