"""Impersonation: names and domains that look like ours, through other letters or a small change."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, pairwise
from string import ascii_lowercase

from vaguemestre.foundation.kernel.addresses import addresses_read_in
from vaguemestre.mailbox.webmail.rules.trust.skeletons import (
    joined_letters,
    letters_apart,
    same_strokes,
    skeleton,
    strokes_as_letters,
)

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
TITLES = frozenset(("m", "mr", "mme", "mlle", "dr", "pr", "prof", "monsieur", "madame", "professeur"))
_ASIDE = re.compile(r"[(\[<«].*?[)\]>»]")
_WORDS = re.compile(r"[a-z][a-z'’-]*")
_NAME_WORDS = re.compile(r"[a-z]{2,}")  # of a service
_MAX_WORDS = 5
_MAX_PAIRED = 8  # words whose neighbours are compared
_MAX_NAMES = 40
_LEAST_JOINED, _MAX_JOINED = 8, 40  # letters
_JOINED = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_APART = re.compile(r"\s-+\s|[–—,;:/|·•]|\bvia\b", re.IGNORECASE)  # what sets a name and a function apart
_UNDRAWN = frozenset("\u034f") | frozenset(map(chr, range(0xFE00, 0xFE10)))  # besides those of category Cf
PARTICLES = frozenset("de du des la le les l d et au aux a en".split())  # noqa: SIM905
# Words that a person's name follows without being the sender's: « Collège Jules Verne ».
_NAMED_AFTER = frozenset(
    """
    college lycee ecole ecoles maternelle elementaire primaire universite institut conservatoire association
    amis parents fondation rue avenue place mairie cabinet garage librairie bibliotheque mediatheque theatre
    musee cinema salle editions imprimerie boulangerie pharmacie hopital clinique maison centre espace stade
    gymnase piscine residence groupe societe entreprise etablissements ets foyer club
    """.split()  # noqa: SIM905
)
_BESIDE = frozenset(
    """
    de du des la le les et au service services equipe votre bureau securite alerte alertes notification
    notifications compte no reply noreply m mme mr mlle monsieur madame mademoiselle
    """.split()  # noqa: SIM905 - read at a glance
)
_OVERRIDES = frozenset("\u202d\u202e")  # explicit directional overrides (UAX #9 §2.2)
_REVERSED = re.compile("\u202e([^\u202c]*)\u202c?")
# « Ph. » for Philippe; « CH » without a dot is a hospital.
_SHORT = re.compile(r"\b(?:[Pp]h|[Cc]hr?|[Tt]h|[Cc]l|[Ff][rl]|[Gg]h)\b|\b(?:PH|CHR?|TH|CL|F[RL]|GH)(?=\.)")
_HOUSE_WORDS = ("academie", "acad-", "rectorat", "education", "webmail", "messagerie")


def overrides_direction(display: str) -> bool:
    """Whether a display name overrides the direction of its letters, which no language needs."""
    return not _OVERRIDES.isdisjoint(display)


def as_drawn(display: str) -> str:
    """A display name with its letters in visual order."""
    return _REVERSED.sub(lambda match: match[1][::-1], display)


def name_words(display: str) -> tuple[str, ...]:
    """Words of a display name to compare, without titles and brackets."""
    return _name_words(_ASIDE.sub(" ", shortened(display)))[:_MAX_WORDS]


def possible_names(display: str) -> Iterator[tuple[str, str]]:
    """The (first, last) names a display name may mean, in both orders, joined as in addresses.

    Those of the whole name, of its parts (« Philippe Vasseur - Principal »), and of neighbouring words.
    Characters that are not drawn are read as nothing, then as spaces. A first name may be an initial. A
    capital begins a word (« PhilippeVasseur »), a hyphen too in a part of one word (« Philippe-Vasseur »).
    Letters set apart are one word (« V a s s e u r »), strokes between letters are letters (« Ph!l!ppe »).
    """
    bare_name = _ASIDE.sub(" ", shortened(display))
    spaced = "".join(" " if _is_undrawn(char) else char for char in bare_name)
    joined = joined_letters(bare_name)
    capitals = _JOINED.sub(" ", joined)
    readings = dict.fromkeys((bare_name, spaced, capitals, joined, strokes_as_letters(capitals)))
    names = dict.fromkeys(name for reading in readings for name in _names_in(reading))
    yield from islice((name for name in names if len(name[1]) > 1), _MAX_NAMES)


def joined_names(display: str) -> tuple[str, ...]:
    """The local parts `first.last` that a display name of one word may join, in both orders.

    That word may be of letters set apart, beside others: « P H I L I P P E V A S S E U R, principal ».
    """
    words = name_words(display)
    apart = next(letters_apart(shortened(display)), "")
    words = _name_words(apart) if apart else words
    if len(words) != 1 or not _LEAST_JOINED <= len(words[0]) <= _MAX_JOINED:
        return ()
    cuts = [(words[0][:cut], words[0][cut:]) for cut in range(2, len(words[0]) - 1)]
    return tuple(local for first, last in cuts for local in (f"{first}.{last}", f"{last}.{first}"))


def shortened(display: str) -> str:
    """The part of a display name that is judged, runs of blanks as one."""
    return " ".join(display[:2000].split())[:200]


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    parts = [words for part in _APART.split(text) if (words := _name_words(part))]
    yield from _splits([word for words in parts for word in words][:_MAX_WORDS])
    for words in parts[:_MAX_WORDS]:
        if len(parts) > 1:
            yield from _splits(words[:_MAX_WORDS])
        if len(words) == 1:  # beside another word, « Jean-Paul » is a first name
            yield from _splits(words[0].split("-")[:_MAX_WORDS])
    yield from _pairs(parts)


def _splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words cut in two at each place, in both orders."""
    for cut in range(1, len(words)):
        head, tail = "-".join(words[:cut]), "-".join(words[cut:])
        yield head, tail
        yield tail, head


