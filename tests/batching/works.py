"""A process module for tests: each video is a word that says what becomes of whoever reads it."""

import mmap
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from motionscan.batching import nest
from motionscan.batching.nest import serve
from motionscan.batching.tasks import Tell
from motionscan.errors import NotAVideo


def scan(video: str, request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what the name of the video says."""
    name = Path(video).name
    notes = Path(request["notes"])
    with (notes / f"{name}.begun").open("a") as file:
        file.write(f"{os.getpid()}\n")
    if name.startswith("full-"):
        name = name.removeprefix("full-")
        mmap.mmap(-1, 1_800_000_000).close()
        time.sleep(0.2)
    if name.startswith("crash"):
        os.abort()
    if name.startswith("bad"):
        raise NotAVideo(f"{name}: not a video")
    if name.startswith("bug"):
        raise ZeroDivisionError("two\nlines")
    if name.startswith("big"):
        return {"size": len(bytearray(4_000_000_000))}
    if name.startswith("loud"):
        os.write(1, b"native code prints\n")
    if name.startswith("slow"):
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (notes / "helper").write_text(str(helper.pid))
        tell(0.5)
        time.sleep(60)
    if name.startswith("wait"):
        time.sleep(float(request.get("wait_s", 0.5)))
    return {"name": name, "pid": os.getpid(), "cores": len(os.sched_getaffinity(0))}


if __name__ == "__main__":
    nest.CAN_FORK = "WORKS_WITHOUT_FORK" not in os.environ
    serve({"scan": scan})
