"""The pose model that tests use: the small one where it is, else the full one; without either they are skipped."""

from typing import Final

import pytest

from motionscan.pose.models import list_models

_READY: Final = {status.name for status in list_models() if status.state == "ready"}
MODEL: Final = "lite" if "lite" in _READY else "full"
needs_model: Final = pytest.mark.skipif(
    MODEL not in _READY, reason="no pose model is here; run: motionscan models fetch"
)
