"""The page of a batch in a real browser, opened from disk."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from motionscan.outputs.batch_page import picture_path, write_page
from motionscan.outputs.batch_rows import Row

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
in_browser = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with chromedriver is here")
EVIL = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
CLIP_S = 3.0


def row(index: int, **values: Any) -> Row:
    """A rhythm of the right foot; ``index`` sets file and frequency."""
    made = Row(
        file=f"clip_{index}.mp4", sha256=f"{index:064x}", duration_s=60.0, view="full_body", assessable=True,
        finding="f1", side="right", region="right_foot", pattern="rhythmic_jerking", site="joint", start_s=1.0,
        end_s=2.5, peak_s=2.0, event_count=30, events_per_min=30.0, frequency_hz=2.0 + index % 40 / 10,
        interval_cv=0.05, slowing=False, confidence=0.9, sentence=f"Right foot: {index}.", folder=f"clip_{index}",
    )  # fmt: skip
    return replace(made, **values)


OF_A_FINDING = (
    *("finding", "side", "region", "pattern", "site", "start_s", "end_s", "peak_s", "event_count", "events_per_min"),
    *("frequency_hz", "interval_cv", "slowing", "confidence"),
)
NO_FINDING = dict.fromkeys(OF_A_FINDING)
ROWS = [
    row(10, recorded_at="2026-11-01T22:10:00+00:00"),
    row(9, recorded_at="2026-11-03T23:40:00+00:00", region="left_foot", side="left", slowing=True,
        frequency_start_hz=4.0, frequency_end_hz=2.0, sentence="Left foot: slowing."),
    row(2, pattern="isolated_twitches", site="surface", region="region_1", side=None, frequency_hz=None,
        recorded_at="2026-11-03T23:50:00+00:00"),
    row(3, **NO_FINDING, sentence="No rhythmic movement and no twitches were seen."),
    row(4, **NO_FINDING, assessable=False, quality="duration_s brightness", sentence="Cannot be judged."),
    row(5, **NO_FINDING, sentence=None, folder=None, error=f"{EVIL}: not a video", file=EVIL),
    Row("copies/clip_10.mp4", same_as="clip_10.mp4", sha256=f"{10:064x}"),
]  # fmt: skip


def write_clip(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for index in range(round(CLIP_S * 20)):
            picture = np.full((96, 160), index * 3, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 20)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page beside a clip and its picture, in a folder with an awkward name."""
    folder = tmp_path_factory.mktemp("page") / "100% of #1?"
    write_clip(folder / "clip_10" / "annotated.mp4")
    (folder / "clip_10" / "summary.json").write_text("{}")
    picture = folder / picture_path("clip_10", "f1")
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (320, 180), (200, 30, 30)).save(picture)
    write_page(ROWS, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium whose every name and address leads nowhere."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--window-size=1500,1100")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND")
    options.add_argument("--proxy-server=127.0.0.1:9")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Any, out: Path) -> Iterator[Any]:
    """The page, just opened; it must not complain, nor ask for anything but files."""
    browser.get((out / "index.html").as_uri())
    yield browser
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}
    assert asked
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}


def column(page: Any, number: int) -> list[str]:
    return page.execute_script(
        f"return [...document.querySelectorAll('#rows tr')].map(row => row.children[{number}].innerText.trim())"
    )


def files(page: Any) -> list[str]:
    return [text.splitlines()[0] for text in column(page, 1)]


def click(page: Any, selector: str) -> None:
    page.find_element("css selector", selector).click()


