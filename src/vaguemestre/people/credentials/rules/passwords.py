"""Strength of a chosen password: its length, common passwords, what others know of the person.

No composition rule (NIST SP 800-63B-4 §3.1.1.2, CNIL 2022-100). A password is strong enough if its core is
not a common password, and if enough of it remains once the words that describe the person, their birth date
and keyboard runs are removed.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Set
from datetime import date
from itertools import permutations
from pathlib import Path

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.credentials.values import PasswordContext, Strength

MIN_CHARACTERS = 12
MAX_CHARACTERS = 128
_ENOUGH_BITS = 50  # CNIL 2022-100, with restricted access
_GOOD_BITS = 75
_EXCELLENT_BITS = 95
_MIN_OWN_PART = 6  # characters that must remain once everything known is removed

_LEET = str.maketrans("013457@$!|€+89", "oieastasiiet" + "bg")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890",
)
_TRADE = (
    "academie",
    "rectorat",
    "education",
    "nationale",
    "messagerie",
    "vaguemestre",
    "courriel",
    "college",
    "lycee",
    "ecole",
    "motdepasse",
    "password",
)
FRENCH = frozenset(
    line.strip()
    for line in (Path(__file__).parent / "common_french.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)

_REFUSED = {
    Strength.TOO_SHORT: "credentials.password-too-short",
    Strength.TOO_LONG: "credentials.password-too-long",
    Strength.TOO_COMMON: "credentials.password-too-common",
    Strength.TOO_CLOSE: "credentials.password-too-close",
    Strength.TOO_SIMPLE: "credentials.password-too-simple",
}


def normalized_password(password: str) -> str:
    """The form in which a password is hashed and compared (NFKC), at full length."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, bearer: PasswordContext, common: Set[str]) -> None:
    """Require enough strength. `common`: in lower case. Raises Refusal `credentials.password-too-…`."""
    rating = strength(password, bearer, common)
    if not rating.is_enough:
        raise Refusal(_REFUSED[rating], shortest=MIN_CHARACTERS, longest=MAX_CHARACTERS)


def strength(password: str, bearer: PasswordContext, common: Set[str]) -> Strength:
    """The strength of a password; of several faults, the worst."""
    text = normalized_password(password)
    if len(text) < MIN_CHARACTERS:
        return Strength.TOO_SHORT
    if len(text) > MAX_CHARACTERS:
        return Strength.TOO_LONG
    if _is_common(text, common):
        return Strength.TOO_COMMON
    rest = _own_part(text, bearer)
    if len(rest) < _MIN_OWN_PART:
        return Strength.TOO_CLOSE
    rest = _without_runs(rest)
    if len(rest) < _MIN_OWN_PART or len(set(rest)) < 5 or _is_repeated(without_accents(text)):
        return Strength.TOO_SIMPLE
    return _by_bits(bits(text, len(text) - (len(_plain(text)) - len(rest))))


def numen_words_in(numen: str, password: str) -> tuple[str, ...]:
    """The parts of that NUMEN that the password contains in any reading; the rest need not be disclosed."""
    words = {*_known_words(PasswordContext(numens=(numen,)))} - {*_known_words(PasswordContext())}
    readings = [_plain(reading) for reading in _readings(normalized_password(password))]
    return tuple(sorted(word for word in words if any(word in reading for reading in readings)))


def bits(text: str, length: int) -> float:
    """The CNIL's estimate: length × log2 of the alphabets used (26, 26, 10, 37)."""
    used = 26 * any(c.isalpha() and not c.isupper() for c in text) + 26 * any(c.isupper() for c in text)
    used += 10 * any(c.isdigit() for c in text) + 37 * any(not c.isalnum() for c in text)
    return max(length, 0) * math.log2(used) if used else 0.0


def _by_bits(bits: float) -> Strength:
    if bits < _ENOUGH_BITS:
        return Strength.TOO_SIMPLE
    if bits < _GOOD_BITS:
        return Strength.FAIR
    return Strength.GOOD if bits < _EXCELLENT_BITS else Strength.EXCELLENT


def _plain(text: str) -> str:
    """Folded, letters and digits only."""
    return "".join(c for c in without_accents(text) if c.isalnum())


