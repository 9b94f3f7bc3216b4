"""Impersonation: names and domains that look like ours, through other letters or a small change."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from vaguemestre.foundation.kernel.addresses import addresses_read_in
from vaguemestre.mailbox.webmail.rules.trust.confusables import ASCII_OF

# Besides letters of other scripts: digits and barred letters.
_ALIKE = ASCII_OF | str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "0": "o", "1": "l", "3": "e", "5": "s", "|": "l"}
)
_UNSEEN = frozenset(("Mn", "Mc", "Me", "Cf"))  # categories of accents and invisible characters
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
_OVERRIDES = frozenset("\u202d\u202e")  # explicit directional overrides (UAX #9 §2.2)
_REVERSED = re.compile("\u202e([^\u202c]*)\u202c?")
_HOUSE_WORDS = ("academie", "acad-", "rectorat", "education", "webmail", "messagerie")


def skeleton(text: str) -> str:
    """The text in the lower-case ASCII letters it looks like (as the skeleton of UTS #39)."""
    spelt = unicodedata.normalize("NFKC", text).lower().translate(_ALIKE)
    spelt = unicodedata.normalize("NFKD", spelt).translate(_ALIKE)
    return "".join(char for char in spelt if unicodedata.category(char) not in _UNSEEN)


def overrides_direction(display: str) -> bool:
    """Whether a display name overrides the direction of its letters, which no language needs."""
    return not _OVERRIDES.isdisjoint(display)


def as_drawn(display: str) -> str:
    """A display name with its letters in visual order."""
    return _REVERSED.sub(lambda match: match[1][::-1], display)


def name_words(display: str) -> tuple[str, ...]:
    """Words of a display name to compare, without titles and brackets."""
    words = _WORDS.findall(skeleton(_ASIDE.sub(" ", display[:200])).replace("’", "'"))
    stripped = [word.strip("-'").replace("'", "") for word in words]
    return tuple(word for word in stripped if word and word not in _TITLES)[:_MOST_WORDS]


def possible_names(display: str) -> Iterator[tuple[str, str]]:
    """The (first, last) names a display name may mean, in both orders, joined as in addresses."""
    words = name_words(display)
    for cut in range(1, len(words)):
        head, tail = "-".join(words[:cut]), "-".join(words[cut:])
        yield head, tail
        yield tail, head


def claimed_address(display: str, own: Collection[str] = ()) -> str:
    """The address in a display name, lower case; empty if there is none.

    A domain that looks like one of ours (`own`) is read as ours, and its address comes first.
    """
    addresses = [one for one in addresses_read_in(display[:300]) if not one.startswith("@")]
    for address in addresses:
        local, _, domain = address.rpartition("@")
        for ours in own:
            if skeleton(ours) == skeleton(domain):
                return f"{local}@{ours}"
    return addresses[0] if addresses else ""


def is_service_name(display: str, services: Collection[str], academy: str) -> bool:
    """Whether a display name is a service name of ours, without other words.

    `services`: « Rectorat », « Inspection académique »; `academy`: our name, which may be added.
    """
    words = frozenset(re.findall(r"[a-z]{2,}", skeleton(display[:200])))
    names = [frozenset(re.findall(r"[a-z]{2,}", skeleton(one))) for one in services]
    beside = _BESIDE | frozenset(re.findall(r"[a-z]{2,}", skeleton(academy))).union(*names)
    return words <= beside and any(name and name <= words for name in names)


def is_same_name(typed: str, name: str) -> bool:
    """Whether a typed name holds only words of that name, in any order."""
    return frozenset(name_words(typed)) <= frozenset(name_words(name))


def is_close(first: str, second: str) -> bool:
    """Whether two names (skeletons) differ by one letter at most, or not at all if short."""
    first, second = first.replace("-", ""), second.replace("-", "")
    if first == second:
        return True
    return min(len(first), len(second)) >= 4 and distance(first, second, 1) <= 1


def matches_address(first: str, last: str, address: str) -> bool:
    """Whether a name (skeletons) is close to that of an address of ours, `first.last3@…`."""
    their_first, _, their_last = address.partition("@")[0].partition(".")
    return is_close(last, their_last.rstrip("0123456789")) and is_close(first, their_first)


def is_lookalike(domain: str, own: frozenset[str]) -> bool:
    """Whether a foreign domain looks like one of ours (`own`, lower case)."""
    decoded = _decoded(domain)
    for ours in own:
        if domain == ours or domain.endswith(f".{ours}"):
            continue
        name = _squeezed(ours.partition(".")[0])
        labels = decoded.split(".")
        if any(name and name in _squeezed(label) for label in labels) or _claims(decoded, ours):
            return True
        slips = 2 if len(name) >= 8 else 1
        if (
            _squeezed(decoded) == _squeezed(ours)
            or distance(_squeezed(decoded), _squeezed(ours), slips) <= slips
        ):
            return True
        if any(distance(_squeezed(label), name, 1) <= 1 for label in labels if len(name) >= 6):
            return True
    return False


def _claims(decoded: str, ours: str) -> bool:
    """Whether a domain joins the town of `ac-town.example` with words such as `academie`."""
    town = ours.partition(".")[0].rpartition("-")[2]
    return (
        len(town) > 3
        and town in skeleton(decoded)
        and any(word in skeleton(decoded) for word in _HOUSE_WORDS)
    )


def distance(first: str, second: str, most: int) -> int:
    """Damerau-Levenshtein distance (adjacent swaps); `most + 1` beyond `most`."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    previous: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before_previous, previous, row = previous, row, [i]
        for j, b in enumerate(second, 1):
            least = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if before_previous and i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                least = min(least, before_previous[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _decoded(domain: str) -> str:
    """The domain as displayed, with punycode labels decoded."""
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
    """Skeleton without punctuation, and with pairs such as `rn` read as one letter."""
    bare = re.sub(r"[^a-z.]", "", skeleton(text)).strip(".")
    for pair, letter in _PAIRS:
        bare = bare.replace(pair, letter)
    return bare
