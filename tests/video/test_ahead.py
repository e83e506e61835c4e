"""Reading ahead changes when pictures are decoded, and nothing else."""

import threading
import time
from collections.abc import Iterator

import pytest

from motionscan.video.ahead import read_ahead


def test_items_come_in_order_and_all_of_them() -> None:
    assert list(read_ahead(range(100), 3)) == list(range(100))
    assert list(read_ahead([], 3)) == []


def test_an_error_is_raised_where_the_items_are_asked_for() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("bad packet")

    items = read_ahead(broken(), 3)
    assert next(items) == 1
    with pytest.raises(ValueError, match="bad packet"):
        next(items)


def test_no_more_is_made_than_asked() -> None:
    made: list[int] = []

    def counted() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    items = read_ahead(counted(), 3)
    next(items)
    time.sleep(0.3)
    assert len(made) <= 6
    items.close()


def test_closing_early_ends_the_thread_and_the_source() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.set()

    items = read_ahead(source(), 2)
    next(items)
    items.close()
    assert closed.is_set()
    assert not any(thread.name == "read-ahead" for thread in threading.enumerate())
