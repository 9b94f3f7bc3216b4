"""UAI codes, departments and management services (docs/domain.md §2.5, §3.1)."""

import re
from dataclasses import asdict
from datetime import date

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.departments import NAMES
from vaguemestre.people.directory.values import Place, StaffCategory, Uai

_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ"  # no I, O, Q
_SHAPE = re.compile(r"[0-9]{7}[A-HJ-NPR-Z]", re.ASCII)


_CORSICA = {"620": "2A", "720": "2B"}


_BY_CATEGORY = {
    StaffCategory.SECOND_DEGREE_PUBLIC: "DPE",
    StaffCategory.CPE: "DPE",
    StaffCategory.PSYEN: "DPE",
    StaffCategory.AED: "DPE",  # hired by the school; their identity is kept with the second degree
    StaffCategory.DIRECTION: "DPATE",
    StaffCategory.ATSS: "DPATE",
    StaffCategory.FIRST_DEGREE_PRIVATE: "DEEP",
    StaffCategory.SECOND_DEGREE_PRIVATE: "DEEP",
}


def described_fields(place: Place) -> dict[str, str]:
    """What is said of an establishment, its code left out: an empty text says nothing."""
    return {name: text for name, text in asdict(place).items() if text and name != "uai"}


def check_letter(digits: str) -> str:
    """The check letter of a UAI's seven digits."""
    return _ALPHABET[int(digits) % 23]


def parse_uai(text: str) -> Uai:
    """Parse a UAI. Raises Refusal `directory.uai-malformed` or `directory.uai-letter-wrong`."""
    plain = text.strip().upper()
    if not _SHAPE.fullmatch(plain):
        raise Refusal("directory.uai-malformed", uai=text.strip()[:20])
    if plain[7] != check_letter(plain[:7]):
        raise Refusal("directory.uai-letter-wrong", uai=plain)
    return Uai(plain)


def check_opening_days(opened_on: date | None, closed_on: date | None) -> None:
    """Raises Refusal `directory.life-backwards` if the closing day precedes the opening day."""
    if opened_on and closed_on and closed_on < opened_on:
        raise Refusal("directory.life-backwards")


def department_label(department: str) -> str:
    """`02` for `002`, `2A` for `620`, `971` as it is."""
    return _CORSICA.get(department) or (department[1:] if department.startswith("0") else department)


def department_name(department: str) -> str:
    """`Aisne (02)` for `002`; the number alone if unknown."""
    label = department_label(department)
    return f"{NAMES[label]} ({label})" if label in NAMES else label


def service_code(category: StaffCategory, department: str) -> str:
    """The management service of that category in that department (three digits, as in a UAI)."""
    return _BY_CATEGORY.get(category) or f"DSDEN_{department_label(department)}"