def _readings(text: str) -> Iterator[str]:
    """The ways to read a text: as it is, and with 4 as a, 3 as e, @ as a…"""
    folded = without_accents(text)
    yield folded
    yield folded.translate(_LEET)
    yield folded.replace("1", "l").translate(_LEET)


def _is_common(text: str, common: Set[str]) -> bool:
    inside = _core(without_accents(text))  # before reading: a final « ! » is punctuation, not the letter i
    for reading in (*_readings(text), *_readings(inside)):
        core = _core(reading)
        squeezed = "".join(c for c in reading if c.isalnum())
        for form in (reading, core, squeezed, "".join(c for c in core if c.isalnum()), *_shorter(reading)):
            if form in common or form in FRENCH or _half(form) in common or _half(form) in FRENCH:
                return True
    return False


def _shorter(text: str) -> Iterator[str]:
    """The text without one to six of its final digits and signs: common passwords have some themselves."""
    for end in range(len(text) - 1, max(len(text) - 7, 0), -1):
        if text[end].isalpha():
            return
        yield text[:end]


def _core(text: str) -> str:
    """The text without the digits and signs around it."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _half(text: str) -> str:
    """Half of a text that repeats itself, else the text."""
    middle = len(text) // 2
    return text[:middle] if text and text[:middle] == text[middle:] else text


def _own_part(text: str, bearer: PasswordContext) -> str:
    """The letters and digits of a password that remain once dates and known words are removed."""
    undated = _without_dates(without_accents(text), bearer.birth_date)
    words = _known_words(bearer)
    return min((_without_words(reading, words) for reading in _readings(undated)), key=len)


def _without_dates(folded: str, born: date | None) -> str:
    """The text without dates. To be done before any reading, which turns digits into letters."""
    for digits in _written_dates(born) if born else ():
        folded = re.sub(r"[\W_]?".join(digits), "", folded)
    return re.sub(r"(?:19|20)\d\d", "", folded)


def _without_words(reading: str, words: list[str]) -> str:
    rest = "".join(c for c in reading if c.isalnum())
    for word in words:
        rest = rest.replace(word, "")
    return rest


def _known_words(bearer: PasswordContext) -> list[str]:
    """Words of the person and the trade, forwards and backwards, of four letters or more; longest first."""
    words: set[str] = set(_TRADE)
    for text in (*bearer.words, *bearer.numens):
        pieces = [_plain(piece) for piece in re.split(r"[\s'’\-._@]+", text)]
        words.update((*pieces, _plain(text)))
    for numen in bearer.numens:
        plain = _plain(numen)
        words.update((plain[5:], plain[-8:], plain[:8]))
    long_enough = {word for word in words if len(word) >= 4}
    readings = long_enough | {word.translate(_LEET) for word in long_enough}
    return sorted(readings | {word[::-1] for word in readings}, key=lambda word: (-len(word), word))


def _written_dates(born: date) -> list[str]:
    """The birth date in every order, as digits: 03091985, 030985, 19850903, 0309, 0985…"""
    day, month, year, short = f"{born:%d}", f"{born:%m}", f"{born:%Y}", f"{born:%y}"
    pieces = [*permutations((day, month, year)), *permutations((day, month, short))]
    pieces += [*permutations((day, month)), *permutations((month, year)), *permutations((day, year))]
    plain = {"".join(piece) for piece in pieces} | {year}
    plain |= {f"{born.day}{born.month}{year}", f"{born.day}{born.month}{short}"}
    return sorted(plain, key=lambda text: (-len(text), text))


def _without_runs(text: str) -> str:
    """The text with each run of the alphabet, keyboard or digits (4 or more, either way) as one character."""
    rest = text
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for size in range(len(run), 3, -1):
            for start in range(len(run) - size + 1):
                rest = rest.replace(run[start : start + size], run[start])
    return re.sub(r"(.)\1{2,}", r"\1", rest)


def _is_repeated(text: str) -> bool:
    """Whether the text repeats a block of at most six characters."""
    return bool(re.fullmatch(r"(.{1,6}?)\1+.{0,5}", text)) and len(set(text)) <= 6
