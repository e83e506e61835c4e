"""The whole room on real people: decode, ask, choose."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from motionscan.pose.person import PersonChooser
from motionscan.pose.plausible import shank_px
from motionscan.pose.sampling import locate
from motionscan.pose.worker import PoseWorker
from motionscan.records import BodyPose, ByteArray, Frame
from motionscan.settings import PoseSettings

SETTINGS = PoseSettings()


def frames(path: Path) -> Iterator[Frame]:
    with av.open(f"file:{path}") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index, picture in enumerate(container.decode(stream)):
            yield _frame(index, picture)


def _frame(index: int, picture: av.VideoFrame) -> Frame:
    luma = np.array(picture.to_ndarray(format="gray"), np.uint8)

    def rgb(side_px: int) -> ByteArray:
        factor = min(1, side_px / max(picture.width, picture.height))
        size = round(picture.width * factor), round(picture.height * factor)
        return np.array(picture.to_ndarray(width=size[0], height=size[1], format="rgb24"), np.uint8)

    return Frame(index, float(picture.time or 0), luma, bool(picture.key_frame), rgb, lambda: (luma, luma, luma))


def poses(path: Path, model: Path) -> list[tuple[Frame, BodyPose | None]]:
    with PoseWorker(model, SETTINGS) as worker:
        return list(locate(frames(path), worker, PersonChooser(SETTINGS), SETTINGS))


def test_the_legs_of_the_squatting_man_are_found_from_start_to_end(lite_model: Path, clips: Path) -> None:
    out = poses(clips / "tfjs_pose_squats.mp4", lite_model)
    found = [pose for _, pose in out if pose is not None]
    assert np.diff([pose.t_s for pose in found]).max() < SETTINGS.interval_s + 0.21  # 5 pictures a second
    assert np.mean([np.isfinite(pose.legs_px).all() for pose in found]) > 0.9
    for pose in found:  # he faces the camera: his left is at the right of the picture
        assert np.nanmean(pose.legs_px[:5, 0]) > np.nanmean(pose.legs_px[5:, 0])


def test_of_two_people_one_is_judged_at_a_time(lite_model: Path, clips: Path) -> None:
    out = poses(clips / "sports2d_demo.mp4", lite_model)
    assert [frame.index for frame, _ in out] == list(range(230))
    found = [pose for _, pose in out if pose is not None]
    assert found
    for last, pose in pairwise(found):
        step_px = np.nanmedian(np.hypot(*(pose.legs_px - last.legs_px).T))
        another = step_px > 2 * shank_px(last.legs_px)
        assert not another or pose.t_s - last.t_s > SETTINGS.keep_person_s


def test_the_same_clip_gives_the_same_poses_every_time(lite_model: Path, clips: Path) -> None:
    one, other = (poses(clips / "tfjs_pose_1.mp4", lite_model) for _ in range(2))
    for (_, a), (_, b) in zip(one, other, strict=True):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            np.testing.assert_array_equal(a.legs_px, b.legs_px)
