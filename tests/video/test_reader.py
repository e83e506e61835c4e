"""What the reader promises about every kind of phone video."""

import itertools
import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from motionscan.errors import NoFrames
from motionscan.settings import VideoSettings
from motionscan.video.hdr import planes_to_sdr, rgb_to_sdr
from motionscan.video.reader import VideoReader

FORMATS = [
    ("a.mp4", "libx264", "yuv420p"),
    ("a.mov", "libx264", "yuv420p"),
    ("a.mkv", "libx264", "yuvj420p"),
    ("a.mp4", "libx264", "yuv422p"),
    ("a.mp4", "libx264", "yuv444p"),
    ("a.mp4", "libx264", "nv12"),
    ("a.mp4", "libx265", "yuv420p"),
    ("a.mov", "libx265", "yuv420p10le"),
    ("a.webm", "libvpx-vp9", "yuv420p"),
    ("a.mp4", "libvpx-vp9", "yuv420p"),
    ("a.avi", "mpeg4", "yuv420p"),
    ("a.avi", "mjpeg", "yuvj420p"),
    ("a.3gp", "libx264", "yuv420p"),
    ("a.ts", "libx264", "yuv420p"),
    ("a.mov", "png", "rgb24"),
]


def corners(picture):
    """Brightness at top left, top right, bottom left, bottom right."""
    h, w = picture.shape[:2]
    return [int(picture[y, x].mean()) for y in (h // 8, h - h // 8) for x in (w // 8, w - w // 8)]


@pytest.mark.parametrize(("name", "codec", "pixels"), FORMATS)
def test_every_format_gives_all_pictures_with_true_times(film, settings, name, codec, pixels):
    """Thirty pictures go in, thirty come out, 1/30 s apart, from t = 0, with the brightness they had."""
    reader = VideoReader(film(name, codec=codec, pixels=pixels), settings)
    frames = list(reader)
    assert [frame.index for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.t_s for frame in frames], np.arange(30) / 30, atol=1.1e-3)
    assert not reader.damage.any
    assert frames[0].keyframe

    if pixels not in ("yuvj420p", "rgb24"):
        expected = [16 + v * 219 / 255 for v in (220, 100, 30, 60)]
        np.testing.assert_allclose(corners(frames[0].luma), expected, atol=4)


@pytest.mark.parametrize(("name", "codec", "pixels"), FORMATS)
def test_pictures_are_bytes_without_row_padding(film, settings, name, codec, pixels):
    """MediaPipe sees nothing in padded rows: every array is C-contiguous uint8 of the right shape."""
    for frame in VideoReader(film(name, codec=codec, pixels=pixels, times_s=np.arange(9) / 30), settings):
        y, u, v = frame.planes()
        for array, shape in ((frame.luma, (96, 160)), (y, (96, 160)), (u, (48, 80)), (v, (48, 80))):
            assert (array.shape, array.dtype) == (shape, np.uint8)
            assert array.flags.c_contiguous
        assert y.flags.writeable
        assert u.flags.writeable
        assert v.flags.writeable
        picture = frame.rgb(80)
        assert (picture.shape, picture.dtype) == ((48, 80, 3), np.uint8)
        assert picture.flags.c_contiguous
        assert frame.rgb(10_000).shape == (96, 160, 3)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_rotated_videos_come_out_upright(film, settings, codec, quarter_turns):
    """A phone stores a turned picture and a flag; the reader, like any player, shows it upright."""
    # np.rot90 turns counter-clockwise, so the player must turn clockwise: a negative angle for FFmpeg
    path = film(codec=codec, quarter_turns=quarter_turns, rotation=-90 * quarter_turns, size=(162, 90))
    reader = VideoReader(path, settings)
    assert (reader.info.width_px, reader.info.height_px) == (162, 90)
    assert reader.info.rotation_deg == 90 * quarter_turns
    frame = next(iter(reader))
    y, u, _ = frame.planes()
    assert frame.luma.shape == y.shape == (90, 162)
    assert u.shape == (45, 81)
    for picture in (frame.luma, y, frame.rgb(10_000)):
        top_left, top_right, bottom_left, _ = corners(picture)
        assert top_left > top_right > bottom_left


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
@pytest.mark.parametrize("mirror", [False, True])
def test_orientation_agrees_with_another_program(film, settings, quarter_turns, mirror):
    """OpenCV turns by its own code; mirrored flags, which it does not know, agree with FFmpeg's definition."""
    path = film(quarter_turns=quarter_turns, rotation=-90 * quarter_turns, mirror=mirror)
    luma = next(iter(VideoReader(path, settings))).luma
    ok, other = cv2.VideoCapture(str(path)).read()
    assert ok
    if not mirror:
        np.testing.assert_allclose(corners(luma), [16 + v * 219 / 255 for v in corners(other)], atol=4)
        return
    matrix = np.frombuffer(
        bytes(next(av.open(str(path)).decode(video=0)).side_data["DISPLAYMATRIX"]), np.int32
    ).reshape(3, 3)
    stored = np.rot90(np.arange(4).reshape(2, 2), quarter_turns)
    shown = np.empty((2, 2), int)
    for row, column in itertools.product((0, 1), repeat=2):
        x, y = np.array([2 * column - 1, 2 * row - 1]) @ np.sign(matrix[:2, :2])
        shown[(y + 1) // 2, (x + 1) // 2] = stored[row, column]
    expected = np.array([220, 100, 30, 60])[shown.ravel()] * 219 / 255 + 16
    np.testing.assert_allclose(corners(luma), expected, atol=4)


@pytest.mark.parametrize("size", [(161, 97), (33, 31), (1, 1)])
def test_odd_sizes_keep_every_pixel(film, settings, size):
    """Chroma planes are rounded up, nothing is cut off."""
    width, height = size
    reader = VideoReader(film(size=size, pixels="yuv444p", times_s=[0, 1 / 30]), settings)
    frame = next(iter(reader))
    assert frame.luma.shape == (height, width)
    assert frame.planes()[1].shape == ((height + 1) // 2, (width + 1) // 2)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_variable_rate_is_read_to_the_millisecond(film, settings, name):
    """Jitter, a low-light step from 30 to 20 pictures a second and a half-second gap keep their times."""
    steps = np.concatenate([np.full(30, 1 / 30), np.full(20, 1 / 20), [0.5], np.full(10, 1 / 30)])
    steps += np.random.default_rng(1).uniform(-0.004, 0.004, len(steps))
    times_s = np.concatenate([[0], np.cumsum(steps)])
    read_s = [frame.t_s for frame in VideoReader(film(name, times_s=times_s), settings)]
    np.testing.assert_allclose(read_s, times_s, atol=1.1e-3)


def test_first_picture_is_time_zero_wherever_the_file_starts(film, settings):
    """A file whose clock starts late still begins at t = 0."""
    path = film("late.mkv", times_s=[5 + i / 30 for i in range(10)])
    assert next(iter(VideoReader(path, settings))).t_s == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
@pytest.mark.parametrize(("start_s", "end_s"), [(0.5, 1.0), (2.05, 3.0), (3.5, None), (None, 0.2)])
def test_a_part_of_a_video_has_the_same_pictures_at_the_same_times(film, settings, name, start_s, end_s):
    """Reading from 2 s on gives what reading everything and leaving out the first 2 s gives."""
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    path = film(name, codec=codec, times_s=[i / 30 for i in range(120)], options={"g": "25"})
    everything = {frame.t_s: frame.luma.copy() for frame in VideoReader(path, settings)}
    part = list(VideoReader(path, settings, start_s, end_s))
    wanted = [t for t in everything if (start_s or 0) <= t < (end_s or 99)]
    assert [frame.t_s for frame in part] == wanted
    assert all(np.array_equal(frame.luma, everything[frame.t_s]) for frame in part)


def test_a_part_beyond_the_end_says_how_long_the_video_is(film, settings):
    """Times outside the video are an error with the cure."""
    with pytest.raises(NoFrames, match=r"lasts 1\.0 s"):
        list(VideoReader(film(), settings, 60.0, 70.0))


def test_a_reader_can_be_read_again(film, settings):
    """The clip is drawn from a second pass through the same reader."""
    with VideoReader(film(), settings) as reader:
        first = [frame.t_s for frame in itertools.islice(reader, 5)]
        assert [frame.t_s for frame in reader][:5] == first
        assert len(list(reader)) == 30


@pytest.mark.parametrize(("transfer", "name"), [(16, "pq"), (18, "hlg")])
def test_hdr_is_named_and_converted(film, settings, transfer, name):
    """Luma keeps the 10-bit scale; colours for people are brought to standard range."""
    path = film("hdr.mov", codec="libx265", pixels="yuv420p10le", transfer=transfer)
    reader = VideoReader(path, settings)
    assert reader.info.transfer == name
    assert reader.colour.transfer == 1
    frame = next(iter(reader))
    assert corners(frame.luma)[0] == pytest.approx(16 + 220 * 219 / 255, abs=2)
    with av.open(str(path)) as container:
        naive = next(container.decode(video=0)).reformat(160, 96, "rgb24").to_ndarray()
    assert np.abs(frame.rgb(160).astype(int) - naive).max() > 5
    assert all(plane.flags.writeable for plane in frame.planes())


@pytest.mark.parametrize(
    ("transfer", "anchors"),
    [("hlg", {0.0: 0, 0.75: 1, 1.0: 1, 0.5: 0.549}), ("pq", {0.0: 0, 0.5807: 1, 1.0: 1, 0.5: 0.690})],
)
def test_hdr_reference_white_becomes_white(transfer, anchors):
    """203 nits (PQ) or 75 % (HLG) is the white of a screen; below it the curve rises steadily."""
    grey = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    sdr = rgb_to_sdr(grey, transfer)[0, :, 0].astype(int)
    assert (np.diff(sdr) >= 0).all()
    for signal, expected in anchors.items():
        assert sdr[round(signal * 255)] == pytest.approx(255 * expected, abs=3)
    y, u, v = planes_to_sdr(grey[..., 0], grey[:, ::2, 0], grey[:, ::2, 0], transfer, full_range=True)
    assert np.array_equal(y[0], sdr)
    assert u.shape == v.shape == (1, 128)


def test_hdr_leaves_grey_grey():
    """A picture without colour has none afterwards."""
    y = np.arange(256, dtype=np.uint8).reshape(16, 16)
    grey = np.full((8, 8), 128, np.uint8)
    _, u, v = planes_to_sdr(y, grey, grey, "hlg", full_range=False)
    assert (u == 128).all()
    assert (v == 128).all()


def test_looking_at_luma_cannot_harm_the_decoder(film, settings):
    """The array may be the decoder's own memory, so writing to it is refused; copies may be written to."""
    frame = next(iter(VideoReader(film(size=(128, 128)), settings)))
    if not frame.luma.flags.writeable:
        with pytest.raises(ValueError, match="read-only"):
            frame.luma[0, 0] = 1
    frame.planes()[0][:] = 0
    assert frame.luma.max() > 0


CLIPS = {
    "evm_baby.mp4": (960, 544, 30, 301, 10.0),
    "pose2sim_single_cam01.mp4": (1080, 1920, 60, 100, 1.65),
    "pose2sim_single_cam02.mp4": (1080, 1920, 60, 100, 1.65),
    "shotform_sample.mp4": (592, 1280, 30, 89, 2.933),
    "sports2d_demo.mp4": (1768, 994, 30, 230, 7.633),
    "tfjs_pose_1.mp4": (576, 576, 30, 120, 3.967),
    "tfjs_pose_squats.mp4": (720, 1280, 5, 65, 12.8),
}


@pytest.mark.skipif("MOTIONSCAN_CLIPS" not in os.environ, reason="MOTIONSCAN_CLIPS is not set")
@pytest.mark.parametrize("name", CLIPS)
def test_real_clips_open_as_documented(name):
    """Public recordings: size, rate, number of pictures and length are as known, without damage."""
    reader = VideoReader(Path(os.environ["MOTIONSCAN_CLIPS"]) / name, VideoSettings())
    times_s = [frame.t_s for frame in reader]
    info = reader.info
    read = (info.width_px, info.height_px, info.nominal_rate_hz, len(times_s), times_s[-1])
    assert read == pytest.approx(CLIPS[name], abs=0.001)
    assert not reader.damage.any
