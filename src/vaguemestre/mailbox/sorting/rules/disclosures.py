"""Detect personal information in a text for strangers."""

import re

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.sorting.values import Disclosure

_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)\s?33[\s.-]?(?:\(0\))?|0)[\s.-]?[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
# Starts of words, without accents.
_HEALTH = re.compile(
    r"\b(?:malad|hopita|hospitali|cliniqu|chirurg|medic|medec|convalesc|grossesse|enceinte|maternite|"
    r"accouch|burn.?out|depress|covid|cancer|chimio|radiotherap|psychiatr|handicap|arret de travail|"
    r"accident|soins|souffran|sante|operee?\b)"
)


def disclosures(text: str) -> tuple[Disclosure, ...]:
    """Kinds of personal information in the text: phone number, then health."""
    kinds = []
    if _PHONE.search(text):
        kinds.append(Disclosure.PHONE)
    if _HEALTH.search(without_accents(text)):
        kinds.append(Disclosure.HEALTH)
    return tuple(kinds)
