"""Who wrote a message, as far as the directory tells; remembered, so that opening stays quick."""

import time
from dataclasses import dataclass

from vaguemestre.directory import queries as directory
from vaguemestre.webmail.rules import impostors
from vaguemestre.webmail.services.kept import Kept
from vaguemestre.webmail.values import Correspondent

_REMEMBERED = 300.0  # seconds


@dataclass(frozen=True)
class Author:
    """`place`: function and school of one of ours. `taken_for`: the colleague whose name a foreign address
    bears, and that colleague's own address. `is_lookalike`: its domain imitates ours."""

    place: str = ""
    taken_for: str = ""
    true_address: str = ""
    is_lookalike: bool = False


_known: Kept[tuple[str, str], tuple[float, Author]] = Kept(4096)


def author_of(sender: Correspondent, own_domains: frozenset[str]) -> Author:
    """What is known of who signs so. `own_domains`: lower case. Costs a look-up once in five minutes."""
    key = (sender.name[:200], sender.address[:254].lower())
    found, now = _known.get(key), time.monotonic()
    if found is not None and now - found[0] < _REMEMBERED:
        return found[1]
    author = _looked_up(*key, own_domains)
    _known.put(key, (now, author))
    return author


def _looked_up(name: str, address: str, own_domains: frozenset[str]) -> Author:
    domain = address.rpartition("@")[2]
    if domain in own_domains:
        listed = directory.listed_at(address)
        return Author(place=listed.detail if listed else "")
    is_lookalike = bool(domain) and impostors.is_lookalike(domain, own_domains)
    claimed = impostors.claimed_address(name)
    if claimed and claimed != address and claimed.rpartition("@")[2] in own_domains:
        return Author(taken_for=claimed, true_address=claimed, is_lookalike=is_lookalike)
    names = tuple(impostors.possible_names(name))
    near = directory.addresses_near(names)
    for true in (one for first, last in names for one in near if impostors.is_near(first, last, one)):
        if (person := directory.listed_at(true)) is not None:
            return Author("", person.name, true, is_lookalike)
    return Author(is_lookalike=is_lookalike)
