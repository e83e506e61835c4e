"""The drawn person is unambiguous: a pose network finds the legs where they are, on the right side."""

import cv2
import numpy as np
import pytest

from motionscan.body import LANDMARKS, landmark
from motionscan.pose.models import list_models
from motionscan.pose.source import LEG_POINTS
from motionscan.pose.worker import PoseWorker
from motionscan.settings import PoseSettings
from motionscan.simulate.catalogue import catalogue
from motionscan.simulate.render import Renderer

LITE = next((one.path for one in list_models() if one.name == "lite" and one.state == "ready"), None)
LONG_SIDE_PX = 960
OF_SHANK = {"knee": 0.15, "ankle": 0.15, "heel": 0.2, "toe": 0.2}  # how far off a landmark may lie
NAMES = (
    "left_foot_jerks_2hz_front_steady",
    "right_foot_jerks_3hz_front_steady",
    "left_foot_jerks_2p5hz_side_handheld",
    "left_foot_jerks_4hz_side_handheld_variable",
    "left_foot_slowing_jerks_4_to_2hz_side_handheld",
    "right_foot_tremor_6hz_bed_steady",
    "right_foot_jerks_2hz_bed_handheld",
    "still_bed_shaken",
)

pytestmark = pytest.mark.skipif(LITE is None, reason="the lite pose model is not on this machine")


@pytest.fixture(scope="module")
def worker():
    with PoseWorker(LITE, PoseSettings()) as one:
        yield one


def rgb(canvas):
    """(h, w, 3) bytes of a canvas and how many times larger the canvas is."""
    luma = (canvas.luma - 16) * (255 / 219)
    chroma = (cv2.resize(canvas.chroma, luma.shape[::-1]) - 128) * (255 / 224)
    blue, red = luma + 1.8556 * chroma[..., 0], luma + 1.5748 * chroma[..., 1]
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    scale = max(luma.shape) / LONG_SIDE_PX
    picture = np.clip(np.stack([red, green, blue], axis=2), 0, 255).astype(np.uint8)
    return cv2.resize(picture, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA), scale


@pytest.mark.parametrize("name", NAMES)
def test_the_legs_are_seen_where_they_are_and_on_their_side(worker, name):
    scenario = catalogue()[name]
    renderer = Renderer(scenario)
    worker.submit(0.0, *rgb(renderer.picture(0.0)))
    persons = worker.result()
    assert persons
    camera = renderer.camera.person_map(0.0)
    truth = np.array([renderer.joints[joint] for joint in LANDMARKS]) @ camera[:, :2].T + camera[:, 2]
    errors = [np.linalg.norm(one.landmarks_px[LEG_POINTS] - truth, axis=1) for one in persons]
    best = min(errors, key=np.sum)
    from_side = scenario.person.view == "chair_side"
    for side in (scenario.person.near_side,) if from_side else ("left", "right"):
        shank = np.linalg.norm(truth[landmark(side, "ankle")] - truth[landmark(side, "knee")])
        for joint, share in OF_SHANK.items():
            assert best[landmark(side, joint)] < share * shank, f"{side} {joint}"