def choose(page: Any, element: str, value: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(page.find_element("id", element)).select_by_value(value)


@in_browser
def test_every_row_is_there_in_the_order_of_the_table(page: Any) -> None:
    assert files(page) == [row.file for row in ROWS]
    assert page.find_element("id", "where").text == "1–7 of 7 rows"
    assert page.find_element("id", "videos").text == "7"


@in_browser
def test_a_click_on_a_head_sorts_and_another_one_turns_it_round(page: Any) -> None:
    """Numbers as numbers, names as people count; what is not known stands last both ways."""
    click(page, "[data-key=frequency_hz]")
    assert files(page)[:2] == ["clip_9.mp4", "clip_10.mp4"]
    click(page, "[data-key=frequency_hz]")
    assert files(page)[:2] == ["clip_10.mp4", "clip_9.mp4"]
    click(page, "[data-key=file]")
    assert [name for name in files(page) if name.startswith("clip")] == [
        *("clip_2.mp4", "clip_3.mp4", "clip_4.mp4", "clip_9.mp4", "clip_10.mp4")
    ]
    assert page.find_element("css selector", "th[aria-sort=ascending]").text.startswith("File")


@in_browser
def test_filters_leave_what_was_asked_for(page: Any) -> None:
    page.find_element("id", "text").send_keys("slowing left")
    assert files(page) == ["clip_9.mp4"]
    click(page, "#filters button[type=reset]")
    choose(page, "pattern", "isolated_twitches")
    assert files(page) == ["clip_2.mp4"]
    choose(page, "pattern", "")
    for state, name in (("failed", EVIL), ("same", "copies/clip_10.mp4"), ("unjudged", "clip_4.mp4")):
        choose(page, "state", state)
        assert files(page) == [name]
    choose(page, "state", "found")
    choose(page, "side", "-")
    assert files(page) == ["clip_2.mp4"]


@in_browser
def test_counts_by_pattern_are_shown_and_filter(page: Any) -> None:
    assert page.find_element("css selector", "[data-pattern=rhythmic_jerking]").text == "2 rhythmic jerking"
    click(page, "[data-pattern=rhythmic_jerking]")
    assert files(page) == ["clip_10.mp4", "clip_9.mp4"]
    click(page, "[data-pattern=rhythmic_jerking]")
    assert len(files(page)) == 7


@in_browser
def test_the_diary_shows_findings_per_day_and_frequencies(page: Any) -> None:
    titles = page.execute_script("return [...document.querySelectorAll('#days title')].map(one => one.textContent)")
    assert titles == [
        *("2026-11-01: 1 rhythmic jerking", "2026-11-03: 1 rhythmic jerking", "2026-11-03: 1 isolated twitches")
    ]
    assert len(page.find_elements("css selector", "#rates circle")) == 2
    click(page, "[data-pattern=isolated_twitches]")
    assert len(page.find_elements("css selector", "#days rect")) == 1


@in_browser
def test_the_picture_is_shown_and_the_clip_plays_from_shortly_before_the_peak(page: Any) -> None:
    assert page.execute_script("return document.querySelector('#rows img').decode().then(() => true)")
    click(page, "#rows td.file button")
    end_s = time.monotonic() + 20
    state: list[Any] = []
    while time.monotonic() < end_s and not (state and state[0] > 1.2):
        state = page.execute_script("const v = document.querySelector('video'); return [v.currentTime, v.videoWidth]")
    assert state[0] > 1.2
    assert state[1] == 160
    click(page, "#close")
    assert not page.find_element("id", "player").is_displayed()


@in_browser
def test_hostile_names_stay_text(page: Any) -> None:
    assert page.title == "motionscan: 100% of #1?"
    assert len(page.find_elements("css selector", "#rows img")) == 1
    assert EVIL in files(page)


@in_browser
def test_ten_thousand_rows_stay_usable(browser: Any, tmp_path: Path) -> None:
    """Only a page of them is drawn; sorting and filtering take less than half a second.

    The shortest of five: what else the machine does makes the others longer, never shorter.
    """
    write_page([row(index) for index in range(10_000)], tmp_path)
    browser.get((tmp_path / "index.html").as_uri())
    assert browser.find_element("id", "where").text == "1–50 of 10000 rows"
    took_ms = browser.execute_script(
        "const text = document.getElementById('text'); const took = [];"
        "const filter = (value) => { text.value = value; text.dispatchEvent(new Event('input')); };"
        "for (let time = 0; time < 5; time++) { filter(''); const start = performance.now();"
        "document.querySelector('[data-key=frequency_hz]').click(); filter('clip_99');"
        "took.push(performance.now() - start); }"
        "return took"
    )
    assert min(took_ms) < 500
    assert browser.find_element("id", "where").text == "1–50 of 111 rows"
    click(browser, "#after")
    assert browser.find_element("id", "where").text == "51–100 of 111 rows"
    assert len(files(browser)) == 50


def test_no_text_of_a_row_can_end_the_script(out: Path) -> None:
    """Also where there is no browser to test it."""
    text = (out / "index.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert EVIL not in text


def test_the_page_asks_for_nothing_from_elsewhere(out: Path) -> None:
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert set(re.findall(r"https?://[^\"' ]+", text)) <= {"http://www.w3.org/2000/svg"}


@in_browser
def test_without_recording_times_there_is_no_diary(browser: Any, tmp_path: Path) -> None:
    write_page([row(1)], tmp_path)
    browser.get((tmp_path / "index.html").as_uri())
    assert not browser.find_element("id", "diary").is_displayed()
