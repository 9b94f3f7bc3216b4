"""Both pages of the quarantine in a real browser: no fault for axe, no wider than a phone, by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of
from tests.post.quarantine.samples import NOON

from vaguemestre.people.credentials.models import Account
from vaguemestre.post.quarantine.models import QuarantinedMessage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HELD = (
    ("virus", "Eicar-Test-Signature", "Votre colis n’a pas pu être livré"),
    ("macro", "docm", "Relevé de notes du deuxième trimestre"),
    ("fraud", "compte.piege-de-tres-longue-adresse.dehors.example", "Mise à jour de votre compte"),
)


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """The window of an administrator who has quarantined messages of their own."""
    made = account("aleclercq", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    for reason, detail, subject in HELD:
        QuarantinedMessage.objects.create(
            mailbox=made.mailbox, account_id=made.pk, guid=reason, reason=reason, detail=detail,
            sender="service.comptabilite@fournisseur.dehors.example", author="Service comptabilité",
            subject=subject, arrived_at=NOON,
        )  # fmt: skip
    client = browser_of(Account.objects.get(pk=made.pk))
    with window(live_server, chromium, client, "/messagerie/quarantaine/") as page:
        yield page


@pytest.mark.parametrize("path", ["/messagerie/quarantaine/", "/administration/quarantaine"])
def test_a_page_has_no_fault_wide_or_narrow_light_or_dark(page: Page, path: str) -> None:
    page.goto(path)
    look(page, path.strip("/").replace("/", "-"))


def test_a_message_is_handed_over_by_keyboard_and_a_virus_has_no_button(page: Page) -> None:
    expect(page.get_by_role("button", name="Me le remettre")).to_have_count(2)
    page.get_by_role("button", name="Me le remettre : Relevé de notes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le courriel arrive dans votre boîte de réception")).to_be_visible()
    expect(page.get_by_text("Remise en cours")).to_be_visible()
    assert QuarantinedMessage.objects.get(guid="macro").state == "releasing"
