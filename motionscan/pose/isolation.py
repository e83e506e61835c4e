"""No network for the pose process: MediaPipe reports its use to its maker when a task is closed.

Two walls, each enough alone: a dead proxy in the environment, which MediaPipe's own network code obeys, and on
Linux a network namespace with nothing in it, where the system allows that.
"""

import ctypes
import os
import sys
from collections.abc import Mapping
from typing import Final

DEAD_PROXY: Final = "http://127.0.0.1:9"
"""The discard port of this machine, where nobody listens."""
_PROXY_NAMES: Final = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")
_BYPASS_NAMES: Final = ("no_proxy",)
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000


def environment_without_network(environment: Mapping[str, str]) -> dict[str, str]:
    """A copy whose proxies lead nowhere and that has no exception from them."""
    ruled = {*_PROXY_NAMES, *_BYPASS_NAMES}
    kept = {name: value for name, value in environment.items() if name.lower() not in ruled}
    dead = {spelling: DEAD_PROXY for name in _PROXY_NAMES for spelling in (name, name.upper())}
    return kept | dead


def shut_network() -> bool:
    """Cut this process off; call it before any thread starts.

    Returns:
        Whether it now is in a network namespace of its own. The dead proxies are set in any case.
    """
    dead = environment_without_network(os.environ)
    for name in os.environ.keys() - dead.keys():
        del os.environ[name]
    os.environ.update(dead)
    # root needs no user namespace, and would lose the right to read other users' files in one
    return _unshare(_CLONE_NEWNET) or _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _unshare(flags: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        if sys.version_info >= (3, 12):
            os.unshare(flags)
            return True
        return bool(ctypes.CDLL(None).unshare(flags) == 0)
    except (OSError, AttributeError):
        return False
