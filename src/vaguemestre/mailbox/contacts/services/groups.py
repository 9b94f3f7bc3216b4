"""Save groups and their members."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.queries import book_rows
from vaguemestre.mailbox.contacts.services.rows import check_writable, new_row, write_group
from vaguemestre.mailbox.contacts.values import AddressBook

_MAX_NAME_CHARACTERS = 200


@transaction.atomic(durable=True)
def save_group(book: AddressBook, name: str, group_id: int | None = None) -> int:
    """Add a group, or rename one. Returns its id. Raises Refusal `contacts.gone`, `contacts.empty-card`."""
    check_writable(book)
    clean_name = " ".join(name.split())[:_MAX_NAME_CHARACTERS]
    if not clean_name or not clean_name.isprintable():
        raise Refusal("contacts.empty-card")
    row = _group(book, group_id) if group_id else new_row(book)
    row.name, row.is_group = clean_name, True
    row.save()
    write_group(row)
    return int(row.pk)


@transaction.atomic(durable=True)
def choose_members(book: AddressBook, group_id: int, contact_ids: Collection[int]) -> None:
    """Set the members of the group: exactly these cards. Raises Refusal `contacts.gone`."""
    check_writable(book)
    row = _group(book, group_id)
    _replace_members(row, book_rows(book).filter(pk__in=contact_ids, is_group=False))
    write_group(row)


@transaction.atomic(durable=True)
def join_groups(book: AddressBook, contact_id: int, group_ids: Collection[int]) -> None:
    """Put the card in exactly these groups of the book. Raises Refusal `contacts.gone`."""
    check_writable(book)
    card = book_rows(book).filter(pk=contact_id, is_group=False).first()
    if card is None:
        raise Refusal("contacts.gone")
    groups = book_rows(book).filter(pk__in=group_ids, is_group=True)
    current_ids = set(Membership.objects.filter(contact=card).values_list("group_id", flat=True))
    new_ids = set(groups.values_list("pk", flat=True))
    Membership.objects.filter(contact=card, group_id__in=current_ids - new_ids).delete()
    Membership.objects.bulk_create(
        [Membership(group_id=group_id, contact=card) for group_id in new_ids - current_ids]
    )
    for row in Contact.objects.filter(pk__in=current_ids ^ new_ids):
        write_group(row)


def set_members(book: AddressBook, row: Contact, uids: Iterable[str]) -> None:
    """Set the members by UID, within the book; the vCard is unchanged. Inside the caller's transaction."""
    _replace_members(row, book_rows(book).filter(uid__in=list(uids), is_group=False))


def _replace_members(row: Contact, cards: QuerySet[Contact]) -> None:
    Membership.objects.filter(group=row).exclude(contact__in=cards).delete()
    present = set(Membership.objects.filter(group=row).values_list("contact_id", flat=True))
    memberships = [Membership(group=row, contact=card) for card in cards if card.pk not in present]
    Membership.objects.bulk_create(memberships)


def _group(book: AddressBook, group_id: int) -> Contact:
    row = book_rows(book).filter(pk=group_id, is_group=True).first()
    if row is None:
        raise Refusal("contacts.gone")
    return row
