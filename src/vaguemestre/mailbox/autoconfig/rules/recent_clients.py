"""Which programs have just come in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LATELY = timedelta(minutes=12)  # a use is written every ten minutes
_COMPUTERS = re.compile(
    r"thunderbird|outlook|ordinateur|logiciel|windows|linux|\bmac\b|\bpc\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Used:
    """A program's password, and its last use if there was one."""

    number: int
    name: str
    at: datetime | None
    network: str

    @property
    def kind(self) -> str:
        """What to call it, from the name its owner chose."""
        return "logiciel" if _COMPUTERS.search(self.name) else "téléphone"


def recently_used(programs: Iterable[Used], number: str, now: datetime) -> tuple[Used, ...]:
    """The programs used lately; with `number`, that program if it was ever used."""
    used = [program for program in programs if program.at is not None]
    if number:
        return tuple(program for program in used if str(program.number) == number)
    return tuple(program for program in used if program.at and now - program.at <= LATELY)
