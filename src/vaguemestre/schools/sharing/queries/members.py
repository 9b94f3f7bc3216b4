"""Members and history of a mailbox, vacant mailboxes and requests."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.foundation.journal.values import account_subject, box_subject, number_of
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.directory.queries import addresses_by_person, newest_post_labels, of_academy
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.models import Box, BoxRequest, Member
from vaguemestre.schools.sharing.queries.access import current_members
from vaguemestre.schools.sharing.rules.history_labels import HISTORY_LABELS, SETTING_LABELS, what_about
from vaguemestre.schools.sharing.values import (
    BoxKind,
    BoxRequestRow,
    BoxRequestState,
    MemberRow,
    Right,
    Source,
)

TAKEN_BACK_FOR = timedelta(days=30)  # a slip of the administration shows within that time


def members_of(box_id: int, now: datetime) -> list[MemberRow]:
    """Current members, then upcoming ones; owners first, then by name."""
    rows = Member.objects.filter(box_id=box_id, ended_at__isnull=True).select_related("account__person")
    current = [row for row in rows if row.ends_at is None or row.ends_at > now]
    people = [row.account.person_id for row in current if row.account.person_id]
    away = withdrawn_among([row.account_id for row in current])
    details, addresses = newest_post_labels(people), addresses_by_person(people)
    members = []
    for row in current:
        person = row.account.person
        own_addresses = addresses.get(row.account.person_id or 0, [])
        members.append(
            MemberRow(
                member_id=row.pk,
                account_id=row.account_id,
                name=person.shown_name if person else row.account.username,
                address=next(
                    (address for address, primary, _ in own_addresses if primary), row.account.mailbox
                ),
                detail=details.get(row.account.person_id or 0, ""),
                right=Right(row.right),
                is_owner=row.is_owner,
                source=Source(row.source),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                is_upcoming=row.starts_at > now,
                inbox_only=row.inbox_only,
                is_away=row.account_id in away,
            )
        )
    return sorted(members, key=lambda member: (member.is_upcoming, not member.is_owner, member.name))


def owners_of(box_id: int, now: datetime) -> list[int]:
    """The accounts of its owners."""
    return list(
        current_members(now).filter(box_id=box_id, is_owner=True).values_list("account_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the history of a mailbox."""

    at: datetime
    label: str
    actor: str
    about: str


def history_of(box_id: int, *, limit: int = 50) -> list[HistoryLine]:
    """The journal lines about a mailbox and its settings, newest first."""
    accounts = Box.objects.filter(pk=box_id).values_list("account_id", flat=True)
    lines = [
        line
        for subject, actions in (
            (box_subject(box_id), HISTORY_LABELS),
            *((account_subject(account_id), SETTING_LABELS) for account_id in accounts),
        )
        for line in entries_about(subject, limit=limit, actions=actions)
    ]
    labels = {**HISTORY_LABELS, **SETTING_LABELS}
    names = _names({line.by for line in lines} | {str(line.details.get("member", "")) for line in lines})
    return [
        HistoryLine(
            line.at,
            labels[line.action],
            names.get(line.by, "Vaguemestre"),
            names.get(str(line.details.get("member", "")), "") or what_about(line.details),
        )
        for line in sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
    ]


def _names(actors: Collection[str]) -> dict[str, str]:
    names = {}
    for actor in actors:
        number = number_of("account", actor)
        if number and (account := presented(number)):
            names[actor] = account.name
    return names


class VacantBox(NamedTuple):
    """A mailbox without owner."""

    box_id: int
    address: str
    title: str


class NamedOwner(NamedTuple):
    """Whom the administration named owner of a mailbox, and when."""

    box_id: int
    title: str
    address: str
    account_id: int
    name: str
    since: datetime


class FoundBox(NamedTuple):
    """A mailbox that a search finds, and the names of its owners."""

    address: str
    title: str
    owners: tuple[str, ...]


