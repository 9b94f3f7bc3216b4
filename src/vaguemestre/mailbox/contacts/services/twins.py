"""One card made of several."""

from collections.abc import Sequence

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.queries import card_of_row, shelf_rows
from vaguemestre.mailbox.contacts.rules.twins import merged
from vaguemestre.mailbox.contacts.services.rows import check_writable, write_group, write_row
from vaguemestre.mailbox.contacts.values import Shelf


@transaction.atomic(durable=True)
def merge_cards(shelf: Shelf, contact_ids: Sequence[int]) -> int:
    """The first card takes in the others, which go; their groups become its own. Returns its id.

    Raises Refusal `contacts.gone` when fewer than two are in this book.
    """
    check_writable(shelf)
    found = {row.pk: row for row in shelf_rows(shelf).filter(pk__in=contact_ids, is_group=False)}
    rows = [found[one] for one in dict.fromkeys(contact_ids) if one in found]
    if len(rows) < 2:
        raise Refusal("contacts.gone")
    first, *rest = rows
    card = merged([card_of_row(row) for row in rows])
    groups = set(Membership.objects.filter(contact__in=rows).values_list("group_id", flat=True))
    Contact.objects.filter(pk__in=[row.pk for row in rest]).delete()
    there = set(Membership.objects.filter(contact=first).values_list("group_id", flat=True))
    Membership.objects.bulk_create([Membership(group_id=one, contact=first) for one in groups - there])
    write_row(first, card)
    for group in Contact.objects.filter(pk__in=groups):
        write_group(group)
    return int(first.pk)
