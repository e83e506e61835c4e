"""What the tests of this room share: real models and clips where they lie, and a drawn-up person."""

import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from motionscan.pose.source import Person
from motionscan.records import ByteArray, FloatArray

STANDING = {
    # MediaPipe's numbering; a person of height 1 seen from the front, left side at the right of the picture
    **dict.fromkeys(range(11), (0.5, 0.08)),
    **{point: (0.56 if point % 2 else 0.44, y) for point, y in zip(range(11, 23), [0.2] * 4 + [0.45] * 8, strict=True)},
    23: (0.54, 0.5),
    24: (0.46, 0.5),
    25: (0.55, 0.72),
    26: (0.45, 0.72),
    27: (0.55, 0.93),
    28: (0.45, 0.93),
    29: (0.55, 0.96),
    30: (0.45, 0.96),
    31: (0.58, 0.98),
    32: (0.42, 0.98),
}


def standing(x_px: float = 0, y_px: float = 0, height_px: float = 800, visibility: float = 0.95) -> Person:
    """A whole person whose box starts at that place."""
    points = np.array([STANDING[number] for number in range(33)])
    return Person(points * height_px + (x_px, y_px), np.full(33, visibility), np.ones(33))


def moved(person: Person, step_px: FloatArray | tuple[float, float]) -> Person:
    return Person(person.landmarks_px + step_px, person.visibility, person.presence)


@pytest.fixture(scope="session")
def lite_model() -> Path:
    path = Path(os.environ.get("MOTIONSCAN_MODELS", "")) / "pose_landmarker_lite.task"
    if "MOTIONSCAN_MODELS" not in os.environ or not path.is_file():
        pytest.skip("MOTIONSCAN_MODELS does not name a folder with pose_landmarker_lite.task")
    return path


@pytest.fixture(scope="session")
def clips() -> Path:
    if "MOTIONSCAN_CLIPS" not in os.environ:
        pytest.skip("MOTIONSCAN_CLIPS does not name the folder of the real clips")
    return Path(os.environ["MOTIONSCAN_CLIPS"])


@pytest.fixture(scope="session")
def squat(clips: Path) -> ByteArray:
    """The first picture of the squats clip, (1280, 720, 3)."""
    return next(pictures(clips / "tfjs_pose_squats.mp4"))


def pictures(path: Path) -> Iterator[ByteArray]:
    with av.open(f"file:{path}") as container:
        for frame in container.decode(video=0):
            yield np.array(frame.to_ndarray(format="rgb24"), np.uint8)
