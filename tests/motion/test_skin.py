"""The skin of a part: what moved beyond the part itself, in the axes of the reference picture."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from motionscan.motion.layout import Axis
from motionscan.motion.skin import SkinField
from motionscan.settings import MotionSettings

SETTINGS = MotionSettings()
SHANK_PX = 240.0
GRID = (12, 3)
AXIS = Axis(60 + 80j, 60 + 320j, 24.0)
MIDDLE = 60 + 200j
STILL = (1 + 0j, 0j)


@pytest.fixture(scope="module")
def texture() -> np.ndarray:
    """(400, 200) skin-like texture of fine and coarse grain."""
    rng = np.random.default_rng(5)
    fine, coarse = rng.normal(size=(400, 200)), rng.normal(size=(400, 200))
    return 120 + 8 * cv2.GaussianBlur(fine, (0, 0), 1.5) + 60 * cv2.GaussianBlur(coarse, (0, 0), 6)


def picture(texture: np.ndarray, pulled: complex = 0j, middle: complex = MIDDLE) -> np.ndarray:
    """The texture as a camera sees it, an ellipse of it round ``middle`` pulled by ``pulled`` pixels."""
    y, x = np.mgrid[: texture.shape[0], : texture.shape[1]].astype(np.float32)
    away = ((x - middle.real) / 25) ** 2 + ((y - middle.imag) / 50) ** 2
    bump = np.exp(-(away**2)).astype(np.float32)
    # not cv2: its cubic sampling shifts a picture by up to 0.05 px (measured)
    seen = map_coordinates(texture, [y - pulled.imag * bump, x - pulled.real * bump], order=3, mode="reflect")
    return np.clip(np.round(seen), 0, 255).astype(np.uint8)


def field(reference: np.ndarray, axis: Axis = AXIS) -> SkinField:
    return SkinField(reference, np.ones_like(reference), axis, GRID, SHANK_PX, SETTINGS)


def at(skin: SkinField, place: complex) -> int:
    return int(np.argmin(np.abs(skin.middles - place)))


def test_still_skin_does_not_move(texture: np.ndarray) -> None:
    skin = field(picture(texture))
    assert np.abs(skin.read(picture(texture), *STILL)).max() < 0.01


@pytest.mark.parametrize("pulled", [0.2 + 0j, -0.6 + 0.3j, 1.5 + 0j, 3j, -4 + 0j])
def test_a_pulled_patch_shows_how_far_and_which_way(texture: np.ndarray, pulled: complex) -> None:
    skin = field(picture(texture))
    moved = skin.read(picture(texture, pulled), *STILL)
    assert moved[at(skin, MIDDLE)] == pytest.approx(0.85 * pulled, abs=0.2 * abs(pulled))
    assert np.abs(moved[[0, 2, -1]]).max() < 0.1 * abs(pulled)


def test_double_the_pull_is_double_the_displacement(texture: np.ndarray) -> None:
    skin = field(picture(texture))
    one, two = (skin.read(picture(texture, pulled + 0j), *STILL)[at(skin, MIDDLE)] for pulled in (0.5, 1.0))
    assert abs(two) == pytest.approx(2 * abs(one), rel=0.12)


def test_brighter_light_is_no_movement(texture: np.ndarray) -> None:
    reference = picture(texture)
    skin = field(reference)
    brighter = np.clip(np.round(reference * 1.04 + 3), 0, 255).astype(np.uint8)
    assert np.abs(skin.read(brighter, *STILL)).max() < 0.12


def test_what_the_whole_part_does_is_not_the_skins(texture: np.ndarray) -> None:
    skin = field(picture(texture))
    turn, shift = complex(np.exp(0.02j)), 3.4 - 2.2j
    y, x = np.mgrid[: texture.shape[0], : texture.shape[1]]
    source = (x + 1j * y - shift) / turn
    seen = map_coordinates(texture, [source.imag, source.real], order=3, mode="reflect")
    moved = np.clip(np.round(seen), 0, 255).astype(np.uint8)
    assert np.abs(skin.read(moved, turn, shift)).max() < 0.1


def test_a_part_that_lies_aslant_is_measured_in_the_axes_of_the_picture(texture: np.ndarray) -> None:
    aslant = Axis(30 + 100j, 120 + 300j, 24.0)
    middle = (aslant.near + aslant.far) / 2
    skin = field(picture(texture), aslant)
    moved = skin.read(picture(texture, 1 + 0j, middle), *STILL)[at(skin, middle)]
    assert moved == pytest.approx(0.85 + 0j, abs=0.2)


def test_skin_outside_the_picture_is_not_measured(texture: np.ndarray) -> None:
    reference = picture(texture)
    skin = field(reference)
    moved = skin.read(reference, 1 + 0j, 180j)
    outside = (skin.middles + 180j).imag >= reference.shape[0]
    assert 0 < outside.sum() < len(outside)
    assert np.isnan(moved[outside]).all()
    assert np.isfinite(moved[~outside]).all()


def test_skin_without_texture_is_not_measured() -> None:
    plain = np.full((400, 200), 120, np.uint8)
    skin = field(plain)
    assert np.isnan(skin.variance).all()
    assert np.isnan(skin.read(plain, *STILL)).all()


def test_the_expected_jitter_is_what_noise_makes(texture: np.ndarray) -> None:
    rng = np.random.default_rng(6)
    skin = field(picture(texture))
    noisy = [np.clip(np.round(picture(texture) + rng.normal(0, 2, texture.shape)), 0, 255) for _ in range(60)]
    moved = np.array([skin.read(one.astype(np.uint8), *STILL) for one in noisy])
    seen = np.sqrt((moved.real.var(axis=0) + moved.imag.var(axis=0)) / 2)
    assert np.median(seen / (2.0 * np.sqrt(skin.variance))) == pytest.approx(1.0, abs=0.3)
