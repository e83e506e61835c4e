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

    max_pixels: int = _number(
        40_000_000, 10_000, 268_000_000, "px", "8K is 33 Mpx; larger is a mistake or an attack"
    )
    slow_motion_rate_hz: float = _number(100, 60, 1000, "Hz", "phones film slow motion at 120 Hz or more")


class PoseSettings(_Section):
    """Where the body is."""

    interval_s: float = _number(0.5, 0.05, 5, "s", "landmarks say where, flow says how: a few pictures a second")
    interval_moving_s: float = _number(0.15, 0.03, 5, "s", "while the person moves much")
    moving_rel: float = _number(
        0.10, 0.01, 1, "shank lengths", "landmark step between two poses that counts as moving much"
    )
    min_visibility: float = _number(
        0.5, 0, 1, "1", "below 0.3 the model invents people on a bare forearm (measured)"
    )
    max_people: int = _number(3, 1, 10, "people", "kept apart so that others do not count as background")
    picture_side_px: int = _number(960, 256, 4096, "px", "the networks see 224 and 256 px squares")
    look_ahead_bytes: int = _number(
        200_000_000, 10_000_000, 4_000_000_000, "B", "pictures held while a pose is awaited"
    )
    timeout_s: float = _number(60, 1, 600, "s", "a pose process that says nothing for so long is dead")


class MotionSettings(_Section):
    """How it moves. Lengths called "shanks" are multiples of the length of the shank in the picture."""

    measure_side_px: int = _number(
        1920, 320, 4096, "px", "larger pictures are halved: phone optics do not resolve more"
    )
    local_mean_px: int = _number(
        41, 9, 201, "px", "local mean taken off before tracking: brightness steps and flicker vanish"
    )
    window_shanks: float = _number(
        0.07, 0.02, 0.3, "shanks", "side of the window that is tracked: about the width of an ankle"
    )
    window_min_px: int = _number(13, 5, 51, "px", "smaller windows are noise")
    window_max_px: int = _number(25, 7, 101, "px", "larger windows straddle two body parts")
    pyramid_levels: int = _number(2, 0, 6, "levels", "reach of about 4 windows between two pictures")
    iterations: int = _number(12, 3, 60, "1", "Lucas-Kanade steps")
    epsilon_px: float = _number(0.005, 0.0001, 0.1, "px", "a tenth of the noise of one point")
    forward_backward_px: float = _number(0.5, 0.05, 5, "px", "a point that does not find its way back is lost")
    thigh_half_width_shanks: float = _number(
        0.17, 0.05, 0.5, "shanks", "width of a thigh over the length of a shank"
    )
    shank_half_width_shanks: float = _number(
        0.12, 0.05, 0.5, "shanks", "width of a calf over the length of a shank"
    )
    foot_margin_shanks: float = _number(0.05, 0, 0.5, "shanks", "the foot beyond the hull of ankle, heel and toe")
    body_margin_shanks: float = _number(
        0.35, 0, 2, "shanks", "what is so near a person's landmarks is not background"
    )
    spacing_shanks: float = _number(0.045, 0.01, 0.3, "shanks", "one point in each square of this side")
    spacing_min_px: float = _number(8, 3, 100, "px", "nearer points see the same pixels")
    region_points: int = _number(110, 8, 1000, "points", "kept per region, the best textured")
    background_columns: int = _number(16, 4, 64, "cells", "one background point in each cell of the picture")
    background_rows: int = _number(12, 4, 64, "cells", "the same")
    min_texture: float = _number(
        1e-4, 0, 1, "1", "least eigenvalue of the structure tensor, as cv2.cornerMinEigenVal gives it"
    )
    min_points: int = _number(5, 3, 100, "points", "fewer do not hold a region")
    min_background_points: int = _number(12, 4, 500, "points", "fewer do not hold the camera")
    min_patch_points: int = _number(3, 1, 50, "points", "fewer do not make a patch of skin")
    min_kept_fraction: float = _number(
        0.4, 0.05, 0.95, "1", "with fewer points kept a new reference picture is taken"
    )
    stray_shanks: float = _number(
        0.3, 0.05, 2, "shanks", "tracked and seen landmarks further apart: new reference picture"
    )
    pose_memory_s: float = _number(1.6, 0.1, 30, "s", "a region not confirmed by a pose for so long is not visible")
    fit_floor_px: float = _number(0.05, 0.001, 1, "px", "residuals below are noise, not outliers")
    fit_tuning: float = _number(4.685, 1, 20, "1", "Tukey's biweight, 95 % efficiency (Beaton and Tukey 1974)")
    fit_steps: int = _number(6, 1, 50, "1", "reweighting steps; more change nothing measurable")
    noise_min_px: float = _number(
        0.015, 0.0001, 1, "px", "a copied block of a compressed video shows no noise at all"
    )
    duplicate_ratio: float = _number(0.15, 0, 1, "1", "change from the picture before over the usual change")
    duplicate_change: float = _number(0.02, 0, 5, "grey levels", "smaller changes are no change")


class AnalysisSettings(_Section):
    """What the movement is."""

    band_fraction: float = _number(0.4, 0.1, 0.5, "1/frame rate", "usable band, below Nyquist by a fifth")


class ClipSettings(_Section):
    """The annotated clip."""

    crf: int = _number(20, 0, 51, "x264 crf", "visually close to the source")
    preset: str = Field(
        default="veryfast", pattern="^(ultrafast|superfast|veryfast|faster|fast|medium)$", description="x264 preset"
    )
    max_height_px: int | None = Field(
        default=None, ge=120, le=8192, description="[px] limit of the picture's height; none keeps it"
    )
    strip_fraction: float = _number(
        0.16, 0.05, 0.5, "1", "height of the strip under the picture over the picture's height"
    )


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
