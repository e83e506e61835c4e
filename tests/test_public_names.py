"""The names that other programs may rely on."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import motionscan

ROOT = Path(__file__).parents[1]
PUBLIC = ("Settings", "Summary", "analyse", "scan_video")


def test_the_public_names_are_these() -> None:
    """A name is added or taken away on purpose."""
    assert sorted(motionscan.__all__) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_is_there_and_documented(name: str) -> None:
    documentation = inspect.getdoc(getattr(motionscan, name))
    assert documentation
    assert documentation.splitlines()[0].endswith((".", ":"))


def test_public_names_are_the_things_themselves_in_any_order_of_import() -> None:
    """``motionscan.analyse`` and ``scan_video`` stay functions when the modules behind them are imported too."""
    code = (
        "import motionscan, motionscan.scan, motionscan.analysis.analyse, motionscan.settings\n"
        "print(callable(motionscan.analyse), callable(motionscan.scan_video), motionscan.Settings().clip.crf > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True"] * 3, done.stderr


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Misspelt names fail as with any module."""
    with pytest.raises(AttributeError, match="scan_vdieo"):
        motionscan.scan_vdieo  # noqa: B018


def test_scan_is_called_with_a_path_and_keywords() -> None:
    """The call in the documentation stays valid: the video, the folder, and everything else by name."""
    parameters = list(inspect.signature(motionscan.scan_video).parameters.values())
    assert [p.name for p in parameters[:2]] == ["video", "out"]
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not p.empty for p in parameters[2:])
