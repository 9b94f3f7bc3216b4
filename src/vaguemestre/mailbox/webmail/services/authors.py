"""What the directory tells of whoever signs a message, remembered so that opening stays quick."""

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from vaguemestre.mailbox.webmail.rules.listing.rows import one_line, without_detail
from vaguemestre.mailbox.webmail.rules.trust import impostors
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Authenticity, Verdict
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.people.directory import queries as directory
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage

_REMEMBERED_SECONDS = 300.0


@dataclass(frozen=True)
class House:
    """Our domains (lower case), our name, and the services that no outsider but a partner signs for."""

    domains: frozenset[str]
    name: str = ""
    services: tuple[str, ...] = ()
    partners: frozenset[str] = frozenset()  # domains of other administrations


@dataclass(frozen=True)
class Author:
    """`name`, `place`: what the directory says of an address of ours; `signed`: the name typed, if another.

    `taken_for`: the colleague whose name another address bears, and `true_address` that colleague's own.
    `is_lookalike`: its domain imitates ours. `is_service`: an outsider who signs as a service of ours.
    `overrides_direction`: invisible signs turn the letters of the name typed round.
    """

    name: str = ""
    place: str = ""
    signed: str = ""
    taken_for: str = ""
    true_address: str = ""
    is_lookalike: bool = False
    is_service: bool = False
    overrides_direction: bool = False


@dataclass(frozen=True)
class Authorship:
    """Who is shown to have written a message, and what is known of that."""

    shown: Correspondent
    verdict: Authenticity
    author: Author
    is_ambiguous: bool
    is_ours: bool
    is_partner: bool = False

    @property
    def is_verified(self) -> bool:
        return self.verdict.verdict is Verdict.VERIFIED

    @property
    def is_colleague(self) -> bool:
        return self.is_ours and self.is_verified


_known: Kept[tuple[str, str], tuple[float, Author]] = Kept(4096)
_names: Kept[str, tuple[float, str]] = Kept(8192)


def author_of(sender: Correspondent, house: House) -> Author:
    """What is known of who signs so. Costs a look-up once in five minutes."""
    key = (sender.name[:200], sender.address[:254].lower())
    known, now = _known.get(key), time.monotonic()
    if known is not None and now - known[0] < _REMEMBERED_SECONDS:
        return known[1]
    name, address = key
    author = replace(
        _looked_up(impostors.as_drawn(name), address, house),
        overrides_direction=impostors.overrides_direction(name),
    )
    _known.put(key, (now, author))
    return author


def authorship(opened: OpenedMessage, author: Author, verdict: Authenticity, house: House) -> Authorship:
    """Who is shown: a verified colleague under the directory's name, a forged address of ours under none."""
    field = from_field(opened)
    sender, is_ours = field.sender, _is_ours(field.sender.address.lower(), house)
    shown = sender
    if is_ours and not field.is_ambiguous:
        match verdict.verdict:
            case Verdict.VERIFIED:
                shown = Correspondent(author.name or sender.name, sender.address)
            case Verdict.FORGED:
                shown = Correspondent("", sender.address)
            case Verdict.UNVERIFIED:
                pass
    is_partner = verdict.verdict is Verdict.VERIFIED and verdict.by in house.partners
    return Authorship(
        shown, verdict, author, field.is_ambiguous, is_ours and not field.is_ambiguous, is_partner
    )


def listed_names(addresses: Collection[str], domains: frozenset[str]) -> dict[str, str]:
    """What the directory calls those of the addresses that are ours, lower case and without detail.

    One question for all that were not asked for in the last five minutes.
    """
    ours = {
        plain
        for plain in map(without_detail, {one for one in addresses if one})
        if plain.rpartition("@")[2] in domains
    }
    now, names, missing = time.monotonic(), dict[str, str](), []
    for address in ours:
        known = _names.get(address)
        if known is None or now - known[0] >= _REMEMBERED_SECONDS:
            missing.append(address)
        else:
            names[address] = known[1]
    if missing:
        listed = directory.listed_names(missing)
        for address in missing:
            names[address] = listed.get(address, "")
            _names.put(address, (now, names[address]))
    return {address: name for address, name in names.items() if name}


def _looked_up(name: str, address: str, house: House) -> Author:
    if address.rpartition("@")[2] in house.domains:
        return _of_ours(name, without_detail(address), house)
    domain = address.rpartition("@")[2]
    is_lookalike = bool(domain) and impostors.is_lookalike(domain, house.domains)
    taken_for, true_address = _taken_for(name, address, house)
    is_service = not taken_for and impostors.is_house_name(name, house.services, house.name)
    return Author(
        taken_for=taken_for, true_address=true_address, is_lookalike=is_lookalike, is_service=is_service
    )


def _of_ours(name: str, address: str, house: House) -> Author:
    listed = directory.listed_at(address)
    if listed is not None and impostors.is_same_name(name, listed.name):
        return Author(listed.name, listed.detail)
    signed = one_line(name) if listed is not None else ""
    taken_for, true_address = _taken_for(name, address, house)
    if listed is None:
        return Author(taken_for=taken_for, true_address=true_address)
    return Author(listed.name, listed.detail, signed, taken_for, true_address)


def _taken_for(name: str, address: str, house: House) -> tuple[str, str]:
    """(name, address) of the colleague whose name stands at another address; empty for nobody."""
    claimed = impostors.claimed_address(name, house.domains)
    if claimed and claimed != address and claimed.rpartition("@")[2] in house.domains:
        return claimed, claimed
    names = tuple(impostors.possible_names(name))
    if any(impostors.is_near(first, last, address) for first, last in names) and _is_ours(address, house):
        return "", ""
    near = directory.addresses_near(names)
    for true in (one for first, last in names for one in near if impostors.is_near(first, last, one)):
        if true != address and (person := directory.listed_at(true)) is not None:
            return person.name, true
    return "", ""


def _is_ours(address: str, house: House) -> bool:
    return address.rpartition("@")[2] in house.domains
