"""A few flatbuffers written by hand, so that the same bytes come out everywhere and for ever.

A buffer is a tree of nodes. Children always follow their parents, because flatbuffer references only point
forwards. ``Existing`` refers to something in older bytes that are appended behind the new ones: references are
relative, so a table of an old buffer stays valid wherever the old buffer is put as a whole.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

ALIGNMENT_BYTES = 16
"""The strictest alignment in TensorFlow Lite files (the data of a buffer)."""


@dataclass(frozen=True, eq=False)
class Text:
    """A UTF-8 string."""

    value: str


@dataclass(frozen=True, eq=False)
class Blob:
    """A vector of bytes."""

    value: bytes


@dataclass(frozen=True, eq=False)
class Floats:
    """A vector of 32-bit floats."""

    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Byte:
    """A scalar held in the table itself: the type tag of a union, or a small enumeration."""

    value: int


@dataclass(frozen=True, eq=False)
class Number:
    """A 32-bit unsigned scalar held in the table itself."""

    value: int


@dataclass(frozen=True, eq=False)
class Existing:
    """Something at this position of the old bytes."""

    position: int


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector of references."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True, eq=False)
class Table:
    """A table: slot number of the schema to value."""

    slots: "dict[int, Node]" = field(default_factory=dict)


Node = Text | Blob | Floats | Byte | Number | Existing | Vector | Table


def pack(root: Table, identifier: bytes, old: bytes = b"") -> bytes:
    """The finished buffer: header, the new nodes, then ``old`` as it was."""
    places, end = _places(root)
    base = _aligned(end, ALIGNMENT_BYTES)
    out = bytearray(base)
    struct.pack_into("<I4s", out, 0, places[id(root)], identifier)
    for node in _walk(root):
        _write(out, node, places, base)
    return bytes(out) + old


def _walk(root: Node) -> Iterator[Node]:
    """Every node that has bytes of its own, parents first."""
    if isinstance(root, Byte | Number | Existing):
        return
    yield root
    if isinstance(root, Table):
        children: tuple[Node, ...] = tuple(root.slots.values())
    else:
        children = root.items if isinstance(root, Vector) else ()
    for child in children:
        yield from _walk(child)


def _places(root: Table) -> tuple[dict[int, int], int]:
    """Where each node starts (a table: behind its vtable; a vector of bytes: at its aligned length)."""
    places: dict[int, int] = {}
    end = 8  # root reference and file identifier
    for node in _walk(root):
        lead = _vtable_bytes(node) if isinstance(node, Table) else 0
        end = _aligned(end + lead, 4)
        if isinstance(node, Blob):
            end = _aligned(end + 4, ALIGNMENT_BYTES) - 4
        places[id(node)] = end
        end += _body_bytes(node)
    return places, end


def _aligned(position: int, step: int) -> int:
    return -(-position // step) * step


def _vtable_bytes(table: Table) -> int:
    return 4 + 2 * (max(table.slots, default=-1) + 1)


def _body_bytes(node: Node) -> int:
    match node:
        case Table(slots):
            return 4 + 4 * len(slots)
        case Vector(items):
            return 4 + 4 * len(items)
        case Floats(values):
            return 4 + 4 * len(values)
        case Blob(value):
            return 4 + len(value)
        case Text(value):
            return 4 + len(value.encode()) + 1
        case _:
            return 0


def _write(out: bytearray, node: Node, places: dict[int, int], base: int) -> None:
    start = places[id(node)]
    match node:
        case Table():
            _write_table(out, node, places, base)
        case Vector(items):
            struct.pack_into("<I", out, start, len(items))
            for number, item in enumerate(items):
                _refer(out, start + 4 + 4 * number, item, places, base)
        case Floats(values):
            struct.pack_into(f"<I{len(values)}f", out, start, len(values), *values)
        case Blob(value):
            struct.pack_into(f"<I{len(value)}s", out, start, len(value), value)
        case Text(value):
            text = value.encode()
            struct.pack_into(f"<I{len(text) + 1}s", out, start, len(text), text)


def _write_table(out: bytearray, table: Table, places: dict[int, int], base: int) -> None:
    start = places[id(table)]
    size = _vtable_bytes(table)
    struct.pack_into("<HH", out, start - size, size, _body_bytes(table))
    struct.pack_into("<i", out, start, size)
    for number, (slot, value) in enumerate(table.slots.items()):
        offset = 4 + 4 * number
        struct.pack_into("<H", out, start - size + 4 + 2 * slot, offset)
        match value:
            case Byte(scalar) | Number(scalar):
                struct.pack_into("<I", out, start + offset, scalar)
            case _:
                _refer(out, start + offset, value, places, base)


def _refer(out: bytearray, at: int, node: Node, places: dict[int, int], base: int) -> None:
    target = base + node.position if isinstance(node, Existing) else places[id(node)]
    struct.pack_into("<I", out, at, target - at)


# ---------------------------------------------------------------- reading
def root_position(data: bytes) -> int:
    """Where the root table of a buffer is."""
    return int(struct.unpack_from("<I", data, 0)[0])


def slot_position(data: bytes, table: int, slot: int) -> int | None:
    """Where the value of a table's slot is; None when absent."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    size = struct.unpack_from("<H", data, vtable)[0]
    if 4 + 2 * slot >= size:
        return None
    offset = struct.unpack_from("<H", data, vtable + 4 + 2 * slot)[0]
    return table + offset if offset else None


def slot_reference(data: bytes, table: int, slot: int) -> int | None:
    """Position of the object that a table's slot refers to; None when absent."""
    at = slot_position(data, table, slot)
    return None if at is None else at + int(struct.unpack_from("<I", data, at)[0])


def vector_items(data: bytes, vector: int) -> list[int]:
    """Positions of the objects that a vector refers to."""
    count = struct.unpack_from("<I", data, vector)[0]
    fields = range(vector + 4, vector + 4 + 4 * count, 4)
    return [at + int(struct.unpack_from("<I", data, at)[0]) for at in fields]
