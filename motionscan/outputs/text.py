"""Words on planes: each distinct string is rendered once and blended from then on."""

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from motionscan.outputs.planes import Ink, Planes
from motionscan.records import ByteArray

_KEPT: Final = 512
_OPAQUE: Final = 255
_CUT: Final = "..."


@lru_cache(maxsize=16)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(float(size_px))
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType; install the wheel from the package index")
    return font


@lru_cache(maxsize=_KEPT)
def sprite(text: str, size_px: int, stroke_px: int = 0) -> ByteArray:
    """(h, w) opacity of ``text``, 0..255; the height depends on the size only."""
    font = _font(size_px)
    ascent, descent = font.getmetrics()
    width = int(np.ceil(font.getlength(text))) + 2 * stroke_px
    image = Image.new("L", (max(1, width), ascent + descent + 2 * stroke_px), 0)
    ImageDraw.Draw(image).text((stroke_px, stroke_px), text, _OPAQUE, font, stroke_width=stroke_px)
    made = np.asarray(image, np.uint8)
    made.flags.writeable = False
    return made


def width_of(text: str, size_px: int) -> int:
    """Width of ``text`` in pixels."""
    return int(np.ceil(_font(size_px).getlength(text)))


def line_height(size_px: int) -> int:
    """Height of one line of text in pixels."""
    return sum(_font(size_px).getmetrics())


def fitted(text: str, size_px: int, max_width_px: int) -> str:
    """``text``, cut with dots where it is too wide."""
    if width_of(text, size_px) <= max_width_px:
        return text
    kept = text
    while kept and width_of(kept + _CUT, size_px) > max_width_px:
        kept = kept[:-1]
    return kept.rstrip() + _CUT if kept else ""


def stamp(planes: Planes, opacity: ByteArray, left: int, top: int, color: Ink) -> None:
    """Blend ``color`` onto the planes with its upper left corner at (left, top), cut at the edges."""
    left, top = 2 * (left // 2), 2 * (top // 2)  # on the grid of U and V
    height, width = planes[0].shape
    shown = opacity[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
    left, top = max(0, left), max(0, top)
    _blend(planes[0], shown, left, top, color.y)
    _blend(planes[1], shown[::2, ::2], left // 2, top // 2, color.u)
    _blend(planes[2], shown[::2, ::2], left // 2, top // 2, color.v)


def _blend(plane: ByteArray, opacity: ByteArray, left: int, top: int, value: int) -> None:
    area = plane[top : top + opacity.shape[0], left : left + opacity.shape[1]]
    share = opacity[: area.shape[0], : area.shape[1]].astype(np.int32)
    area[...] = (area * (_OPAQUE - share) + value * share + _OPAQUE // 2) // _OPAQUE
