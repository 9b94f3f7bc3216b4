"""Authors of opened messages: directory look-ups, with a cache, and signs of impersonation."""

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line, without_detail
from vaguemestre.mailbox.webmail.rules.trust import impostors
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Authenticity, Verdict, is_report_of_ours
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.rules.trust.titles import (
    all_title_words,
    claims_title,
    has_heads_title,
    names_a_school,
    surnames_beside_title,
)
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.people.directory import queries as directory
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage
from vaguemestre.schools.sharing.queries import house_titles

_CACHE_SECONDS = 300.0
_TITLES_SECONDS = 3600.0


@dataclass(frozen=True)
class Institution:
    """Our académie: domains (lower case), name, and service names that only we and partners may sign with."""

    domains: frozenset[str]
    name: str = ""
    services: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # names of our departments
    partners: frozenset[str] = frozenset()  # domains of other administrations


@dataclass(frozen=True)
class Author:
    """What is known of an author. `name`, `place`: directory entry of an address of ours.

    `typed_name`: the display name, if it differs from `name`.
    `impersonated_name`, `impersonated_address`: the colleague whose name stands at another address.
    `is_lookalike`: the domain imitates ours. `claims_service`: an outsider signs as a service of ours.
    `overrides_direction`: direction marks reorder the letters of the typed name.
    """

    name: str = ""
    place: str = ""
    typed_name: str = ""
    impersonated_name: str = ""
    impersonated_address: str = ""
    is_lookalike: bool = False
    claims_service: bool = False
    overrides_direction: bool = False


@dataclass(frozen=True)
class Authorship:
    """The author to display, and the verdict on the sender."""

    displayed: Correspondent
    verdict: Authenticity
    author: Author
    is_ambiguous: bool
    is_ours: bool
    is_partner: bool = False
    is_unsealed: bool = False  # of a colleague's address, and nothing says that the colleague wrote it
    is_house: bool = False  # a report that our own mail service wrote
    is_below_ours: bool = False  # of a sub-domain of ours, and nothing says that it wrote it

    @property
    def is_verified(self) -> bool:
        return self.verdict.verdict is Verdict.VERIFIED

    @property
    def is_colleague(self) -> bool:
        return self.is_ours and self.is_verified


_authors: WeightedLru[tuple[str, str, frozenset[str]], tuple[float, Author]] = WeightedLru(4096)
_names: WeightedLru[str, tuple[float, str]] = WeightedLru(8192)
_titles: WeightedLru[str, tuple[float, frozenset[frozenset[str]]]] = WeightedLru(1)


def author_of(sender: Correspondent, institution: Institution) -> Author:
    """Look up an author in the directory, at most once in five minutes."""
    key = (impostors.shortened(sender.name), sender.address[:254].lower(), institution.domains)
    entry, now = _authors.get(key), time.monotonic()
    if entry is not None and now - entry[0] < _CACHE_SECONDS:
        return entry[1]
    name, address, _ = key
    author = replace(
        _look_up_author(impostors.as_drawn(name), address, institution),
        overrides_direction=impostors.overrides_direction(name),
    )
    _authors.put(key, (now, author))
    return author


def author_seen_by(person_id: int | None, sender: Correspondent, institution: Institution) -> Author:
    """The author as that reader should see them: an outsider is no head of an establishment they serve."""
    author, name = author_of(sender, institution), impostors.shortened(sender.name)
    is_told = (
        author.impersonated_name or author.claims_service or _is_ours(sender.address.lower(), institution)
    )
    if is_told or person_id is None or not has_heads_title(name):
        return author
    schools = [school for _, school in directory.structures_of(person_id, paris_day(timezone.now()))]
    return replace(author, claims_service=names_a_school(name, schools))


def authorship(
    opened: OpenedMessage,
    author: Author,
    verdict: Authenticity,
    institution: Institution,
    *,
    own: Collection[str],
) -> Authorship:
    """Choose the author to display: directory name of a verified colleague, no name for a forged address.

    `own`: the reader's addresses, lower case: copies of one's own messages bear no seal.
    """
    field = from_field(opened)
    sender, address = field.sender, field.sender.address.lower()
    is_ours = _is_ours(address, institution) and not field.is_ambiguous
    displayed = sender
    if is_ours:
        match verdict.verdict:
            case Verdict.VERIFIED:
                displayed = Correspondent(author.name or sender.name, sender.address)
            case Verdict.FORGED:
                displayed = Correspondent("", sender.address)
            case Verdict.UNVERIFIED:
                pass
    is_partner = verdict.verdict is Verdict.VERIFIED and verdict.by in institution.partners
    is_unsealed = is_ours and verdict.verdict is Verdict.UNVERIFIED and without_detail(address) not in own
    is_house = not field.is_ambiguous and is_report_of_ours(opened.fields, address, institution.domains)
    is_below_ours = verdict.verdict is Verdict.UNVERIFIED and _is_below_ours(address, institution)
    return Authorship(
        displayed,
        verdict,
        author,
        field.is_ambiguous,
        is_ours,
        is_partner,
        is_unsealed,
        is_house,
        is_below_ours and not is_house,
    )


