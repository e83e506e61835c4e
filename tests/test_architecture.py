"""The rooms stay apart: who may import what, and what no module does."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "motionscan"
SHARED = {"records", "body", "settings", "errors", "progress", "address_space"}
ROOMS = ("video", "pose", "motion", "analysis", "outputs", "simulate", "batching")
COMMANDS = {"cli.py", "cli_batch.py", "cli_live.py", "cli_models.py", "cli_regions.py", "cli_shared.py"}
BATCH = {"batch.py", "batch_index.py", "batch_pictures.py", "batch_process.py"}
LIVE = {path.name for path in PACKAGE.glob("live*.py")}
JOINERS = (
    COMMANDS
    | BATCH
    | LIVE
    | {
        "scan.py",
        "covering.py",
        "following.py",
        "isolated.py",
        "scout.py",
        "ways.py",
        "pick.py",
        "__init__.py",
        "__main__.py",
    }
)
"""The modules that connect the rooms."""
SPEAKERS = COMMANDS | {"outputs/terminal.py", "outputs/batch_terminal.py"}
"""The modules that talk to people."""
HEAVY = ("ai_edge_litert", "av", "cv2", "mediapipe", "numpy", "pandas", "PIL", "pydantic", "rich", "scipy", "typer")

MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = {"numpy", "scipy", "motionscan"}
"""What ``analysis`` may import beside the parts of the standard library below."""
PURE_STANDARD = {"collections", "dataclasses", "enum", "functools", "itertools", "math", "typing"}
OTHER_NAMES = {"ai_edge_litert": "ai-edge-litert", "cv2": "opencv-python", "PIL": "pillow"}
"""Packages that are imported by another name than they are installed by."""
BROAD = {"Exception", "BaseException", "OSError"}
DOORS = {"open", "print", "input", "exec", "eval", "__import__"}
"""Built-in functions that lead out of a pure function."""

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def room_of(path: Path) -> str | None:
    first = path.relative_to(PACKAGE).parts[0]
    return first if first in ROOMS else None


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every dotted name that is imported anywhere in the module, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@each_module
def test_rooms_share_only_what_passes_between_them(path: Path) -> None:
    """A room imports itself and the shared modules; only ``scan``, ``ways`` and ``cli`` connect rooms."""
    if path.name in JOINERS and path.parent == PACKAGE:
        return
    room = room_of(path)
    allowed = SHARED | ({room} if room else set())
    ours = {name.split(".")[1] for name in imported(parsed(path)) if name.startswith("motionscan.")}
    assert ours <= allowed


def test_every_folder_of_the_package_is_a_known_room() -> None:
    """A new room has to say here what it may import."""
    assert {path.parent.name for path in MODULES if path.parent != PACKAGE} <= set(ROOMS)


@each_module
def test_the_judgement_is_pure(path: Path) -> None:
    """``analysis`` sees numbers only: no pictures, files, networks, clocks or printing."""
    if room_of(path) != "analysis":
        return
    tree = parsed(path)
    tops = {name.split(".")[0] for name in imported(tree)}
    assert tops <= PURE | PURE_STANDARD
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & DOORS


@each_module
def test_mediapipe_is_known_to_the_pose_room_alone(path: Path) -> None:
    """MediaPipe runs where it has no network, and nowhere else."""
    if room_of(path) != "pose":
        assert not [name for name in imported(parsed(path)) if name.split(".")[0] == "mediapipe"]


@each_module
def test_what_is_imported_is_declared(path: Path) -> None:
    """A plain ``pip install`` brings everything; nothing works by chance through somebody else's dependency."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"]
    if path == PACKAGE / "batching" / "cluster.py":
        lines = lines + project["optional-dependencies"]["cluster"]
    declared = {re.split(r"[<>=!~\[; ]", line)[0] for line in lines}
    tops = {name.split(".")[0] for name in imported(parsed(path))} - sys.stdlib_module_names - {"motionscan"}
    assert {OTHER_NAMES.get(top, top) for top in tops} <= declared


@each_module
def test_only_the_terminal_prints(path: Path) -> None:
    """Everything else reports to an observer or raises."""
    if path.relative_to(PACKAGE).as_posix() in SPEAKERS:
        return
    calls = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


@each_module
def test_no_error_is_swallowed_unseen(path: Path) -> None:
    """Every handler names what it expects; only an expected, named error may be passed over."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"
            idle = all(isinstance(step, ast.Pass) for step in node.body)
            assert not (idle and ast.unparse(node.type) in BROAD), f"error dropped in line {node.lineno}"


@each_module
def test_modules_stay_small(path: Path) -> None:
    """What needs more than 300 lines is two things; the list of thresholds and the commands may be long."""
    if path.name not in ("settings.py", "cli.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("name", ["motionscan", "motionscan.records", *(f"motionscan.{room}" for room in ROOMS)])
def test_import_is_inert(name: str, tmp_path: Path) -> None:
    """Importing costs nothing, writes nothing and configures nothing."""
    heavy = HEAVY if name != "motionscan.records" else tuple(set(HEAVY) - {"numpy"})
    code = (
        "import logging, sys, warnings\n"
        "before = list(warnings.filters)\n"
        f"import {name}\n"
        f"print([m for m in {heavy!r} if m in sys.modules], logging.root.handlers, warnings.filters == before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "", "SYSTEMROOT": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    expected = "[] [] True" if name != "motionscan.records" else "[] [] "
    assert done.stdout.startswith(expected)
    assert list(tmp_path.iterdir()) == []
