"""A file of contacts is read in a process of its own, within a budget, and nothing of it is lost."""

from typing import NoReturn

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.access.signin.people import PASSWORD, account
from tests.answers import PageAnswer
from tests.mailbox.contacts.test_files import GROUP, LEA, vcard

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.ports import read_apart
from vaguemestre.mailbox.contacts.rules import file_task, vcard_writer, vcards
from vaguemestre.mailbox.contacts.values import AddressBook, ImportReport
from vaguemestre.people.credentials.models import Account
from vaguemestre.site.adapters.contacts import ContactsFileReader


@pytest.fixture
def book(db: None) -> AddressBook:
    return AddressBook(account_id=account().pk)


def _import(book: AddressBook, *cards: str) -> ImportReport:
    return services.import_file(book, "".join(cards).encode(), ContactsFileReader())


def _heavy(number: int) -> str:
    lines = (f"UID:u{number}", f"FN:Nom {number}", f"EMAIL:n{number}@x.example")
    return vcard(*lines, *(f"X-{kind}:{number}" for kind in range(12)))


@pytest.fixture
def no_vcards_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process parses no vCard: half a millisecond each, they would hold the pages."""

    def parse(text: str) -> NoReturn:
        raise AssertionError(f"parsed in the page: {text[:40]}")

    monkeypatch.setattr(vcards, "parse_vcard", parse)
    monkeypatch.setattr(vcard_writer, "parse_vcard", parse)


@pytest.mark.heavy
@pytest.mark.usefixtures("no_vcards_here")
@pytest.mark.django_db(transaction=True)
def test_a_page_parses_no_vcard_of_a_file_or_of_a_book(book: AddressBook) -> None:
    cards, asked = [_heavy(number) for number in range(1_200)], list[str]()

    def reader(act: str, content: bytes) -> object:
        asked.append(act)
        return ContactsFileReader()(act, content)

    whole = "".join(cards).encode()
    assert services.import_file(book, whole, reader).added == 1_200
    assert services.import_file(book, whole, reader).same == 1_200
    assert asked == ["read", "read"]  # to the letter what is there
    assert services.import_file(book, whole.replace(b"X-0", b"X-ZERO"), reader).same == 1_200
    assert asked[2:] == ["read", *["complete"] * 3]
    for kind, begins in (("3.0", "BEGIN:VCARD"), ("4.0", "BEGIN:VCARD"), ("csv", "Display Name")):
        text = services.export_book(book, kind, reader)
        assert (text.count("n77@x.example"), text.startswith(begins)) == (1, True)
        assert text.count("Display Name") == (kind == "csv")
    assert asked[6:] == ["write"] * 9


@pytest.mark.django_db(transaction=True)
def test_an_empty_book_is_exported_as_a_header_alone(book: AddressBook) -> None:
    assert services.export_book(book, "csv", ContactsFileReader()).startswith("Display Name")
    assert services.export_book(book, "3.0", ContactsFileReader()) == ""


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_card_that_cannot_be_read_leaves_the_book_by_its_columns(book: AddressBook) -> None:
    _import(book, LEA)
    Contact.objects.update(vcard="BEGIN:VCARD\nrien")
    assert "lea@dehors.example" in services.export_book(book, "3.0", ContactsFileReader())
    assert "lea@dehors.example" in services.export_book(book, "csv", ContactsFileReader())


@pytest.mark.django_db(transaction=True)
def test_a_book_too_heavy_for_a_page_says_where_it_is_given(book: AddressBook) -> None:
    _import(book, _heavy(1), _heavy(2))
    with pytest.raises(Refusal, match="book-too-heavy"):
        services.export_book(book, "3.0", ContactsFileReader(), most=100)


@pytest.mark.django_db(transaction=True)
def test_a_mailing_reads_cards_without_their_pictures_and_notes(
    book: AddressBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = "item1.NOTE:" + "a" * 500_000, "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(["aaaa"] * 9_000)
    named = "FN:Léa Martin", "N:Martin;Léa;;;", "TITLE:Maire", "EMAIL:lea@x.example"
    _import(book, vcard("UID:1", *blobs, *named))
    fields = queries.merge_fields_of(book.account_id, ["lea@x.example"])
    assert [fields["lea@x.example"][name] for name in ("nom", "prenom", "fonction")] == [
        "Léa Martin", "Léa", "Maire",
    ]  # fmt: skip
    monkeypatch.setattr(queries, "MAX_MAILING_CHARACTERS", 1_000)
    assert queries.merge_fields_of(book.account_id, ["lea@x.example"]) == fields
    Contact.objects.update(vcard=vcard(*named, *["TEL:1"] * 500))
    with pytest.raises(Refusal, match="too-heavy-for-mailing"):
        queries.merge_fields_of(book.account_id, ["lea@x.example"])


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_cards_too_heavy_to_merge_at_once_stay_as_they_are(book: AddressBook) -> None:
    """Each takes a tenth of a second to read, in a transaction that everybody's writing waits for."""
    note = "NOTE:" + "a" * 900_000
    _import(book, *(vcard(f"UID:{n}", "FN:Léa Martin", note, f"EMAIL:{n}@x.example") for n in range(3)))
    ids = list(Contact.objects.values_list("pk", flat=True))
    with pytest.raises(Refusal, match="too-heavy-to-merge"):
        services.merge_duplicates(book, ids)
    assert Contact.objects.count() == 3
    services.merge_duplicates(book, ids[:2])
    assert Contact.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_read_apart_is_what_the_file_holds(book: AddressBook) -> None:
    bare = vcard("FN:Sans identifiant", "EMAIL:bare@x.example", "NOTE:é ; 😀")
    report = _import(book, LEA, GROUP, vcard("FN:Zoé\x07"), bare)
    assert (report.added, [line.number for line in report.invalid_lines]) == (2, [3])
    assert {row.name for row in queries.contacts_in(book)} == {"Léa Martin", "Sans identifiant", "Conseil"}
    assert Contact.objects.get(uid="1").vcard.split() == LEA.split()  # as it was written
    assert "😀" in Contact.objects.get(address="bare@x.example").vcard


