"""Address book of a school: creation, writers."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, book_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import BookWriter, SchoolBook
from vaguemestre.mailbox.contacts.queries import is_book_head
from vaguemestre.mailbox.contacts.values import AddressBook
from vaguemestre.people.credentials.queries import find_account


@transaction.atomic(durable=True)
def begin_book(account_id: int, book: AddressBook, *, now: datetime) -> int:
    """Create the book of the head's school, if missing; returns its id.

    Raises Refusal `contacts.read-only`.
    """
    if not book.uai or not is_book_head(account_id, book):
        raise Refusal("contacts.read-only")
    row, is_new = SchoolBook.objects.get_or_create(uai=book.uai, defaults={"name": book.name[:200]})
    if is_new:
        record("contacts.book-begun", to=book_subject(book.uai), by=account_subject(account_id), at=now)
    return int(row.pk)


@transaction.atomic(durable=True)
def allow_writer(account_id: int, book: AddressBook, typed: str, *, now: datetime) -> None:
    """Allow somebody (username or address) to change the book.

    Raises Refusal `contacts.read-only`, `contacts.nobody-of-that-name`.
    """
    _check_head(account_id, book)
    account = find_account(typed)
    if account is None:
        raise Refusal("contacts.nobody-of-that-name")
    BookWriter.objects.get_or_create(book_id=book.book_id, account_id=account.account_id)
    _record_writer("contacts.writer-allowed", account_id, book, account.account_id, now)


@transaction.atomic(durable=True)
def forbid_writer(account_id: int, book: AddressBook, writer_id: int, *, now: datetime) -> None:
    """Withdraw the right to change the book. Idempotent. Raises Refusal `contacts.read-only`."""
    _check_head(account_id, book)
    if BookWriter.objects.filter(book_id=book.book_id, account_id=writer_id).delete()[0]:
        _record_writer("contacts.writer-forbidden", account_id, book, writer_id, now)


def _check_head(account_id: int, book: AddressBook) -> None:
    if not book.book_id or not is_book_head(account_id, book):
        raise Refusal("contacts.read-only")


def _record_writer(act: str, account_id: int, book: AddressBook, writer_id: int, now: datetime) -> None:
    record(act, to=account_subject(writer_id), by=account_subject(account_id), at=now, book=book.uai)
