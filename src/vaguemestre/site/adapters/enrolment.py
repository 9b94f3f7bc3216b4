"""Virus check of the documents joined to NUMEN requests."""

import io

from vaguemestre.desks.enrolment import ports as enrolment
from vaguemestre.engines.clamd import Clamd


def scan(check: Clamd, content: bytes, name: str) -> None:
    """Scan a file for viruses. Every file passes if no scanner is configured."""
    if check(io.BytesIO(content)):
        raise enrolment.InfectedFile("filelinks.infected", name=name)