def boxes_matching(words: str, now: datetime, *, academy_id: int, limit: int) -> tuple[list[FoundBox], int]:
    """The first open mailboxes that match, of one académie unless 0, by title, and their total number.

    `words`: as the `search` of `boxes_without_owner`. Mailboxes of persons are none of them.
    """
    rows = filtered_boxes(words, academy_id)
    page = list(rows.order_by("title", "pk").values_list("pk", "address", "title")[:limit])
    return [
        FoundBox(
            address, title, tuple(owner.name for pk in owners_of(box_id, now) if (owner := presented(pk)))
        )
        for box_id, address, title in page
    ], rows.count()


def boxes_without_owner(
    academy_id: int, now: datetime, *, search: str = "", first: int = 0, count: int = 30
) -> tuple[list[VacantBox], int]:
    """A page of the mailboxes without owner, of one académie unless 0, by title, and their total number.

    `search`: words of the title or the town, an UAI, an address.
    """
    # asked once for all: mailbox after mailbox, PostgreSQL without statistics took minutes for a thousand
    owned = current_members(now).filter(is_owner=True).values("box_id")
    rows = filtered_boxes(search, academy_id).exclude(pk__in=owned)
    page = rows.order_by("title", "pk").values_list("pk", "address", "title")[first : first + count]
    return [VacantBox(*row) for row in page], rows.count()


def rows_named_lately(academy_id: int, now: datetime) -> QuerySet[Member]:
    """The owners whom the administration named in the last `TAKEN_BACK_FOR`, of one académie unless 0.

    Whoever asked for a mailbox owns it since it was opened, and is none of them; nor is an owner by post.
    """
    rows = current_members(now).filter(is_owner=True, source=Source.HAND, box__closed_at__isnull=True)
    since = {"starts_at__gt": F("box__opened_at"), "starts_at__gte": now - TAKEN_BACK_FOR}
    academies = {"box__academy_id": academy_id} if academy_id else {}
    return rows.filter(**since, **academies).select_related("box", "account__person")


def owners_named_lately(academy_id: int, now: datetime) -> list[NamedOwner]:
    """Owners named lately, the latest first; a hundred at most."""
    rows = rows_named_lately(academy_id, now).order_by("-starts_at", "-pk")[:100]
    return [
        NamedOwner(
            row.box_id, row.box.title, row.box.address, row.account_id,
            row.account.person.shown_name if row.account.person else row.account.username, row.starts_at,
        )
        for row in rows
    ]  # fmt: skip


def filtered_boxes(words: str, academy_id: int, *, is_closed: bool = False) -> QuerySet[Box]:
    """Open mailboxes, or closed ones, of several people: as the `search` of `boxes_without_owner`."""
    rows = Box.objects.filter(of_academy(academy_id), closed_at__isnull=not is_closed)
    rows = rows.exclude(kind=BoxKind.PERSON)
    for word in words.split()[:6]:
        matches = Q(title__icontains=word) | Q(address__icontains=word) | Q(structure__uai__iexact=word)
        rows = rows.filter(matches | Q(structure__folded__contains=fold(word)) if fold(word) else matches)
    return rows


def requests_of(account_id: int) -> list[BoxRequestRow]:
    """The latest requests of an account, newest first."""
    rows = BoxRequest.objects.filter(asked_by_id=account_id).order_by("-pk")[:20]
    return [_request(row) for row in rows.select_related("academy", "asked_by__person")]


def pending_requests(academy_id: int, *, first: int = 0, count: int = 30) -> tuple[list[BoxRequestRow], int]:
    """A page of the pending requests, of one académie unless 0, oldest first, and their total number."""
    rows = BoxRequest.objects.filter(of_academy(academy_id), state=BoxRequest.State.ASKED).order_by("pk")
    page = rows.select_related("academy", "asked_by__person")[first : first + count]
    return [_request(row) for row in page], rows.count()


def _request(row: BoxRequest) -> BoxRequestRow:
    person = row.asked_by.person
    return BoxRequestRow(
        row.pk,
        BoxKind(row.kind),
        f"{row.local}@{row.academy.domain}",
        row.title,
        row.reason,
        person.shown_name if person else row.asked_by.username,
        row.asked_at,
        BoxRequestState(row.state),
        row.answer,
    )


def academy_of_request(request_id: int) -> int:
    """The académie a request was made to; 0 if there is no such request."""
    return BoxRequest.objects.filter(pk=request_id).values_list("academy_id", flat=True).first() or 0
