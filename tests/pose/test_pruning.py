"""A network with fewer outputs: the same numbers, sooner."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionscan.pose.bundle import LANDMARKS_NAME
from motionscan.pose.pruning import with_outputs

WANTED = (195, 64 * 64 * 39)
"""How many numbers the landmarks and their heat maps have."""


@pytest.fixture(scope="module")
def network(lite_model: Path) -> bytes:
    with zipfile.ZipFile(lite_model) as archive:
        return archive.read(LANDMARKS_NAME)


def loaded(network: bytes) -> Any:
    interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter(model_content=network, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def tensors(interpreter: Any) -> tuple[int, ...]:
    return tuple(one["index"] for one in interpreter.get_output_details() if np.prod(one["shape"]) in WANTED)


def answers(interpreter: Any, picture: Any) -> list[Any]:
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    return [interpreter.get_tensor(number) for number in tensors(interpreter)]


def test_what_is_kept_stays_the_same_to_the_last_bit(network: bytes) -> None:
    whole = loaded(network)
    pruned = loaded(with_outputs(network, tensors(whole)))
    picture = np.random.default_rng(1).random((1, 256, 256, 3), np.float32)
    assert len(pruned.get_output_details()) == 2
    for before, after in zip(answers(whole, picture), answers(pruned, picture), strict=True):
        np.testing.assert_array_equal(before, after)


def test_operators_are_left_out(network: bytes) -> None:
    whole = loaded(network)
    pruned = loaded(with_outputs(network, tensors(whole)))
    assert len(pruned._get_ops_details()) < len(whole._get_ops_details())


def test_outputs_that_it_does_not_have_are_refused(network: bytes) -> None:
    with pytest.raises(ValueError, match="no outputs"):
        with_outputs(network, (1_000_000,))
