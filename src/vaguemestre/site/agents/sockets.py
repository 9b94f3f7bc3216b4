"""Sockets of the agents of our own rooms; those of engines define their own."""

from pathlib import Path

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place


def numen_socket(instance: Place) -> Path:
    return sockets(instance) / "numen-agent" / "s"


def token_socket(instance: Place) -> Path:
    return sockets(instance) / "token-agent" / "s"
