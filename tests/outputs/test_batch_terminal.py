"""What is seen of a batch while it runs."""

import io
import time

import pytest
from rich.console import Console

from motionscan.outputs.batch_terminal import _Screen, batch_progress


def test_the_time_left_goes_by_seconds_of_video(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the number of videos: a long one that is half done counts as half of its length."""
    now_s = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    screen = _Screen()
    screen.planned("scan", 3, [60.0, 20.0])
    assert screen.left_s() is None
    screen.started("/v/long.mp4", 60.0)
    screen.moved("/v/long.mp4", 0.5)
    now_s[0] += 15.0
    assert screen.left_s() == pytest.approx(25.0)
    screen.left("/v/long.mp4")
    screen.ended("/v/long.mp4", 60.0, 2, None)
    now_s[0] += 15.0
    assert screen.left_s() == pytest.approx(10.0)
    assert screen.counts() == "1/2 videos, 3 done before, 2 findings, 0 failed, 10 s left"


def test_a_video_that_is_tried_again_is_not_counted_twice() -> None:
    screen = _Screen()
    screen.planned("scan", 0, [60.0])
    for _ in range(2):
        screen.started("/v/a.mp4", 60.0)
        screen.moved("/v/a.mp4", 0.9)
        screen.left("/v/a.mp4")
    assert screen.left_s() is None
    assert screen.counts().startswith("0/1 videos")


def test_the_screen_names_what_is_running() -> None:
    screen = _Screen()
    screen.planned("scan", 0, [10.0, 10.0])
    screen.started("/v/left\x1b[31m foot.mp4", 10.0)
    shown = io.StringIO()
    Console(file=shown, width=80).print(screen.picture())
    assert "left?[31m foot.mp4" in shown.getvalue()
    assert "0/2 videos" in shown.getvalue()


def test_in_a_pipe_there_is_a_line_for_each_video(capsys: pytest.CaptureFixture[str]) -> None:
    with batch_progress(quiet=False) as observer:
        observer.found(2, 1)
        observer.planned("look", 0, [0.0, 0.0])
        observer.ended("/v/a.mp4", 0.0, 0, None)
        observer.planned("scan", 0, [1.0, 1.0])
        observer.ended("/v/a.mp4", 1.0, 2, None)
        observer.ended("/v/b\n.mp4", 1.0, 0, "b?.mp4: empty")
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "2 videos found, 1 other files left out"
    assert lines[1].startswith("a.mp4: 2 findings [1/2 videos")
    assert lines[2].startswith("b?.mp4")
    assert len(lines) == 3


def test_quiet_tells_failures_only(capsys: pytest.CaptureFixture[str]) -> None:
    with batch_progress(quiet=True) as observer:
        observer.found(1, 0)
        observer.planned("scan", 0, [1.0, 1.0])
        observer.ended("/v/a.mp4", 1.0, 2, None)
        observer.ended("/v/b.mp4", 1.0, 0, "b.mp4: empty")
    assert capsys.readouterr().err == "b.mp4: empty\n"
