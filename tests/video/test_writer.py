"""What the writer promises: exact times, sound in step, no metadata, no half files."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

import motionscan
from motionscan.errors import OutputError
from motionscan.settings import ClipSettings
from motionscan.video.encoders import ENCODERS
from motionscan.video.reader import VideoReader
from motionscan.video.writer import VideoWriter

CLIP = ClipSettings()


def copy_video(source, target, settings, start_s=None, end_s=None, sound=True, **more):
    """Read a video and write it again."""
    reader = VideoReader(source, settings, start_s, end_s)
    frames = list(reader)
    info = reader.info
    with VideoWriter(
        target,
        info.width_px,
        info.height_px,
        CLIP,
        info.nominal_rate_hz,
        source if sound else None,
        frames[0].t_s,
        end_s,
        colour=reader.colour,
        **more,
    ) as writer:
        for frame in frames:
            writer.write(*frame.planes(), frame.t_s)
    return frames


def loud_from_s(path):
    """When the tone begins, on the clip's clock, and how many seconds of sound there are."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = [(float(f.pts * f.time_base), f.to_ndarray(), f.sample_rate) for f in container.decode(stream)]
    for t_s, samples, rate in parts:
        loud = np.flatnonzero(np.abs(samples[0].astype(float)) > 0.2 * np.abs(parts[-1][1]).max())
        if len(loud):
            return t_s + loud[0] / rate, parts[-1][0] + parts[-1][1].shape[-1] / parts[-1][2]
    raise AssertionError("no sound")


@pytest.mark.parametrize("encoder", [encoder.name for encoder in ENCODERS])
def test_variable_times_are_kept(film, settings, tmp_path, encoder):
    """Jitter, a gap and a change of rate come out to a tenth of a millisecond, and the last picture lasts."""
    rng = np.random.default_rng(2)
    steps = np.concatenate([np.full(30, 1 / 30), [0.7], np.full(20, 1 / 20)]) + rng.uniform(-0.003, 0.003, 51)
    times_s = np.concatenate([[0], np.cumsum(steps)])
    source = film(times_s=times_s)
    frames = copy_video(source, tmp_path / "out.mp4", settings, encoder=encoder)
    again = VideoReader(tmp_path / "out.mp4", settings)
    np.testing.assert_allclose([f.t_s for f in again], [f.t_s for f in frames], atol=1e-4)
    assert again.info.declared_duration_s == pytest.approx(times_s[-1] + steps[-1], abs=1e-3)


def test_pictures_are_kept(film, settings, tmp_path):
    """What is written looks like what was read, in the right place and order."""
    frames = copy_video(film(), tmp_path / "out.mp4", settings)
    for before, after in zip(frames, VideoReader(tmp_path / "out.mp4", settings), strict=True):
        assert np.abs(before.luma.astype(int) - after.luma).mean() < 1.5


def test_the_clip_plays_anywhere(film, settings, tmp_path):
    """H.264 yuv420p, index first, no pictures that refer to later ones, colours as in the source."""
    out = tmp_path / "out.mp4"
    copy_video(film(codec="libx265", pixels="yuv420p10le", transfer=18, name="a.mov"), out, settings)
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
        context = stream.codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace) == (9, 1, 9)


def test_odd_sizes_are_padded_by_their_edge(settings, tmp_path):
    """161 x 97 becomes 162 x 98 without moving a pixel."""
    out = tmp_path / "out.mp4"
    y = np.tile(np.linspace(40, 200, 161).astype(np.uint8), (97, 1))
    u = np.full((49, 81), 128, np.uint8)
    with VideoWriter(out, 161, 97, CLIP, 30, None) as writer:
        for index in range(5):
            writer.write(y, u, u, index / 30)
    frame = next(iter(VideoReader(out, settings)))
    assert frame.luma.shape == (98, 162)
    assert np.abs(frame.luma[:97, :161].astype(int) - y).mean() < 2
    assert abs(int(frame.luma[-1, -1]) - 200) < 4


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.mp4", "libx264", "aac"),
        ("a.mov", "libx264", "pcm_s16le"),
        ("a.mp4", "libx264", "libmp3lame"),
        ("a.mkv", "libx264", "ac3"),
        ("a.webm", "libvpx-vp9", "libopus"),
        ("a.mov", "libx264", "alac"),
        ("a.ts", "libx264", "aac"),
        ("a.avi", "mpeg4", "pcm_s16le"),
    ],
)
@pytest.mark.parametrize("start_s", [None, 0.3])
def test_sound_stays_in_step(film, settings, tmp_path, name, codec, sound, start_s):
    """A tone that begins at 0.5 s of the source begins 0.5 s, less the start, into the clip."""
    source = film(name, codec=codec, sound=sound, times_s=np.arange(60) / 30)
    out = tmp_path / "out.mp4"
    frames = copy_video(source, out, settings, start_s, 1.5)
    begins_s, ends_s = loud_from_s(out)
    assert begins_s == pytest.approx(0.5 - frames[0].t_s, abs=0.03)
    assert ends_s == pytest.approx(1.5 - frames[0].t_s, abs=0.08)


