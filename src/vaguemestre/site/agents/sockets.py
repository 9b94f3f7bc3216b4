"""Where the agents of our own rooms listen; those of engines say it themselves."""

from pathlib import Path

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place


def numen_socket(instance: Place) -> Path:
    return sockets(instance) / "numen-agent" / "s"


def token_socket(instance: Place) -> Path:
    return sockets(instance) / "token-agent" / "s"
