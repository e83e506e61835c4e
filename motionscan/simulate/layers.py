"""Pictures in layers: brightness at full size, colour at half, both already multiplied by their opacity.

Float32 throughout: OpenCV's affine warp and remap then place a picture exactly, while on bytes they round to
1/32 px. Only the linear kernel is exact.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]

NEUTRAL_COLOUR = 128.0
OPTICS_PX = 0.9  # blur of lens and sensor; a sharper picture loses more in some sub-pixel places than in others
# BT.709, limited range: brightness 16..235, colour 16..240
_TO_LUMA = np.array([0.2126, 0.7152, 0.0722]) * 219 / 255
_TO_BLUE = np.array([-0.2126, -0.7152, 0.9278]) / 1.8556 * 224 / 255
_TO_RED = np.array([0.7874, -0.7152, -0.0722]) / 1.5748 * 224 / 255
BLACK_LUMA = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A picture at an even position; sizes are even."""

    x_px: int
    y_px: int
    luma: Float32Array
    """(h, w) multiplied by ``alpha``."""
    alpha: Float32Array
    """(h, w) 0..1."""
    chroma: Float32Array
    """(h/2, w/2, 2) multiplied by ``chroma_alpha``."""
    chroma_alpha: Float32Array
    """(h/2, w/2)."""

    @property
    def height_px(self) -> int:
        """Height of the box."""
        return int(self.luma.shape[0])

    @property
    def width_px(self) -> int:
        """Width of the box."""
        return int(self.luma.shape[1])


def halved(picture: Any) -> Float32Array:
    """Mean of each 2 x 2 block of (h, w) or (h, w, c)."""
    h, w = picture.shape[:2]
    return np.asarray(cv2.resize(picture, (w // 2, h // 2), interpolation=cv2.INTER_AREA), np.float32)


def layer_from_rgb(rgb: Float32Array, alpha: Float32Array, x_px: int, y_px: int) -> Layer:
    """A layer from an (h, w, 3) picture of 0..255 and its (h, w) opacity; position and size must be even."""
    luma = _seen((rgb @ _TO_LUMA + BLACK_LUMA).astype(np.float32) * alpha)
    colour = np.stack([rgb @ _TO_BLUE, rgb @ _TO_RED], axis=2) + NEUTRAL_COLOUR
    chroma = halved(colour.astype(np.float32) * alpha[..., None])
    return Layer(x_px, y_px, luma, _seen(alpha), chroma, halved(alpha))


def _seen(picture: Float32Array) -> Float32Array:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), OPTICS_PX, borderType=cv2.BORDER_REPLICATE), np.float32)


@dataclass(slots=True, eq=False)
class Canvas:
    """The picture being composed: brightness (h, w) and colour (h/2, w/2, 2), float32."""

    luma: Float32Array
    chroma: Float32Array

    def copy(self) -> "Canvas":
        """An independent copy."""
        return Canvas(self.luma.copy(), self.chroma.copy())


def paste(canvas: Canvas, layer: Layer) -> None:
    """Compose the layer onto the canvas where it lies, cut at the edges."""
    rows, inner_rows = _overlap(layer.y_px, layer.height_px, canvas.luma.shape[0])
    cols, inner_cols = _overlap(layer.x_px, layer.width_px, canvas.luma.shape[1])
    if rows.stop <= rows.start or cols.stop <= cols.start:
        return
    _over(canvas.luma[rows, cols], layer.luma[inner_rows, inner_cols], layer.alpha[inner_rows, inner_cols])
    half, inner = (_half(rows), _half(cols)), (_half(inner_rows), _half(inner_cols))
    _over(canvas.chroma[half], layer.chroma[inner], layer.chroma_alpha[inner][..., None])


