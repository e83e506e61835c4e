"""Judging in a process of its own: it answers as ``analyse`` does, and what takes long to load is loaded once."""

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection

import pytest

from motionscan.analysis.analyse import analyse
from motionscan.live_judging import Judge, in_own_process
from tests.analysis.synthetic import SETTINGS, movement, person


def tell_parent(line: Connection) -> None:
    line.send(os.getppid())


def parent_of_new_process() -> int:
    line, theirs = multiprocessing.Pipe(duplex=False)
    process = in_own_process(tell_parent, theirs)
    theirs.close()
    parent: int = line.recv()
    process.join()
    return parent


def test_the_process_judges_as_this_one_does() -> None:
    motion = person([movement("jerks")], skin=False)
    with Judge(SETTINGS) as judge:
        judge.ask(motion)
        assert judge.busy
        answer = judge.answer(wait=True)
        assert not judge.busy
    assert answer is not None
    assert answer.sentence == analyse(motion, SETTINGS).sentence


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads everything")
def test_processes_come_from_one_that_has_loaded_the_analysis() -> None:
    first, second = parent_of_new_process(), parent_of_new_process()
    assert first == second != os.getpid()
