"""A school's book: begun by its head, changed by those the head chooses."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import BookWriter, SchoolBook
from vaguemestre.mailbox.contacts.queries import leads_book
from vaguemestre.mailbox.contacts.values import Shelf
from vaguemestre.people.credentials.queries import find_account


@transaction.atomic(durable=True)
def begin_book(account_id: int, shelf: Shelf, *, now: datetime) -> int:
    """The book of one's school, made if it is not there. Raises Refusal `contacts.read-only`."""
    if not shelf.uai or not leads_book(account_id, shelf):
        raise Refusal("contacts.read-only")
    row, is_new = SchoolBook.objects.get_or_create(uai=shelf.uai, defaults={"name": shelf.name[:200]})
    if is_new:
        record("contacts.book-begun", to=f"book:{shelf.uai}", by=f"account:{account_id}", at=now)
    return int(row.pk)


@transaction.atomic(durable=True)
def allow_writer(account_id: int, shelf: Shelf, typed: str, *, now: datetime) -> None:
    """Let somebody (username or address) change the book too.

    Raises Refusal `contacts.read-only`, `contacts.nobody-of-that-name`.
    """
    _check_head(account_id, shelf)
    found = find_account(typed)
    if found is None:
        raise Refusal("contacts.nobody-of-that-name")
    BookWriter.objects.get_or_create(book_id=shelf.book_id, account_id=found.account_id)
    _told("contacts.writer-allowed", account_id, shelf, found.account_id, now)


@transaction.atomic(durable=True)
def forbid_writer(account_id: int, shelf: Shelf, writer_id: int, *, now: datetime) -> None:
    _check_head(account_id, shelf)
    if BookWriter.objects.filter(book_id=shelf.book_id, account_id=writer_id).delete()[0]:
        _told("contacts.writer-forbidden", account_id, shelf, writer_id, now)


def _check_head(account_id: int, shelf: Shelf) -> None:
    if not shelf.book_id or not leads_book(account_id, shelf):
        raise Refusal("contacts.read-only")


def _told(act: str, account_id: int, shelf: Shelf, writer_id: int, now: datetime) -> None:
    record(act, to=f"account:{writer_id}", by=f"account:{account_id}", at=now, book=shelf.uai)
