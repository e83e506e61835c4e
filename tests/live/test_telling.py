"""What other programs are told: whole lines of JSON, and a command that never holds anything up."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from motionscan.errors import OutputError, SettingsError
from motionscan.live_alerts import Command
from motionscan.outputs.journal import Journal

ROOT = Path(__file__).parents[2]


def test_lines_of_many_threads_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "live.jsonl"
    with Journal(path) as journal:
        threads = [
            threading.Thread(target=lambda: [journal.write({"event": "x" * 3000, "n": n}) for n in range(50)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(entries) == 200


def test_a_line_that_does_not_fit_is_taken_back_whole(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    path = tmp_path / "live.jsonl"
    code = (
        "import resource, signal; from pathlib import Path\n"
        "from motionscan.outputs.journal import Journal\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"journal = Journal(Path({str(path)!r}))\n"
        "print([journal.write({'event': 'x' * 290}) for _ in range(6)], journal.lost, journal.failed)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("[True, True, True, False, False, False] 3")
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [{"event": "x" * 290}] * 3


def test_a_journal_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(tmp_path / "nowhere" / "live.jsonl")


def test_a_command_gets_each_finding_as_json(tmp_path: Path) -> None:
    target = tmp_path / "told.jsonl"
    with Command(f"tee -a '{target}'", 10, print) as command:
        for number in range(3):
            command.tell({"event": "opened", "n": number})
    entries = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [entry["n"] for entry in entries] == [0, 1, 2]


def test_a_command_is_no_shell(tmp_path: Path) -> None:
    with Command(f"echo $HOME > {tmp_path}/made; touch {tmp_path}/made", 10, print) as command:
        command.tell({})
    assert list(tmp_path.iterdir()) == []


def test_a_slow_command_holds_nothing_up_and_is_stopped() -> None:
    said: list[str] = []
    begin_s = time.monotonic()
    with Command("sleep 60", 0.3, said.append) as command:
        for _ in range(200):
            command.tell({"event": "opened"})
        assert time.monotonic() - begin_s < 0.3
        time.sleep(1.0)
        command._line.queue.clear()
    assert any("longer than 0.3 s" in words for words in said)
    assert any("too slow" in words for words in said)
    assert len(said) == 2


@pytest.mark.parametrize("text", ["", "  ", "'open quote"])
def test_no_command_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        Command(text, 1, print)


def test_a_command_that_is_not_there_or_fails_is_told_once() -> None:
    said: list[str] = []
    with Command("no-such-program", 1, said.append) as command:
        command.tell({})
        command.tell({})
    with Command("false", 1, said.append) as command:
        command.tell({})
    assert len(said) == 2
    assert "check --on-finding" in said[0]
    assert "code 1" in said[1]
