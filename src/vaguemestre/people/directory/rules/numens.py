"""Parse and draw NUMENs (docs/domain.md §1.2, §1.3). Validity is shape only: there is no check digit."""

import re
import unicodedata
from random import Random
from string import ascii_uppercase, digits

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.values import Numen, NumenLayout, StaffCategory

_STANDARD = re.compile(r"\d{2}[A-Z]\d{2}\d{5}[A-Z]{3}", re.ASCII)
_SEED = re.compile(r"\d{2}\d{2}[A-Z](?=(?:.*[A-Z]){5})(?=(?:.*\d){3})[A-Z0-9]{8}", re.ASCII)
_SPACING = re.compile(r"[\s.\-_\u2010-\u2015\u2212]+")

_SYSTEM = {
    StaffCategory.FIRST_DEGREE_PUBLIC: "G",
    StaffCategory.FIRST_DEGREE_PRIVATE: "P",
    StaffCategory.SECOND_DEGREE_PRIVATE: "P",
    StaffCategory.DIRECTION: "A",
    StaffCategory.ATSS: "A",
}


def parse_numen(text: str) -> Numen:
    """Parse a NUMEN, ignoring spaces, dots, hyphens and case.

    Raises Refusal `directory.numen-malformed`, whatever is wrong.
    """
    plain = _SPACING.sub("", unicodedata.normalize("NFKC", text)).upper()
    if _STANDARD.fullmatch(plain):
        return Numen(plain, NumenLayout.STANDARD)
    if _SEED.fullmatch(plain):
        return Numen(plain, NumenLayout.SEED)
    raise Refusal("directory.numen-malformed")


def is_numen(text: str) -> bool:
    """Whether the text has the shape of a NUMEN."""
    try:
        parse_numen(text)
    except Refusal:
        return False
    return True


def draw_numen(
    layout: NumenLayout, *, academy: str, category: StaffCategory, year: int, draw: Random
) -> Numen:
    """Draw a random NUMEN; the caller checks that it is new.

    `academy` is the two-digit code of the issuing académie, `year` the year of entry (four digits),
    `draw` a source fit for secrets (`random.SystemRandom`) outside tests and samples.
    """
    system = _SYSTEM.get(category, "E")
    entry = f"{year % 100:02d}"
    if layout is NumenLayout.STANDARD:
        serial = "".join(draw.choices(digits, k=5))
        return Numen(f"{academy}{system}{entry}{serial}{''.join(draw.choices(ascii_uppercase, k=3))}", layout)
    tail = draw.choices(ascii_uppercase, k=5) + draw.choices(digits, k=3)
    draw.shuffle(tail)
    return Numen(f"{entry}{academy}{system}{''.join(tail)}", layout)
