"""What is found in folders that are as awkward as real ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from motionscan.batching.discovery import Finds, discover
from motionscan.errors import SettingsError

AWKWARD = [
    "two words.mp4",
    'it\'s "quoted".mov',
    "new\nline.mp4",
    "tab\there.mkv",
    "🦵 left.mp4",
    "=cmd|'calc'!A1.mp4",
    "-o.mp4",
    "[1].mp4",
    "%41.webm",
    "<script>alert(1)</script>.mp4".replace("/", "∕"),
    "x" * 251 + ".mp4",
    "UPPER.MP4",
]
ROOT = Path(__file__).parents[2]


def files(finds: Finds) -> list[str]:
    return [found.file for found in finds.videos]


def touch(path: Path, size: int = 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"v" * size)
    return path


def test_every_awkward_name_is_found_as_it_is(tmp_path: Path) -> None:
    for name in AWKWARD:
        touch(tmp_path / "in" / name)
    finds = discover([str(tmp_path / "in")], tmp_path / "out", recursive=False)
    assert sorted(files(finds)) == sorted(AWKWARD)
    assert finds.skipped == 0
    assert all(found.size == 3 and found.problem is None for found in finds.videos)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    """Its path stays exact; what is shown goes into any table."""
    path = touch(Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/caf\xe9.mp4")))
    (found,) = discover([str(path.parent)], tmp_path / "out", recursive=False).videos
    assert os.fsencode(found.path).endswith(b"caf\xe9.mp4")
    assert found.file == "caf\ufffd.mp4"
    found.file.encode()


def test_other_files_are_left_out_and_counted(tmp_path: Path) -> None:
    for name in ("a.mp4", "notes.txt", "photo.jpg", "._a.mp4", "clip.mp4.part"):
        touch(tmp_path / "in" / name)
    os.mkfifo(tmp_path / "in" / "pipe.mp4")
    finds = discover([str(tmp_path / "in")], tmp_path / "out", recursive=False)
    assert files(finds) == ["a.mp4"]
    assert finds.skipped == 5


def test_folders_in_folders_are_entered_on_request(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.mp4")
    touch(tmp_path / "in" / "deep" / "er" / "a.mp4")
    assert files(discover([str(tmp_path / "in")], tmp_path / "out", recursive=False)) == ["a.mp4"]
    finds = discover([str(tmp_path / "in")], tmp_path / "out", recursive=True)
    assert files(finds) == ["a.mp4", "deep/er/a.mp4"]


def test_links_lead_round_in_no_circle(tmp_path: Path) -> None:
    """Links to folders are not followed, links to files are, and one that leads nowhere is told."""
    video = touch(tmp_path / "elsewhere" / "v.mp4")
    touch(tmp_path / "in" / "a.mp4")
    (tmp_path / "in" / "round").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in" / "self.mp4").symlink_to("self.mp4")
    (tmp_path / "in" / "link.mp4").symlink_to(video)
    finds = discover([str(tmp_path / "in")], tmp_path / "out", recursive=True)
    assert files(finds) == ["a.mp4", "link.mp4", "self.mp4"]
    assert [found.problem is None for found in finds.videos] == [True, True, False]


def test_results_are_not_scanned_again(tmp_path: Path) -> None:
    """Neither the output folder inside the input folder, nor what an earlier scan has left elsewhere."""
    touch(tmp_path / "in" / "a.mp4")
    touch(tmp_path / "in" / "out" / "a-1234" / "annotated.mp4")
    for name in ("annotated.mp4", "summary.json"):
        touch(tmp_path / "in" / "motionscan-out" / "a" / name)
    touch(tmp_path / "in" / "mine" / "annotated.mp4")
    finds = discover([str(tmp_path / "in")], tmp_path / "in" / "out", recursive=True)
    assert files(finds) == ["a.mp4", "mine/annotated.mp4"]


def test_files_and_patterns_may_be_named_and_nothing_is_found_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is named is taken whatever it is called; one that has the name of a pattern is that file."""
    for name in ("a.mp4", "b.mov", "odd.dat", "[1].mp4", "1.mp4"):
        touch(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    finds = discover(["*.mp4", "a.mp4", "odd.dat", "[1].mp4"], tmp_path / "out", recursive=False)
    assert files(finds) == ["1.mp4", "[1].mp4", "a.mp4", "odd.dat"]


def test_several_folders_are_told_apart(tmp_path: Path) -> None:
    """Paths are told below what all have in common."""
    touch(tmp_path / "one" / "a.mp4")
    touch(tmp_path / "two" / "a.mp4")
    finds = discover([str(tmp_path / "one"), str(tmp_path / "two")], tmp_path / "out", recursive=False)
    assert files(finds) == ["one/a.mp4", "two/a.mp4"]


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="clipz"):
        discover([str(tmp_path / "clipz")], tmp_path / "out", recursive=False)


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="becomes another user, who may read less")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    """A folder that may not be entered costs a row, not the batch."""
    touch(tmp_path / "in" / "a.mp4")
    touch(tmp_path / "in" / "shut" / "b.mp4")
    (tmp_path / "in" / "shut").chmod(0o000)
    for folder in (tmp_path / "in", tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o555)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from motionscan.batching.discovery import discover\n"
        "os.setuid(65534)\n"
        f"finds = discover([{str(tmp_path / 'in')!r}], Path({str(tmp_path / 'out')!r}), recursive=True)\n"
        "print([(found.file, found.problem) for found in finds.videos])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert "('a.mp4', None)" in done.stdout
    assert "('shut', 'the folder may not be read; give yourself permission to read it')" in done.stdout
