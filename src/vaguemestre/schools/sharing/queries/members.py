"""Members of a mailbox, its story, and mailboxes asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from vaguemestre.foundation.journal.queries import lines_about
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.directory.queries import addresses_by_person, newest_post_labels
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.models import Box, BoxRequest, Member
from vaguemestre.schools.sharing.queries.access import _current
from vaguemestre.schools.sharing.rules.story import WORDS
from vaguemestre.schools.sharing.values import Kind, MemberShown, RequestShown, Right, Source


def members_of(box_id: int, now: datetime) -> list[MemberShown]:
    """Those who may open it, then those who will: owners first, then by name."""
    rows = Member.objects.filter(box_id=box_id, ended_at__isnull=True).select_related("account__person")
    kept = [row for row in rows if row.ends_at is None or row.ends_at > now]
    people = [row.account.person_id for row in kept if row.account.person_id]
    away = withdrawn_among([row.account_id for row in kept])
    details, addresses = newest_post_labels(people), addresses_by_person(people)
    shown = []
    for row in kept:
        person = row.account.person
        own = addresses.get(row.account.person_id or 0, [])
        shown.append(
            MemberShown(
                member_id=row.pk,
                account_id=row.account_id,
                name=person.shown_name if person else row.account.username,
                address=next((address for address, primary, _ in own if primary), row.account.mailbox),
                detail=details.get(row.account.person_id or 0, ""),
                right=Right(row.right),
                is_owner=row.is_owner,
                source=Source(row.source),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                is_to_come=row.starts_at > now,
                only_reception=row.only_reception,
                is_away=row.account_id in away,
            )
        )
    return sorted(shown, key=lambda one: (one.is_to_come, not one.is_owner, one.name))


def owners_of(box_id: int, now: datetime) -> list[int]:
    """The accounts of its owners."""
    return list(_current(now).filter(box_id=box_id, is_owner=True).values_list("account_id", flat=True))


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of a mailbox's story."""

    at: datetime
    words: str
    who: str
    about: str


def history_of(box_id: int, *, limit: int = 50) -> list[Happened]:
    """What happened to it and in it, newest first."""
    lines = [one for one in lines_about(f"box:{box_id}", limit=limit) if one.action in WORDS]
    names = _names({one.by for one in lines} | {str(one.details.get("member", "")) for one in lines})
    return [
        Happened(
            one.at,
            WORDS[one.action],
            names.get(one.by, "Vaguemestre"),
            names.get(str(one.details.get("member", "")), "") or str(one.details.get("about", "")),
        )
        for one in lines
    ]


def _names(actors: Collection[str]) -> dict[str, str]:
    found = {}
    for actor in actors:
        kind, _, number = actor.partition(":")
        if kind == "account" and number.isdecimal() and (one := presented(int(number))):
            found[actor] = one.name
    return found


class VacantBox(NamedTuple):
    """A mailbox nobody owns."""

    box_id: int
    address: str
    title: str


def boxes_without_owner(
    academy_id: int, now: datetime, *, search: str = "", first: int = 0, count: int = 30
) -> tuple[list[VacantBox], int]:
    """A page of the mailboxes nobody owns, by title, and how many there are.

    `search`: words of the title or the town, an UAI, an address.
    """
    owned = _current(now).filter(box_id=OuterRef("pk"), is_owner=True)
    rows = Box.objects.filter(academy_id=academy_id, closed_at__isnull=True).filter(~Exists(owned))
    rows = rows.exclude(kind=Kind.PERSON)
    for word in search.split()[:6]:
        named = Q(title__icontains=word) | Q(address__icontains=word) | Q(structure__uai__iexact=word)
        rows = rows.filter(named | Q(structure__folded__contains=fold(word)) if fold(word) else named)
    page = rows.order_by("title", "pk").values_list("pk", "address", "title")[first : first + count]
    return [VacantBox(*row) for row in page], rows.count()


def requests_of(account_id: int, domain: str) -> list[RequestShown]:
    """What somebody asked for, newest first."""
    rows = BoxRequest.objects.filter(asked_by_id=account_id).order_by("-pk")[:20]
    return [_request(row, domain) for row in rows.select_related("academy", "asked_by__person")]


def requests_waiting(
    academy_id: int, domain: str, *, first: int = 0, count: int = 30
) -> tuple[list[RequestShown], int]:
    """A page of what waits for an administrator, oldest first, and how many there are."""
    rows = BoxRequest.objects.filter(academy_id=academy_id, state=BoxRequest.State.ASKED).order_by("pk")
    page = rows.select_related("academy", "asked_by__person")[first : first + count]
    return [_request(row, domain) for row in page], rows.count()


def _request(row: BoxRequest, domain: str) -> RequestShown:
    person = row.asked_by.person
    return RequestShown(
        row.pk,
        Kind(row.kind),
        f"{row.local}@{domain}",
        row.title,
        row.reason,
        person.shown_name if person else row.asked_by.username,
        row.asked_at,
        row.state,
        row.answer,
    )
