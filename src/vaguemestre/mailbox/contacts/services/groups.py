"""Groups of a book."""

from collections.abc import Collection, Iterable

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.queries import shelf_rows
from vaguemestre.mailbox.contacts.services.rows import check_writable, new_row, write_group
from vaguemestre.mailbox.contacts.values import Shelf


@transaction.atomic(durable=True)
def save_group(shelf: Shelf, name: str, group_id: int | None = None) -> int:
    """A new group, or another name for one. Raises Refusal `contacts.gone`, `contacts.empty-card`."""
    check_writable(shelf)
    tidy = " ".join(name.split())[:200]
    if not tidy or not tidy.isprintable():
        raise Refusal("contacts.empty-card")
    row = _group(shelf, group_id) if group_id else new_row(shelf)
    row.name, row.is_group = tidy, True
    row.save()
    write_group(row)
    return int(row.pk)


@transaction.atomic(durable=True)
def choose_members(shelf: Shelf, group_id: int, contact_ids: Collection[int]) -> None:
    """These cards of the book, and no other, are in the group. Raises Refusal `contacts.gone`."""
    check_writable(shelf)
    row = _group(shelf, group_id)
    cards = shelf_rows(shelf).filter(pk__in=contact_ids, is_group=False)
    Membership.objects.filter(group=row).exclude(contact__in=cards).delete()
    _add(row, cards)
    write_group(row)


@transaction.atomic(durable=True)
def join_groups(shelf: Shelf, contact_id: int, group_ids: Collection[int]) -> None:
    """The card is in these groups of the book, and no other."""
    check_writable(shelf)
    card = shelf_rows(shelf).filter(pk=contact_id, is_group=False).first()
    if card is None:
        raise Refusal("contacts.gone")
    wanted = shelf_rows(shelf).filter(pk__in=group_ids, is_group=True)
    now = set(Membership.objects.filter(contact=card).values_list("group_id", flat=True))
    then = set(wanted.values_list("pk", flat=True))
    Membership.objects.filter(contact=card, group_id__in=now - then).delete()
    Membership.objects.bulk_create([Membership(group_id=one, contact=card) for one in then - now])
    for row in Contact.objects.filter(pk__in=now ^ then):
        write_group(row)


def set_members(shelf: Shelf, row: Contact, uids: Iterable[str]) -> None:
    """Members by UID, those of the same book only. Inside the caller's transaction; its vCard stays."""
    cards = shelf_rows(shelf).filter(uid__in=list(uids), is_group=False)
    Membership.objects.filter(group=row).exclude(contact__in=cards).delete()
    _add(row, cards)


def _add(row: Contact, cards: Iterable[Contact]) -> None:
    there = set(Membership.objects.filter(group=row).values_list("contact_id", flat=True))
    fresh = [Membership(group=row, contact=card) for card in cards if card.pk not in there]
    Membership.objects.bulk_create(fresh)


def _group(shelf: Shelf, group_id: int) -> Contact:
    row = shelf_rows(shelf).filter(pk=group_id, is_group=True).first()
    if row is None:
        raise Refusal("contacts.gone")
    return row
