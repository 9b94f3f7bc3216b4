"""Merge duplicate cards."""

from collections.abc import Sequence

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.queries import book_rows, card_of_row
from vaguemestre.mailbox.contacts.rules.duplicates import merge_cards
from vaguemestre.mailbox.contacts.rules.vcards import MAX_VCARD_CHARACTERS
from vaguemestre.mailbox.contacts.services.rows import check_writable, write_group, write_row
from vaguemestre.mailbox.contacts.values import AddressBook

MAX_MERGED_CHARACTERS = 2 * MAX_VCARD_CHARACTERS  # two cards always can be


@transaction.atomic(durable=True)
def merge_duplicates(book: AddressBook, contact_ids: Sequence[int]) -> int:
    """Merge the cards into the first one, with their groups, and delete the others. Returns its id.

    Raises Refusal `contacts.gone` when fewer than two are in this book, `contacts.too-heavy-to-merge`.
    """
    check_writable(book)
    rows_by_id = {row.pk: row for row in book_rows(book).filter(pk__in=contact_ids, is_group=False)}
    rows = [rows_by_id[contact_id] for contact_id in dict.fromkeys(contact_ids) if contact_id in rows_by_id]
    if len(rows) < 2:
        raise Refusal("contacts.gone")
    if sum(len(row.vcard) for row in rows) > MAX_MERGED_CHARACTERS:
        raise Refusal("contacts.too-heavy-to-merge")
    first, *rest = rows
    card = merge_cards([card_of_row(row) for row in rows])
    groups = set(Membership.objects.filter(contact__in=rows).values_list("group_id", flat=True))
    Contact.objects.filter(pk__in=[row.pk for row in rest]).delete()
    own_groups = set(Membership.objects.filter(contact=first).values_list("group_id", flat=True))
    Membership.objects.bulk_create(
        [Membership(group_id=contact_id, contact=first) for contact_id in groups - own_groups]
    )
    write_row(first, card)
    for group in Contact.objects.filter(pk__in=groups):
        write_group(group)
    return int(first.pk)
