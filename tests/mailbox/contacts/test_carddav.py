"""CardDAV opens one's own books to programs with a password for contacts, and nothing else."""

import base64
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import vobject
from django.db import transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import BookWriter, Contact, SchoolBook
from vaguemestre.mailbox.contacts.services import rows, save_card
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import add_app_password
from vaguemestre.people.credentials.values import AppPasswordScope
from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.processes import carddav
from vaguemestre.processes.carddav.limits import AccountTurns, with_limits

pytestmark = pytest.mark.django_db(transaction=True)
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:Zoé\r\nN:;Zoé;;;\r\nEMAIL:zoe@x.example\r\nX-ODD:1\r\n"
    "END:VCARD\r\n"
)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture(autouse=True)
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What Radicale would have slept, a thread of the pool in hand."""
    seconds: list[float] = []
    monkeypatch.setattr("radicale.app.time.sleep", seconds.append)
    return seconds


def password(who: Account, scope: str) -> str:
    with transaction.atomic():
        made = add_app_password(
            who.pk, "téléphone", by="test", now=timezone.now(), scope=AppPasswordScope(scope)
        )
    return str(made[0] if isinstance(made, tuple) else made)


def ask(
    method: str, path: str, who: str = "", secret: str = "", body: str | bytes = "", **headers: str
) -> tuple[int, str, dict[str, str]]:
    told: dict[str, Any] = {}
    octets = body.encode() if isinstance(body, str) else body

    def start(status: str, given: list[tuple[str, str]], *_: object) -> Callable[[bytes], None]:
        told.update(status=int(status[:3]), headers=dict(given))
        return lambda _: None

    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(octets), "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": str(len(octets)), "CONTENT_TYPE": "text/vcard; charset=utf-8",
        "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    if who:
        token = base64.b64encode(f"{who}:{secret}".encode()).decode()
        environ["HTTP_AUTHORIZATION"] = f"Basic {token}"
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    content = b"".join(carddav.application(environ, start))
    return told["status"], content.decode(), told["headers"]


def test_a_book_has_a_weight_that_programs_can_ask_for_at_once(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_CHARACTERS", 10_000)
    secret, book = password(nicolas, "contacts"), "/dav/nmorel/contacts/"

    def put(uid: str, characters: int) -> int:
        photo = "PHOTO;ENCODING=b:" + "A" * characters
        return ask(
            "PUT", f"{book}{uid}.vcf", "nmorel", secret, CARD.replace("X-ODD:1", photo).replace("u1", uid)
        )[0]

    assert [put("a", 4_000), put("b", 4_000), put("c", 4_000)] == [201, 201, 400]
    assert put("a", 5_000) in (201, 204), "in its own place"
    assert put("a", 8_000) == 400
    assert set(Contact.objects.values_list("uid", flat=True)) == {"a", "b"}
    assert 8_000 < sum(Contact.objects.values_list("weight", flat=True)) < 10_000
    with pytest.raises(Refusal, match="book-heavy"):
        save_card(AddressBook(account_id=nicolas.pk), ContactCard("Zoé", "z@x.example", note="n" * 1_500))


def test_a_refused_sign_in_holds_no_thread(nicolas: Account, sleeps: list[float]) -> None:
    assert ask("PROPFIND", "/dav/nmorel/contacts/", "nmorel", "faux")[0] == 401
    assert sum(sleeps) < 0.05  # it pads a refusal to the time of others, by less than that


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PROPPATCH", "MKCOL"])
@pytest.mark.parametrize("dtd", ["<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "file:///etc/passwd">', ENTITIES])
def test_a_dtd_is_refused_in_a_sentence(nicolas: Account, method: str, dtd: str, encoding: str) -> None:
    body = f'{dtd}<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'.encode(encoding)
    secret = password(nicolas, "contacts")
    status, text, headers = ask(method, "/dav/nmorel/contacts/", "nmorel", secret, body, DEPTH="1")
    assert (status, headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert text.startswith("Cette demande n’est pas un XML lisible sans DTD.")


_EMPTY = (
    "propfind",
    "c:addressbook-query",
    "c:addressbook-multiget",
    "sync-collection",
    "expand-property",
    "x",
)
_CALENDARS = "urn:ietf:params:xml:ns:caldav"
_ODD = [
    *(f'<{name} xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"/>' for name in _EMPTY),
    "<a><!-- x --></a>", "<a>text</a>",
    f'<k:calendar-query xmlns="DAV:" xmlns:k="{_CALENDARS}"><prop><k:calendar-data><k:expand start="x"/>'
    "</k:calendar-data></prop></k:calendar-query>",
    f'<k:free-busy-query xmlns:k="{_CALENDARS}"><k:time-range start="x"/></k:free-busy-query>',
    f'<k:calendar-query xmlns:k="{_CALENDARS}"><k:filter><k:comp-filter/></k:filter></k:calendar-query>',
]  # fmt: skip


@pytest.mark.parametrize("body", _ODD)
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_a_question_of_no_known_shape_is_no_failure_of_ours(nicolas: Account, method: str, body: str) -> None:
    secret = password(nicolas, "contacts")
    assert ask("PUT", "/dav/nmorel/contacts/u1.vcf", "nmorel", secret, CARD)[0] == 201
    for path in ("/dav/nmorel/contacts/", "/dav/nmorel/contacts/u1.vcf", "/dav/nmorel/"):
        status = ask(method, path, "nmorel", secret, body, DEPTH="1")[0]
        assert status < 500, (path, status)


@pytest.mark.parametrize(("properties", "status"), [(60, 207), (200, 413)])
def test_a_question_names_so_many_properties_and_no_more(
    nicolas: Account, properties: int, status: int
) -> None:
    names = "".join(f"<p{number}/>" for number in range(properties))
    body = f'<propfind xmlns="DAV:"><prop>{names}</prop></propfind>'
    path, secret = "/dav/nmorel/contacts/", password(nicolas, "contacts")
    assert ask("PROPFIND", path, "nmorel", secret, body, DEPTH="1")[0] == status


def test_many_cards_are_asked_for_at_once(nicolas: Account) -> None:
    hrefs = "".join(f"<href>/dav/nmorel/contacts/{number}.vcf</href>" for number in range(2000))
    body = (
        '<c:addressbook-multiget xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">'
        f"<prop><getetag/><c:address-data/></prop>{hrefs}</c:addressbook-multiget>"
    )
    path, secret = "/dav/nmorel/contacts/", password(nicolas, "contacts")
    assert ask("REPORT", path, "nmorel", secret, body)[0] == 207


@pytest.mark.parametrize(("wanted", "count"), [("Zoé", 1), ("Personne", 0)])
def test_cards_are_searched_for_by_name(nicolas: Account, wanted: str, count: int) -> None:
    path, secret = "/dav/nmorel/contacts/", password(nicolas, "contacts")
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:z1\r\nFN:Zoé Obry\r\nN:Obry;Zoé;;;\r\nEND:VCARD\r\n"
    assert ask("PUT", f"{path}z1.vcf", "nmorel", secret, card)[0] == 201
    body = (
        '<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><prop><getetag/></prop>'
        '<c:filter><c:prop-filter name="FN"><c:text-match match-type="contains">'
        f"{wanted}</c:text-match></c:prop-filter></c:filter></c:addressbook-query>"
    )
    status, text, _ = ask("REPORT", path, "nmorel", secret, body, DEPTH="1")
    assert (status, text.count("z1.vcf")) == (207, count)


@pytest.mark.parametrize("href", ["<href/>", "<href> </href>", "<href><prop/></href>"])
def test_a_card_of_no_address_is_refused_in_a_sentence(nicolas: Account, href: str) -> None:
    body = (
        '<c:addressbook-multiget xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">'
        f"<prop><getetag/></prop>{href}</c:addressbook-multiget>"
    )
    path, secret = "/dav/nmorel/contacts/", password(nicolas, "contacts")
    assert ask("REPORT", path, "nmorel", secret, body)[0] == 400


PHOTO = "PHOTO;ENCODING=b;TYPE=JPEG:/9j/" + "\r\n ".join(["A" * 74] * 9000) + "\r\n"
LONG_NOTE = "NOTE:a" + "\r\n b" * 100_000 + "\r\n"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (PHOTO, 201),
        (LONG_NOTE, 201),
        ("EMAIL:a@x.example\r\n" * 4000, 201),
        ("EMAIL:a@x.example\r\n" * 6000, 413),
        ("EMAIL:a@x.example\r" * 6000, 413),
        ("X-NOTE;ENCODING=QUOTED-PRINTABLE:a\r\n" + LONG_NOTE, 413),
        ("NOTE:" + "a" * 1_100_000 + "\r\n", 413),
    ],
    ids=["photo", "long note", "many", "too many", "too many by CR", "quoted", "too long"],
)
def test_a_card_is_as_heavy_as_people_make_them(nicolas: Account, lines: str, status: int) -> None:
    card, secret = CARD.replace("X-ODD:1\r\n", lines), password(nicolas, "contacts")
    answer = ask("PUT", "/dav/nmorel/contacts/telephone.vcf", "nmorel", secret, card)
    assert answer[0] == status
    assert Contact.objects.count() == (status == 201)
    assert status == 201 or answer[1].endswith(".")


def test_folded_lines_reach_the_parser_joined(nicolas: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """vobject joins them in quadratic time: 200,000 took twelve seconds."""
    longest: list[int] = []
    read = vobject.base.getLogicalLines

    def count(file: Any, *options: object) -> Any:
        text = file.read()
        longest.append(text.count("\n"))
        return read(io.StringIO(text), *options)

    monkeypatch.setattr("vobject.base.getLogicalLines", count)
    secret, card = password(nicolas, "contacts"), CARD.replace("X-ODD:1\r\n", LONG_NOTE)
    assert ask("PUT", "/dav/nmorel/contacts/telephone.vcf", "nmorel", secret, card)[0] == 201
    assert longest
    assert max(longest) < 50


def test_an_account_has_two_requests_at_once_and_leaves_the_others_theirs(nicolas: Account) -> None:
    turns, statuses = AccountTurns(), list[str]()

    def ask_again(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Each request makes another of the same account, then one of somebody else, before it ends."""
        depth = environ["depth"] + 1
        if depth < 4:
            b"".join(books({**environ, "depth": depth}, start_response))
        start_response("200 OK", [])
        return [b""]

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], None]:
        statuses.append(status)
        assert status != "503 Service Unavailable" or ("Retry-After", "2") in headers
        return lambda _: None

    books = with_limits(ask_again, turns, lambda login, _: {"a": 1, "b": 2}.get(login))
    by_a = {"REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"a:x").decode()}
    books({**by_a, "depth": 0, "wsgi.input": io.BytesIO()}, start)
    assert statuses == ["503 Service Unavailable", "200 OK", "200 OK"]
    with turns.turn(1), turns.turn(1), turns.turn(2), turns.turn(2):
        statuses.clear()
        by_b = {**by_a, "HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"b:x").decode()}
        books({**by_b, "depth": 9, "wsgi.input": io.BytesIO()}, start)
    books({**by_b, "depth": 9, "wsgi.input": io.BytesIO()}, start)
    assert statuses == ["503 Service Unavailable", "200 OK"]


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
