"""Detection of national numbers and sensitive words in a message to a class or its families.

INE: eleven characters, ten digits and a letter (BEA), or nine digits and two letters (RNIE).
Social security number: thirteen or fifteen digits, Corsica's letters among them.
"""

import re

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.schools.rosters.values import ContentWarning

_GAP = r"[ \u00a0\u202f.-]?"
_INE = re.compile(
    rf"(?<![0-9A-Za-z])(?:\d{_GAP}){{9}}(?:\d{_GAP}[A-Za-z]|[A-Za-z]{_GAP}[A-Za-z])(?![0-9A-Za-z])"
)
_NIR = re.compile(
    rf"(?<!\d)[12]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?:{_GAP}\d\d)?(?!\d)"
)
# Folded: plain letters, hyphens for spaces.
_SENSITIVE_LINES = """
handicap handicape mdph aesh pps pap pai dyslexie dyslexique dyspraxie autisme autiste tdah
medical medicale medicament traitement-medical maladie hospitalisation psychologue psychiatre
grossesse enceinte suicide scarification addiction maltraitance agression harcelement
signalement information-preoccupante conseil-de-discipline exclusion garde-a-vue divorce
tribunal boursier boursiere impaye impayes fonds-social religion religieux nationalite
titre-de-sejour sans-papiers
"""
_SENSITIVE = tuple(_SENSITIVE_LINES.split())
_MAX_WORDS = 6


def content_warnings(*texts: str) -> tuple[ContentWarning, ...]:
    """The warnings about these texts, one per kind, most serious first; numbers are masked."""
    text = "\n".join(texts)
    numbers = tuple(dict.fromkeys(_masked(number) for number in _INE.findall(text)))
    social = tuple(dict.fromkeys(_masked(match[0]) for match in _NIR.finditer(text)))
    folded = f"-{re.sub(r'[^a-z0-9]+', '-', fold(text.replace(chr(10), ' ')))}-"
    words = tuple(word.replace("-", " ") for word in _SENSITIVE if f"-{word}-" in folded)
    candidates = (
        ContentWarning("pupil-number", numbers[:_MAX_WORDS]),
        ContentWarning("social-number", social[:_MAX_WORDS]),
        ContentWarning("sensitive", words[:_MAX_WORDS]),
    )
    return tuple(warning for warning in candidates if warning.words)


def _masked(number: str) -> str:
    plain = re.sub(r"[^0-9A-Za-z]", "", number)
    return f"{plain[:2]}{'•' * (len(plain) - 4)}{plain[-2:]}"
