"""CardDAV opens one's own books to programs with a password for contacts, and nothing else."""

import base64
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.mailbox.contacts.models import BookWriter, Contact, SchoolBook
from vaguemestre.mailbox.contacts.services import save_card
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import add_app_password
from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.processes import carddav

pytestmark = pytest.mark.django_db(transaction=True)
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:Zoé\r\nN:;Zoé;;;\r\nEMAIL:zoe@x.example\r\nX-ODD:1\r\n"
    "END:VCARD\r\n"
)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused sign-in makes programs wait: not the tests."""
    monkeypatch.setattr("radicale.app.time.sleep", lambda seconds: None)


def password(who: Account, scope: str) -> str:
    with transaction.atomic():
        made = add_app_password(who.pk, "téléphone", by="test", now=timezone.now(), scope=scope)
    return str(made[0] if isinstance(made, tuple) else made)


def ask(
    method: str, path: str, who: str = "", secret: str = "", body: str = "", **headers: str
) -> tuple[int, str, dict[str, str]]:
    told: dict[str, Any] = {}

    def start(status: str, given: list[tuple[str, str]], *_: object) -> Callable[[bytes], None]:
        told.update(status=int(status[:3]), headers=dict(given))
        return lambda _: None

    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body.encode()), "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": str(len(body.encode())), "CONTENT_TYPE": "text/vcard; charset=utf-8",
        "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    if who:
        token = base64.b64encode(f"{who}:{secret}".encode()).decode()
        environ["HTTP_AUTHORIZATION"] = f"Basic {token}"
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    content = b"".join(carddav.application(environ, start))
    return told["status"], content.decode(), told["headers"]


def test_only_a_password_for_contacts_opens_the_book(nicolas: Account) -> None:
    path = "/dav/nmorel/contacts/"
    for scope, status in (("contacts", 207), ("both", 207), ("mail", 401)):
        assert ask("PROPFIND", path, "nmorel", password(nicolas, scope), DEPTH="0")[0] == status, scope
    assert ask("PROPFIND", path, "nmorel", "faux")[0] == 401
    assert ask("PROPFIND", path)[0] == 401
    good = password(nicolas, "contacts")
    assert ask("PROPFIND", path, nicolas.mailbox, good)[0] == 207, "the mailbox's name is a name too"
    Account.objects.update(state=Account.State.SUSPENDED)
    assert ask("PROPFIND", path, "nmorel", good)[0] == 401


def test_a_card_comes_goes_and_is_read_back_as_it_was_written(nicolas: Account) -> None:
    secret = password(nicolas, "contacts")
    path = "/dav/nmorel/contacts/telephone.vcf"
    assert ask("PUT", path, "nmorel", secret, CARD)[0] == 201
    row = Contact.objects.get()
    assert (row.name, row.address, row.uid, row.href) == ("Zoé", "zoe@x.example", "u1", "telephone.vcf")
    status, text, headers = ask("GET", path, "nmorel", secret)
    assert status == 200
    assert "X-ODD:1" in text
    assert ask("PUT", path, "nmorel", secret, CARD, IF_MATCH='"autre"')[0] == 412
    changed = CARD.replace("FN:Zoé", "FN:Zoé Petit")
    assert ask("PUT", path, "nmorel", secret, changed, IF_MATCH=headers["ETag"])[0] in (201, 204)
    assert Contact.objects.get().name == "Zoé Petit"
    assert ask("DELETE", path, "nmorel", secret)[0] in (200, 204)
    assert not Contact.objects.exists()


def test_collected_addresses_stay_apart_and_groups_go_through(nicolas: Account) -> None:
    secret, mine = password(nicolas, "contacts"), AddressBook(account_id=nicolas.pk)
    save_card(mine, ContactCard("Zoé", "zoe@x.example"))
    Contact.objects.create(account=nicolas, name="x", address="x@x.example", is_collected=True)
    listed = ask("PROPFIND", "/dav/nmorel/contacts/", "nmorel", secret, DEPTH="1")[1]
    assert listed.count(".vcf</href>") == 1
    uid = Contact.objects.get(name="Zoé").uid
    group = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g1\r\nFN:Parents\r\nN:Parents;;;;\r\n"
        f"X-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:{uid}\r\nEND:VCARD\r\n"
    )
    assert ask("PUT", "/dav/nmorel/contacts/g1.vcf", "nmorel", secret, group)[0] == 201
    assert Contact.objects.get(is_group=True).memberships.get().contact.name == "Zoé"


@pytest.mark.parametrize("method", ["PROPFIND", "GET", "PUT", "DELETE", "MKCOL", "PROPPATCH", "MOVE"])
def test_somebody_elses_book_does_not_answer(nicolas: Account, method: str) -> None:
    other = account(username="autre")
    save_card(AddressBook(account_id=other.pk), ContactCard("Zoé", "zoe@x.example"))
    href = Contact.objects.get().href
    secret = password(nicolas, "contacts")
    for path in (f"/dav/autre/contacts/{href}", "/dav/autre/contacts/", "/dav/autre/"):
        status, text, _ = ask(method, path, "nmorel", secret, CARD if method == "PUT" else "")
        assert status in (400, 403, 404, 405, 409), (path, status)
        assert "zoe@x.example" not in text
    assert Contact.objects.get().name == "Zoé"


def test_books_are_neither_made_nor_deleted_by_a_program(nicolas: Account) -> None:
    secret = password(nicolas, "contacts")
    save_card(AddressBook(account_id=nicolas.pk), ContactCard("Zoé", "zoe@x.example"))
    assert ask("DELETE", "/dav/nmorel/contacts/", "nmorel", secret)[0] == 403
    assert ask("MKCOL", "/dav/nmorel/autre/", "nmorel", secret)[0] == 403
    assert ask("PUT", "/dav/nmorel/contacts/", "nmorel", secret, CARD)[0] >= 400
    assert Contact.objects.count() == 1


def test_a_schools_book_is_read_by_its_staff_and_written_by_those_chosen(nicolas: Account) -> None:
    person = nicolas.person
    assert person is not None
    school = Structure.objects.create(academy=person.academy, uai="0801234A", name="Collège Jean Moulin")
    day = timezone.localdate()
    Assignment.objects.create(
        person=person, structure=school, function="ENS", starts_on=day - timedelta(days=9)
    )
    book = SchoolBook.objects.create(uai="0801234A", name="Collège Jean Moulin")
    save_card(AddressBook(book_id=book.pk, uai=book.uai), ContactCard("Mairie", "mairie@x.example"))
    secret = password(nicolas, "contacts")
    shared = "/dav/nmorel/ecole-0801234a/"
    assert "mairie@x.example" in ask("GET", f"{shared}{Contact.objects.get().href}", "nmorel", secret)[1]
    assert ask("PUT", f"{shared}u1.vcf", "nmorel", secret, CARD)[0] == 403
    BookWriter.objects.create(book=book, account=nicolas)
    assert ask("PUT", f"{shared}u1.vcf", "nmorel", secret, CARD)[0] == 201
    Assignment.objects.update(ends_on=day - timedelta(days=1))
    assert ask("PROPFIND", shared, "nmorel", secret)[0] in (403, 404), "who left reads no more"
