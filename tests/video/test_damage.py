"""Bad files: what can be read is read, what was lost is counted, and what cannot be read says why."""

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import av
import numpy as np
import pytest

import motionscan
from motionscan.errors import (
    BrokenIndex,
    EmptyFile,
    InputError,
    MissingFile,
    NotAVideo,
    NoVideoStream,
    TooLarge,
)
from motionscan.settings import VideoSettings
from motionscan.video.probe import probe
from motionscan.video.reader import VideoReader

LONG_S = [i / 30 for i in range(150)]


def plain_count(path):
    """Pictures that the usual decoding loop gives before its first error."""
    count = 0
    with av.open(str(path)) as container:
        try:
            for _ in container.decode(video=0):
                count += 1
        except av.FFmpegError:
            pass
    return count


def flip_bytes(path, count, seed=0):
    """Invert bytes in the middle half of a file."""
    data = bytearray(path.read_bytes())
    for at in np.random.default_rng(seed).integers(len(data) // 4, len(data) * 3 // 4, count):
        data[at] ^= 0xFF
    path.write_bytes(data)


def one_line(error):
    """The message is one line that begins with what it is about."""
    assert "\n" not in str(error)
    assert ";" in str(error)
    return True


def break_packets(path, indices):
    """Give the packets at these places, in storage order, a first unit that is longer than the packet."""
    with av.open(str(path)) as container:
        places = [packet.pos for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for index in indices:
        data[places[index] : places[index] + 4] = b"\xff" * 4
    path.write_bytes(data)


def test_damage_in_the_middle_costs_its_packets_only(film, settings):
    """Where the plain way ends, the pictures go on after the damaged groups, in order, and the loss is counted."""
    path = film(times_s=LONG_S, options={"g": "15"}, grain=True)
    break_packets(path, [40, 41, 42, 100])
    reader = VideoReader(path, settings)
    times_s = [frame.t_s for frame in reader]
    assert plain_count(path) <= 40
    assert 150 - 2 * 15 <= len(times_s) < 150
    assert (np.diff(times_s) > 0).all()
    assert reader.damage.bad_packets >= 4
    assert reader.damage.any


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_gives_the_same_pictures_on_every_pass(film, settings, seed):
    """What a decoder patches up must not depend on how its threads happened to run."""
    path = film(times_s=LONG_S, options={"g": "15"}, grain=True)
    flip_bytes(path, 100, seed)
    reader = VideoReader(path, settings)

    def passed():
        pictures = [(frame.index, frame.t_s, zlib.crc32(frame.luma)) for frame in reader]
        return pictures, reader.damage

    first = passed()
    assert first[1].bad_packets > 0
    assert all(passed() == first for _ in range(3))


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mov", "cut.mkv", "cut.avi"])
def test_a_cut_file_gives_what_is_there_and_says_so(film, settings, name):
    """The second half of the bytes is missing: about half of the pictures come, marked as truncated."""
    path = film(
        name,
        codec="mpeg4" if name.endswith("avi") else "libx264",
        times_s=LONG_S,
        options={"g": "15", "b": "2M"} if name.endswith("avi") else {"g": "15"},
        grain=True,
        container={"movflags": "+faststart"} if name[-3:] in ("mp4", "mov") else None,
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    reader = VideoReader(path, settings)
    assert 20 < len(list(reader)) < 130
    assert reader.damage.truncated


def test_an_end_that_was_asked_for_is_not_truncation(film, settings):
    """Stopping early on purpose loses nothing."""
    reader = VideoReader(film(times_s=LONG_S), settings, None, 1.0)
    list(reader)
    assert not reader.damage.any


def test_one_wild_timestamp_costs_one_picture(film, settings):
    """A timestamp far ahead does not make all that follow look late."""
    path = film("a.mkv", times_s=LONG_S, options={"bf": "0"})
    out = path.with_name("wild.ts")
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for index, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.pts += 60_000 if index == 40 else 0
                packet.stream = stream
                target.mux(packet)
    reader = VideoReader(out, settings)
    assert len(list(reader)) == 149
    assert reader.damage.dropped_times == 1


def test_time_never_runs_backwards(film, settings, tmp_path):
    """Two recordings glued together: the second one's times are behind and are left out, counted."""
    data = film("a.ts", times_s=LONG_S[:60]).read_bytes()
    path = tmp_path / "glued.ts"
    path.write_bytes(data + data)
    reader = VideoReader(path, settings)
    times_s = [frame.t_s for frame in reader]
    assert (np.diff(times_s) > 0).all()
    assert len(times_s) + reader.damage.dropped_times + reader.damage.bad_packets >= 119


def test_a_change_of_size_is_counted_and_left_out(film, settings, tmp_path):
    """Pictures of another size than the first are not measured."""
    small = film("small.ts", times_s=LONG_S[:30])
    large = film("large.ts", size=(320, 192), times_s=[5 + t for t in LONG_S[:30]])
    path = tmp_path / "both.ts"
    path.write_bytes(small.read_bytes() + large.read_bytes())
    reader = VideoReader(path, settings)
    frames = list(reader)
    assert {frame.luma.shape for frame in frames} == {(96, 160)}
    assert reader.damage.size_changes == 1


def test_missing_and_impossible_paths(settings, tmp_path):
    """A path that leads nowhere, to a folder or to a pipe is said to be just that."""
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "none.mp4", tmp_path, tmp_path / "pipe.mp4", tmp_path / ("x" * 300), Path("a\0.mp4")):
        with pytest.raises(MissingFile) as caught:
            probe(path, settings)
        assert one_line(caught.value)


def test_a_file_that_may_not_be_read_says_so(film):
    """Permission is named, for a file and for a folder that may not be entered."""
    path = film()
    code = (
        "import os, sys, pathlib\n"
        "from motionscan.video.probe import probe\n"
        "from motionscan.settings import VideoSettings\n"
        "from motionscan.errors import MissingFile\n"
        "os.getuid() or os.seteuid(65534)\n"
        "try: probe(pathlib.Path(sys.argv[1]), VideoSettings())\n"
        "except MissingFile as error: print(error)\n"
    )
    root = str(Path(motionscan.__file__).parents[1])
    for locked in (path, path.parent):
        locked.chmod(0)
        said = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env=os.environ | {"PYTHONPATH": root},
            capture_output=True,
            text=True,
            check=False,
        )
        locked.chmod(0o700)
        assert "permission" in said.stdout, said.stderr


def test_empty_and_foreign_bytes(settings, tmp_path):
    """No bytes, and bytes that are no video."""
    path = tmp_path / "a.mp4"
    path.touch()
    with pytest.raises(EmptyFile, match="empty"):
        probe(path, settings)
    for data in (b"hello, this is text\n" * 500, b"PK\x03\x04" + bytes(5000), b"\0" * 100, b"x"):
        path.write_bytes(data)
        with pytest.raises(NotAVideo) as caught:
            probe(path, settings)
        assert one_line(caught.value)


def test_sound_only(settings, film, tmp_path):
    """A file with sound and no pictures is told apart from a broken one."""
    source = film(sound="aac")
    path = tmp_path / "voice.mp4"
    with av.open(str(source)) as given, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(given.streams.audio[0])
        for packet in given.demux(audio=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    with pytest.raises(NoVideoStream, match="no moving pictures"):
        probe(path, settings)


@pytest.mark.parametrize("keep", ["without", "half"])
def test_recording_cut_off_before_its_index(film, settings, keep):
    """A phone that died leaves pictures without an index: named, with the tool that repairs it."""
    path = film(times_s=LONG_S)
    data = path.read_bytes()
    index_at = data.rindex(b"moov") - 4
    path.write_bytes(data[: index_at if keep == "without" else (index_at + len(data)) // 2])
    with pytest.raises(BrokenIndex, match="untrunc"):
        probe(path, settings)


def test_too_large_pictures_are_refused(film):
    """The limit in the settings holds."""
    with pytest.raises(TooLarge, match="160 x 96"):
        probe(film(), VideoSettings(max_pixels=10_000))


def png(width_px, height_px):
    """A tiny file that unpacks to a huge black picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width_px // 8 + 1) * height_px), 9)
    header = struct.pack(">IIBBBBB", width_px, height_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_size_that_only_the_pictures_tell_is_refused(film, settings):
    """The container says 160 x 96, the pictures are 16000 x 16000: nothing of that size is unpacked."""
    path = film("bomb.mov", codec="png", pixels="rgb24", times_s=[0])
    data = path.read_bytes()
    with av.open(str(path)) as container:
        packet = next(container.demux(video=0))
        start, length = packet.pos, packet.size
    bomb = png(16_000, 16_000)
    size_at = data.index(b"stsz") + 8
    data = data[:size_at] + struct.pack(">I", len(bomb)) + data[size_at + 4 :]
    data = data[:start] + bomb + data[start + length :] if data.index(b"moov") < start else data
    if data.index(b"moov") > start:  # append the picture and point to it
        offset_at = data.index(b"stco") + 12
        data = data[:offset_at] + struct.pack(">I", len(data)) + data[offset_at + 4 :] + bomb
    path.write_bytes(data)
    with pytest.raises(TooLarge):
        probe(path, settings)


def test_a_playlist_in_disguise_is_refused(film, settings, tmp_path):
    """A text that makes FFmpeg open other files is no video, whatever its name."""
    other = film("other.mp4")
    for text in (f"ffconcat version 1.0\nfile {other.name}\n", f"#EXTM3U\n#EXTINF:1,\n{other.name}\n"):
        path = tmp_path / "list.mp4"
        path.write_text(text)
        with pytest.raises(NotAVideo):
            probe(path, settings)


@pytest.mark.parametrize(
    "name", ["-i.mp4", "a\nb.mp4", "🦶 leg.mp4", "concat:x.mp4", "http:x.mp4", "%03d.mp4", "'\";.mp4"]
)
def test_any_file_name_works(film, settings, name, monkeypatch):
    """Names that look like options, protocols or patterns are only names, relative or absolute."""
    path = film(name)
    monkeypatch.chdir(path.parent)
    assert len(list(VideoReader(path, settings))) == 30
    assert probe(Path(name), settings).file_name == name


def test_a_message_is_one_line_whatever_the_name(settings, tmp_path):
    """A newline in a name does not break the line."""
    with pytest.raises(MissingFile) as caught:
        probe(tmp_path / "a\nb.mp4", settings)
    assert "\n" not in str(caught.value)


def test_mutated_files_give_pictures_or_an_input_error(film, settings):
    """Two hundred files with random bytes changed: never another exception, a hang or a crash."""
    sources = [film("a.mp4"), film("a.mkv"), film("a.ts"), film("a.avi", codec="mpeg4")]
    random = np.random.default_rng(7)
    for turn in range(200):
        data = bytearray(sources[turn % 4].read_bytes())
        high = len(data) if turn % 2 else min(len(data), 1500)
        for at in random.integers(0, high, 1 + turn % 30):
            data[at] = random.integers(256)
        path = sources[turn % 4].with_name("mutant" + sources[turn % 4].suffix)
        path.write_bytes(data)
        try:
            times_s = [frame.t_s for frame in VideoReader(path, settings)]
        except InputError:
            continue
        assert (np.diff(times_s) > 0).all()


def test_pictures_without_any_time_are_refused(film, settings, tmp_path):
    """Raw H.264 has no clock: nothing is made up in its place."""
    path = film()
    raw = tmp_path / "raw.h264"
    with av.open(str(path)) as given, av.open(str(raw), "w", format="h264") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = stream
                made.mux(packet)
    assert raw.stat().st_size > 500
    with pytest.raises(NotAVideo) as refused:
        probe(raw, settings)
    assert one_line(refused.value)


def test_one_picture_is_read_and_one_picture_a_second_too(film, settings):
    """Whether that is enough is for the judgement to say."""
    assert len(list(VideoReader(film("one.mp4", times_s=[0.0]), settings))) == 1
    slow = [frame.t_s for frame in VideoReader(film("slow.mp4", times_s=range(8), rate=1), settings)]
    assert slow == pytest.approx(list(range(8)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX")
def test_what_is_no_file_is_refused_without_waiting(settings, tmp_path):
    """A pipe that nobody writes to, a device, a folder, a link to itself, a name that cannot be."""
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    for path in (tmp_path / "pipe.mp4", Path("/dev/zero"), tmp_path, tmp_path / "loop.mp4", Path("a\0b.mp4")):
        with pytest.raises(MissingFile) as refused:
            probe(path, settings)
        assert one_line(refused.value)


def test_a_file_that_vanishes_while_it_is_read_is_an_input_error(film, settings):
    """It is opened anew for the second pass, and then it is gone."""
    path = film(times_s=LONG_S)
    with VideoReader(path, settings) as reader:
        assert len(list(reader)) == 150
        path.unlink()
        with pytest.raises(MissingFile) as refused:
            list(reader)
        assert one_line(refused.value)
