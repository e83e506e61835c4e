"""The annotated picture: heads covered, the legs marked on it, the strip under it."""

from collections.abc import Iterable

import numpy as np

from motionscan.outputs.faces import pixelate
from motionscan.outputs.layout import text_height
from motionscan.outputs.planes import Planes, even, shrunk
from motionscan.outputs.skeleton import Skeleton
from motionscan.outputs.strip import Strip
from motionscan.records import Analysis, ByteArray, Head, Motion
from motionscan.settings import ClipSettings, FaceSettings


class ClipOverlay:
    """Draws one video's judgement on its pictures."""

    width_px: int
    height_px: int
    """Size of the annotated pictures, both even; the strip stands under the picture and covers nothing."""

    def __init__(
        self, motion: Motion, analysis: Analysis, settings: ClipSettings, faces: FaceSettings | None = None
    ) -> None:
        """Prepare the drawing for the pictures that ``motion`` was measured on (at least one)."""
        limit = settings.max_height_px or motion.height_px
        scale = min(1.0, limit / motion.height_px)
        self._scale = scale
        self._faces = faces or FaceSettings()
        self.width_px = even(motion.width_px * scale)
        self._picture_height = even(motion.height_px * scale)
        self._skeleton = Skeleton(motion, analysis, settings, scale, text_height(settings, self.width_px))
        self._strip = Strip(motion, analysis, settings, self.width_px, self._picture_height)
        self.height_px = self._picture_height + self._strip.layout.height

    def draw(self, planes: Planes, index: int, heads: Iterable[Head] = ()) -> Planes:
        """Annotate picture ``index`` of the ``Motion``.

        Args:
            planes: upright Y (h, w) and U, V (ceil(h/2), ceil(w/2)), uint8, BT.709 limited range; not changed.
            index: position in ``Motion.t_s``.
            heads: are made unrecognisable, under all that is drawn.

        Returns:
            New planes: Y (height_px, width_px), U and V half of that.
        """
        if self._scale < 1:
            planes = shrunk(planes, self.width_px, self._picture_height)
        canvas = self._canvas(planes)
        picture = tuple(plane[: self._picture_height // step] for plane, step in zip(canvas, (1, 2, 2), strict=True))
        pixelate((picture[0], picture[1], picture[2]), heads, self._faces, self._scale)
        self._skeleton.draw((picture[0], picture[1], picture[2]), index)
        self._strip.draw(canvas, self._picture_height, index)
        return canvas

    def _canvas(self, planes: Planes) -> Planes:
        """A copy of the picture with room for the strip; an odd edge is repeated once."""
        height, width = self.height_px, self.width_px
        canvas = (
            np.empty((height, width), np.uint8),
            np.empty((height // 2, width // 2), np.uint8),
            np.empty((height // 2, width // 2), np.uint8),
        )
        for target, plane, step in zip(canvas, planes, (1, 2, 2), strict=True):
            _put(target[: self._picture_height // step], plane)
        return canvas


def _put(target: ByteArray, plane: ByteArray) -> None:
    """Copy ``plane`` into ``target``, which may be one row or column larger."""
    height, width = plane.shape
    target[:height, :width] = plane
    target[height:, :width] = plane[-1:]
    target[:, width:] = target[:, width - 1 : width]
