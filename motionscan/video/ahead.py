"""Decoding in a thread of its own, so that the next pictures are ready while the last one is measured."""

import threading
from collections.abc import Generator, Iterable
from queue import Full, Queue
from typing import TypeVar

Item = TypeVar("Item")

_PATIENCE_S = 0.1
"""How often a waiting thread looks whether anybody still wants its pictures."""


def read_ahead(items: Iterable[Item], count: int) -> Generator[Item, None, None]:
    """The same items in the same order, up to ``count`` of them made before they are asked for.

    What goes wrong while they are made is raised where they are asked for. Closing the generator ends the thread.
    """
    line: Queue[tuple[bool, Item | BaseException | None]] = Queue(maxsize=count)
    unwanted = threading.Event()
    maker = threading.Thread(target=_make, args=(items, line, unwanted), name="read-ahead", daemon=True)
    maker.start()
    try:
        while True:
            more, item = line.get()
            if not more:
                if item is not None:
                    raise item  # type: ignore[misc]
                return
            yield item  # type: ignore[misc]
    finally:
        unwanted.set()
        maker.join()


def _make(
    items: Iterable[Item], line: "Queue[tuple[bool, Item | BaseException | None]]", unwanted: threading.Event
) -> None:
    end: BaseException | None = None
    source = iter(items)
    try:
        for item in source:
            if not _put(line, (True, item), unwanted):
                break
    except BaseException as error:  # noqa: BLE001 - handed over to the thread that asked
        end = error
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()
        _put(line, (False, end), unwanted)


def _put(
    line: "Queue[tuple[bool, Item | BaseException | None]]",
    entry: "tuple[bool, Item | BaseException | None]",
    unwanted: threading.Event,
) -> bool:
    """Whether the entry found a place before everybody lost interest."""
    while not unwanted.is_set():
        try:
            line.put(entry, timeout=_PATIENCE_S)
        except Full:
            continue
        return True
    return False