def listed_names(addresses: Collection[str], domains: frozenset[str]) -> dict[str, str]:
    """Directory names by address, of those in `domains`; addresses in lower case, without sub-address.

    One query for all that are not in the cache.
    """
    entries = {
        plain for plain in map(without_detail, filter(None, addresses)) if plain.rpartition("@")[2] in domains
    }
    now, names, missing = time.monotonic(), dict[str, str](), []
    for address in entries:
        entry = _names.get(address)
        if entry is None or now - entry[0] >= _CACHE_SECONDS:
            missing.append(address)
        else:
            names[address] = entry[1]
    if missing:
        listed = directory.listed_names_by_address(missing)
        for address in missing:
            names[address] = listed.get(address, "")
            _names.put(address, (now, names[address]))
    return {address: name for address, name in names.items() if name}


def _look_up_author(name: str, address: str, institution: Institution) -> Author:
    if address.rpartition("@")[2] in institution.domains:
        return _own_author(name, without_detail(address), institution)
    domain = address.rpartition("@")[2]
    is_lookalike = bool(domain) and impostors.is_lookalike(domain, institution.domains)
    impersonated_name, impersonated_address = _impersonated(name, address, institution)
    services = (*institution.services, *impostors.domain_names(institution.domains))
    claims_service = not impersonated_name and (
        impostors.is_service_name(name, services, institution.name, institution.places)
        or claims_title(name, _house_titles())
    )
    return Author(
        impersonated_name=impersonated_name,
        impersonated_address=impersonated_address,
        is_lookalike=is_lookalike,
        claims_service=claims_service,
    )


def _own_author(name: str, address: str, institution: Institution) -> Author:
    listed = directory.listed_person_at(address)
    if listed is not None and impostors.is_same_name(name, listed.name):
        return Author(listed.name, listed.detail)
    typed = one_line(name) if listed is not None else ""
    impersonated_name, impersonated_address = _impersonated(name, address, institution)
    if listed is None:
        return Author(impersonated_name=impersonated_name, impersonated_address=impersonated_address)
    return Author(listed.name, listed.detail, typed, impersonated_name, impersonated_address)


def _impersonated(name: str, address: str, institution: Institution) -> tuple[str, str]:
    """(name, address) of the colleague whose name stands at another address; empty if there is none."""
    claimed = impostors.claimed_address(name, institution.domains)
    if claimed and claimed != address and claimed.rpartition("@")[2] in institution.domains:
        return claimed, claimed
    names, initials = tuple(impostors.possible_names(name)), impostors.initials(name)
    is_own_name = any(impostors.matches_address(first, last, address) for first, last in names)
    if is_own_name and _is_ours(address, institution):
        return "", ""
    candidates = directory.similar_addresses(names, institution.domains)
    matches = [
        candidate
        for first, last in names
        for candidate in candidates
        if impostors.matches_address(first, last, candidate)
    ]
    if not matches:  # an initial says who is meant if it is that of one colleague alone
        by_initial = {
            candidate
            for first, last in names
            for candidate in candidates
            if first in initials and impostors.matches_initial(first, last, candidate, address)
        }
        matches = [*by_initial] if len(by_initial) == 1 else []
    if not matches:
        matches = _joined_or_titled(name, institution)
    for match in dict.fromkeys(matches):
        if match != address and (person := directory.listed_person_at(match)) is not None:
            return person.name, match
    return "", ""


def _joined_or_titled(name: str, institution: Institution) -> list[str]:
    """Addresses of colleagues whose names are joined in one word, or of the only head with that surname."""
    locals_ = impostors.joined_names(name)
    if locals_:
        candidates = [f"{local}@{domain}" for local in locals_ for domain in institution.domains]
        return [*directory.listed_names_by_address(candidates)]
    surnames = surnames_beside_title(name)
    heads = directory.heads_named(surnames, paris_day(timezone.now())) if surnames else ()
    ours = [head for head in heads if _is_ours(head, institution)]
    return ours if len(ours) == 1 else []


def _house_titles() -> frozenset[frozenset[str]]:
    """The words of the titles of our boxes and services, read at most once an hour."""
    entry, now = _titles.get(""), time.monotonic()
    if entry is not None and now - entry[0] < _TITLES_SECONDS:
        return entry[1]
    titles = all_title_words((*house_titles(), *directory.service_names()))
    _titles.put("", (now, titles))
    return titles


def _is_ours(address: str, institution: Institution) -> bool:
    return address.rpartition("@")[2] in institution.domains


def _is_below_ours(address: str, institution: Institution) -> bool:
    domain = address.rpartition("@")[2].rstrip(".")
    return any(domain.endswith(f".{own}") for own in institution.domains)
