"""Names and domains made to be taken for others: look-alike letters, one letter changed, ours in front."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from vaguemestre.foundation.kernel.addresses import addresses_read_in
from vaguemestre.mailbox.webmail.rules.trust.confusables import ASCII_OF

# Besides the letters of other scripts: figures and barred letters, which the eye takes for ours.
_ALIKE = ASCII_OF | str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "0": "o", "1": "l", "3": "e", "5": "s", "|": "l"}
)
_UNSEEN = frozenset(("Mn", "Mc", "Me", "Cf"))  # accents, and what is not drawn at all
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_TITLES = frozenset(("m", "mr", "mme", "mlle", "dr", "pr", "prof", "monsieur", "madame", "professeur"))
_ASIDE = re.compile(r"[(\[<«].*?[)\]>»]")
_WORDS = re.compile(r"[a-z][a-z'’-]*")
_MOST_WORDS = 5
_BESIDE = frozenset(
    """
    de du des la le les et au service services equipe votre bureau securite alerte alertes notification
    notifications compte no reply noreply
    """.split()  # noqa: SIM905 - read at a glance
)
_OVERRIDES = frozenset("\u202d\u202e")  # force a direction on every letter (UAX #9 §2.2)
_REVERSED = re.compile("\u202e([^\u202c]*)\u202c?")
_HOUSE_WORDS = ("academie", "acad-", "rectorat", "education", "webmail", "messagerie")


def plain(text: str) -> str:
    """Lower-case ASCII letters as the eye reads them, whatever alphabet they are of."""
    spelt = unicodedata.normalize("NFKC", text).lower().translate(_ALIKE)
    spelt = unicodedata.normalize("NFKD", spelt).translate(_ALIKE)
    return "".join(char for char in spelt if unicodedata.category(char) not in _UNSEEN)


def overrides_direction(display: str) -> bool:
    """Whether a display name forces the direction its letters are drawn in; no language needs it."""
    return not _OVERRIDES.isdisjoint(display)


def as_drawn(display: str) -> str:
    """A display name with its letters in the order the eye reads them."""
    return _REVERSED.sub(lambda match: match[1][::-1], display)


def name_words(display: str) -> tuple[str, ...]:
    """The words of a display name worth comparing: no title, nothing in brackets."""
    words = _WORDS.findall(plain(_ASIDE.sub(" ", display[:200])).replace("’", "'"))
    kept = [word.strip("-'").replace("'", "") for word in words]
    return tuple(word for word in kept if word and word not in _TITLES)[:_MOST_WORDS]


def possible_names(display: str) -> Iterator[tuple[str, str]]:
    """The (first, last) a display name may stand for, both orders, parts joined as in addresses."""
    words = name_words(display)
    for cut in range(1, len(words)):
        before, after = "-".join(words[:cut]), "-".join(words[cut:])
        yield before, after
        yield after, before


def claimed_address(display: str, own: Collection[str] = ()) -> str:
    """The address a display name pretends to be, lower case; empty for a mere name.

    A domain drawn like one of ours (`own`) is read as ours, and an address there goes before any other.
    """
    addresses = [one for one in addresses_read_in(display[:300]) if not one.startswith("@")]
    for address in addresses:
        local, _, domain = address.rpartition("@")
        for ours in own:
            if plain(ours) == plain(domain):
                return f"{local}@{ours}"
    return addresses[0] if addresses else ""


def is_house_name(display: str, services: Collection[str], academy: str) -> bool:
    """Whether a display name is that of a service of the house, and of nothing else.

    `services`: « Rectorat », « Inspection académique »; `academy`: our own name, which may stand beside.
    """
    words = frozenset(re.findall(r"[a-z]{2,}", plain(display[:200])))
    names = [frozenset(re.findall(r"[a-z]{2,}", plain(one))) for one in services]
    beside = _BESIDE | frozenset(re.findall(r"[a-z]{2,}", plain(academy))).union(*names)
    return words <= beside and any(name and name <= words for name in names)


def is_same_name(typed: str, name: str) -> bool:
    """Whether a typed name says nothing else than that name: its words or some of them, in any order."""
    return frozenset(name_words(typed)) <= frozenset(name_words(name))


def is_close(one: str, other: str) -> bool:
    """Whether two folded names are the same for a hurried eye: one slip at most, none in short ones."""
    one, other = one.replace("-", ""), other.replace("-", "")
    if one == other:
        return True
    return min(len(one), len(other)) >= 4 and distance(one, other, 1) <= 1


def is_near(first: str, last: str, address: str) -> bool:
    """Whether a name (folded) reads as the person of that address of ours, `first.last3@…`."""
    their_first, _, their_last = address.partition("@")[0].partition(".")
    return is_close(last, their_last.rstrip("0123456789")) and is_close(first, their_first)


def is_lookalike(domain: str, own: frozenset[str]) -> bool:
    """Whether a foreign domain is made to be read as one of ours (`own`, lower case)."""
    read = _shown(domain)
    for ours in own:
        if domain == ours or domain.endswith(f".{ours}"):
            continue
        name = _squeezed(ours.partition(".")[0])
        labels = read.split(".")
        if any(name and name in _squeezed(label) for label in labels) or _claims(read, ours):
            return True
        slips = 2 if len(name) >= 8 else 1
        if _squeezed(read) == _squeezed(ours) or distance(_squeezed(read), _squeezed(ours), slips) <= slips:
            return True
        if any(distance(_squeezed(label), name, 1) <= 1 for label in labels if len(name) >= 6):
            return True
    return False


def _claims(read: str, ours: str) -> bool:
    """Whether the town of `ac-town.example` stands with words of the house: `academie-town`…"""
    town = ours.partition(".")[0].rpartition("-")[2]
    return len(town) > 3 and town in plain(read) and any(word in plain(read) for word in _HOUSE_WORDS)


def distance(one: str, other: str, most: int) -> int:
    """Letters added, removed, changed or swapped (Damerau, adjacent); beyond `most`, `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if earlier and i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _shown(domain: str) -> str:
    """As a reader sees it: punycode labels written in their letters."""
    labels = []
    for label in domain.lower().rstrip(".").split(".")[:10]:
        if label.startswith("xn--"):
            try:
                label = label[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                label = label[4:]
        labels.append(label)
    return ".".join(labels)


def _squeezed(text: str) -> str:
    """Without what the eye skips."""
    bare = re.sub(r"[^a-z.]", "", plain(text)).strip(".")
    for pair, letter in _PAIRS:
        bare = bare.replace(pair, letter)
    return bare
