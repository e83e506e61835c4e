"""The process that processes of videos hatch from: what is slow to load is loaded once, then one fork a video.

It reads one request a line from its standard input and writes lines to its standard output: ``pid`` of the new
process, ``share`` done, ``answer`` or ``failure``, ``ended`` with the exit status. It never outlives the process
that started it, and no process of a video outlives the nest: each holds one end of a pipe whose other end the
other watches.
"""

import contextlib
import errno
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from motionscan.batching.tasks import TOO_MUCH_MEMORY, UNEXPECTED, Tell, memory_reason
from motionscan.errors import MotionscanError, unexpected

Work = Callable[[str, dict[str, Any], Tell], dict[str, Any]]
"""Does one kind of task: the video, the rest of the request, whom to tell; gives the answer."""

CAN_FORK: Final = sys.platform == "linux"
"""On macOS a forked process may not use the system's libraries, on Windows there is none."""
_STDIN: Final = 0
_REFUSED: Final = (
    "cannot allocate memory",  # the system's words for ENOMEM
    "mmap error: 12",  # the same number, as the pose network says it before it dies
    "failed to map segment",  # glibc: a library does not fit any more
    "can't start new thread",  # no room for its stack
    "insufficient memory",  # OpenCV
    "bad_alloc",  # C++
)


def serve(works: Mapping[str, Work]) -> None:
    """Answer requests until there are no more; where the system cannot fork, one only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    answers = _own_stdout()
    do = _hatch if CAN_FORK else _work_here
    while (request := _read_request()) is not None:
        do(request, works, answers)


def _work_here(request: dict[str, Any], works: Mapping[str, Work], answers: int) -> NoReturn:
    """Do it in this process, which ends with it, or with the process that started it."""
    threading.Thread(target=_go_with, args=(_STDIN,), daemon=True).start()
    _say(answers, {"pid": os.getpid()})
    _limit_memory(request.get("memory_bytes"))
    _work(request, works, answers)
    os._exit(0)


def _hatch(request: dict[str, Any], works: Mapping[str, Work], answers: int) -> None:
    """Have a new process do it, and say how that ended."""
    ended, ending = os.pipe()
    nest_lives, living = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        os.close(living)
        _become_worker(nest_lives, request, works, answers)
    os.close(ending)
    os.close(nest_lives)
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)
    _say(answers, {"pid": pid})
    ready, _, _ = select.select([_STDIN, ended], [], [])
    _kill_group(pid, only_rest=ended in ready)
    _, status = os.waitpid(pid, 0)
    os.close(ended)
    os.close(living)
    if ended not in ready:
        sys.exit(0)  # nobody is there any more to hear about it
    _say(answers, {"ended": os.waitstatus_to_exitcode(status)})


def _become_worker(nest_lives: int, request: dict[str, Any], works: Mapping[str, Work], answers: int) -> NoReturn:
    """In the new process: do the work in a group of its own, which goes when the nest does."""
    code = 1
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), _STDIN)
        threading.Thread(target=_go_with, args=(nest_lives,), daemon=True).start()
        _limit_memory(request.get("memory_bytes"))
        _work(request, works, answers)
        code = 0
    finally:
        os._exit(code)


def _go_with(other_lives: int) -> None:
    """Thread: end this process and those that it started as soon as nobody holds the pipe's other end."""
    os.read(other_lives, 1)
    if sys.platform == "win32":
        os._exit(1)
    os.killpg(0, signal.SIGKILL)


def _kill_group(pid: int, *, only_rest: bool) -> None:
    """End what is left of a worker's group; its first process too unless that has ended by itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not only_rest:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _limit_memory(memory_bytes: int | None) -> None:
    if memory_bytes is not None and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _work(request: dict[str, Any], works: Mapping[str, Work], answers: int) -> None:
    def tell(share: float) -> None:
        _say(answers, {"share": share})

    try:
        _say(answers, {"answer": works[request["kind"]](request["video"], request["request"], tell)})
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs one video and is told
        _say(answers, {"failure": _failure(error)})


def _failure(error: Exception) -> dict[str, str]:
    if isinstance(error, MotionscanError) and not _says_so(error):
        return {"code": error.code, "reason": str(error)}  # it has its own words for what led to it
    if is_short_of_memory(error):
        return {"code": TOO_MUCH_MEMORY, "reason": memory_reason()}
    return {"code": UNEXPECTED, "reason": unexpected(error)}


def is_short_of_memory(error: BaseException) -> bool:
    """Whether this, or what led to it, is how Python, the loader of libraries or OpenCV say that memory is refused."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    if _says_so(error):
        return True
    before = error.__cause__ or error.__context__
    return before is not None and is_short_of_memory(before)


def _says_so(error: BaseException) -> bool:
    return any(words in str(error).casefold() for words in _REFUSED)


# ---------------------------------------------------------------- the pipes
def _own_stdout() -> int:
    """Our way to the parent; whatever native code prints goes to the error output instead."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _say(answers: int, what: dict[str, Any]) -> None:
    line = memoryview(json.dumps(what).encode() + b"\n")
    while line:
        line = line[os.write(answers, line) :]


def _read_request() -> dict[str, Any] | None:
    """The next request; it is read to the end of its line, for no second one comes before the answer."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(_STDIN, 1 << 16)
        if not piece:
            return None
        line += piece
    request: dict[str, Any] = json.loads(line)
    return request