@pytest.mark.django_db(transaction=True)
def test_cards_of_one_person_in_a_file_make_one_that_lacks_nothing(book: AddressBook) -> None:
    cards = [vcard(f"FN:Éric {n}", "EMAIL:e@x.example", f"EMAIL:e{n}@x.example") for n in range(3)]
    later = vcard("FN:Éric 9", "EMAIL:e2@x.example", "TEL;TYPE=CELL:06")
    report = _import(book, *cards, later, cards[0])
    assert (report.added, report.changed, report.same) == (1, 3, 1)
    row = Contact.objects.get()
    assert set(row.others.split()) | {row.address} == {f"e{n}@x.example" for n in ("", 0, 1, 2)}
    assert all(name in row.note for name in ("Éric 1", "Éric 2", "Éric 9"))
    assert row.phone == "06"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_card_changed_or_deleted_while_the_file_is_read_is_completed_as_it_is_by_now(
    book: AddressBook,
) -> None:
    _import(book, LEA, vcard("UID:2", "FN:Zoé", "EMAIL:zoe@x.example"))

    def reader(act: str, content: bytes) -> object:
        if act == file_task.COMPLETE:
            services.store_card(book, LEA.replace("END", "TEL;TYPE=HOME:03\r\nEND"), "1.vcf")
            Contact.objects.filter(uid="2").delete()
        return ContactsFileReader()(act, content)

    more = vcard("UID:1", "FN:Léa Martin", "ORG:Mairie"), vcard("UID:2", "FN:Zoé", "TEL;TYPE=HOME:04")
    report = services.import_file(book, "".join(more).encode(), reader)
    assert (report.added, report.changed) == (1, 1)
    lea = Contact.objects.get(uid="1")
    assert (lea.phone, lea.organisation) == ("03", "Mairie")
    assert Contact.objects.get(uid="2").phone == "04"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_card_of_the_book_that_cannot_be_read_stays_and_is_told(book: AddressBook) -> None:
    _import(book, LEA)
    Contact.objects.update(vcard="BEGIN:VCARD\nrien")
    report = _import(book, vcard("UID:1", "FN:Léa", "ORG:Mairie"), vcard("FN:Zoé"))
    assert (report.added, report.changed) == (1, 0)
    ((line),) = report.invalid_lines
    assert (line.number, line.code, line.excerpt) == (1, "contacts.vcard-unreadable", "Léa")
    assert Contact.objects.get(uid="1").vcard == "BEGIN:VCARD\nrien"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_file_beyond_the_budget_is_refused_and_nothing_is_written(book: AddressBook) -> None:
    reader = FileReader(file_task.__name__, Budget(processor=0.5, clock=60))
    content = "".join(_heavy(number) for number in range(20_000)).encode()
    with pytest.raises(Refusal, match="file-too-complex"):
        services.import_file(book, content, lambda act, octets: reader({"act": act}, octets))
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_file_holds_one_thread_and_whoever_comes_meanwhile_is_told_to_come_back(client: Client) -> None:
    person: Account = account()
    client.post("/alogin", {"username": person.username, "secret": PASSWORD})
    others = Client()
    others.cookies = client.cookies

    def reader(act: str, content: bytes) -> object:
        answers.append(others.post("/contacts/importer/", {"file": _file(LEA)}))
        answers.append(others.get("/contacts/exporter/vcf/"))
        return ContactsFileReader()(act, content)

    answers: list[PageAnswer] = []
    usual = read_apart.get()
    read_apart.replace(reader)
    try:
        first = client.post("/contacts/importer/", {"file": _file(LEA)})
    finally:
        read_apart.replace(usual)
    assert first.status_code == 200
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("recommencez dans une minute" in answer.content.decode() for answer in answers)
    assert client.get("/contacts/exporter/vcf/").status_code == 200


def _file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("c.vcf", text.encode())
