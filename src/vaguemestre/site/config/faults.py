"""Faults of a configuration file."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault of the file: its line (0: none to point at) and a French sentence without its full stop."""

    line: int
    sentence: str
