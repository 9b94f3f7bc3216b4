"""What is done to messages."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import address, browser_of, put, ref_text

from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel import tickets
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.site import secrets

pytestmark = pytest.mark.django_db
PIECE = {"HX-Request": "true"}


def act(client: Client, what: str, *refs: MessageRef, **more: str) -> dict[str, Any]:
    sent = {"ref": [ref_text(ref) for ref in refs], **more}
    answer = client.post(f"/messagerie/actes/{what}/", sent, headers=PIECE)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(
    ("what", "home"), [("archive", "Archive"), ("delete", "Trash"), ("junk", "Junk"), ("move", "4e B")]
)
def test_a_message_goes_where_it_is_sent_and_comes_back(
    reader: Client, box: MemoryMailbox, what: str, home: str
) -> None:
    box.make_folder("4e B")
    ref = put(box)
    told = act(reader, what, ref, to="4e B")
    assert box.page("INBOX", 0, 50).total == 0
    assert box.page(home, 0, 50).total == 1
    (moved,) = told["moved"]
    back = reader.post("/messagerie/actes/move/", {"ref": [moved], "to": "INBOX"}, headers=PIECE)
    assert back.status_code == 200
    assert box.page("INBOX", 0, 50).total == 1


def test_what_is_reported_by_mistake_comes_back(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, folder="Junk")
    act(reader, "not-junk", ref)
    assert box.page("INBOX", 0, 50).total == 1


def test_deleting_from_the_trash_is_for_good(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, folder="Trash")
    assert act(reader, "delete", ref)["final"] is True
    assert box.page("Trash", 0, 50).total == 0


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("read", (), {"\\Seen"}),
        ("unread", ("\\Seen",), set()),
        ("flag", (), {"\\Flagged"}),
        ("unflag", ("\\Flagged",), set()),
    ],
)
def test_marks(
    reader: Client, box: MemoryMailbox, what: str, before: tuple[str, ...], after: set[str]
) -> None:
    refs = [put(box, flags=before), put(box, flags=before)]
    act(reader, what, *refs)
    assert [box.open(ref).flags for ref in refs] == [after, after]


def test_messages_gone_meanwhile_are_passed_over(reader: Client, box: MemoryMailbox) -> None:
    gone, left = put(box), put(box)
    box.expunge([gone])
    assert len(act(reader, "archive", gone, left)["moved"]) == 1


def test_a_folder_that_is_gone_refuses(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    answer = reader.post("/messagerie/actes/move/", {"ref": [ref_text(ref)], "to": "Disparu"}, headers=PIECE)
    assert answer.status_code == 422
    assert box.page("INBOX", 0, 50).total == 1


@pytest.mark.parametrize("ref", ["INBOX/1/x", "INBOX", "ecrire/1/1", "", "INBOX/1/-4", "INBOX/1/²"])
def test_a_selection_that_cannot_be_read_does_nothing(reader: Client, boxes: object, ref: str) -> None:
    assert reader.post("/messagerie/actes/delete/", {"ref": [ref]}, headers=PIECE).status_code == 422


def test_too_many_at_once(reader: Client, box: MemoryMailbox) -> None:
    refs = [f"INBOX/1/{uid}" for uid in range(1, 502)]
    assert reader.post("/messagerie/actes/read/", {"ref": refs}, headers=PIECE).status_code == 422


def test_an_act_nobody_knows(reader: Client, boxes: object) -> None:
    assert reader.post("/messagerie/actes/explode/", headers=PIECE).status_code == 404


def test_looking_does_nothing(reader: Client, box: MemoryMailbox) -> None:
    assert reader.get("/messagerie/actes/delete/").status_code == 405


def test_without_script_the_list_comes_back(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    answer = reader.post("/messagerie/actes/archive/", {"ref": [ref_text(ref)]})
    assert (answer.status_code, answer["Location"]) == (302, "/messagerie/INBOX/")


def test_another_site_cannot_act_for_the_reader(nicolas: Account, box: MemoryMailbox) -> None:
    ref = put(box)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser_of(nicolas).cookies
    assert strict.post("/messagerie/actes/delete/", {"ref": [ref_text(ref)]}).status_code == 403
    assert box.page("INBOX", 0, 50).total == 1


def test_nobody_in_particular_does_nothing(client: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    answer = client.post("/messagerie/actes/delete/", {"ref": [ref_text(ref)]})
    assert answer.status_code == 302
    assert box.page("INBOX", 0, 50).total == 1


def test_one_reader_never_touches_anothers_mail(reader: Client, box: MemoryMailbox, boxes: object) -> None:
    ref = put(box)
    other = browser_of(account("mdurand"))
    act(other, "delete", ref)
    assert box.page("INBOX", 0, 50).total == 1
    assert other.get(address(ref), headers=PIECE).status_code == 422


def test_the_stream_has_a_new_ticket_bound_to_the_session(reader: Client, nicolas: Account) -> None:
    key = secrets.read(settings.CONFIG.secrets_dir, "push_key")
    text = reader.post("/messagerie/flux/").json()["ticket"]
    ticket = tickets.read(key, text, now=time.time(), life=60)
    assert ticket is not None
    assert ticket.mailbox == nicolas.mailbox
    assert ticket.session_key == session_digest(reader.cookies[settings.SESSION_COOKIE_NAME].value)
    assert ticket.session_key not in text
