"""The summary obeys its published contract."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from pydantic import ValidationError

from motionscan.errors import OutputError
from motionscan.outputs.schema import summary_schema
from motionscan.outputs.software import software_block
from motionscan.outputs.summary import Summary, Way, build_summary, write_summary
from motionscan.records import Analysis, Damage
from motionscan.settings import Settings
from tests.outputs.conftest import Case, make_case, video_info

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "summary.schema.json"

KEYS = [
    "schema",
    "schema_version",
    "input",
    "view",
    "ways",
    "quality",
    "regions",
    "events",
    "findings",
    "pairs",
    "sentence",
    "not_assessed",
    "caveats",
    "software",
    "options",
    "settings",
    "settings_changed",
    "timings_s",
    "live",
]


def summary_of(analysis: Analysis, damage: Damage | None = None, **info: Any) -> Summary:
    return build_summary(
        dataclasses.replace(video_info(), **info),
        300,
        10.0,
        damage or Damage(),
        analysis,
        "full_body",
        (Way(source="pose", tried="22 pictures", given_up_because=None),),
        Settings(),
        software_block("full", "a" * 64),
        {"measure": 1.23456, "clip": 2.0},
    )


@pytest.mark.parametrize("found", [True, False])
@pytest.mark.parametrize("assessable", [True, False])
def test_written_summary_validates_against_its_schema(found: bool, assessable: bool, tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    write_summary(summary_of(make_case(found=found, assessable=assessable).analysis), path)
    written = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(summary_schema()).validate(written)
    assert list(written) == KEYS
    assert list(written["quality"])[:2] == ["assessable", "gates"]


def test_summary_reads_back_to_the_same_value(case: Case) -> None:
    made = summary_of(case.analysis)
    assert Summary.model_validate_json(made.model_dump_json()) == made


def test_schema_itself_is_valid_and_says_what_every_key_is() -> None:
    schema = summary_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    defined = [content for content in schema["$defs"].values() if "properties" in content]
    for definition in (schema, *defined):
        assert definition["additionalProperties"] is False
        assert all(content["description"] for content in definition["properties"].values())
    assert schema["$defs"]["Event"]["properties"]["onset_s"]["unit"] == "s"


def test_published_schema_file_is_current() -> None:
    """When this fails on purpose: motionscan schema > docs/summary.schema.json."""
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == summary_schema()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(case: Case, bad: float) -> None:
    """Missing numbers are null; NaN is not JSON."""
    event = dataclasses.replace(case.analysis.events[0], amplitude_px=bad)
    with pytest.raises(ValidationError, match="finite"):
        summary_of(dataclasses.replace(case.analysis, events=(event,)))


def test_unknown_keys_are_refused(case: Case) -> None:
    written = json.loads(summary_of(case.analysis).model_dump_json())
    written["events"][0]["mood"] = "good"
    with pytest.raises(ValidationError):
        Summary.model_validate(written)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(summary_schema()).validate(written)


def test_numpy_scalars_and_long_digits_become_plain_short_numbers(case: Case) -> None:
    event = dataclasses.replace(
        case.analysis.events[0], onset_s=np.float64(1.23456789), amplitude_px=np.float64(2.00049)
    )
    made = summary_of(dataclasses.replace(case.analysis, events=(event,)))
    assert '"onset_s":1.235,' in made.model_dump_json()
    assert made.events[0].amplitude_px == 2.0
    assert made.regions[0].peak_excess_db == 15.1
    assert made.timings_s["measure"] == 1.235


def test_damage_is_counted_and_said(case: Case) -> None:
    made = summary_of(case.analysis, Damage(bad_packets=7, truncated=True))
    assert made.input.damage.bad_packets == 7
    assert any("7 damaged packets" in caveat and "ends early" in caveat for caveat in made.caveats)


def test_slow_motion_without_a_known_rate_is_said(case: Case) -> None:
    made = summary_of(case.analysis, slow_motion=True)
    assert any("time scale unverified" in caveat for caveat in made.caveats)
    assert summary_of(case.analysis, slow_motion=True, capture_rate_hz=240.0).caveats == case.analysis.caveats


def test_settings_that_were_changed_stand_out() -> None:
    assert summary_of(make_case().analysis).settings_changed == {}
    settings = Settings.model_validate({"clip": {"crf": 30}, "faces": {}})
    changed = build_summary(
        video_info(),
        1,
        1.0,
        Damage(),
        make_case().analysis,
        None,
        (),
        settings,
        software_block(),
        {},
        options={"side": "left"},
    )
    assert changed.settings_changed == {"clip": {"crf": 30}}
    assert changed.options == {"side": "left"}
    assert changed.settings["clip"]["crf"] == 30


def test_software_names_what_computed() -> None:
    block = software_block()
    assert {"av", "numpy", "scipy", "mediapipe", "opencv-python", "ffmpeg"} <= block["packages"].keys()
    assert block["packages"]["numpy"] == np.__version__


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_one_line(case: Case) -> None:
    with pytest.raises(OutputError, match=r"No space left.*free space"):
        write_summary(summary_of(case.analysis), Path("/dev/full"))
