"""Measurements cut, kept on the disk and joined again say what they said in one piece."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionscan.analysis.analyse import analyse
from motionscan.motion.pieces import cut, joined, read_piece, shifted, write_piece
from motionscan.records import Motion
from motionscan.settings import AnalysisSettings
from tests.analysis.synthetic import movement, person

SETTINGS = AnalysisSettings()


@pytest.fixture
def motion() -> Motion:
    """Twelve seconds of a foot that jerks three times a second."""
    return person([movement("jerks")])


def test_pieces_written_read_and_joined_give_the_same_judgement(motion: Motion, tmp_path: Path) -> None:
    paths = [tmp_path / f"{start_s}.npz" for start_s in range(0, 12, 3)]
    for path in paths:
        start_s = float(path.stem)
        assert write_piece(cut(motion, start_s, start_s + 3), path) == path.stat().st_size
    again = joined([read_piece(path) for path in paths])
    np.testing.assert_array_equal(again.t_s, motion.t_s)
    (before,), (after,) = (analyse(one, SETTINGS).findings for one in (motion, again))
    assert after.pattern == before.pattern
    assert after.event_count == before.event_count
    assert after.frequency_hz == pytest.approx(before.frequency_hz, abs=1e-3)
    assert after.start_s == pytest.approx(before.start_s, abs=1e-3)


def test_a_region_that_one_piece_does_not_know_was_not_measured_there(motion: Motion) -> None:
    blind = replace(cut(motion, 0, 4), regions=())
    whole = joined([blind, cut(motion, 4, 20)])
    assert [region.id for region in whole.regions] == [region.id for region in motion.regions]
    region = whole.regions[0]
    assert len(region.joint_px) == len(whole.t_s) == len(motion.t_s)
    assert np.isnan(region.joint_px[: len(blind.t_s)]).all()
    assert not region.visible[: len(blind.t_s)].any()
    assert np.isfinite(region.joint_px[len(blind.t_s) :]).all()


def test_shifted_measurements_give_the_same_findings_later(motion: Motion) -> None:
    (here,), (there,) = (analyse(one, SETTINGS).findings for one in (motion, shifted(motion, 100.0)))
    assert there.start_s - here.start_s == pytest.approx(100.0, abs=1e-3)
    assert there.frequency_hz == pytest.approx(here.frequency_hz, abs=1e-6)


def test_pictures_of_different_sizes_are_not_joined(motion: Motion) -> None:
    with pytest.raises(ValueError, match="sizes"):
        joined([motion, replace(motion, width_px=motion.width_px + 1)])
