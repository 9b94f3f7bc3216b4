"""Suggestions of recipients, and what the composer shows about them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.compose.ports import AbsentUntil, DeliveredAddresses
from vaguemestre.mailbox.compose.rules.recipients import bare_address, is_inside
from vaguemestre.mailbox.compose.values import DistributionList, RecipientInfo, RecipientKind, Suggestion
from vaguemestre.mailbox.contacts.queries import contacts_like, groups_like
from vaguemestre.people.directory.queries import (
    ambiguous_addresses,
    listed_people_by_address,
    suggested_people,
)
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.schools.rosters.queries import audiences_of, search_audiences
from vaguemestre.schools.rosters.rules.addresses import audience_of
from vaguemestre.schools.rosters.values import Audience, AudienceChoice, ClassWriter
from vaguemestre.schools.sharing.queries import search_boxes


def recipient_suggestions(
    account_id: int,
    typed: str,
    *,
    asker: ClassWriter | None = None,
    limit: int = 8,
    lists: Sequence[DistributionList] = (),
    hidden_academies: Collection[int] = (),
) -> tuple[Suggestion, ...]:
    """Suggestions for the typed words: contacts first, then the directory; each address once.

    `lists`: distribution lists that match the same words. `hidden_academies`: those whose people and
    boxes are no colleagues, of whom the directory says nothing.
    """
    if len(typed.strip()) < 2:
        return ()
    boxes = [
        Suggestion(title, address, "Boîte partagée")
        for title, address in search_boxes(typed, limit=2, hidden_academies=hidden_academies)
    ]
    groups = [
        Suggestion(name, "", f"Groupe, {counted(len(members), 'personne')}", members)
        for name, members in groups_like(account_id, typed, limit=3)
        if members
    ]
    classes = [
        Suggestion(audience.name, audience.address, _copies_label(audience))
        for audience in (search_audiences(asker, typed) if asker else ())
    ]
    list_suggestions = [Suggestion(item.name, item.address, "Liste de diffusion") for item in lists]
    collective = (*classes, *groups, *list_suggestions)
    box_addresses = {box.address for box in boxes}
    people = [
        person
        for person in _people_suggestions(account_id, typed, limit, hidden_academies)
        if person.address not in box_addresses
    ]
    return (*collective, *people[: max(0, limit - len(collective) - len(boxes))], *boxes)[:limit]


def _people_suggestions(
    account_id: int, typed: str, limit: int, hidden_academies: Collection[int]
) -> Collection[Suggestion]:
    """Contacts, then people of the directory; each address once."""
    contacts = contacts_like(account_id, typed, limit=limit)
    listed_people = listed_people_by_address(
        [contact.address for contact in contacts], hidden_academies=hidden_academies
    )
    by_address: dict[str, Suggestion] = {}
    for contact in contacts:
        listed = listed_people.get(contact.address)
        origin = "Déjà écrit" if contact.is_collected else "Contact"
        name = listed.name if listed else contact.name  # or a homonym alone would bear their common name
        detail = (listed.detail if listed else "") or origin
        by_address.setdefault(contact.address, Suggestion(name, contact.address, detail))
    for person in suggested_people(typed, limit=limit, hidden_academies=hidden_academies):
        by_address.setdefault(person.address, Suggestion(person.name, person.address, person.detail))
    return _with_shared_names_told(by_address.values())


def _with_shared_names_told(people: Collection[Suggestion]) -> list[Suggestion]:
    """Say which names several of these addresses bear: homonyms, or one person's several addresses."""
    bearers = Counter(fold(person.name) for person in people if person.name)
    return [
        replace(person, detail=f"{person.detail} · plusieurs adresses à ce nom")
        if bearers[fold(person.name)] > 1
        else person
        for person in people
    ]


def _copies_label(audience: AudienceChoice) -> str:
    return f"{counted(audience.count, 'exemplaire')}, {audience.school}"


def recipient_infos(
    addresses: Collection[str],
    domain: str,
    now: datetime,
    absent_until: AbsentUntil,
    asker: ClassWriter | None = None,
    lists: Mapping[str, DistributionList] = MappingProxyType({}),
    delivered: DeliveredAddresses | None = None,
) -> tuple[RecipientInfo, ...]:
    """What to show about recipients to a writer of `domain`: colleagues, outsiders, classes, lists.

    `delivered` returns the addresses of `domain` that a mailbox receives; the others are `UNKNOWN`.
    """
    unique_addresses = dict.fromkeys(address.strip().lower() for address in addresses)
    inside = [address for address in unique_addresses if is_inside(address, domain)]
    people, homonyms = listed_people_by_address(inside), ambiguous_addresses(inside)
    last_days = absent_until(inside, now)
    unknown = _unknown([address for address in inside if address not in people], domain, delivered)
    infos = []
    for address in unique_addresses:
        if audience := audience_of(address):
            infos.append(_class_info(address, audience, asker))
            continue
        if (distribution_list := lists.get(address)) is not None:
            infos.append(_list_info(address, distribution_list))
            continue
        person = people.get(address)
        infos.append(
            RecipientInfo(
                address,
                _kind(address, domain, unknown),
                person.name if person else "",
                person.detail if person else "",
                has_homonyms=address in homonyms,
                absent_until=last_days.get(address),
            )
        )
    return tuple(infos)


def _list_info(address: str, distribution_list: DistributionList) -> RecipientInfo:
    return RecipientInfo(
        address,
        RecipientKind.INSIDE,
        distribution_list.name,
        "Liste de diffusion",
        distribution_list=distribution_list,
    )


def _kind(address: str, domain: str, unknown: Collection[str]) -> RecipientKind:
    if address in unknown:
        return RecipientKind.UNKNOWN
    return RecipientKind.INSIDE if is_inside(address, domain) else RecipientKind.OUTSIDE


def _unknown(addresses: Sequence[str], domain: str, delivered: DeliveredAddresses | None) -> frozenset[str]:
    """The addresses of `domain` that no mailbox receives; none while the engine is down."""
    bare = {address: bare_address(address) for address in addresses if address.endswith(f"@{domain}")}
    try:
        received = delivered(set(bare.values())) if delivered else frozenset(bare.values())
    except EngineDown:
        return frozenset()
    return frozenset(address for address, name in bare.items() if name not in received)


def _class_info(address: str, audience: Audience, asker: ClassWriter | None) -> RecipientInfo:
    for shown_class in audiences_of(asker, only=audience) if asker else ():
        return RecipientInfo(address, RecipientKind.CLASS, shown_class.name, _copies_label(shown_class))
    return RecipientInfo(address, RecipientKind.CLASS, "Classe", "vous ne pouvez pas lui écrire")
