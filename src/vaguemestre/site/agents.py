"""Where the agents of our own rooms listen; those of engines say it themselves."""

from pathlib import Path

from vaguemestre.engines.instance import Place, sockets


def numen_socket(instance: Place) -> Path:
    return sockets(instance) / "numen-agent" / "s"


def token_socket(instance: Place) -> Path:
    return sockets(instance) / "token-agent" / "s"
