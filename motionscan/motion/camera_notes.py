"""What the reader should know of how the camera's movement was told."""

from collections.abc import Sequence

from motionscan.motion.reference import Reference
from motionscan.motion.rows import Row
from motionscan.settings import MotionSettings

NO_BACKGROUND = (
    "There is nothing in the picture beside the limb to hold on to: movement of the camera and of the limb "
    "cannot be told apart."
)
LITTLE_BACKGROUND = (
    "There is too little in the picture beside the legs to hold on to: what most of the picture has in common is "
    "taken for movement of the camera. Film with more of the room in the picture."
)


def camera_notes(references: Sequence[Reference], rows: Sequence[Row], settings: MotionSettings) -> tuple[str, ...]:
    """Why camera and limb can hardly be told apart; nothing where the background told the camera's movement."""
    if any(reference.held for reference in references):
        return (NO_BACKGROUND,)
    told = sum(row.by_background for row in rows)
    return () if told >= settings.background_told * len(rows) else (LITTLE_BACKGROUND,)
