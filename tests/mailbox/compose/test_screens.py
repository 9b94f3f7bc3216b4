"""The composer's pages, and what no field of theirs can do to the message on the wire."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import processor
from tests.access.signin.people import account
from tests.answers import PageAnswer, as_typed
from tests.corpus import heavy
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import ambiguous_addresses, primary_address
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.people.provisioning.values import ExpectedMailbox
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.outbox.models import OutboxMessage, Submission

pytestmark = pytest.mark.django_db
HOME = "/messagerie/ecrire/"
JSON: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
FIELDS = {
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}
TRICKS = [
    "\r\nBcc: pirate@dehors.example",
    "\nBcc: pirate@dehors.example",
    "\rBcc: pirate@dehors.example",
    "\r\n\r\n<script>",
    "\r\n.\r\nMAIL FROM:<x@y.fr>",
    "\x00",
    "\u2028Bcc: pirate@dehors.example",
    "\x85Bcc: x",
    "=?utf-8?q?=0D=0ABcc=3A_pirate=40dehors=2Eexample?=",
    "%0d%0aBcc: pirate@dehors.example",
    '" <pirate@dehors.example>, "',
    "<pirate@dehors.example> ",
    "(comment\r\n)",
    "\\",
    "é" * 400,
    "a" * 1500,
    "\u202egnp.exe",
    "👩‍🏫",
]


def send(browser: Client, **fields: Any) -> PageAnswer:
    key = fields.pop("key", None) or new_key()
    given = {"to": "parent@dehors.example", "subject": "Sortie", "html": "<p>Bonjour</p>", "attempt": 1}
    return browser.post(f"{HOME}{key}/envoyer/", {**given, **fields}, **JSON)


def test_the_page_has_what_people_look_for(browser: Client) -> None:
    text = browser.get(HOME).content.decode()
    for words in (
        '<label for="to">À</label>',
        '<label for="cc">Cc</label>',
        '<label for="bcc">Cci</label>',
        '<label for="subject">Objet</label>',
        'role="textbox" aria-multiline="true" aria-label="Message"',
        "Envoyer</button>",
        "Joindre des fichiers",
        "Envoyer plus tard",
    ):
        assert words in text


def test_the_page_lives_behind_a_wall_of_its_own(browser: Client) -> None:
    wall = browser.get(HOME)["Content-Security-Policy"]
    assert "default-src 'none'" in wall
    assert "script-src 'self';" in wall
    assert "style-src 'self';" in wall
    assert "style-src-attr 'unsafe-inline'" in wall
    assert "img-src 'self' data: blob:" in wall
    assert "frame-ancestors 'self'" in wall
    assert "frame-src" not in wall


def test_somebody_who_is_not_signed_in_sees_and_does_nothing(client: Client) -> None:
    key = new_key()
    for path in ("", "programmes/", f"{key}/", f"{key}/etat/", f"{key}/pieces/1/", "destinataires/?q=mor"):
        assert client.get(HOME + path)["Location"].startswith("/alogin")
    for path in ("", f"{key}/brouillon/", f"{key}/envoyer/", f"{key}/annuler/", f"{key}/pieces/"):
        assert client.post(HOME + path)["Location"].startswith("/alogin")
    assert Composition.objects.count() == 0


def test_acts_want_the_token_of_the_page(nicolas: Account, mailboxes: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{HOME}{new_key()}/envoyer/", {"to": "a@b.fr"}).status_code == 403


def test_a_mailto_address_fills_the_fields_as_text(browser: Client) -> None:
    asked = {"to": "a@b.fr", "subject": '"><script>alert(1)</script>', "body": "<img src=x>\nligne"}
    text = browser.get(HOME, asked).content.decode()
    assert "<script>alert" not in text
    assert "&amp;lt;img src=x&amp;gt;&lt;br&gt;ligne" in text


def test_rich_text_turned_into_plain_text_is_read_as_a_draft_is(browser: Client) -> None:
    """As it came, two megabytes of quotations in quotations took all the memory of the machine."""

    def turned(html: str) -> PageAnswer:
        answer: Any = browser.post(f"{HOME}{new_key()}/texte/", {"html": html}, **JSON)
        return answer

    assert (
        turned("<p>Bonjour <b>Léa</b></p><blockquote>Oui</blockquote>").json()["text"]
        == "Bonjour Léa\n\n> Oui\n"
    )
    assert ">" not in turned("<blockquote>x" * 2_000).json()["text"]  # too deep to be kept but as text
    assert turned("x" * 2_000_001).status_code == 422


@pytest.mark.heavy
@pytest.mark.parametrize("mode", ["reply", "reply-all", "forward"])
@pytest.mark.parametrize("field", ["From", "To", "Cc"])
def test_an_answer_to_a_message_of_100_000_addresses_opens(
    browser: Client, box: MemoryMailbox, field: str, mode: str
) -> None:
    ref = box.append("INBOX", heavy.HEADERS[f"100,000 addresses in {field}"](), (), NOON)
    asked = {"mode": mode, "folder": "INBOX", "uid_validity": ref.uid_validity, "uid": ref.uid}
    with processor.measured() as measure:
        told = browser.post(HOME, asked, **JSON).json()
        page = browser.get(told["url"])
    assert page.status_code == 200
    assert "Beaucoup" in page.content.decode()
    assert measure.seconds <= 1.0


def test_opened_saved_and_sent(browser: Client, box: MemoryMailbox) -> None:
    raw = b"From: Un parent <parent@dehors.example>\r\nSubject: Sortie\r\nMessage-ID: <q@x>\r\n\r\nOui ?\r\n"
    ref = box.append("INBOX", raw, (), NOON)
    asked = {"mode": "reply", "folder": "INBOX", "uid_validity": ref.uid_validity, "uid": ref.uid}
    told = browser.post(HOME, asked, **JSON).json()
    page = browser.get(told["url"]).content.decode()
    assert "Re: Sortie" in page
    assert "Afficher le message cité" in page
    saved = browser.post(
        f"{told['url']}brouillon/", {"to": "p@d.fr", "html": "<p>x</p>", "revision": 0}, **JSON
    )
    assert saved.json() == {"revision": 1, "new": True, "trouble": ""}
    left = send(browser, key=told["key"]).json()
    assert left["state"] == "held"
    assert 9_000 < left["held_ms"] <= 12_000
    state = browser.get(f"{told['url']}etat/", {"attempt": 1}, **JSON).json()
    assert state["state"] == "held"
    again = browser.get(told["url"]).content.decode()
    assert re.search(r"<span>Envoi dans (9|10) s</span>", again)
    assert "Courriel envoyé" not in again
    back = browser.post(f"{told['url']}annuler/", **JSON).json()
    assert back["attempt"] == 2
    assert OutboxMessage.objects.get().state == "cancelled"


@pytest.mark.parametrize("mode", ["reply", "forward"])
@pytest.mark.parametrize("flags", [(), (PRIVATE,)])
def test_what_answers_a_private_message_is_private(
    browser: Client, box: MemoryMailbox, mode: str, flags: tuple[str, ...]
) -> None:
    """Draft and message: those to whom the mailbox is lent would read in them what it quotes."""
    raw = b"From: Docteur <docteur@dehors.example>\r\nSubject: Bilan\r\nMessage-ID: <q@x>\r\n\r\nOui ?\r\n"
    ref = box.append("INBOX", raw, flags, NOON)
    asked = {"mode": mode, "folder": "INBOX", "uid_validity": ref.uid_validity, "uid": ref.uid}
    told = browser.post(HOME, asked, **JSON).json()
    browser.post(f"{told['url']}brouillon/", {"to": "p@d.fr", "html": "<p>x</p>", "revision": 0}, **JSON)
    (draft,) = box.page("Drafts", 0, 9).rows
    assert (PRIVATE in draft.flags) == bool(flags)
    send(browser, key=told["key"])
    sent = message_from_bytes(bytes(OutboxMessage.objects.get().content))
    assert (sent["Sensitivity"] == "Private") == bool(flags)


def test_without_script_a_form_is_enough(browser: Client, box: MemoryMailbox) -> None:
    key = new_key()
    wrong = browser.post(
        f"{HOME}{key}/envoyer/", {"to": "pas une adresse", "text": "Bonjour & merci", "plain": 1}
    )
    assert wrong.status_code == 422
    page = as_typed(wrong.content.decode())
    assert "« pas une adresse » n’est pas une adresse électronique" in page
    assert "Bonjour &amp; merci" in page, "nothing typed is lost"
    right = browser.post(f"{HOME}{key}/envoyer/", {"to": "a@b.fr", "text": "Bonjour", "plain": 1})
    assert right["Location"] == f"{HOME}{key}/"
    assert re.search(r"<span>Envoi dans (9|10) s</span>", browser.get(right["Location"]).content.decode())
    OutboxMessage.objects.update(state="filed")
    assert "<span>Courriel envoyé</span>" in browser.get(right["Location"]).content.decode()
    sent = OutboxMessage.objects.get()
    held = {"message_id": sent.message_id, "recipients": sent.recipients, "counted": 1, "hold": "held"}
    Submission.objects.create(account_id=sent.account_id, queue_id="4Q", at=sent.created_at, **held)
    page = as_typed(browser.get(right["Location"]).content.decode())
    assert "Courriel retenu, rien n’est parti" in page
    assert "Courriel envoyé" not in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": ""}, "to"),
        ({"cc": "faux"}, "cc"),
        ({"bcc": "x@y.fr, <z"}, "bcc"),
        ({"later": "hier"}, "later"),
        ({"later": "01/01/2020 08:00"}, "later"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(browser: Client, fields: dict[str, str], field: str) -> None:
    answer = send(browser, **fields)
    assert answer.status_code == 422
    told = answer.json()
    assert told["field"] == field
    assert told["error"]
    assert OutboxMessage.objects.count() == 0


@pytest.mark.heavy
@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("field", ["to", "cc", "bcc", "subject", "html", "text"])
def test_no_field_adds_a_field_or_a_recipient(browser: Client, field: str, trick: str) -> None:
    plain = {"plain": "1"} if field == "text" else {}
    base = {
        "to": "Un parent{} <parent@dehors.example>",
        "cc": "{}c@dehors.example",
        "bcc": "b@dehors.example{}",
    }
    answer = send(browser, **{field: base.get(field, "avant{}après").format(trick)}, **plain)
    if answer.status_code != 200:
        assert answer.status_code == 422
        return
    row = OutboxMessage.objects.get()
    check_wire(row)
    if not (field in {"to", "cc", "bcc"} and "pirate@dehors.example>" in trick):  # an address plainly typed
        assert not any("pirate" in recipient for recipient in row.recipients)


def check_wire(row: OutboxMessage) -> None:
    """One message, the expected fields once each, 7 bit, recipients of the envelope in the fields."""
    content = bytes(row.content)
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = message_from_bytes(content, policy=policy.default)
    assert not message.defects
    assert set(message.keys()) <= FIELDS
    assert len(message.keys()) == len(set(message.keys()))


hostile = st.one_of(st.text(max_size=80), st.sampled_from(TRICKS))


@pytest.mark.heavy
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hostile, hostile, hostile, hostile)
def test_any_mixture_makes_one_right_message_or_none(
    browser: Client, name: str, subject: str, html: str, file_name: str
) -> None:
    OutboxMessage.objects.all().delete()
    key = new_key()
    piece = browser.post(f"{HOME}{key}/pieces/", {"name": file_name or "x", "kind": name, "size": 1}, **JSON)
    if piece.status_code == 200:
        address = f"{HOME}{key}/pieces/{piece.json()['id']}/suite/?offset=0"
        browser.post(address, b"x", content_type="application/octet-stream", **JSON)
    answer = send(browser, key=key, to=f"{name} <parent@dehors.example>", subject=subject, html=html)
    assert answer.status_code in {200, 422}
    assert OutboxMessage.objects.count() == (1 if answer.status_code == 200 else 0)
    for row in OutboxMessage.objects.all():
        check_wire(row)


def test_a_picture_of_the_text_is_shown_to_its_writer_and_files_are_not(browser: Client) -> None:
    key = new_key()
    for kind, is_picture, status in (
        ("image/png", "1", 200),
        ("image/svg+xml", "1", 422),
        ("text/html", "", 422),
    ):
        told = browser.post(
            f"{HOME}{key}/pieces/", {"name": "a", "kind": kind, "size": 1, "picture": is_picture}, **JSON
        )
        piece = told.json()["id"]
        suite = f"{HOME}{key}/pieces/{piece}/suite/?offset=0"
        browser.post(suite, b"x", content_type="application/octet-stream", **JSON)
        shown = browser.get(f"{HOME}{key}/pieces/{piece}/")
        assert shown.status_code == status
        assert shown["Cache-Control"] == "no-store", "a browser keeps it after sign-out"
        if status == 200:
            assert shown["Content-Type"] == "image/png"
            assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert shown["X-Content-Type-Options"] == "nosniff"


def test_colleagues_and_contacts_are_proposed_with_what_tells_them_apart(
    browser: Client, nicolas: Account
) -> None:
    account(username="nicolas.mor")
    browser.post("/contacts/nouveau/", {"name": "Morgane, une amie", "address": "morgane@dehors.example"})
    told = browser.get(f"{HOME}destinataires/", {"q": "mor"}).json()["suggestions"]
    assert [(one["name"], one["detail"]) for one in told] == [
        ("Morgane, une amie", "Contact"),
        ("Nicolas Morel", "Collège Jean-Macé, Abbeville"),
    ]
    assert browser.get(f"{HOME}destinataires/", {"q": "m"}).json()["suggestions"] == []


def test_two_people_of_one_name_are_proposed_alike_and_said_to_be_two(
    browser: Client, nicolas: Account
) -> None:
    """Written to once without a name, the one known for long was proposed as a bare address."""
    first, second = account(username="camille.mor"), account(username="camille.mor1")
    addresses = [primary_address(one.person.pk) or "" for one in (first, second) if one.person]
    Contact.objects.create(account=nicolas, name=addresses[0], address=addresses[0], is_collected=True)
    told = browser.get(f"{HOME}destinataires/", {"q": "mor"}).json()["suggestions"]
    assert [one["address"] for one in told] == addresses
    assert {one["name"] for one in told} == {"Nicolas Morel"}
    assert all(one["detail"].endswith(" · plusieurs adresses à ce nom") for one in told)


def test_what_waits_is_listed_with_the_way_back(browser: Client) -> None:
    send(browser, later="tomorrow", subject="Demain <b>")
    page = browser.get(f"{HOME}programmes/").content.decode()
    assert "Demain &lt;b&gt;" in page
    assert "Annuler l’envoi" in page
    key = Composition.objects.get().key
    assert browser.post(f"{HOME}{key}/annuler/")["Location"] == f"{HOME}{key}/"
    assert "tout ce que vous avez envoyé est parti" in browser.get(f"{HOME}programmes/").content.decode()


def test_colleagues_are_told_apart_from_people_outside(browser: Client, nicolas: Account) -> None:
    mine = primary_address(nicolas.person_id or 0) or ""
    asked = f"{mine.upper()}\nparent@dehors.example\nx@faux.{mine.partition('@')[2]}\n\nnimporte"
    told = browser.post(f"{HOME}destinataires/qui/", {"addresses": asked}, **JSON).json()["people"]
    assert [(one["address"], one["kind"]) for one in told][:3] == [
        (mine, "inside"),
        ("parent@dehors.example", "outside"),
        (f"x@faux.{mine.partition('@')[2]}", "inside"),
    ]
    assert told[0]["name"] == "Nicolas Morel"


def test_an_address_of_digits_without_end_is_described_at_once(browser: Client, nicolas: Account) -> None:
    """Sixty thousand held every page of a process for twenty seconds."""
    mine = primary_address(nicolas.person_id or 0) or ""
    endless = f"{'0' * 500_000}x@{mine.partition('@')[2]}"

    def describe() -> None:
        told = browser.post(f"{HOME}destinataires/qui/", {"addresses": f"{endless}\n{mine}"}, **JSON)
        assert [one["address"] for one in told.json()["people"]] == [mine]

    assert processor.least_seconds(describe, 2) < 2
    assert ambiguous_addresses([endless]) == set()


def test_an_address_of_ours_that_nobody_receives_at_is_unknown(
    browser: Client, nicolas: Account, directory: MailDirectory
) -> None:
    mine = primary_address(nicolas.person_id or 0) or ""
    domain = mine.partition("@")[2]
    box = ExpectedMailbox(f"boite@{domain}", True, 10, ("boite",), (f"boite@{domain}",), ())
    directory.put([box])
    asked = f"{mine}\nboite+rentree@{domain}\npersonne@{domain}\nx@autre.{domain}\nx@dehors.example"
    told = browser.post(f"{HOME}destinataires/qui/", {"addresses": asked}, **JSON).json()["people"]
    assert [one["kind"] for one in told] == ["inside", "inside", "unknown", "inside", "outside"]


def test_a_group_is_proposed_with_its_members(browser: Client, nicolas: Account) -> None:
    group = Contact.objects.create(account=nicolas, name="Profs de 3e B", address="", is_group=True, uid="g")
    for number in range(2):
        one = Contact.objects.create(
            account=nicolas, name=f"P{number}", address=f"p{number}@x.fr", uid=f"c{number}"
        )
        one.groups.create(group=group)
    (told,) = browser.get(f"{HOME}destinataires/", {"q": "prof"}).json()["suggestions"]
    assert (told["name"], told["detail"]) == ("Profs de 3e B", "Groupe, 2 personnes")
    assert [one["address"] for one in told["members"]] == ["p0@x.fr", "p1@x.fr"]
