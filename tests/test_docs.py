"""The documents say what the program does: commands, options, settings, patterns, links."""

import ast
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from motionscan import cli, cli_shared
from motionscan.records import Pattern
from motionscan.simulate.catalogue import samples
from tests.settings_page import PAGE, page

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("tests/benchmark/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("scan", "batch", "pick", "live", "schema", "models list", "models fetch", "models verify", "simulate")
DISEASES = re.compile(
    r"seizure|epilep|convuls|parkinson|sclerosis|amyotroph|\bALS\b|neuropath|disease|dystoni|chorea|myoclon|tumou?r",
    re.IGNORECASE,
)
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


@cache
def help_of(command: str) -> str:
    """What ``motionscan COMMAND --help`` prints, in one line."""
    done = subprocess.run(
        [sys.executable, "-m", "motionscan", *command.split(), "--help"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return " ".join(done.stdout.split())


def written_commands(text: str) -> list[str]:
    """Every call of motionscan in fenced or indented code, without what surrounds it."""
    blocks = re.findall(r"```\w*\n(.*?)```|((?:^ {4}.*\n)+)|`([^`\n]+)`", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for part in block for line in part.splitlines()]
    pieces = [piece.strip() for line in lines for piece in re.split(r"&&|;|\|", line)]
    calls = [re.match(r"(?:\.venv[/\\]\S+[/\\])?motionscan(?= )(.*)", piece) for piece in pieces]
    return [call[1].strip().replace("\\", "/") for call in calls if call]


def subcommand_of(words: list[str]) -> str:
    """The longest known command that the words begin with, or nothing."""
    known = [name for name in COMMANDS if words[: len(name.split())] == name.split()]
    return max(known, key=len, default="")


ALL_CALLS = sorted({call for path in DOCUMENTS for call in written_commands(path.read_text(encoding="utf-8"))})


def test_the_readme_shows_commands() -> None:
    """The search below does find them."""
    assert {subcommand_of(shlex.split(call)) for call in written_commands(README)} >= set(COMMANDS)


@pytest.mark.parametrize("call", ALL_CALLS)
def test_written_commands_are_understood(call: str) -> None:
    """Every command in a document names a command, and only options that it has."""
    words = shlex.split(call)
    command = subcommand_of(words)
    if not command:
        assert words == ["--version"] or call == "models list|fetch|verify"
    options = [word for word in words[len(command.split()) :] if re.fullmatch(r"-\w|--[\w-]+", word)]
    shown = help_of(command)
    assert not [option for option in options if not re.search(rf"(?<![\w-]){option}\b", shown)]


def test_every_command_and_option_is_in_the_readme() -> None:
    """What can be done is documented; help itself and hidden things are not."""
    registered = {info.name or info.callback.__name__ for info in cli.app.registered_commands if info.callback}
    registered |= {f"models {info.name}" for info in cli.models_app.registered_commands}
    assert registered == set(COMMANDS)
    assert not [name for name in COMMANDS if f"motionscan {name}" not in README]
    options = {option for name in COMMANDS for option in re.findall(r"(?<![\w-])--[a-z][\w-]+", help_of(name))}
    assert not sorted(option for option in options - {"--help"} if f"`{option}" not in README)


def test_exit_codes_are_in_the_readme() -> None:
    assert {cli_shared.DONE, cli_shared.FAILED, cli_shared.WRONG_USE, cli_shared.STOPPED} == {0, 1, 2, 130}
    assert not [code for code in (0, 1, 2, 130) if f"`{code}`" not in README]


def test_every_pattern_is_explained_in_the_readme() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", README.partition("| pattern |")[2].partition("\n\n")[0], re.MULTILINE)
    assert sorted(explained) == sorted(get_args(Pattern))


def test_the_page_of_settings_is_up_to_date() -> None:
    """Run ``python -m tests.settings_page`` after a change of the settings."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_code_map_names_every_module() -> None:
    """ARCHITECTURE.md knows what is there, and nothing that is gone."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    code_map = text.partition("## Code map")[2].partition("## Invariants")[0]
    for room in ("video", "pose", "motion", "analysis", "outputs", "batching"):
        row = next(line for line in code_map.splitlines() if line.startswith(f"| `{room}/`"))
        there = {path.stem for path in (ROOT / "motionscan" / room).glob("*.py")} - {"__init__"}
        assert set(re.findall(r"`(\w+)`", row)) == there, room


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    """Each link to a file of the project has its file; the benchmark writes its own page."""
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_each_kind_of_bad_input_names_a_test_that_is_there() -> None:
    rows = (ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8").splitlines()
    named = [re.search(r"\| `(tests/\S+)::(test_\w+)` \|$", row) for row in rows if row.startswith("| ")][1:]
    assert len(named) > 30
    for found in named:
        assert found is not None
        tree = ast.parse((ROOT / found[1]).read_text(encoding="utf-8"))
        assert found[2] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, found[0]


def test_sample_videos_of_the_readme_are_there() -> None:
    """The first command works in a fresh copy, and every sample belongs to a scenario."""
    named = set(re.findall(r"sample_videos[/\\](\w+)\.mp4", README))
    there = {path.stem for path in (ROOT / "sample_videos").glob("*.mp4")}
    assert named
    assert named <= there
    assert there == set(samples())


def test_pictures_and_samples_stay_small() -> None:
    """A clone is quick: pictures below 200 KB, all samples together below 15 MB."""
    assert not [path.name for path in (ROOT / "docs").glob("*.jpg") if path.stat().st_size > 200_000]
    assert sum(path.stat().st_size for path in (ROOT / "sample_videos").iterdir()) < 15_000_000


def test_the_architecture_page_stays_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 140


def spoken(path: Path) -> list[str]:
    """Every text in a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in silent)
    return [node.value for node in texts if isinstance(node.value, str)]


@pytest.mark.parametrize("path", sorted((ROOT / "motionscan").rglob("*.py")), ids=lambda path: path.name)
def test_no_disease_is_named(path: Path) -> None:
    """Whatever reaches a finding, a clip or the screen describes movement."""
    assert not [text for text in spoken(path) if DISEASES.search(text)]


def test_the_settings_name_their_unit_and_source() -> None:
    """No threshold without a reason: every row of the page is filled in."""
    rows = [line.split("|")[1:-1] for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert not [row[0] for row in rows if not row[5].strip()]
