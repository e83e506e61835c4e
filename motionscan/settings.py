"""Every threshold of the project, once: unit, bounds, default and where the number comes from.

``Settings()`` gives the defaults; ``load_settings(path)`` reads a TOML file whose tables are the sections
below. Values outside their bounds and unknown names are refused.
"""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from motionscan.errors import SettingsError


def _number(default: float, low: float, high: float, unit: str, source: str) -> Any:
    return Field(default, ge=low, le=high, description=f"[{unit}] {source}", json_schema_extra={"unit": unit})


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VideoSettings(_Section):
    """Frames in."""

    max_pixels: int = _number(40_000_000, 10_000, 268_000_000, "px", "8K is 33 Mpx; larger is a mistake or an attack")
    slow_motion_rate_hz: float = _number(100, 60, 1000, "Hz", "phones film slow motion at 120 Hz or more")


class PoseSettings(_Section):
    """Where the body is."""

    interval_s: float = _number(0.5, 0.05, 5, "s", "landmarks say where, flow says how: a few pictures a second")
    interval_moving_s: float = _number(0.15, 0.03, 5, "s", "while the person moves much")
    moving_rel: float = _number(0.10, 0.01, 1, "shank lengths", "landmark step between two poses that counts as moving much")
    min_visibility: float = _number(0.5, 0, 1, "1", "below 0.3 the model invents people on a bare forearm (measured)")
    max_people: int = _number(3, 1, 10, "people", "kept apart so that others do not count as background")
    picture_side_px: int = _number(960, 256, 4096, "px", "the networks see 224 and 256 px squares")
    look_ahead_bytes: int = _number(200_000_000, 10_000_000, 4_000_000_000, "B", "pictures held while a pose is awaited")
    timeout_s: float = _number(60, 1, 600, "s", "a pose process that says nothing for so long is dead")


class MotionSettings(_Section):
    """How it moves."""


class AnalysisSettings(_Section):
    """What the movement is."""

    band_fraction: float = _number(0.4, 0.1, 0.5, "1/frame rate", "usable band, below Nyquist by a fifth")


class ClipSettings(_Section):
    """The annotated clip."""

    crf: int = _number(20, 0, 51, "x264 crf", "visually close to the source")
    preset: str = Field("veryfast", pattern="^(ultrafast|superfast|veryfast|faster|fast|medium)$", description="x264 preset")
    max_height_px: int | None = Field(None, ge=120, le=8192, description="[px] limit of the picture's height; none keeps it")
    strip_fraction: float = _number(0.16, 0.05, 0.5, "1", "height of the strip under the picture over the picture's height")


class Settings(_Section):
    """All sections."""

    video: VideoSettings = VideoSettings()
    pose: PoseSettings = PoseSettings()
    motion: MotionSettings = MotionSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    clip: ClipSettings = ClipSettings()


def load_settings(path: Path) -> Settings:
    """Read a TOML settings file.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or a value is unknown or out of bounds.
    """
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.__class__.__name__}); check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name}: not valid TOML ({error}); correct that line") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path.name}: {where}: {first['msg']}; see `motionscan schema --settings`") from error
