"""Streams over a real network connection, on this machine: found again when they break, and only the gap is lost."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from motionscan.settings import LiveSettings
from motionscan.video.camera import Capture
from motionscan.video.sources import StreamSource

LIVE = LiveSettings(first_pause_s=0.2, longest_pause_s=0.4, stall_s=2, gone_s=20)
RATE_HZ = 20
LIMIT_S = 150

SERVER = """
import sys, time, io
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer
import av, cv2, numpy as np
kind, port = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
pictures = [rng.integers(0, 255, (96, 128, 3)).astype(np.uint8) for _ in range(20)]

class Sender:
    def __init__(self, out): self.out = out
    def write(self, data): self.out.write(data); return len(data)

def mpegts(out):
    with av.open(Sender(out), "w", format="mpegts") as made:
        options = {"preset": "ultrafast", "tune": "zerolatency", "g": "10"}
        stream = made.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        begin = time.monotonic()
        for i in range(100000):
            frame = av.VideoFrame.from_ndarray(pictures[i % 20], "bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            for packet in stream.encode(frame): made.mux(packet)
            time.sleep(max(0, begin + i / RATE - time.monotonic()))

def mjpeg(out):
    for i in range(100000):
        data = cv2.imencode(".jpg", pictures[i % 20])[1].tobytes()
        head = b"--frame\\r\\nContent-Type: image/jpeg\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(data)
        out.write(head + data + b"\\r\\n")
        time.sleep(1 / RATE)

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        types = {"mpegts": "video/mp2t", "mjpeg": "multipart/x-mixed-replace; boundary=frame"}
        self.send_header("Content-Type", types[kind])
        self.end_headers()
        try: {"mpegts": mpegts, "mjpeg": mjpeg}[kind](self.wfile)
        except OSError: pass
    def log_message(self, *_): pass

HTTPServer(("127.0.0.1", port), Handler).serve_forever()
""".replace("RATE", str(RATE_HZ))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(kind: str, port: int) -> Iterator[None]:
    """A process that streams until it is killed."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, kind, str(port)], env=dict(os.environ))
    try:
        yield
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("kind", ["mpegts", "mjpeg"])
def test_a_stream_whose_sender_is_killed_and_started_again_loses_only_the_gap(kind: str, tmp_path: Path) -> None:
    port = free_port()
    source = StreamSource(f"http://127.0.0.1:{port}/stream", LIVE)
    said: list[tuple[str, str]] = []
    times: list[float] = []
    with Capture(source, LIVE, lambda what, words: said.append((what, words))) as capture:
        frames = capture.frames()

        def take(count: int) -> None:
            times.extend(next(frames)[0].t_s for _ in range(count))

        with served(kind, port):
            take(40)
        first = len(times)
        killed_s = capture.clock()
        with served(kind, port):
            while capture.reconnects == 0:
                times.append(next(frames)[0].t_s)
                assert capture.clock() < killed_s + LIMIT_S
            again = len(times) - 1
            take(40)
        capture.stop()
    assert [what for what, _ in said if what in ("open", "found")] == ["open", "found"]
    assert any(what == "lost" for what, _ in said)
    assert all(a < b for a, b in pairwise(times))
    # within both stretches pictures come at their rate; between them lies the gap
    for stretch in (times[5:first], times[again + 5 :]):
        assert len(stretch) / (stretch[-1] - stretch[0]) == pytest.approx(RATE_HZ, rel=0.25)
    assert capture.dropped == 0


def test_a_stream_that_nobody_sends_is_told_in_one_line(tmp_path: Path) -> None:
    said: list[str] = []
    source = StreamSource(f"http://127.0.0.1:{free_port()}/stream", LIVE)
    with Capture(source, LIVE, lambda _, words: said.append(words)):
        end_s = time.monotonic() + LIMIT_S
        while not said and time.monotonic() < end_s:
            time.sleep(0.05)
        time.sleep(1.0)
    assert len(said) == 1
    assert "is it running?" in said[0]
    assert "\n" not in said[0]
