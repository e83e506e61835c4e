"""What a run takes on the disk is measured while its folders are renamed and removed."""

import threading
from pathlib import Path

from motionscan.live_disk import folder_bytes


def test_folders_that_are_renamed_while_they_are_measured_do_no_harm(tmp_path: Path) -> None:
    """The process that finishes a folder gives it its name whenever it is done."""
    for number in range(20):
        (tmp_path / f"{number:03}.unfinished").mkdir()
        (tmp_path / f"{number:03}.unfinished" / "recording.mp4").write_bytes(bytes(100))
    over = threading.Event()

    def finish() -> None:
        while not over.is_set():
            for folder in list(tmp_path.iterdir()):
                folder.rename(folder.with_suffix("" if folder.suffix else ".unfinished"))

    finisher = threading.Thread(target=finish)
    finisher.start()
    try:
        seen = [folder_bytes(tmp_path) for _ in range(500)]
    finally:
        over.set()
        finisher.join()
    assert all(0 <= one <= 4000 for one in seen)
    assert folder_bytes(tmp_path) == 2000
