"""One tree of errors; every message says what went wrong and what to do about it.

MotionscanError
    InputError            the video cannot be used (exit code 1)
        MissingFile, EmptyFile, NotAVideo, NoVideoStream, BrokenIndex, TooLarge, TooMuch, NoFrames
        CameraError       a camera or a stream gives no pictures at the moment
    ModelError            the model file is missing, damaged or cannot be fetched
    PoseError             the pose process stopped or could not start
    ProcessError          the process of one video failed, died, or reached a limit
    OutputError           results cannot be written (disk full, no permission)
    ClusterError          the Dask cluster is not there, or what it needs is not installed
    SettingsError         a settings file or option has a wrong value (exit code 2)
"""


class MotionscanError(Exception):
    """Root of all errors that a user can meet; ``str()`` is one line with the cure."""

    code = "E_FAILED"


class InputError(MotionscanError):
    """The video cannot be used."""

    code = "E_INPUT"


class MissingFile(InputError):  # noqa: N818 - reads as what happened
    """There is no such file, or it may not be read."""

    code = "E_MISSING"


class EmptyFile(InputError):  # noqa: N818
    """The file has no bytes."""

    code = "E_EMPTY"


class NotAVideo(InputError):  # noqa: N818
    """The bytes are not of a supported video container."""

    code = "E_NOT_VIDEO"


class NoVideoStream(InputError):  # noqa: N818
    """The file holds sound or pictures only."""

    code = "E_NO_VIDEO"


class BrokenIndex(InputError):  # noqa: N818
    """The container's index is missing, as when recording was cut off."""

    code = "E_NO_INDEX"


class TooLarge(InputError):  # noqa: N818
    """The picture is larger than the limit in the settings."""

    code = "E_TOO_LARGE"


class TooMuch(InputError):  # noqa: N818
    """There are more pictures, or they take longer, than the limits in the settings allow."""

    code = "E_TOO_MUCH"


class NoFrames(InputError):  # noqa: N818
    """Nothing could be decoded."""

    code = "E_NO_FRAMES"


class CameraError(InputError):
    """A camera or a stream is absent, busy, denied, unplugged or silent; it may come back."""

    code = "E_CAMERA"


class ModelError(MotionscanError):
    """The model file is missing, damaged, or cannot be fetched."""

    code = "E_MODEL"


class PoseError(MotionscanError):
    """The pose process could not start or stopped."""

    code = "E_POSE"


class ProcessError(MotionscanError):
    """The process in which one video is scanned failed, died, or reached a limit."""

    code = "E_PROCESS"


class OutputError(MotionscanError):
    """Results cannot be written."""

    code = "E_OUTPUT"


class ClusterError(MotionscanError):
    """The Dask cluster cannot be used."""

    code = "E_CLUSTER"


class SettingsError(MotionscanError):
    """A settings file or an option has a wrong value."""

    code = "E_SETTINGS"


def does_not_load(error: BaseException) -> bool:
    """Whether a library is missing, broken, or what two installations left of one (seen with OpenCV's packages)."""
    return isinstance(error, ImportError) or (isinstance(error, AttributeError) and "module 'cv2'" in str(error))


def unexpected(error: Exception) -> str:
    """One line for what no ``MotionscanError`` foresaw; a library that does not load has a cure."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    if does_not_load(error):
        return (
            f"a library does not load ({words}); install it again, as with: pip install --force-reinstall "
            "opencv-python; slim Linux systems also need: apt-get install libegl1 libgles2 libgl1 libglib2.0-0"
        )
    return f"unexpected {words}; please report it"
