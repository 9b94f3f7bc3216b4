"""Who is in a hand-made list."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import names_by_person, people_by_address
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists.models import Keeper, MailingList, Subscriber
from vaguemestre.schools.lists.services.administration import owned
from vaguemestre.schools.lists.values import Kind

MOST = 5000
_SALT = "lists.leave"
_LETTER_SALT = "lists.letter"
_LETTER_AGE = timedelta(days=90)


@transaction.atomic(durable=True)
def subscribe(
    list_id: int, account_id: int, people: Iterable[Recipient], domain: str, *, by: str, now: datetime
) -> tuple[int, tuple[str, ...]]:
    """How many were added, and the addresses of ours that are nobody's. Those there already stay.

    Raises Refusal `lists.gone`, `lists.not-by-hand`, `lists.in-itself`, `lists.too-many`.
    """
    row = owned(list_id, account_id, now)
    if row.kind != Kind.MANUAL:
        raise Refusal("lists.not-by-hand")
    wanted = {one.address.lower(): one.name for one in people}
    if MailingList.objects.filter(address__in=wanted).exists():
        raise Refusal("lists.in-itself")
    if row.subscribers.count() + len(wanted) > MOST:
        raise Refusal("lists.too-many", most=MOST)
    known = people_by_address(wanted)
    names = names_by_person(known.values())
    unknown = tuple(one for one in wanted if one.endswith(f"@{domain}") and one not in known)
    added = 0
    for address, name in wanted.items():
        if address not in unknown:
            person = known.get(address)
            shown = names.get(person, name) if person else name
            added += _add(row, person, address, shown, by_self=False, now=now)
    record("lists.subscribed", to=f"list:{list_id}", by=by, at=now, count=added)
    return added, unknown


@transaction.atomic(durable=True)
def unsubscribe(
    list_id: int, account_id: int, subscriber_ids: Iterable[int], *, by: str, now: datetime
) -> int:
    """By an owner. Raises Refusal `lists.gone`."""
    row = owned(list_id, account_id, now)
    count, _ = row.subscribers.filter(pk__in=list(subscriber_ids)).delete()
    record("lists.unsubscribed", to=f"list:{list_id}", by=by, at=now, count=count)
    return int(count)


@transaction.atomic(durable=True)
def join_list(list_id: int, person_id: int, *, by: str, now: datetime) -> None:
    """By oneself, where the list allows it. Raises Refusal `lists.gone`."""
    open_to_all = MailingList.objects.filter(closed_at__isnull=True, kind=Kind.MANUAL, may_join=True)
    row = open_to_all.filter(pk=list_id).first()
    if row is None or not person_id:
        raise Refusal("lists.gone")
    name = names_by_person([person_id]).get(person_id, "")
    _add(row, person_id, f"person:{person_id}", name, by_self=True, now=now)
    record("lists.joined", to=f"list:{list_id}", by=by, at=now)


@transaction.atomic(durable=True)
def leave_list(list_id: int, person_id: int, *, by: str, now: datetime) -> None:
    """By oneself. Twice is once."""
    mine = Subscriber.objects.filter(list_id=list_id, person_id=person_id, person__isnull=False)
    if mine.delete()[0]:
        record("lists.left", to=f"list:{list_id}", by=by, at=now)


def token_of(list_id: int, address: str, person_id: int) -> str:
    """What a copy's own « leave » address ends with: it ends that one subscription and nothing else."""
    return signing.dumps([list_id, address, person_id], salt=_SALT)


def read_token(token: str) -> tuple[int, str, int]:
    """Raises Refusal `lists.gone`."""
    try:
        list_id, address, person_id = signing.loads(token, salt=_SALT)
        return int(list_id), str(parse_address(address)), int(person_id)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Refusal("lists.gone") from error


def letter_token(public_id: str, address: str) -> str:
    """What somebody outside reads a letter's attachments with, and why they received it."""
    return signing.dumps([public_id, address], salt=_LETTER_SALT)


def read_letter_token(token: str) -> tuple[str, str]:
    """(letter, address). Raises Refusal `lists.gone`, also for one that is too old."""
    try:
        public_id, address = signing.loads(token, salt=_LETTER_SALT, max_age=_LETTER_AGE)
        return str(uuid.UUID(public_id)), str(parse_address(address))
    except (signing.BadSignature, TypeError, ValueError, AttributeError) as error:
        raise Refusal("lists.gone") from error


@transaction.atomic(durable=True)
def leave_by_token(token: str, *, now: datetime) -> None:
    """RFC 8058: one request, no question. Twice is once. Raises Refusal `lists.gone`."""
    list_id, address, person_id = read_token(token)
    mine = Subscriber.objects.filter(list_id=list_id)
    mine = (
        mine.filter(person_id=person_id) if person_id else mine.filter(address=address, person__isnull=True)
    )
    if mine.delete()[0]:
        record("lists.left", to=f"list:{list_id}", by="link", at=now)


def _add(
    row: MailingList, person_id: int | None, address: str, name: str, *, by_self: bool, now: datetime
) -> int:
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
    """Use case: somebody who went to another académie is in no list of the one they left, and keeps none."""
    left = MailingList.objects.filter(address__endswith=f"@{left_domain}")
    for row in left.filter(subscribers__person_id=person_id) | left.filter(keepers__account_id=account_id):
        Subscriber.objects.filter(list=row, person_id=person_id).delete()
        Keeper.objects.filter(list=row, account_id=account_id).delete()
        record("lists.left", to=f"list:{row.pk}", by=by, at=now)
