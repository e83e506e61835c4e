"""The pictures of a video with the heads that are to be covered in them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import numpy as np

from motionscan.body import EDGES
from motionscan.pose.heads import with_heads
from motionscan.pose.worker import HeadWorker
from motionscan.records import FloatArray, Frame, Head
from motionscan.settings import Settings

Faces = Literal["hide", "show"]
"""Whether faces in pictures that are written are made unrecognisable."""


@contextmanager
def frames_with_heads(
    frames: Iterable[Frame], model_path: Path | None, settings: Settings
) -> Iterator[Iterator[tuple[Frame, tuple[Head, ...]]]]:
    """Every frame with the heads to cover in it: none without a ``model_path``, which stands for faces being shown.

    Raises:
        PoseError: the pose process stopped working; no picture is given uncovered then.
    """
    if model_path is None:
        yield ((frame, ()) for frame in frames)
        return
    with (
        HeadWorker(model_path, settings.pose, settings.faces) as source,
        closing(with_heads(frames, source, settings.faces)) as covered,
    ):
        yield covered


def off_legs(heads: Iterable[Head], legs_px: FloatArray) -> list[Head]:
    """Without faces for which no body is seen on a leg that is measured: a knee or a foot can look like one.

    Args:
        legs_px: (10, 2) leg landmarks in the order of ``body.LANDMARKS``; NaN where unknown.
    """
    ends = legs_px[np.array(EDGES)]
    start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
    return [head for head in heads if head.sure or not _is_on(head, start, along)]


def _is_on(head: Head, start: FloatArray, along: FloatArray) -> bool:
    """Whether the middle of the head is within its radius of one of the lines."""
    aside = np.array([head.x_px, head.y_px]) - start
    share = np.clip((aside * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9), 0, 1)
    distance_px = np.hypot(*(aside - share[:, None] * along).T)
    return bool((distance_px <= head.radius_px).any())