def _pairs(parts: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Neighbouring words, in both orders, but for the person that something is named after."""
    places = [(word, not rank) for words in parts for rank, word in enumerate(words)]
    places = [place for place in places if place[0] not in PARTICLES][:_MAX_PAIRED]
    is_namesake = False
    for (word, begins), (following, _) in pairwise(places):
        if begins or not is_namesake:
            yield word, following
            yield following, word
        is_namesake = word in _NAMED_AFTER


def _name_words(text: str) -> tuple[str, ...]:
    words = _WORDS.findall(skeleton(text).replace("’", "'"))
    stripped = [word.strip("-'").replace("'", "") for word in words]
    return tuple(word for word in stripped if word and word not in TITLES)


def _is_undrawn(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or char in _UNDRAWN


def claimed_address(display: str, own: Collection[str] = ()) -> str:
    """The address in a display name, lower case; empty if there is none.

    A domain that looks like one of ours (`own`) is read as ours, and its address comes first.
    """
    addresses = [address for address in addresses_read_in(display[:300]) if not address.startswith("@")]
    for address in addresses:
        local, _, domain = address.rpartition("@")
        for own_domain in own:
            if skeleton(own_domain) == skeleton(domain):
                return f"{local}@{own_domain}"
    return addresses[0] if addresses else ""


def is_service_name(
    display: str, services: Collection[str], academy: str, places: Collection[str] = ()
) -> bool:
    """Whether a display name is a service name of ours, without other words.

    `services`: « Rectorat », « Inspection académique »; `academy`: our name, which may be added, as may
    `places`, the names of our departments.
    """
    words = frozenset(_NAME_WORDS.findall(skeleton(shortened(display))))
    names = [frozenset(_NAME_WORDS.findall(skeleton(service))) for service in services]
    ours = frozenset(_NAME_WORDS.findall(skeleton(" ".join((academy, *places)))))
    beside = _BESIDE | ours.union(*names)
    return words <= beside and any(name and name <= words for name in names)


def domain_names(domains: Collection[str]) -> tuple[str, ...]:
    """Service names that our domains are: « ac-amiens », « ac-amiens.fr ».

    None of a first label of one word, which may be a town or a trade of anybody's.
    """
    own = [domain for domain in domains if len(_NAME_WORDS.findall(domain.partition(".")[0])) > 1]
    return tuple(name for domain in own for name in (domain.partition(".")[0], domain))


def is_same_name(typed: str, name: str) -> bool:
    """Whether a typed name holds only words of that name, in any order."""
    return frozenset(name_words(typed)) <= frozenset(name_words(name))


def is_close(first: str, second: str) -> bool:
    """Whether two names (skeletons) differ by one letter at most, or not at all if short; « i » is « l »."""
    first, second = same_strokes(first.replace("-", "")), same_strokes(second.replace("-", ""))
    if first == second:
        return True
    return min(len(first), len(second)) >= 4 and distance(first, second, 1) <= 1


def matches_address(first: str, last: str, address: str) -> bool:
    """Whether a name (skeletons) is close to that of an address of ours, `first.last3@…`."""
    their_first, _, their_last = address.partition("@")[0].partition(".")
    return is_close(last, their_last.rstrip("0123456789")) and is_close(first, their_first)


def initials(display: str) -> frozenset[str]:
    """What may be the initial of a first name: any letter, and the « Ph. » that the display name has."""
    return frozenset((*ascii_lowercase, *map(str.lower, _SHORT.findall(shortened(display)))))


def matches_initial(first: str, last: str, address: str, sender: str) -> bool:
    """Whether an initial and a surname (skeletons) are those of an address of ours, `first.last3@…`.

    Not if the sender's own address spells another first name: « J. Petit », jules.petit@….
    """
    own_first = sender.partition("@")[0].partition(".")[0]
    is_longer = own_first.startswith(first) and len(own_first) > max(2, len(first))
    is_spelt = is_longer and matches_address(own_first, last, sender)
    their_first, _, their_last = address.partition("@")[0].partition(".")
    is_first = is_close(own_first, their_first) if is_spelt else their_first.startswith(first)
    return is_first and last.replace("-", "") == their_last.rstrip("0123456789").replace("-", "")


def is_lookalike(domain: str, own: frozenset[str]) -> bool:
    """Whether a foreign domain looks like one of ours (`own`, lower case)."""
    decoded = _decoded(domain)
    for own_domain in own:
        if domain == own_domain or domain.endswith(f".{own_domain}"):
            continue
        name = _squeezed(own_domain.partition(".")[0])
        labels = decoded.split(".")
        if any(name and name in _squeezed(label) for label in labels) or _claims(decoded, own_domain):
            return True
        slips = 2 if len(name) >= 8 else 1
        if (
            _squeezed(decoded) == _squeezed(own_domain)
            or distance(_squeezed(decoded), _squeezed(own_domain), slips) <= slips
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
