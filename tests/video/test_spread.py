"""A few pictures spread over a video: in order, from end to end, and cheap where keyframes are many."""

import numpy as np
import pytest

from motionscan.video.reader import VideoReader
from motionscan.video.spread import spread_pictures


@pytest.mark.parametrize("interval", [1, 10, 250])
@pytest.mark.parametrize("count", [3, 12])
def test_pictures_are_spread_from_end_to_end(film, settings, interval, count):
    """However far apart the keyframes are."""
    clip = film(times_s=[i / 30 for i in range(300)], options={"g": str(interval)})
    with VideoReader(clip, settings) as reader:
        times_s = np.array([frame.t_s for frame in spread_pictures(reader, count)])
    assert len(times_s) == count
    assert times_s[0] < 0.5
    assert times_s[-1] >= 9.9 - 10 / count
    assert (np.diff(times_s) > 0.4 * 10 / count).all()


def test_keyframes_are_enough_where_there_are_many(film, settings):
    clip = film(times_s=[i / 30 for i in range(300)], options={"g": "10"})
    with VideoReader(clip, settings) as reader:
        assert all(frame.keyframe for frame in spread_pictures(reader, 12))


def test_a_part_of_a_video_is_spread_over_that_part(film, settings):
    clip = film(times_s=[i / 30 for i in range(300)], options={"g": "30"})
    with VideoReader(clip, settings, start_s=4, end_s=6) as reader:
        times_s = [frame.t_s for frame in spread_pictures(reader, 12)]
    assert len(times_s) == 12
    assert 4 <= min(times_s) < max(times_s) < 6


def test_a_short_video_gives_what_it_has(film, settings):
    clip = film(times_s=[0.0, 0.1, 0.2])
    with VideoReader(clip, settings) as reader:
        assert len(spread_pictures(reader, 12)) == 3