@pytest.mark.parametrize("begins_with", [b"", b"\xff\xf1"], ids=["anything", "what looks like a header"])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_sound_does_not_stop_the_clip(film, settings, tmp_path, begins_with, seed):
    """Pictures are what counts."""
    source = film("a.mov", sound="aac", times_s=np.arange(60) / 30)
    noise = np.random.default_rng(seed)
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        for packet in container.demux(audio=0):
            if packet.size:
                damaged = begins_with + noise.bytes(packet.size)
                data[packet.pos : packet.pos + packet.size] = damaged[: packet.size]
    source.write_bytes(data)
    copy_video(source, tmp_path / "out.mp4", settings)
    assert len(list(VideoReader(tmp_path / "out.mp4", settings))) == 60


def test_sound_that_changes_its_kind_or_goes_back_does_not_stop_the_clip(film, settings, tmp_path):
    """Bytes that are wrong here and there in a transport stream make sound of other rates and of other times."""
    source = film("a.ts", sound="aac", times_s=np.arange(60) / 30)
    whole = source.read_bytes()
    with av.open(str(source)) as container:
        places = [packet.pos for packet in container.demux(audio=0) if packet.size and packet.pos]
    for seed in range(12):
        data = bytearray(whole)
        rng = np.random.default_rng(seed)
        for place in places:
            for at in place + rng.integers(0, 3000, 3):
                data[min(at, len(data) - 1)] = rng.integers(256)
        source.write_bytes(data)
        copy_video(source, tmp_path / "out.mp4", settings)
        assert len(list(VideoReader(tmp_path / "out.mp4", settings))) > 10


def test_a_silent_source_gives_a_silent_clip(film, settings, tmp_path):
    """No sound is no error."""
    copy_video(film(), tmp_path / "out.mp4", settings)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_nothing_tells_where_or_with_what_it_was_recorded(film, settings, tmp_path):
    """No place, maker, model, name or date of the source is in the clip's bytes."""
    tags = {
        "location": "+39.9911-105.1036/",
        "com.apple.quicktime.location.ISO6709": "+39.9911-105.1036/",
        "make": "Makerson",
        "model": "Phone 7",
        "artist": "Jane",
        "creation_time": "2024-05-06T07:08:09Z",
    }
    source = film("a.mov", metadata=tags, container={"movflags": "use_metadata_tags"}, sound="aac")
    out = tmp_path / "out.mp4"
    copy_video(source, out, settings)
    data = out.read_bytes()
    for word in (b"ISO6709", b"\xa9xyz", b"loci", b"105.1036", b"Makerson", b"Phone 7", b"Jane", b"2024", b"apple"):
        assert word not in data
    with av.open(str(out)) as container:
        assert "creation_time" not in container.metadata
        assert all("creation_time" not in stream.metadata for stream in container.streams)


def test_times_must_grow(tmp_path):
    """A mistake of the caller, not of the user."""
    y, u = np.zeros((16, 16), np.uint8), np.zeros((8, 8), np.uint8)
    with VideoWriter(tmp_path / "a.mp4", 16, 16, CLIP, None, None) as writer:
        writer.write(y, u, u, 1.0)
        with pytest.raises(ValueError, match="does not follow"):
            writer.write(y, u, u, 1.0)
        with pytest.raises(ValueError, match="shape"):
            writer.write(u, u, u, 2.0)


def test_an_error_in_between_leaves_no_file(tmp_path):
    """Half a clip is no clip."""
    y, u = np.zeros((16, 16), np.uint8), np.zeros((8, 8), np.uint8)

    def interrupted():
        with VideoWriter(tmp_path / "a.mp4", 16, 16, CLIP, 30, None) as writer:
            writer.write(y, u, u, 0.0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_says_so(tmp_path):
    """The cure is in the message."""
    with pytest.raises(OutputError, match=r"folder does not exist.*-o"):
        VideoWriter(tmp_path / "none" / "a.mp4", 16, 16, CLIP, 30, None)


FULL = """
import sys, pathlib, numpy as np
from motionscan.errors import OutputError
from motionscan.settings import ClipSettings
from motionscan.video.writer import VideoWriter
rng = np.random.default_rng(0)
try:
    with VideoWriter(pathlib.Path(sys.argv[1]), 320, 240, ClipSettings(), 30, None) as writer:
        for index in range(100):
            noise = rng.integers(0, 255, (240, 320), np.uint8)
            writer.write(noise, noise[::2, ::2], noise[::2, ::2], index / 30)
except OutputError as error:
    print(error)
"""


def _limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_full_disk_says_so_and_leaves_nothing(tmp_path):
    """Where no more bytes can be written, the message names the cure and the half file is removed."""
    root = str(Path(motionscan.__file__).parents[1])
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "a.mp4")],
        env=os.environ | {"PYTHONPATH": root},
        preexec_fn=_limit_files,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "free some space or choose another folder with -o" in said.stdout, said.stderr
    assert not list(tmp_path.iterdir())
