"""Detection and masking of NUMENs and passwords written to the desk."""

import re
from collections.abc import Iterator

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numens import parse_numen

MASK = "•••••"
_WORD = re.compile(r"[0-9A-Za-z]+")
_NUMEN_LENGTH = 13
# « mon mot de passe est xyz », « mdp : xyz », « password=xyz », « mon PIN : 1984 », « code 12345678 »
_PASSWORD = re.compile(
    r"(?P<phrase>\b(?:mots?\s+de\s+passe|mdp|password|passe|passcode|pass|code(?:\s+pin)?|pin)\b"
    r"(?:\s+\w+){0,3}?\s*(?:[:=]|\best\b|\bc['’]est\b|\bétait\b)\s*)(?P<secret>[^\s,;]+)",
    re.IGNORECASE,
)
_TOLD_TO_DO = re.compile(r"[a-zéèêâîôûç]+ez(?:-(?:en|le|la|les|vous|nous|moi|y))*")  # « choisissez-le »
_ORDINARY_WORDS = frozenset(
    {
        "refusé",
        "refuse",
        "oublié",
        "oublie",
        "perdu",
        "faux",
        "incorrect",
        "bloqué",
        "bloque",
        "expiré",
        "expire",
    }
    | {"le", "la", "les", "un", "une", "pas", "toujours", "encore", "trop", "que", "qui", "demandé", "valide"}
    | {"périmé", "perime", "invalide", "celui", "celle", "redemandé", "protégé", "trouvé", "changé", "caché"}
    | {
        "inconnu",
        "rejeté",
        "impossible",
        "différent",
        "mauvais",
        "bon",
        "correct",
        "vide",
        "très",
        "bien",
        "en",
    }
)


def without_secrets(text: str) -> str:
    """The text with NUMENs and passwords masked; unchanged if there are none."""
    pieces, last = [], 0
    for start, end in _numens(text):
        pieces += [text[last:start], MASK]
        last = end
    return _PASSWORD.sub(_mask_password, "".join([*pieces, text[last:]]))


def _mask_password(match: re.Match[str]) -> str:
    secret = match["secret"]
    plain = secret.strip(".!?…»«\"'()").lower()
    is_ordinary = not plain or plain in _ORDINARY_WORDS or _TOLD_TO_DO.fullmatch(plain)
    return match[0] if is_ordinary else match["phrase"] + MASK


def _numens(text: str) -> Iterator[tuple[int, int]]:
    """The spans of NUMENs, written in one or several pieces; they do not overlap."""
    words = list(_WORD.finditer(text))
    free_from = 0
    for at, first in enumerate(words):
        if first.start() < free_from:
            continue
        joined = ""
        for last in words[at : at + 6]:
            joined += last[0]
            if len(joined) >= _NUMEN_LENGTH:
                break
        if len(joined) == _NUMEN_LENGTH and _is_numen(joined):
            free_from = last.end()
            yield first.start(), last.end()


def _is_numen(word: str) -> bool:
    try:
        parse_numen(word)
    except Refusal:
        return False
    return True
