"""Leaves out of a network what only unwanted outputs need: the landmark network also draws the person's outline,
which takes half of its time.
"""

import struct
from typing import Final

from motionscan.pose.flatbuffer import root_position, slot_reference, vector_items

# Slots of the TensorFlow Lite schema.
_SUBGRAPHS: Final = 2
_GRAPH_OUTPUTS, _GRAPH_OPERATORS = 2, 3
_OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 1, 2


def with_outputs(network: bytes, wanted: tuple[int, ...]) -> bytes:
    """The same network with these of its outputs (numbers of tensors) and the operators that they depend on.

    Nothing is moved: the lists of outputs and operators become shorter where they are.

    Raises:
        ValueError: this is no network with such outputs.
    """
    graph = vector_items(network, _reference(network, root_position(network), _SUBGRAPHS))[0]
    outputs, operators = (_reference(network, graph, slot) for slot in (_GRAPH_OUTPUTS, _GRAPH_OPERATORS))
    if not set(wanted) <= set(_numbers(network, outputs)):
        raise ValueError(f"the network has no outputs {wanted}")
    needed = _needed(network, vector_items(network, operators), set(wanted))
    pruned = bytearray(network)
    struct.pack_into(f"<I{len(wanted)}i", pruned, outputs, len(wanted), *wanted)
    struct.pack_into("<I", pruned, operators, len(needed))
    for at, operator in zip(range(operators + 4, len(network), 4), needed, strict=False):
        struct.pack_into("<I", pruned, at, operator - at)
    return bytes(pruned)


def _needed(network: bytes, operators: list[int], wanted: set[int]) -> list[int]:
    """Those that the wanted tensors come from, in order; operators are listed after what they depend on."""
    kept = []
    for operator in reversed(operators):
        if wanted.isdisjoint(_numbers(network, _reference(network, operator, _OPERATOR_OUTPUTS))):
            continue
        wanted = wanted | set(_numbers(network, _reference(network, operator, _OPERATOR_INPUTS)))
        kept.append(operator)
    return kept[::-1]


def _numbers(network: bytes, vector: int) -> tuple[int, ...]:
    count = struct.unpack_from("<I", network, vector)[0]
    return struct.unpack_from(f"<{count}i", network, vector + 4)


def _reference(network: bytes, table: int, slot: int) -> int:
    position = slot_reference(network, table, slot)
    if position is None:
        raise ValueError(f"the network lacks part {slot} of its description")
    return position
