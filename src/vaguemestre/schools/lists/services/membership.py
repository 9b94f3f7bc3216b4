"""Subscriptions to manual lists."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core import signing
from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import names_by_person, people_by_address
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists.models import ListRole, MailingList, Subscriber
from vaguemestre.schools.lists.queries import is_joinable
from vaguemestre.schools.lists.services.administration import owned_list
from vaguemestre.schools.lists.values import Kind
from vaguemestre.schools.sharing.queries import box_at

MAX_SUBSCRIBERS = 5000
_SALT = "lists.leave"
_LETTER_SALT = "lists.letter"
_LETTER_TOKEN_LIFETIME = timedelta(days=90)


class Enrolment(NamedTuple):
    """What became of addresses: how many were added, how many were members, and those left out, by why."""

    added: int
    already: int
    unknown: tuple[str, ...]  # of our domain, that do not exist
    lists: tuple[str, ...]


class SubscriptionToken(NamedTuple):
    """The subscription that an unsubscribe link ends. `person_id` 0: an external address."""

    list_id: int
    address: str
    person_id: int


@transaction.atomic(durable=True)
def subscribe(
    list_id: int, account_id: int, people: Iterable[Recipient], domain: str, *, by: str, now: datetime
) -> Enrolment:
    """Subscribe addresses; lists and addresses of our domain that do not exist are left out.

    Raises Refusal `lists.gone`, `lists.not-by-hand`, `lists.in-itself` for lists alone, `lists.too-many`.
    """
    row = owned_list(list_id, account_id, now)
    if row.kind != Kind.MANUAL:
        raise Refusal("lists.not-by-hand")
    typed_names = {recipient.address.lower(): recipient.name for recipient in people}
    nested = MailingList.objects.filter(address__in=typed_names).order_by("address")
    lists = tuple(nested.values_list("address", flat=True))
    if lists and len(lists) == len(typed_names):
        raise Refusal("lists.in-itself")
    if row.subscribers.count() + len(typed_names) > MAX_SUBSCRIBERS:
        raise Refusal("lists.too-many", most=MAX_SUBSCRIBERS)
    agents = people_by_address(typed_names)
    names = names_by_person(agents.values())
    unknown = tuple(
        address
        for address in typed_names
        if address.endswith(f"@{domain}") and address not in (*agents, *lists) and box_at(address) is None
    )
    enrolled = [address for address in typed_names if address not in (*unknown, *lists)]
    added = 0
    for address in enrolled:
        person_id = agents.get(address)
        name = names.get(person_id, typed_names[address]) if person_id else typed_names[address]
        added += _add(row, person_id, address, name, by_self=False, now=now)
    record("lists.subscribed", to=list_subject(list_id), by=by, at=now, count=added)
    return Enrolment(added, len(enrolled) - added, unknown, lists)


@transaction.atomic(durable=True)
def unsubscribe(
    list_id: int, account_id: int, subscriber_ids: Iterable[int], *, by: str, now: datetime
) -> int:
    """Remove subscribers, by an owner. Returns how many. Raises Refusal `lists.gone`."""
    row = owned_list(list_id, account_id, now)
    count, _ = row.subscribers.filter(pk__in=list(subscriber_ids)).delete()
    record("lists.unsubscribed", to=list_subject(list_id), by=by, at=now, count=count)
    return int(count)


@transaction.atomic(durable=True)
def join_list(list_id: int, person_id: int, *, by: str, now: datetime) -> None:
    """Subscribe oneself, if the list allows it. Raises Refusal `lists.gone`."""
    row = MailingList.objects.filter(pk=list_id).first()
    if row is None or not person_id or not is_joinable(row, person_id):
        raise Refusal("lists.gone")
    name = names_by_person([person_id]).get(person_id, "")
    _add(row, person_id, f"person:{person_id}", name, by_self=True, now=now)
    record("lists.joined", to=list_subject(list_id), by=by, at=now)


@transaction.atomic(durable=True)
def leave_list(list_id: int, person_id: int, *, by: str, now: datetime) -> None:
    """Unsubscribe oneself. Idempotent."""
    rows = Subscriber.objects.filter(list_id=list_id, person_id=person_id, person__isnull=False)
    if rows.delete()[0]:
        record("lists.left", to=list_subject(list_id), by=by, at=now)


def unsubscribe_token(list_id: int, address: str, person_id: int) -> str:
    """Signed token of an unsubscribe link: it ends that subscription only."""
    return signing.dumps([list_id, address, person_id], salt=_SALT)


def read_unsubscribe_token(token: str) -> SubscriptionToken:
    """Raises Refusal `lists.gone`."""
    try:
        list_id, address, person_id = signing.loads(token, salt=_SALT)
        return SubscriptionToken(int(list_id), str(parse_address(address)), int(person_id))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Refusal("lists.gone") from error


def letter_token(public_id: str, address: str) -> str:
    """Signed token with which an external recipient reads a letter's attachments and their reasons."""
    return signing.dumps([public_id, address], salt=_LETTER_SALT)


def read_letter_token(token: str) -> tuple[str, str]:
    """Public id of the letter, and address. Raises Refusal `lists.gone`, also for an expired token."""
    try:
        public_id, address = signing.loads(token, salt=_LETTER_SALT, max_age=_LETTER_TOKEN_LIFETIME)
        return str(uuid.UUID(public_id)), str(parse_address(address))
    except (signing.BadSignature, TypeError, ValueError, AttributeError) as error:
        raise Refusal("lists.gone") from error


@transaction.atomic(durable=True)
def leave_by_token(token: str, *, now: datetime) -> None:
    """One-click unsubscription (RFC 8058). Idempotent. Raises Refusal `lists.gone`."""
    list_id, address, person_id = read_unsubscribe_token(token)
    rows = Subscriber.objects.filter(list_id=list_id)
    rows = (
        rows.filter(person_id=person_id) if person_id else rows.filter(address=address, person__isnull=True)
    )
    if rows.delete()[0]:
        record("lists.left", to=list_subject(list_id), by="link", at=now)


def _add(
    row: MailingList, person_id: int | None, address: str, name: str, *, by_self: bool, now: datetime
) -> int:
    """Add a subscriber unless there is one. Returns how many were added."""
    if person_id and row.subscribers.filter(person_id=person_id).exists():
        return 0
    _, is_new = Subscriber.objects.get_or_create(
        list=row,
        address=f"person:{person_id}" if person_id else address,
        defaults={"person_id": person_id, "name": name[:100], "since": now, "by_self": by_self},
    )
    return int(is_new)


@transaction.atomic(durable=True)
def leave_academy(account_id: int, person_id: int, left_domain: str, *, by: str, now: datetime) -> None:
    """Use case: remove a person from the lists of an académie they left, as a member and as a manager."""
    lists = MailingList.objects.filter(address__endswith=f"@{left_domain}")
    for row in lists.filter(subscribers__person_id=person_id) | lists.filter(roles__account_id=account_id):
        Subscriber.objects.filter(list=row, person_id=person_id).delete()
        ListRole.objects.filter(list=row, account_id=account_id).delete()
        record("lists.left", to=list_subject(row.pk), by=by, at=now)
