"""Mailboxes for measuring: the same bytes every time, made by the demonstration's letters."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import batched
from unicodedata import normalize

from bench.bare import Bare
from django.conf import settings

from vaguemestre.demo.letters import Writer, messages, sealed


def _ascii(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")


UNTIL = datetime(2026, 9, 1, 18, 0, tzinfo=UTC)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLLEAGUES = tuple(
    Writer(name, f"{_ascii(name).lower().replace(' ', '.')}@ac-amiens.test")
    for name in ("Hélène Dupont", "Paul Martin", "Aïcha Benali", "Jean Lefèvre", "Marie Petit", "Luc Moreau")
)


def fill(bare: Bare, owner: Writer, count: int, seed: int) -> None:
    """Bring INBOX to exactly `count` messages; a mailbox already full is left alone."""
    have = int(bare.run(b"STATUS INBOX (MESSAGES)").split(b"MESSAGES ")[1].split(b")")[0])
    if have >= count:
        return
    done = have
    for batch in batched(_letters(owner, count, seed), 100, strict=False):
        if have:  # the first ones are there: the same seed gave them
            have, batch = max(0, have - len(batch)), batch[have:]
        if batch:
            bare.append_all("INBOX", batch)
        done += len(batch)
        if sys.stderr.isatty():
            print(f"\r{owner.address} : {done}/{count} messages", end="", file=sys.stderr, flush=True)
    print(f" {owner.address} : {count} messages", file=sys.stderr)


def _letters(owner: Writer, count: int, seed: int) -> Iterator[tuple[tuple[str, ...], str, bytes]]:
    letters = messages(seed, count, owner, COLLEAGUES, UNTIL, inbox_share=1.0)
    for letter in sealed(letters, settings.SEAL_KEY):
        day = letter.at
        yield letter.flags, day.strftime(f"%d-{MONTHS[day.month - 1]}-%Y %H:%M:%S %z"), letter.content
