"""``python -m tests.settings_page`` writes ``docs/settings.md`` from ``motionscan/settings.py``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from motionscan.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """# Settings

Every threshold of motionscan, with its unit, its default, its bounds and where the number comes from.
This page is written by `python -m tests.settings_page`; do not edit it by hand.

To change a value, put it into a TOML file under the name of its section and give the file to `scan`:

```toml
# mine.toml
[analysis]
min_duration_s = 10

[clip]
max_height_px = 720
```

```
motionscan scan foot.mp4 --settings mine.toml
```

Names that do not exist and values outside their bounds are refused.
The values that were used stand in every `summary.json`, under `settings`.
The defaults were set on simulated clips, not on patients.
"""


def page() -> str:
    """The whole page."""
    schema = Settings.model_json_schema()
    sections = (schema["$defs"][field["$ref"].rpartition("/")[2]] for field in schema["properties"].values())
    named = zip(schema["properties"], sections, strict=True)
    return HEAD + "".join(f"\n{text}" for name, section in named for text in _section(name, section))


def _section(name: str, section: dict[str, Any]) -> Iterator[str]:
    yield f"## `[{name}]`\n"
    yield f"{' '.join(section['description'].split())}\n"
    rows = (_row(field, about) for field, about in section["properties"].items())
    yield "| name | unit | default | from | to | why |\n|---|---|---|---|---|---|\n" + "".join(rows)


def _row(name: str, about: dict[str, Any]) -> str:
    unit, _, why = about["description"].removeprefix("[").rpartition("] ")
    default = "none" if about["default"] is None else about["default"]
    low, high = _bounds(about)
    return f"| `{name}` | {unit} | {default} | {low} | {high} | {why} |\n"


def _bounds(about: dict[str, Any]) -> tuple[Any, Any]:
    """Least and greatest value; words are shown as their choices."""
    if "pattern" in about:
        return about["pattern"].strip("^$()").replace("|", ", "), ""
    numeric = next((kind for kind in about.get("anyOf", [about]) if "minimum" in kind), {})
    return numeric.get("minimum", ""), numeric.get("maximum", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
