"""``python -m tests.fuzz [TARGET...]``: mutated inputs in child processes with limits of memory and time.

A finding is any exception but a ``MotionscanError`` of one line, a crash, a hang, or too much memory; its input is
kept in a folder. ``--guided`` has atheris choose the changes by coverage, where it is installed.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, Final

if "--guided" in sys.argv and "--child" in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["motionscan", "json", "tomllib"], enable_loader_override=False):
        from motionscan.errors import MotionscanError
        from tests.fuzz.targets import TARGETS
else:
    from motionscan.errors import MotionscanError
    from tests.fuzz.targets import TARGETS

BATCH: Final = 500
"""Inputs for one child."""
INPUT_S: Final = 20
"""For one input."""
MEMORY_BYTES: Final = 4_000_000_000
SHARES: Final = {"header": 3000, "packets": 3000, "times": 3000, "rotation": 2000}
"""Inputs of those targets that decode; the others get ``--count``."""


def main() -> int:
    """Run targets and print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--count", type=int, help="inputs for each; if not given 2500, for those that decode 2000-3000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="where findings are kept")
    parser.add_argument("--guided", action="store_true", help="let atheris choose; endless until --count")
    parser.add_argument("--child", nargs=2, type=int, metavar=("START", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if options.child:
        if options.guided:
            return guided_child(names[0], options.child[1], options.keep)
        return child(names[0], options.seed, *options.child)
    print("| target | inputs | refused with one line | taken | findings |\n|---|---|---|---|---|")
    total, wrong = 0, 0
    for name in names:
        count = options.count or SHARES.get(name, 2500)
        seen = guided(name, count, options.keep) if options.guided else run(name, options.seed, count, options.keep)
        total, wrong = total + seen.total(), wrong + seen["finding"]
        print(f"| {name} | {seen.total()} | {seen['refused']} | {seen['taken']} | {seen['finding']} |", flush=True)
    print(f"{total} mutated inputs, {wrong} findings")
    return int(wrong > 0)


def run(name: str, seed: int, count: int, keep: Path) -> Counter[str]:
    """What became of so many inputs; a child that dies costs one input and goes on after it."""
    seen: Counter[str] = Counter()
    start = 0
    while start < count:
        size = min(BATCH, count - start)
        done, ended = _child([name, "--seed", str(seed), "--child", str(start), str(size)])
        for answer in ended:
            seen[answer["what"]] += 1
            if answer["what"] == "finding":
                _keep(name, seed, answer["number"], answer["why"], keep)
        start += len(ended)
        if len(ended) < size:
            seen["finding"] += 1
            _keep(name, seed, start, f"the process ended with {done}", keep)
            start += 1
    return seen


def guided(name: str, count: int, keep: Path) -> Counter[str]:
    """The same with inputs that atheris chooses; it stops at the first finding, whose input is kept as it was."""
    keep.mkdir(parents=True, exist_ok=True)
    done, ended = _child([name, "--guided", "--keep", str(keep), "--child", "0", str(count)])
    seen = Counter(answer["what"] for answer in ended)
    if done != 0 and not seen["finding"]:
        seen["finding"] += 1
        print(f"{name}: the process ended with {done}; its input is in {keep}", file=sys.stderr)
    return seen


def _child(options: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """How a child ended, and what it said of each input."""
    call = [sys.executable, "-m", "tests.fuzz", *options]
    done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, [answer for answer in answers if "what" in answer]


def _keep(name: str, seed: int, number: int, why: str, keep: Path) -> None:
    target = TARGETS[name]
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        mutant = target.mutant(target.seeds(Path(folder)), number, seed)
    (keep / f"{name}-{seed}-{number}{target.suffix}").write_bytes(mutant)
    print(f"{name} {seed} {number}: {why}", file=sys.stderr)


def child(name: str, seed: int, start: int, count: int) -> int:
    """Take inputs one after the other and say what became of each."""
    _set_limits()
    with tempfile.TemporaryDirectory() as folder:
        seeds = TARGETS[name].seeds(Path(folder))
        for number in range(start, start + count):
            answer = take(name, TARGETS[name].mutant(seeds, number, seed), Path(folder))
            print(json.dumps({"number": number, **answer}), flush=True)
    return 0


def _set_limits() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _hang)


def _hang(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"no answer within {INPUT_S} s")


def take(name: str, mutant: bytes, folder: Path) -> dict[str, Any]:
    """What becomes of one input."""
    target = TARGETS[name]
    path = folder / f"mutant{target.suffix}"
    path.write_bytes(mutant)
    signal.alarm(INPUT_S)
    try:
        target.take(path)
    except MotionscanError as error:
        plain = len(str(error).splitlines()) == 1
        return {"what": "refused"} if plain else {"what": "finding", "why": f"not one line: {error!s:.200}"}
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return {"what": "finding", "why": f"{type(error).__name__}: {error!s:.200}"}
    finally:
        signal.alarm(0)
    return {"what": "taken"}


def guided_child(name: str, count: int, keep: Path) -> int:
    """Let atheris choose the inputs; a finding is told and ends it, and its input is kept."""
    import atheris

    _set_limits()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        corpus = folder / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(TARGETS[name].seeds(folder)):
            (corpus / str(number)).write_bytes(seed)

        def one(data: bytes) -> None:
            answer = take(name, data, folder)
            print(json.dumps(answer), flush=True)
            if answer["what"] == "finding":
                raise RuntimeError(answer["why"])  # libFuzzer writes the input to the artifact's place

        artifact = f"-artifact_prefix={keep}/{name}-guided-"
        atheris.Setup([sys.argv[0], f"-runs={count}", "-rss_limit_mb=4000", artifact, str(corpus)], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
