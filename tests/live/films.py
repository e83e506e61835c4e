"""Shorter films of the samples: most of what a live run does, it does in the first seconds."""

from pathlib import Path

import av


def beginning(source: Path, target: Path, until_s: float) -> Path:
    """The source up to the first key picture from then on: packets are copied, nothing is encoded."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        stream = whole.streams.video[0]
        copy = part.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.pts is None or packet.time_base is None:
                continue
            if packet.is_keyframe and packet.pts * packet.time_base >= until_s:
                break
            packet.stream = copy
            part.mux(packet)
    return target
