"""One copy for each, written from a school's mailbox: its members know who sent it, its pages stay there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account
from tests.schools.sharing.conftest import School

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.mailbox.compose.models import Mailing, StockText
from vaguemestre.mailbox.compose.queries import proof_of
from vaguemestre.mailbox.compose.services import run_mailing, stop_mailing
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.sharing.models import BoxActivity
from vaguemestre.schools.sharing.queries import activity_of, collaboration_on
from vaguemestre.schools.sharing.values import MessageRef, Right

Of = Callable[[Account], Client]
TABLE = "courriel;nom\n" + "".join(f"p{number}@dehors.example;P{number}\n" for number in range(3))
RESUME = "/compte/reprise"


@pytest.fixture
def sylvie(school: School) -> Account:
    made = account("slecointe", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


def prepared(browser: Client, school: School, *, at: str = "") -> str:
    """The address of a mailing of three copies, prepared in the school's mailbox, or under `at`."""
    place = f"{at or school.path}messagerie/ecrire/{new_key()}/"
    typed = {"subject": "Rendez-vous", "html": "<p>Bonjour {nom}</p>", "revision": "0"}
    assert (
        browser.post(f"{place}brouillon/", typed, headers={"Accept": "application/json"}).status_code == 200
    )
    table = SimpleUploadedFile("familles.csv", TABLE.encode())
    assert browser.post(f"{place}exemplaires/", {"source": "file", "table": table}).status_code == 302
    return f"{place}exemplaires/"


def proofread() -> dict[str, str]:
    """What the page of the last mailing says of it as it is now."""
    return {"proof": proof_of(Mailing.objects.latest("pk"))}


def test_a_proof_asked_for_in_a_shared_mailbox_gives_the_act_back(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    browser = of(sylvie)
    place = prepared(browser, school)
    BrowserSession.objects.exclude(account=None).update(started_at=timezone.now() - timedelta(minutes=10))
    revocations.get().refresh()  # what this process remembers of the session
    seen = proofread()
    asked = browser.post(f"{place}partir/", seen, headers={"Referer": f"http://testserver{place}"})
    assert asked["Location"].startswith("/alogin?confirmer=1")
    assert "envoyer un publipostage" in browser.get(asked["Location"]).content.decode()
    own = prepared(browser, school, at="/")
    browser.post(f"{own}partir/", proofread(), headers={"Referer": f"http://testserver{own}"})
    asked = browser.post(f"{place}partir/", {"mailing": "Rendez-vous", **seen})
    proved = browser.post(asked["Location"], {"username": "slecointe", "secret": PASSWORD, "next": RESUME})
    assert proved["Location"] == RESUME
    page = browser.get(RESUME)
    assert page.status_code == 200
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()))
    back = browser.post(RESUME, fields)
    assert (back.status_code, back["Location"]) == (307, f"{place}partir/")
    browser.post(back["Location"], fields)
    states = Mailing.objects.order_by("pk").values_list("account_id", "state")
    assert list(states) == [(school.box.account_id, "running"), (sylvie.pk, "ready")]


def test_its_pages_lead_back_to_the_mailbox_it_is_sent_from(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    browser = of(sylvie)
    place = prepared(browser, school)
    browser.post(f"{place}partir/", proofread())
    assert f'href="{school.path}messagerie/" target="_top"' in browser.get(place).content.decode()


def test_the_members_read_who_sent_the_copies_in_one_line_and_on_each(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    browser = of(sylvie)
    place = prepared(browser, school)
    browser.post(f"{place}partir/", proofread())
    mailing = Mailing.objects.get()
    run_mailing(mailing.pk, mails, limit=10_000_000, now=timezone.now())
    run_mailing(mailing.pk, mails, limit=10_000_000, now=timezone.now())
    (line,) = [line for line in activity_of(school.box.pk) if "publipostage" in line.action]
    assert (line.name, line.action, line.number) == (
        "Sylvie Lecointe",
        "a lancé un publipostage de 3 courriels",
        3,
    )
    for message_id in OutboxMessage.objects.values_list("message_id", flat=True):
        ref = MessageRef(school.box.pk, message_id, message_id)
        assert collaboration_on(ref, school.head.pk, timezone.now()).sent_by == "Sylvie Lecointe"
    assert Entry.objects.filter(action="sharing.copies-sent", to=f"box:{school.box.pk}").count() == 1
    said = of(school.head).get(f"/boites/{school.box.pk}/actes/").content.decode()
    assert "a lancé un publipostage de 3 courriels" in said


def test_a_mailing_that_never_left_is_not_said_to_be_sent(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    browser = of(sylvie)
    place = prepared(browser, school)
    browser.post(f"{place}partir/", proofread())
    mailing = Mailing.objects.get()
    stop_mailing(mailing.account_id, mailing.key, by="x", now=timezone.now())
    run_mailing(mailing.pk, mails, limit=10_000_000, now=timezone.now())
    assert not BoxActivity.objects.filter(action="copies").exists()


def test_a_stock_text_of_the_mailbox_names_the_member_who_writes(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    html = "<p>Bonjour,</p><p>Bien reçu. {nom}, {etablissement}</p>"
    StockText.objects.create(account=school.box.account, title="Reçu", html=html, updated_at=timezone.now())
    answer = of(sylvie).get(f"{school.path}messagerie/ecrire/types/")
    (text,) = answer.json()["texts"]
    assert f"Bien reçu. Sylvie Lecointe, {school.box.title}" in text["text"]
    assert text["title"] == "Reçu"
