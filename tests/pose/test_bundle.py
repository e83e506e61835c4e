"""A bundle made of bare networks works like the official one, and is the same everywhere."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from motionscan.errors import PoseError
from motionscan.pose.bundle import DETECTOR_NAME, LANDMARKS_NAME, build_bundle
from motionscan.pose.source import Person
from motionscan.pose.worker import PoseWorker
from motionscan.records import ByteArray
from motionscan.settings import PoseSettings


@pytest.fixture
def bare(lite_model: Path) -> tuple[bytes, bytes]:
    """The two official networks, their metadata made unfindable."""
    with zipfile.ZipFile(lite_model) as archive:
        networks = [archive.read(name) for name in (DETECTOR_NAME, LANDMARKS_NAME)]
    detector, landmarks = (network.replace(b"TFLITE_METADATA", b"NOTHING_AT_ALL_") for network in networks)
    return detector, landmarks


def persons(model: Path, picture: ByteArray) -> tuple[Person, ...]:
    with PoseWorker(model, PoseSettings()) as worker:
        worker.submit(0, picture, 1)
        return worker.result()


def test_bare_networks_alone_are_refused_by_mediapipe(
    bare: tuple[bytes, bytes], squat: ByteArray, tmp_path: Path
) -> None:
    """Guards the other test: without the metadata that this project writes nothing would work."""
    path = tmp_path / "bare.task"
    with zipfile.ZipFile(path, "w") as archive:
        for name, network in zip((DETECTOR_NAME, LANDMARKS_NAME), bare, strict=True):
            archive.writestr(name, network)
    with pytest.raises(PoseError, match="NormalizationOptions"):
        persons(path, squat)


def test_a_built_bundle_gives_the_official_landmarks(
    bare: tuple[bytes, bytes], lite_model: Path, squat: ByteArray, tmp_path: Path
) -> None:
    path = tmp_path / "built.task"
    path.write_bytes(build_bundle(*bare))
    built, official = persons(path, squat), persons(lite_model, squat)
    assert len(built) == len(official) == 1
    np.testing.assert_array_equal(built[0].landmarks_px, official[0].landmarks_px)


def test_the_same_networks_give_the_same_bytes(bare: tuple[bytes, bytes]) -> None:
    assert build_bundle(*bare) == build_bundle(*bare)


def test_networks_that_state_their_normalisation_stay_as_they_are() -> None:
    bundle = build_bundle(b"a TFLITE_METADATA", b"b TFLITE_METADATA")
    assert b"a TFLITE_METADATA" in bundle
    assert b"b TFLITE_METADATA" in bundle
