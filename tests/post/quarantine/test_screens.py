"""One's quarantine and that of everybody: what each shows, whom it obeys."""

import html
import re

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of
from tests.post.quarantine.samples import NOON

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.quarantine.models import QuarantinedMessage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marie() -> Account:
    return account("marie")


def held(who: Account, reason: str = "macro", subject: str = "Relevé") -> QuarantinedMessage:
    return QuarantinedMessage.objects.create(
        mailbox=who.mailbox, account_id=who.pk, guid=subject, reason=reason, detail="docm",
        sender="a@dehors.example", author="Anne", subject=subject, arrived_at=NOON,
    )  # fmt: skip


def text_of(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def test_one_sees_one_s_own_and_has_it_handed_over(marie: Account) -> None:
    client, row = browser_of(marie), held(marie)
    held(account("paul"), subject="De Paul")
    page = text_of(client.get("/messagerie/quarantaine/").content)
    assert "Relevé" in page
    assert "Document avec macros" in page
    assert "De Paul" not in page
    answer = client.post(f"/messagerie/quarantaine/{row.pk}/remettre")
    assert answer.status_code == 302
    page = text_of(client.get(answer["Location"]).content)
    assert "arrive dans votre boîte" in page
    assert "Remise en cours" in page


def test_a_virus_has_no_button_and_is_refused_in_words(marie: Account) -> None:
    client, row = browser_of(marie), held(marie, "virus")
    assert "Me le remettre" not in text_of(client.get("/messagerie/quarantaine/").content)
    answer = client.post(f"/messagerie/quarantaine/{row.pk}/remettre")
    assert answer.status_code == 422
    assert "n’est remis à personne" in text_of(answer.content)


def test_that_of_somebody_else_is_refused(marie: Account) -> None:
    row = held(account("paul"))
    assert browser_of(marie).post(f"/messagerie/quarantaine/{row.pk}/remettre").status_code == 422
    assert QuarantinedMessage.objects.get().state == "held"


def test_an_administrator_searches_verdicts_and_sees_no_subject(marie: Account) -> None:
    made = account("admin", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    client: Client = browser_of(Account.objects.get(pk=made.pk))
    row = held(marie)
    held(account("paul"), "virus", "De Paul")
    page = text_of(client.get("/administration/quarantaine?q=marie&motif=macro").content)
    known = MailAddress.objects.get(person=marie.person).address
    assert known in page
    assert known != marie.mailbox
    assert marie.mailbox not in page, "nobody knows a mailbox by that name"
    assert known in text_of(client.get(f"/administration/quarantaine?q={known}").content).partition("Acte")[2]
    part = known.partition("@")[0][:-1]
    assert part not in marie.mailbox
    assert known in text_of(client.get(f"/administration/quarantaine?q={part}").content).partition("Acte")[2]
    assert "Relevé" not in page
    assert "paul" not in page
    assert client.post(f"/administration/quarantaine/{row.pk}/remettre").status_code == 302
    assert QuarantinedMessage.objects.get(pk=row.pk).state == "releasing"
