"""The book of a school is changed by its head and by whom the head chooses; nobody else gives that right."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import BookWriter, Contact, SchoolBook
from vaguemestre.mailbox.contacts.queries import books_of, writers_of
from vaguemestre.mailbox.contacts.services import allow_writer, begin_book, forbid_writer
from vaguemestre.mailbox.contacts.services.erasure import forget_person
from vaguemestre.mailbox.contacts.values import AddressBook
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
UAI = "0800001A"
BOOK = AddressBook(name="Collège Jean-Macé", uai=UAI)


@pytest.fixture
def head() -> Account:
    made = account("principale")
    Assignment.objects.filter(person=made.person).update(function="DIR")
    return made


def begun(head: Account) -> AddressBook:
    book_id = begin_book(head.pk, BOOK, now=NOON)
    return AddressBook(book_id=book_id, name=BOOK.name, uai=UAI)


def writers(book: AddressBook) -> list[str]:
    return [writer.username for writer in writers_of(book)]


def test_a_head_begins_the_book_of_their_school_once(head: Account) -> None:
    assert begun(head) == begun(head)
    assert SchoolBook.objects.get().name == BOOK.name
    assert Entry.objects.filter(action="contacts.book-begun").count() == 1


def test_nobody_else_begins_a_book_and_a_head_no_more_than_ones_own(head: Account) -> None:
    teacher = account("prof")
    for who, book in ((teacher, BOOK), (head, AddressBook(uai="0809999Z")), (head, AddressBook())):
        with pytest.raises(Refusal, match="read-only"):
            begin_book(who.pk, book, now=NOON)
    Assignment.objects.filter(person=head.person).update(ends_on=date.today() - timedelta(days=2))
    with pytest.raises(Refusal, match="read-only"):
        begun(head)
    assert not SchoolBook.objects.exists()


def test_whoever_was_declared_gone_has_no_book_but_their_own(head: Account) -> None:
    book, teacher = begun(head), account("prof")
    assert [one.uai for one in books_of(head.pk)] == ["", UAI]
    allow_writer(head.pk, book, "prof", now=NOON)
    for who in (head, teacher):
        LifecycleEvent.objects.create(
            account=who, event=EventKind.RETIREMENT, effect_on=NOON.date(),
            by="test", declared_at=NOON, withdrawn_at=NOON,
        )  # fmt: skip
        assert [one.uai for one in books_of(who.pk)] == [""]
    with pytest.raises(Refusal, match="read-only"):
        allow_writer(head.pk, book, "prof", now=NOON)


def test_a_writer_is_chosen_by_the_head_and_withdrawn_once(head: Account) -> None:
    book, secretary, teacher = begun(head), account("secretaire"), account("prof")
    for _ in range(2):
        allow_writer(head.pk, book, "secretaire", now=NOON)
    assert writers(book) == ["secretaire"]
    with pytest.raises(Refusal, match="nobody-of-that-name"):
        allow_writer(head.pk, book, "personne", now=NOON)
    for who in (teacher, secretary):
        with pytest.raises(Refusal, match="read-only"):
            allow_writer(who.pk, book, "prof", now=NOON)
        with pytest.raises(Refusal, match="read-only"):
            forbid_writer(who.pk, book, secretary.pk, now=NOON)
    for _ in range(2):
        forbid_writer(head.pk, book, secretary.pk, now=NOON)
    assert writers(book) == []
    assert Entry.objects.filter(action="contacts.writer-forbidden").count() == 1


def test_a_book_that_was_not_begun_has_no_writer(head: Account) -> None:
    with pytest.raises(Refusal, match="read-only"):
        allow_writer(head.pk, BOOK, "principale", now=NOON)


def test_a_forgotten_person_leaves_their_own_book_and_writes_in_no_other(head: Account) -> None:
    book = begun(head)
    for name in ("secretaire", "prof"):
        Contact.objects.create(account=account(name), name="Mairie", address="mairie@x.example")
        allow_writer(head.pk, book, name, now=NOON)
    Contact.objects.create(book_id=book.book_id, name="Mairie", address="mairie@x.example")
    forget_person(Account.objects.get(username="secretaire").pk)
    assert writers(book) == ["prof"]
    assert BookWriter.objects.count() == 1
    assert {row.account.username if row.account else "book" for row in Contact.objects.all()} == {
        "prof",
        "book",
    }
    assert Contact.objects.count() == 2
