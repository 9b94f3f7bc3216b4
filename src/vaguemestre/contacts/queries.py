"""Reading a person's own address book; never somebody else's."""

from django.db.models import Q, QuerySet

from vaguemestre.contacts.models import Contact
from vaguemestre.contacts.values import Known


def contacts_of(account_id: int, search: str = "") -> tuple[Known, ...]:
    """The book in the order of names, those kept on purpose before the collected ones."""
    rows = _matching(account_id, search).order_by("is_collected", "name", "address")
    return tuple(_known(row) for row in rows[:2000])


def contacts_like(account_id: int, typed: str, *, limit: int) -> tuple[Known, ...]:
    """Cards that hold every word typed, for whoever is writing an address."""
    rows = _matching(account_id, typed).order_by("is_collected", "name", "address")
    return tuple(_known(row) for row in rows[:limit])


def find_contact(account_id: int, contact_id: int) -> Known | None:
    row = Contact.objects.filter(account_id=account_id, pk=contact_id).first()
    return _known(row) if row else None


def _matching(account_id: int, search: str) -> QuerySet[Contact]:
    wanted = Q(account_id=account_id)
    for word in search.split()[:8]:
        wanted &= Q(name__icontains=word) | Q(address__icontains=word)
    return Contact.objects.filter(wanted)


def _known(row: Contact) -> Known:
    return Known(row.pk, row.name, row.address, row.phone, row.note, row.is_collected)
