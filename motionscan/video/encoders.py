"""Which encoder writes the clip, and with which options."""

from dataclasses import dataclass
from typing import Final

import av
from av.codec.codec import UnknownCodecError

from motionscan.errors import OutputError
from motionscan.settings import ClipSettings


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to write pictures."""

    name: str
    ticks_per_s: int
    """Units of its timestamps in one second."""

    def options(self, settings: ClipSettings) -> dict[str, str]:
        """Options for FFmpeg; pictures never refer to later ones, which keeps players simple."""
        if self.name == "libx264":
            return {"crf": str(settings.crf), "preset": settings.preset, "bf": "0"}
        if self.name == "libvpx-vp9":
            return {"crf": str(settings.crf), "b": "0", "deadline": "realtime", "cpu-used": "8", "row-mt": "1"}
        return {"qmin": "2", "qmax": "6", "bf": "0"}


ENCODERS: Final = (
    Encoder("libx264", 90_000),
    Encoder("libvpx-vp9", 90_000),
    Encoder("mpeg4", 60_000),  # MPEG-4 counts its ticks in 16 bits
)
"""In order of preference: plays everywhere, plays in browsers, always there."""


def choose_encoder(name: str | None = None) -> Encoder:
    """The first encoder that this FFmpeg has, or the named one.

    Raises:
        OutputError: there is none.
    """
    for encoder in ENCODERS:
        if name in (None, encoder.name) and _exists(encoder.name):
            return encoder
    raise OutputError("no video encoder found; install the package 'av' from the Python package index")


def _exists(name: str) -> bool:
    try:
        av.Codec(name, "w")
    except UnknownCodecError:
        return False
    return True
