"""Builds a pose bundle from the two bare networks, the same bytes every time.

MediaPipe's Tasks demand that each network says how its picture is normalised. The networks of the older wheel
are the same, but its landmark network does not say so; this module adds that and zips both.
"""

import io
import zipfile

from motionscan.pose.flatbuffer import (
    Blob,
    Byte,
    Existing,
    Floats,
    Node,
    Number,
    Table,
    Text,
    Vector,
    pack,
    root_position,
    slot_reference,
    vector_items,
)

DETECTOR_NAME = "pose_detector.tflite"
LANDMARKS_NAME = "pose_landmarks_detector.tflite"
DETECTOR_NORMALISATION = (127.5, 127.5)
"""Mean and standard deviation: pixels 0..255 become -1..1."""
LANDMARKS_NORMALISATION = (0.0, 255.0)
"""Mean and standard deviation: pixels 0..255 become 0..1."""

_METADATA_NAME = "TFLITE_METADATA"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

# Slots of the TensorFlow Lite schema.
_VERSION, _OPERATORS, _SUBGRAPHS, _DESCRIPTION, _BUFFERS, _METADATA_BUFFER, _METADATA = range(7)
_GRAPH_OUTPUTS = 2
_FEATURES, _IMAGE = 1, 2  # kinds of tensor content in the metadata schema
_NORMALISATION = 1  # kind of processing in the metadata schema
_RGB = 1


def build_bundle(detector: bytes, landmarks: bytes) -> bytes:
    """The ``.task`` bundle of two networks, given as the bytes of their ``.tflite`` files.

    The result depends on the input alone: entries are stored, in fixed order, with a fixed date.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, network in (
            (DETECTOR_NAME, with_normalisation(detector, *DETECTOR_NORMALISATION)),
            (LANDMARKS_NAME, with_normalisation(landmarks, *LANDMARKS_NORMALISATION)),
        ):
            archive.writestr(_entry(name), network)
    return file.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.create_system = 3  # the same on every platform
    entry.external_attr = 0o644 << 16
    return entry


def with_normalisation(network: bytes, mean: float, deviation: float) -> bytes:
    """The network with metadata that states its input normalisation; unchanged when it has metadata already."""
    if _METADATA_NAME.encode() in network:
        return network
    root = root_position(network)
    buffers = _references(network, root, _BUFFERS)
    metadata = _references(network, root, _METADATA)
    outputs = _output_count(network, root)
    entry = Table({0: Text(_METADATA_NAME), 1: Number(len(buffers))})
    stated = Table({0: Blob(_model_metadata(outputs, mean, deviation))})
    slots: dict[int, Node] = {
        _VERSION: Number(3),
        _OPERATORS: _kept(network, root, _OPERATORS),
        _SUBGRAPHS: _kept(network, root, _SUBGRAPHS),
        _DESCRIPTION: _kept(network, root, _DESCRIPTION),
        _BUFFERS: Vector((*buffers, stated)),
        _METADATA_BUFFER: _kept(network, root, _METADATA_BUFFER),
        _METADATA: Vector((*metadata, entry)),
    }
    return pack(Table(slots), b"TFL3", network)


def _kept(network: bytes, table: int, slot: int) -> Existing:
    position = slot_reference(network, table, slot)
    if position is None:
        raise ValueError(f"the network lacks part {slot} of its description")
    return Existing(position)


def _references(network: bytes, table: int, slot: int) -> tuple[Existing, ...]:
    return tuple(map(Existing, vector_items(network, _kept(network, table, slot).position)))


def _output_count(network: bytes, root: int) -> int:
    graph = _references(network, root, _SUBGRAPHS)[0].position
    vector = _kept(network, graph, _GRAPH_OUTPUTS).position
    return int.from_bytes(network[vector : vector + 4], "little")


def _model_metadata(outputs: int, mean: float, deviation: float) -> bytes:
    unit = Table({0: Byte(_NORMALISATION), 1: Table({0: Floats((mean,)), 1: Floats((deviation,))})})
    image = Table({0: Byte(_IMAGE), 1: Table({0: Byte(_RGB)})})
    picture = Table({0: Text("image"), 3: image, 4: Vector((unit,))})
    tensors = tuple(
        Table({0: Text(f"output_{number}"), 3: Table({0: Byte(_FEATURES), 1: Table()})}) for number in range(outputs)
    )
    graph = Table({2: Vector((picture,)), 3: Vector(tensors)})
    model = Table({0: Text("pose network"), 3: Vector((graph,)), 7: Text("1.0.0")})
    return pack(model, b"M001")
