"""The mark of a civil status that a form showed, by which a later change of somebody else is seen."""

import hashlib
from dataclasses import astuple

from vaguemestre.people.directory.values import CivilStatus


def civil_mark(civil: CivilStatus) -> str:
    """The same for two civil statuses that are equal, and for no others."""
    return hashlib.sha256(repr([str(value) for value in astuple(civil)]).encode()).hexdigest()
