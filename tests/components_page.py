"""``python -m tests.components_page`` writes ``docs/components.md`` from ``pyproject.toml`` and the table below."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "components.md"
HEAD: Final = """# Third-party components

What motionscan needs to run, with the versions it accepts, licence, and what it is used for.
This page is written by `python -m tests.components_page`; do not edit it by hand.
Tests compare it with `pyproject.toml` and with the licences that the installed packages declare.
What must be known before any of it is passed on stands in [NOTICE.md](../NOTICE.md).
Packages that these bring along are installed by pip and not called by motionscan itself.

| component | versions | licence | used for |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Component:
    """What is known of one package beside its versions."""

    licence: str
    purpose: str


COMPONENTS: Final = {
    "ai-edge-litert": Component("Apache-2.0", "runs the networks of the pose model directly: legs alone, faces"),
    "av": Component("BSD-3-Clause", "reads and writes video; its wheels contain FFmpeg with x264 and x265 (GPL)"),
    "mediapipe": Component("Apache-2.0", "finds persons and their landmarks, in a process without network"),
    "numpy": Component("BSD-3-Clause", "numbers"),
    "opencv-python": Component("Apache-2.0", "optical flow, resizing, drawing of lines, cameras, the live window"),
    "pandas": Component("BSD-3-Clause", "writes and reads tables"),
    "pillow": Component("MIT-CMU", "letters on the annotated clip, small pictures of a batch"),
    "platformdirs": Component("MIT", "the user's cache folder for model files"),
    "pyarrow": Component("Apache-2.0", "writes `batch.parquet`"),
    "pydantic": Component("MIT", "checks settings and summaries"),
    "rich": Component("MIT", "progress bars in the terminal"),
    "scipy": Component("BSD-3-Clause", "filters, spectra, statistics"),
    "typer": Component("MIT", "the command line"),
    "dask": Component("BSD-3-Clause", "batches on a cluster; only with `motionscan[cluster]`"),
    "distributed": Component("BSD-3-Clause", "batches on a cluster; only with `motionscan[cluster]`"),
}
FETCHED: Final = (
    "| MediaPipe Pose Landmarker (BlazePose GHUM), `lite`, `full`, `heavy` | by SHA-256, `models/manifest.toml` "
    "| Apache-2.0 | the networks that find persons, legs and faces; fetched once |\n"
)


def required() -> dict[str, str]:
    """Every package that running motionscan needs or may need, with the versions it accepts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["cluster"]
    parts = [re.fullmatch(r"([\w-]+)(.*)", one) for one in wanted]
    return {part[1]: part[2] for part in parts if part}


def page() -> str:
    """The whole page."""
    rows = [
        f"| {name} | `{versions}` | {COMPONENTS[name].licence} | {COMPONENTS[name].purpose} |\n"
        for name, versions in required().items()
    ]
    return HEAD + "".join(rows) + FETCHED


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
