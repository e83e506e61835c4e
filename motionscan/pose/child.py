"""The pose process: reads pictures from its standard input, writes landmarks to its standard output.

Run as ``python -m motionscan.pose.child`` by ``PoseWorker``. It ends when its input ends, so it never outlives
its parent.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import IO, Any, Final

from motionscan.pose.isolation import shut_network
from motionscan.pose.wire import read_line, read_picture, write_line


def main() -> None:
    """Answer pictures until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes our input
    given, answers = sys.stdin.buffer, _own_stdout()
    request = read_line(given)
    if request is None:
        return
    try:
        model = _read(request["model"])
        namespace = shut_network()
        finder = _FINDERS[request["finder"]](model, request["options"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent reports it
        write_line(answers, {"error": _one_line(error)})
        return
    write_line(answers, {"ready": True, "network_namespace": namespace})
    for answer in _answers(finder, given):
        write_line(answers, answer)


def _own_stdout() -> IO[bytes]:
    """Our way to the parent; whatever native code prints goes to the error output instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _persons(model: bytes, options: dict[str, Any]) -> "Finder":
    """Whole persons by MediaPipe's task; IMAGE mode, because VIDEO mode smooths fast movement away."""
    detect = _landmarker(model, options["people"])
    return lambda rgb: [{"points": points} for points in detect(rgb)]


def _heads(model: bytes, options: dict[str, Any]) -> "Finder":
    """Heads of whole persons, and by the bundle's other network those of whom no body is made out."""
    from motionscan.pose.face_net import FaceNet, head_of, joined, off_bodies
    from motionscan.settings import FaceSettings

    settings = FaceSettings.model_validate(options)
    detect, net = _landmarker(model, settings.max_people), FaceNet(model, settings)

    def find(rgb: Any) -> list[Any]:
        height_px, width_px = rgb.shape[:2]
        long_px = max(height_px, width_px)
        persons = detect(rgb)
        of_persons = [head_of(points, width_px, height_px, settings) for points in persons]
        heads = joined(of_persons, off_bodies(net.find(rgb), persons, width_px, height_px))
        return [
            (x / width_px, y / height_px, radius / long_px, number < len(of_persons))
            for number, (x, y, radius) in enumerate(heads)
        ]

    return find


def _leave_out_plots_and_sound() -> None:
    """Have MediaPipe load without what it could plot and record with: it is ready in 0.8 s instead of 1.7.

    It foresees that the library for microphones is missing, which looks for them as soon as it is loaded.
    """
    sys.modules["sounddevice"] = None  # type: ignore[assignment]
    for name in ("matplotlib", "matplotlib.pyplot"):
        sys.modules.setdefault(name, ModuleType(name))


def _landmarker(model: bytes, people: int) -> Callable[[Any], list[list[list[float]]]]:
    _leave_out_plots_and_sound()
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    task = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model),
        running_mode=vision.RunningMode.IMAGE,
        num_poses=people,
    )
    landmarker = vision.PoseLandmarker.create_from_options(task)

    def detect(rgb: Any) -> list[list[list[float]]]:
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
        return [_numbers(points) for points in landmarker.detect(image).pose_landmarks]

    return detect


def _legs(model: bytes, options: dict[str, Any]) -> "Finder":
    """Legs alone, by the bundle's landmark network."""
    from motionscan.pose.landmark_net import LandmarkNet
    from motionscan.pose.legs import LegsFinder
    from motionscan.settings import LegsSettings

    finder = LegsFinder(LandmarkNet(model), LegsSettings.model_validate(options))

    def find(rgb: Any) -> list[dict[str, Any]]:
        legs = finder.find(rgb)
        return [] if legs is None else [{"points": legs.numbers(rgb.shape[1], rgb.shape[0]), "sided": legs.sided}]

    return find


Finder = Callable[[Any], list[Any]]
"""Gives what is in a picture (h, w, 3): persons, their points as in ``wire`` and whether left and right are confirmed;
or heads: x, y and radius relative to width, height and the longer of them, and whether a body belongs to it."""
_FINDERS: Final[dict[str, Callable[[bytes, dict[str, Any]], Finder]]] = {
    "pose": _persons,
    "legs": _legs,
    "heads": _heads,
}


def _answers(finder: Finder, given: IO[bytes]) -> Iterator[dict[str, Any]]:
    import numpy as np

    while (picture := read_picture(given)) is not None:
        height_px, width_px, pixels = picture
        rgb = np.frombuffer(pixels, np.uint8).reshape(height_px, width_px, 3)
        try:
            yield {"found": finder(rgb)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent reports it
            yield {"error": _one_line(error)}
            return


def _numbers(points: Any) -> list[list[float]]:
    return [[point.x, point.y, point.visibility or 0.0, point.presence or 0.0] for point in points]


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


if __name__ == "__main__":
    main()
