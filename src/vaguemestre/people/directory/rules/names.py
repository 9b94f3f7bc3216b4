"""Usernames and addresses derived from civil names (docs/domain.md §2.3)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count

from vaguemestre.foundation.kernel.errors import Refusal

USERNAME_LIMIT = 32
SHORT_SURNAME = 4  # letters: an initial and a surname this short would match many other words
VISIBLE_CHARACTERS = 40  # of a display name, in the lists of mail programs
_MOST_READ, _MOST_WORDS = 200, 12  # characters and words of a display name, and of each of its parts
_NAMED_AFTER = frozenset(("college", "lycee", "ecole", "maternelle", "elementaire", "primaire", "groupe"))
_BEFORE_LONG = 20  # characters visible before a surname too long for that limit
LOCAL_PART_LIMIT = 64  # RFC 5321 §4.5.3.1.1

APOSTROPHES = "'’ʼ`´‘"
_WORD_LIMIT = 100  # characters of an indexed word

# Letters that Unicode does not decompose.
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ß": "ss",
        "ẞ": "ss",
        "ø": "o",
        "Ø": "o",
        "đ": "d",
        "Đ": "d",
        "ð": "d",
        "Ð": "d",
        "ł": "l",
        "Ł": "l",
        "þ": "th",
        "Þ": "th",
        "ı": "i",
        **dict.fromkeys(f"{APOSTROPHES}.", ""),  # before NFKD, which turns ´ into a space and an accent
    }
)
_GAPS = re.compile(r"[\s_\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")
# Three blank or invisible characters in a row push a name out of sight; two may be a typing slip.
_BLANKS = re.compile(
    r"[\s\u00ad\u115f\u1160\u200b-\u200f\u2028-\u202f\u2060-\u2064\u2800\u3164\ufeff\uffa0]{3}"
)
_PUNCTUATION = re.compile(r"[.,;:/|()\[\]<>«»\"“”„&+*=@#·•]")
_SIGNS = re.compile(r"[<>{}\[\]|\\=*@#;:\"%$\x00-\x1f\x7f]")  # of markup and formulas: in no civil name
_NOT_ALLOWED = re.compile(r"[^a-z0-9-]")
_HYPHENS = re.compile(r"-{2,}")
_CIVILITY = re.compile(r"(?:m\.|mr\.?|mme\.?|mlle\.?|monsieur|madame|mademoiselle)\s+(?=\S)", re.IGNORECASE)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")

_RESERVED_LINES = """
abuse accueil admin administrateur administration administrator anonymous apache assistance
bounces cert contact courrier daemon dkim dmarc dovecot dpd dpo ftp guest helpdesk hostmaster
imap info infos listmaster mail mailer-daemon messagerie news no-reply nobody noc noreply
postfix postmaster rapports-automatiques recteur rectorat rectrice root rssi securite
security smtp support sysadmin system test usenet uucp vmail webmaster www
"""
_RESERVED = frozenset(_RESERVED_LINES.split())
_RESERVED_PREFIXES = ("ce.", "int.", "ent.", "ien.", "ia02-", "ia60-", "ia80-", "liste.", "projet.")


def fold(name: str) -> str:
    """`name` in letters, digits and single hyphens of ASCII, lower case; possibly empty."""
    if name.isascii() and name.isalpha():
        return name.lower()  # most names: a feed folds hundreds of thousands
    text = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    text = _NOT_ALLOWED.sub("", _GAPS.sub("-", text))
    return _HYPHENS.sub("-", text).strip("-")


def without_civility(typed: str) -> str:
    """What somebody typed to find a person, without the « Mme » or « M. » before the name."""
    return _CIVILITY.sub("", typed.strip())


def check_signs(name: str) -> None:
    """Raises Refusal `directory.name-with-signs` for a sign that no civil name has."""
    if sign := _SIGNS.search(name):
        raise Refusal("directory.name-with-signs", sign=sign[0])


def shows_surname(name: str, surname: str) -> bool:
    """Whether readers see a surname in a display name, whatever the case, accents and hyphens of both.

    It must stand among the first `VISIBLE_CHARACTERS`, as whole words, in ordinary letters (no compatibility
    variants), with at most an initial before it (« mdupont »), and without a run of blanks or an invisible
    mark in the name: one of direction shows it backwards.
    """
    if _BLANKS.search(name.strip()) or any(unicodedata.category(char) == "Cf" for char in name):
        return False
    visible = "".join(
        " " if unicodedata.decomposition(char).startswith("<") else char
        for char in name[: max(VISIBLE_CHARACTERS, len(surname) + _BEFORE_LONG)]
    )
    folded = fold(surname).replace("-", "")
    if not folded:  # of another script
        return surname.casefold() in visible.casefold()
    words = fold(_PUNCTUATION.sub(" ", visible)).split("-")
    runs = ("".join(words[first:end]) for end in range(len(words) + 1) for first in range(end))
    signers = (run.rstrip("0123456789") if not folded[-1].isdigit() else run for run in runs)
    return any(
        signer == folded or (len(folded) > SHORT_SURNAME and signer[1:] == folded) for signer in signers
    )


def names_beside(name: str, own: Iterable[str]) -> frozenset[str]:
    """Sort keys of the people whom a display name may name in full besides the signer, whose names are `own`.

    Of words that follow one another, in both orders; not the person whom a school is named after.
    """
    known = {word for shown in own for word in fold(shown).split("-")}
    parts = [fold(part).split("-") for part in _PUNCTUATION.split(name[:_MOST_READ])]
    return frozenset(
        f"{'-'.join(head)} {'-'.join(tail)}"
        for words in parts
        for run in _runs_of(words[:_MOST_WORDS])
        if not known.issuperset(run)
        for cut in range(1, len(run))
        for head, tail in ((run[:cut], run[cut:]), (run[cut:], run[:cut]))
    )


def _runs_of(words: list[str]) -> Iterator[list[str]]:
    """The runs of two to five words, but those that follow « collège »."""
    for first in range(len(words)):
        if first and words[first - 1] in _NAMED_AFTER:
            continue
        for end in range(first + 2, min(first + 5, len(words)) + 1):
            yield words[first:end]


def shown_name(first_name: str, birth_name: str, *, chosen_first_name: str, usage_name: str) -> str:
    """The name that colleagues see: the first name chosen and the usage name, where there are any."""
    return f"{chosen_first_name or first_name} {usage_name or birth_name}"


def sorted_as(first_name: str, last_name: str) -> str:
    """Sort key of people: folded surname, then folded first name."""
    return f"{fold(last_name)} {fold(first_name)}".strip()


def name_words(first_name: str, last_name: str) -> tuple[str, ...]:
    """The distinct folded words by which shown names are found.

    Also what follows an apostrophe (« auvergne » of « d’Auvergne »), and words written together (« elkhatib »
    of « El-Khatib »): from each word of a name to its end.
    """
    words = list[str]()
    for name in (first_name, last_name):
        parts = [word for word in fold(name).split("-") if word]
        words += parts
        words += ["".join(parts[first:]) for first in range(len(parts) - 1)]
        elided = fold(_APOSTROPHE.sub("-", name)) if _APOSTROPHE.search(name) else ""
        words += [word for word in elided.split("-") if len(word) > 1]
    return tuple(dict.fromkeys(word[:_WORD_LIMIT] for word in words))


def username_base(first_name: str, last_name: str) -> str:
    """Initial of the first name, then the surname.

    Raises Refusal `directory.name-unwritable`, `directory.name-with-signs`.
    """
    first, last = _folded_names(first_name, last_name)
    return first[0] + last


def is_username_of(username: str, first_name: str, last_name: str) -> bool:
    """Whether a username is one of that name, with or without a number; False for an unwritable name."""
    try:
        base = username_base(first_name, last_name)
    except Refusal:
        return False
    number = username[len(username.rstrip("0123456789")) :]
    return username == numbered(base, int(number or 0), USERNAME_LIMIT)


def address_base(first_name: str, last_name: str) -> str:
    """`first.last`, the part before the @.

    Raises Refusal `directory.name-unwritable`, `directory.name-with-signs`.
    """
    first, last = _folded_names(first_name, last_name)
    return f"{first}.{last}"


def _folded_names(first_name: str, last_name: str) -> tuple[str, str]:
    check_signs(f"{first_name} {last_name}")
    first, last = fold(first_name), fold(last_name)
    if not first or not last:
        raise Refusal("directory.name-unwritable", name=f"{first_name} {last_name}".strip())
    return first, last


def numbered(base: str, number: int, limit: int) -> str:
    """The candidate of that number (0: no number) within `limit` characters: only the base is cut."""
    suffix = str(number) if number else ""
    return base[: limit - len(suffix)].rstrip("-.") + suffix


def is_numbered(name: str, last_name: str) -> bool:
    """Whether a username or an address carries a number that tells its owner from a namesake."""
    local = name.partition("@")[0]
    return local[-1:].isdigit() and not fold(last_name)[-1:].isdigit()


def candidates(base: str, limit: int) -> Iterator[str]:
    """Candidates in order of preference, reserved names left out; endless."""
    for number in count():
        candidate = numbered(base, number, limit)
        if not is_reserved(candidate):
            yield candidate


def is_reserved(local: str) -> bool:
    """Whether a local part or username is reserved for functions."""
    return local in _RESERVED or local.startswith(_RESERVED_PREFIXES)


_GATEWAY = re.compile(r"ent\.[0-9a-f]{12}@[^@]+")


def gateway_local(token: str) -> str:
    """The local part of a gateway address to classes; `token`: twelve hexadecimal digits."""
    return f"ent.{token}"


def is_gateway(address: str) -> bool:
    """Whether it is a gateway address, through which somebody writes to classes without showing their own."""
    return bool(_GATEWAY.fullmatch(address))
