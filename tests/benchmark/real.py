"""Real recordings, read where ``MOTIONSCAN_CLIPS`` says they are: what is found on them, and why some are refused."""

import argparse
import os
from pathlib import Path

from motionscan.scan import scan_video

CLAIMS = ("rhythmic_jerking", "rhythmic_oscillation", "isolated_twitches", "irregular_jerks", "indeterminate")


def main(arguments: list[str]) -> int:
    """Scan every clip of the folder and print one row for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark real")
    parser.add_argument("--clips", default=os.environ.get("MOTIONSCAN_CLIPS"), help="folder of clips")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    options = parser.parse_args(arguments)
    if not options.clips:
        parser.error("name a folder with --clips or in MOTIONSCAN_CLIPS")
    print("| clip | findings beyond large movement | sentence |\n|---|---|---|")
    for path in sorted(Path(options.clips).glob("*.mp4")):
        summary = scan_video(path, model=options.model)
        claims = [f"{f.pattern} {f.region}" for f in summary.findings if f.pattern in CLAIMS]
        print(f"| {path.name} | {'; '.join(claims) or 'none'} | {summary.sentence} |")
    return 0
