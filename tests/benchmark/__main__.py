"""``python -m tests.benchmark NAME``: what motionscan gets right, and how fast; NAME is one of ``COMMANDS``."""

import sys
from collections.abc import Callable
from importlib import import_module

COMMANDS = {
    "accuracy": "known movement in real pictures and drawn people, against the goals",
    "limits": "the analysis alone on movement of known size, length and regularity, with plots",
    "signals": "the analysis alone on a recorded gyroscope",
    "simulated": "people whose movement is known",
    "closeups": "the same from so near that only a foot or a calf is seen",
    "real": "real recordings",
    "legsonly": "the simulated people cut at hips or knees",
    "legs": "people of whom only the legs are seen",
    "speed": "time and memory",
    "faces": "in how many pictures every face is covered",
    "kills": "random ends of a scan, and what is left",
    "batch": "a folder of videos: throughput, overhead, page, kills",
    "live": "watching live: latency, drops, memory",
}


def main() -> int:
    """Run the benchmark that the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        lines = "\n".join(f"  {name:<10} {about}" for name, about in COMMANDS.items())
        print(f"usage: python -m tests.benchmark COMMAND [options]\n{lines}", file=sys.stderr)
        return 2
    run: Callable[[list[str]], int] = import_module(f"tests.benchmark.{sys.argv[1]}").main
    return run(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
