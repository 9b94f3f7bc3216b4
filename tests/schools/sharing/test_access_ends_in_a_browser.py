"""A colleague whose right ends or shrinks while they work reads so, and their text is given back."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.windows import window
from tests.mailbox.webmail.conftest import browser_of
from tests.schools.sharing.conftest import now
from tests.schools.sharing.test_delegated_drafts import lend_inbox, mail_of
from tests.schools.sharing.test_delegation import claire, fenced, paul

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services import end_delegations
from vaguemestre.schools.sharing.values import Right

__all__ = ["claire", "fenced", "paul"]
pytestmark = pytest.mark.browser


@pytest.fixture
def there(claire: Account, paul: Account, fenced: MemoryMailboxes) -> str:
    mail_of(fenced)
    return f"{lend_inbox(claire, paul, Right.SEND)}messagerie/"


@pytest.fixture
def page(live_server: LiveServer, there: str, paul: Account, chromium: Browser) -> Iterator[Page]:
    with window(live_server, chromium, browser_of(paul), there) as page:
        yield page


def test_what_was_being_written_is_given_back_in_ones_own_mailbox(
    page: Page, there: str, claire: Account, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}{there}ecrire/")
    text = page.get_by_role("textbox", name="Message")
    text.click()
    page.keyboard.type("Premiers mots")
    expect(page.locator("#saved")).to_contain_text("Enregistré à")
    with transaction.atomic():
        end_delegations(claire.pk, by="test", now=now())
    page.keyboard.type(" et derniers mots")
    expect(page.get_by_text("Vous n’avez plus accès à cette boîte").first).to_be_visible()
    page.goto(f"{live_server.url}/messagerie/")
    page.get_by_text("Un courriel non enregistré a été retrouvé").wait_for()
    page.get_by_role("button", name="Le reprendre").click()
    frame = page.frame_locator("iframe[title=Rédaction]")
    expect(frame.get_by_role("textbox", name="Message")).to_contain_text("Premiers mots et derniers mots")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.')).length") == 0


def test_a_mailing_that_runs_is_no_longer_said_to_run(
    page: Page, there: str, claire: Account, live_server: LiveServer
) -> None:
    moments = {"created_at": now(), "updated_at": now()}
    row = Composition.objects.create(
        account=claire, key=new_key(), subject="Sortie", mode="new", is_sending=True, **moments
    )
    mailing = Mailing.objects.create(
        account=claire, composition=row, key=row.key, series=new_key(), state="running", created_at=now()
    )
    mailing.copies.create(number=2, address="lea@dehors.example")
    page.goto(f"{live_server.url}{there}ecrire/{row.key}/exemplaires/?cadre=1")
    expect(page.get_by_role("heading", name="Envoi en cours")).to_be_visible()
    with transaction.atomic():
        end_delegations(claire.pk, by="test", now=now())
    expect(page.get_by_text("Vous n’avez plus accès à cette boîte").first).to_be_visible()
    expect(page.get_by_role("heading", name="Envoi en cours")).to_have_count(0)


def test_a_right_that_shrinks_takes_its_buttons_at_the_next_page(page: Page, there: str) -> None:
    page.get_by_text("Rentrée").first.click()
    answer = (
        page.get_by_role("group", name="Actions sur le courriel").get_by_role("button", name="Répondre").first
    )
    expect(answer).to_be_visible()
    Member.objects.update(right=Right.READ)
    answer.click()
    expect(page.get_by_text("Vous n’avez pas, ou plus, le droit « envoi »").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Rentrée").first).to_be_visible()
    for name in ("Répondre", "Archiver", "Supprimer", "Nouveau courriel"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
