"""Whom one may write to, and who they are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.compose.ports import AbsentUntil, Delivered
from vaguemestre.mailbox.compose.rules.recipients import bare_address, is_inside
from vaguemestre.mailbox.compose.values import Gathering, Met, Suggestion
from vaguemestre.mailbox.contacts.queries import contacts_like, groups_like
from vaguemestre.people.directory.queries import listed_by_address, people_like, with_homonyms
from vaguemestre.schools.rosters.queries import audiences_like, audiences_of
from vaguemestre.schools.rosters.rules.addresses import audience_of
from vaguemestre.schools.rosters.values import Asker, Audience, AudienceShown
from vaguemestre.schools.sharing.queries import boxes_like


def suggestions(
    account_id: int,
    typed: str,
    *,
    asker: Asker | None = None,
    limit: int = 8,
    gatherings: Sequence[Gathering] = (),
) -> tuple[Suggestion, ...]:
    """Whom the words typed may mean: the person's own book first, then the directory; each address once.

    `gatherings`: the lists found for the same words.
    """
    if len(typed.strip()) < 2:
        return ()
    contacts = contacts_like(account_id, typed, limit=limit)
    schools = listed_by_address([contact.address for contact in contacts])
    found: dict[str, Suggestion] = {}
    for contact in contacts:
        listed = schools.get(contact.address)
        origin = "Déjà écrit" if contact.is_collected else "Contact"
        name = contact.name or (listed.name if listed else "")
        detail = (listed.detail if listed else "") or origin
        found.setdefault(contact.address, Suggestion(name, contact.address, detail))
    for person in people_like(typed, limit=limit):
        found.setdefault(person.address, Suggestion(person.name, person.address, person.detail))
    groups = [
        Suggestion(name, "", f"Groupe, {counted(len(members), 'personne')}", members)
        for name, members in groups_like(account_id, typed, limit=3)
        if members
    ]
    classes = [
        Suggestion(one.name, one.address, _copies_told(one))
        for one in (audiences_like(asker, typed) if asker else ())
    ]
    lists = [Suggestion(one.name, one.address, "Liste de diffusion") for one in gatherings]
    boxes = [Suggestion(title, address, "Boîte partagée") for title, address in boxes_like(typed, limit=2)]
    before = (*classes, *groups, *lists)
    people = [one for one in found.values() if one.address not in {box.address for box in boxes}]
    return (*before, *people[: max(0, limit - len(before) - len(boxes))], *boxes)[:limit]


def _copies_told(one: AudienceShown) -> str:
    return f"{counted(one.count, 'exemplaire')}, {one.school}"


def people_met(
    addresses: Collection[str],
    domain: str,
    now: datetime,
    away: AbsentUntil,
    asker: Asker | None = None,
    gathered: Mapping[str, Gathering] = MappingProxyType({}),
    delivered: Delivered | None = None,
) -> tuple[Met, ...]:
    """Who they are to somebody of `domain`: colleagues with their school, people outside, classes, lists.

    `delivered` tells the addresses of `domain` at which somebody receives; the others are `unknown`.
    """
    asked = dict.fromkeys(address.strip().lower() for address in addresses)
    inside = [address for address in asked if is_inside(address, domain)]
    known, doubled, absent = listed_by_address(inside), with_homonyms(inside), away(inside, now)
    unknown = _unknown([address for address in inside if address not in known], domain, delivered)
    found = []
    for address in asked:
        if audience := audience_of(address):
            found.append(_class_met(address, audience, asker))
            continue
        if (gathering := gathered.get(address)) is not None:
            detail = "Liste de diffusion"
            found.append(Met(address, "inside", gathering.name, detail, gathering=gathering))
            continue
        listed = known.get(address)
        found.append(
            Met(
                address,
                "unknown" if address in unknown else "inside" if is_inside(address, domain) else "outside",
                listed.name if listed else "",
                listed.detail if listed else "",
                has_homonyms=address in doubled,
                absent_until=absent.get(address),
            )
        )
    return tuple(found)


def _unknown(addresses: Sequence[str], domain: str, delivered: Delivered | None) -> frozenset[str]:
    """Those of the addresses of `domain` itself that no mailbox receives at; none while nobody can tell."""
    bare = {address: bare_address(address) for address in addresses if address.endswith(f"@{domain}")}
    try:
        received = delivered(set(bare.values())) if delivered else frozenset(bare.values())
    except EngineDown:
        return frozenset()
    return frozenset(address for address, name in bare.items() if name not in received)


def _class_met(address: str, audience: Audience, asker: Asker | None) -> Met:
    for one in audiences_of(asker, only=audience) if asker else ():
        return Met(address, "class", one.name, _copies_told(one))
    return Met(address, "class", "Classe", "vous ne pouvez pas lui écrire")
