"""The short, repeatable part of the mutation run, and every input that once was a finding."""

import os
from pathlib import Path

import pytest

from tests.fuzz.__main__ import run
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits of a process are those of POSIX")


@pytest.mark.parametrize("name", list(TARGETS))
def test_mutated_inputs_give_a_result_or_one_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never another exception, a hang, a crash or boundless memory."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    seen = run(name, seed=7, count=100, keep=tmp_path)
    assert seen.total() == 100
    assert seen["finding"] == 0, [path.name for path in tmp_path.iterdir()]
    assert seen["refused"] > 0
