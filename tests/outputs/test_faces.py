"""A covered head cannot be recognised, and nothing else of the picture changes."""

import numpy as np
import pytest

from motionscan.outputs.faces import pixelate, pixelated
from motionscan.outputs.planes import Planes
from motionscan.records import ByteArray, Head
from motionscan.settings import FaceSettings
from tests.outputs.conftest import make_case
from tests.outputs.test_clip import grey, overlay_of

SETTINGS = FaceSettings()
HEAD = Head(100.0, 80.0, 40.0)


def noise(*shape: int) -> ByteArray:
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


def noisy_planes(width: int, height: int) -> Planes:
    return noise(height, width), noise((height + 1) // 2, (width + 1) // 2), noise((height + 1) // 2, (width + 1) // 2)


def inside(head: Head, height: int, width: int) -> ByteArray:
    y, x = np.ogrid[:height, :width]
    return (x - head.x_px) ** 2 + (y - head.y_px) ** 2 <= head.radius_px**2


def test_under_a_head_there_are_few_values_and_around_it_nothing_changes() -> None:
    """As many colours as squares at most: what was there cannot be had back."""
    planes = noisy_planes(321, 241)
    before = [plane.copy() for plane in planes]
    pixelate(planes, [HEAD], SETTINGS)
    mask = inside(HEAD, 241, 321)
    assert len(np.unique(planes[0][mask])) <= SETTINGS.squares_across**2
    assert np.array_equal(planes[0][~mask], before[0][~mask])
    half = inside(Head(50, 40, 20), *planes[1].shape)
    for plane, old in zip(planes[1:], before[1:], strict=True):
        assert len(np.unique(plane[half])) <= SETTINGS.squares_across**2
        assert np.array_equal(plane[~half], old[~half])


@pytest.mark.parametrize("head", [Head(0, 0, 30), Head(320, 240, 500), Head(-90, 40, 30), Head(5, 5, 0.2)])
def test_heads_at_and_beyond_the_edge_are_no_trouble(head: Head) -> None:
    picture = noise(240, 320, 3)
    covered = pixelated(picture, [head], SETTINGS)
    outside = ~inside(head, 240, 320)
    assert np.array_equal(covered[outside], picture[outside])


def test_the_clip_covers_heads_under_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the clip is smaller than the video."""
    case = make_case(640, 360)
    for limit in (None, 180):
        overlay = overlay_of(case, max_height_px=limit)
        y = noise(360, 640)
        half = grey(640, 360)[1:]
        shown = overlay.draw((y, *half), 0)[0]
        covered = overlay.draw((y, *half), 0, [Head(100, 60, 30)])[0]
        scale = overlay.width_px / 640
        mask = inside(Head(100 * scale, 60 * scale, 30 * scale), *shown.shape)
        assert len(np.unique(covered[mask])) <= SETTINGS.squares_across**2
        assert np.array_equal(covered[~mask], shown[~mask])
