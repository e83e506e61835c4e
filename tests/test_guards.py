"""The guards of ``conftest.py`` do guard."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def test_a_test_starts_in_its_own_folder(tmp_path: Path) -> None:
    assert Path.cwd() == tmp_path


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
def test_no_test_reaches_a_stranger(host: str) -> None:
    """Neither by number nor by name."""
    with pytest.raises(AssertionError, match=host):
        socket.create_connection((host, 80), timeout=1)


def test_this_machine_may_be_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_an_error_in_the_log_fails_a_test(tmp_path: Path) -> None:
    """Also where every assertion holds."""
    shutil.copy(Path(__file__).parent / "conftest.py", tmp_path)
    test = "import logging\ndef test_quiet(): pass\ndef test_loud(): logging.error('lost')\n"
    (tmp_path / "test_two.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "2 passed, 1 error" in done.stdout, done.stdout
    assert "root: lost" in done.stdout
