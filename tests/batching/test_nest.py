"""Whatever refuses memory, and in whose words, is told as memory and not as a fault to report."""

import errno
import os

import cv2
import pytest

from motionscan.batching.nest import is_short_of_memory
from motionscan.errors import PoseError


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        ImportError("av/stream.abi3.so: failed to map segment from shared object"),
        ImportError("libblas.so: cannot open shared object file: Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        cv2.error("OpenCV(4) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 33 bytes"),
        RuntimeError("std::bad_alloc"),
        PoseError("the pose process stopped (signal 11: low_level_alloc.cc:624] RAW: mmap error: 12); try again"),
    ],
)
def test_refused_memory_is_known_and_known_through_what_it_led_to(error: Exception) -> None:
    assert is_short_of_memory(error)
    led_to = ValueError("no pictures")
    led_to.__cause__ = error
    assert is_short_of_memory(led_to)


@pytest.mark.parametrize("error", [ImportError("no av"), OSError(errno.EACCES, "no"), ValueError("memory")])
def test_other_faults_are_not_taken_for_it(error: Exception) -> None:
    assert not is_short_of_memory(error)
