"""A stand-in: a second process of a kind, which answers while the first one starts again on another release.

It listens beside the first one, in the same folder; whoever finds nobody there goes to the stand-in (nginx by
`backup`, our own processes in `agent.ask`).
"""

import os
from pathlib import Path

VARIABLE = "VAGUEMESTRE_STAND_IN"  # set in the environment of a stand-in
NAME = "stand-in"  # of its socket


def is_one() -> bool:
    """Whether this process is a stand-in."""
    return bool(os.environ.get(VARIABLE))


def socket_of(path: Path) -> Path:
    """The socket of the stand-in for whoever listens at `path`."""
    return path.with_name(NAME)


def own_socket(path: Path) -> Path:
    """The socket of this process, when its kind listens at `path`."""
    return socket_of(path) if is_one() else path


def heartbeat_of(file: str) -> str:
    """The file that the stand-in touches, for whoever touches `file`."""
    path = Path(file)
    return str(path.with_name(f"{path.stem}-{NAME}{path.suffix}"))


def own_heartbeat(file: Path) -> Path:
    """The file that this process touches, when its kind touches `file`."""
    return Path(heartbeat_of(str(file))) if is_one() else file