def warped(layer: Layer, mapping: FloatArray, width_px: int, height_px: int) -> Layer | None:
    """The layer under a (2, 3) map of picture positions, cut to the picture; None when it lies outside."""
    x0, y0, x1, y1 = _bounds(layer, mapping, width_px, height_px)
    if x1 <= x0 or y1 <= y0:
        return None
    full = _shifted(mapping, (layer.x_px, layer.y_px), (x0, y0))
    size = (x1 - x0, y1 - y0)
    half_size = (size[0] // 2, size[1] // 2)
    half = _half_map(mapping, layer, x0, y0)
    return Layer(
        x0,
        y0,
        _warp(layer.luma, full, size),
        _warp(layer.alpha, full, size),
        _warp(layer.chroma, half, half_size),
        _warp(layer.chroma_alpha, half, half_size),
    )


def backdrop_canvas(layer: Layer, mapping: FloatArray, width_px: int, height_px: int) -> Canvas:
    """A new canvas filled with an opaque layer under a (2, 3) map; beyond its edge it is mirrored."""
    full = _shifted(mapping, (layer.x_px, layer.y_px), (0, 0))
    half = _half_map(mapping, layer, 0, 0)
    return Canvas(
        _warp(layer.luma, full, (width_px, height_px), cv2.BORDER_REFLECT_101),
        _warp(layer.chroma, half, (width_px // 2, height_px // 2), cv2.BORDER_REFLECT_101),
    )


def merged(layers: list[Layer]) -> Layer:
    """Several layers, lowest first, as one."""
    x0, y0 = min(one.x_px for one in layers), min(one.y_px for one in layers)
    x1 = max(one.x_px + one.width_px for one in layers)
    y1 = max(one.y_px + one.height_px for one in layers)
    shape, half = (y1 - y0, x1 - x0), ((y1 - y0) // 2, (x1 - x0) // 2)
    whole = Layer(
        x0,
        y0,
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros((*half, 2), np.float32),
        np.zeros(half, np.float32),
    )
    for one in layers:
        _merge_into(whole, one)
    return whole


def _merge_into(whole: Layer, one: Layer) -> None:
    rows = slice(one.y_px - whole.y_px, one.y_px - whole.y_px + one.height_px)
    cols = slice(one.x_px - whole.x_px, one.x_px - whole.x_px + one.width_px)
    half = (_half(rows), _half(cols))
    _over(whole.luma[rows, cols], one.luma, one.alpha)
    _over(whole.chroma[half], one.chroma, one.chroma_alpha[..., None])
    _over(whole.alpha[rows, cols], one.alpha, one.alpha)
    _over(whole.chroma_alpha[half], one.chroma_alpha, one.chroma_alpha)


def _over(below: Float32Array, above: Float32Array, alpha: Float32Array) -> None:
    below *= 1 - alpha
    below += above


def _overlap(start: int, length: int, limit: int) -> tuple[slice, slice]:
    low, high = max(start, 0), min(start + length, limit)
    return slice(low, high), slice(low - start, high - start)


def _half(span: slice) -> slice:
    return slice(span.start // 2, span.stop // 2)


def _bounds(layer: Layer, mapping: FloatArray, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    corners = np.array([[0, 0], [layer.width_px, 0], [0, layer.height_px], [layer.width_px, layer.height_px]])
    placed = (corners + np.array([layer.x_px, layer.y_px])) @ mapping[:, :2].T + mapping[:, 2]
    low = np.floor(placed.min(axis=0) / 2).astype(int) * 2 - 2
    high = np.ceil(placed.max(axis=0) / 2).astype(int) * 2 + 2
    x0, y0 = (int(value) for value in np.clip(low, 0, [width_px, height_px]))
    x1, y1 = (int(value) for value in np.clip(high, 0, [width_px, height_px]))
    return x0, y0, x1, y1


def _shifted(mapping: FloatArray, source: tuple[int, int], target: tuple[int, int]) -> FloatArray:
    offset = mapping[:, :2] @ np.array(source, float) + mapping[:, 2] - np.array(target, float)
    return np.column_stack([mapping[:, :2], offset])


def _half_map(mapping: FloatArray, layer: Layer, x0: int, y0: int) -> FloatArray:
    # the middle of colour sample c lies at 2 c + 1/2 in brightness samples
    linear = mapping[:, :2]
    offset = (linear @ np.array([0.5, 0.5]) + mapping[:, 2] - 0.5) / 2
    half = np.column_stack([linear, offset])
    return _shifted(half, (layer.x_px // 2, layer.y_px // 2), (x0 // 2, y0 // 2))


def _warp(
    picture: Float32Array, mapping: FloatArray, size: tuple[int, int], border: int = cv2.BORDER_CONSTANT
) -> Float32Array:
    placed = cv2.warpAffine(picture, mapping, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(placed, np.float32)
