"""Files too large for the message: carried as links, counted apart, gone with a message thrown away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.compose.test_mail_merge import prepare, proof, typed
from tests.mailbox.compose.test_services import save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.file_store import FileStore
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.queries import find_draft
from vaguemestre.mailbox.compose.rules.link_block import links_html, links_text
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import DraftFields, FileLink, Writer
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks import ports
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.queries import filelink_of
from vaguemestre.post.filelinks.values import Verdict
from vaguemestre.post.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[FileStore]:
    before, made = ports.file_store.get(), FileStore(tmp_path / "deposits")
    ports.file_store.replace(made)
    yield made
    ports.file_store.replace(before)


def add(browser: Client, key: str, content: bytes = b"x" * 100, name: str = "Film <1>.mp4") -> int:
    home = f"/messagerie/ecrire/{key}/liens/"
    told = browser.post(home, {"name": name, "kind": "video/mp4", "size": len(content)}, headers=JSON).json()
    sent = browser.post(
        f"{home}{told['id']}/suite/?offset=0", content, content_type="application/octet-stream", headers=JSON
    )
    assert sent.json() == {"received": len(content)}
    return int(told["id"])


def sent_content() -> EmailMessage:
    content = bytes(OutboxMessage.objects.get().content)
    return message_from_bytes(content, policy=policy.default)


def send(writer: Writer, key: str, due_at: datetime = NOON + timedelta(seconds=12)) -> None:
    services.send_draft(
        writer,
        key,
        DraftFields(to="a@b.fr", subject="x", html="<p>Bonjour</p>"),
        1,
        due_at,
        limit=20_971_520,
        now=NOON,
    )


def test_the_message_carries_the_link_in_both_its_texts(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    key = new_key()
    file_link = add(browser, key)
    told = browser.post(
        f"/messagerie/ecrire/{key}/liens/{file_link}/conditions/",
        {"until": f"{date.today() + timedelta(days=5):%d/%m/%Y}", "password": "sapin vert"},
        headers=JSON,
    ).json()
    assert told["locked"]
    send(writer, key)
    made, link = sent_content(), f"/{filelink_of(SharedFile.objects.get()).token}/"
    assert [part.get_content_type() for part in made.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    for kind in ("plain", "html"):
        text = made.get_body((kind,)).get_content()
        assert link in text
        assert "avec un mot de passe donné à part" in text
        assert "sapin" not in text
    assert "<1>" not in made.get_body(("html",)).get_content()


def test_one_that_is_not_there_yet_or_infected_does_not_leave(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    key = new_key()
    add(browser, key)
    for columns, code in (
        ({"verdict": Verdict.INFECTED}, "filelinks.infected"),
        ({"verdict": Verdict.CLEAN, "received": 1}, "compose.enclosure-incomplete"),
    ):
        SharedFile.objects.update(**columns)
        answer = browser.post(
            f"/messagerie/ecrire/{key}/envoyer/",
            {"to": "a@b.fr", "html": "x", "attempt": 1, "now": 1},
            headers=JSON,
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_it_goes_with_the_message_thrown_away_and_stays_with_the_one_sent(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes, store: FileStore
) -> None:
    gone, kept, twin = new_key(), new_key(), new_key()
    for key in (gone, kept, twin):
        add(browser, key)
    browser.post(f"/messagerie/ecrire/{gone}/abandonner/", headers=JSON)
    assert SharedFile.objects.count() == len(store.names()) == 2
    forked = services.fork_draft(writer, twin, now=NOON)
    browser.post(f"/messagerie/ecrire/{twin}/abandonner/", headers=JSON)
    assert SharedFile.objects.count() == 2  # the other version carries it still
    browser.post(f"/messagerie/ecrire/{forked.key}/abandonner/", headers=JSON)
    send(writer, kept)
    services.delete_filed_draft(writer.account_id, f"{kept}.1", mailboxes)
    assert find_draft(writer.account_id, kept) is None
    assert SharedFile.objects.count() == len(store.names()) == 1


def test_somebody_elses_composer_and_link_are_not_there(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes, nicolas: Account
) -> None:
    key = new_key()
    file_link = add(browser, key)
    SharedFile.objects.update(account=None)
    for path in (f"{file_link}/suite/?offset=0", f"{file_link}/conditions/"):
        answer = browser.post(f"/messagerie/ecrire/{key}/liens/{path}", {"until": "01/01/2027"}, headers=JSON)
        assert answer.status_code == 422
    find = find_draft(writer.account_id, key)
    assert find is not None
    assert find.file_links == ()


names = st.text(min_size=1, max_size=60)


@given(st.lists(names, min_size=1, max_size=3))
def test_any_name_is_text_and_each_link_stands_once(given_names: list[str]) -> None:
    links = [
        FileLink(f"http://f.example/{n}/", name, 10**n, date(2026, 12, 1), has_password=False)
        for n, name in enumerate(given_names)
    ]
    html, text = links_html(links), links_text(links)
    for n in range(len(links)):
        assert html.count(f'href="http://f.example/{n}/"') == 1
        assert text.count(f"http://f.example/{n}/") == 1
    assert html.count("<a ") == len(links)
    assert links_html([]) == links_text([]) == ""


def test_a_message_does_not_leave_after_the_last_day_of_its_link(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    key = new_key()
    add(browser, key)
    SharedFile.objects.update(expires_on=NOON.date() + timedelta(days=30))
    for days, field in ((31, "later"), (0, "enclosed")):
        if not days:
            SharedFile.objects.update(expires_on=NOON.date() - timedelta(days=1))
        with pytest.raises(Refusal) as told:
            send(writer, key, NOON + timedelta(days=days, seconds=12))
        assert told.value.code == "compose.link-ends"
        assert told.value.facts["field"] == field
    SharedFile.objects.update(expires_on=NOON.date() + timedelta(days=31))
    send(writer, key, NOON + timedelta(days=31))
    assert OutboxMessage.objects.count() == 1


def test_copies_do_not_leave_after_the_last_day_of_their_link(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    key = new_key()
    add(browser, key)
    save(writer, key, mailboxes, 0, **typed())
    prepare(writer, key)
    page = f"/messagerie/ecrire/{key}/exemplaires/partir/"
    day = timezone.localdate() + timedelta(days=60)
    leave = {"schedule": "1", "day": f"{day:%d/%m/%Y}", "hour": "8:00", "proof": proof(writer, key)}
    answer = browser.post(page, leave)
    assert answer.status_code == 422
    assert "avant le départ du courriel" in answer.content.decode()
    SharedFile.objects.update(expires_on=day)
    assert browser.post(page, leave).status_code == 302


def test_a_scheduled_message_is_not_put_off_past_the_last_day_of_its_link(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    key, today = new_key(), timezone.localdate()
    add(browser, key)
    SharedFile.objects.update(expires_on=today + timedelta(days=30))
    send(writer, key)
    before = OutboxMessage.objects.get().due_at

    def put_off(days: int) -> tuple[int, str]:
        form = {"key": f"{key}.1", "day": f"{today + timedelta(days=days):%d/%m/%Y}", "hour": "8 h"}
        answer = browser.post("/messagerie/envois/heure/", form)
        return answer.status_code, answer.content.decode()

    status, page = put_off(31)
    assert status == 422
    assert "avant le départ du courriel" in page
    assert f"{today + timedelta(days=30):%d/%m/%Y}" in page
    assert '<details class="other-hour" open>' in page, "what was typed is shown"
    assert OutboxMessage.objects.get().due_at == before
    assert put_off(30)[0] == 302
    assert timezone.localdate(OutboxMessage.objects.get().due_at) == today + timedelta(days=30)
