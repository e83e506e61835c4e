"""The pictures of a video with the heads that are to be covered in them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from motionscan.pose.heads import with_heads
from motionscan.pose.worker import HeadWorker
from motionscan.records import Frame, Head
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
