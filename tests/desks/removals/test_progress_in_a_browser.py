"""The page of a removal while the work goes on, in a real browser: counters and mailboxes move together."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.removals.samples import NOON, SENDER, Letter, MemoryCopies, arrival, told, work
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of
from tests.site.doorways import people

from vaguemestre.desks.removals.models import Removal, SecurityOfficer
from vaguemestre.desks.removals.services import open_removal
from vaguemestre.desks.removals.values import Criteria
from vaguemestre.people.credentials.models import Account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_is_sought_is_asked_on_every_screen(live_server: LiveServer, chromium: Browser) -> None:
    client = people().browser("administrator")
    with window(live_server, chromium, client, "/administration/retraits/nouveau") as page:
        expect(page.get_by_role("heading", name="Chercher un courriel")).to_be_visible()
        look(page, "new-removal")


def test_the_mailboxes_follow_the_work_without_a_reload(live_server: LiveServer, chromium: Browser) -> None:
    officer, holder = account("rssi", role="administrator"), account("cdelattre", first_name="Camille")
    Account.objects.filter(pk=officer.pk).update(spans_academies=True)
    SecurityOfficer.objects.create(account=officer, given_by="cli", given_at=NOON)
    copies = MemoryCopies()
    copies.put(holder.mailbox, Letter("INBOX", "g0", "<f0@x>", "Piège", queue_id="QQQQQF0"))
    told(arrival(holder.mailbox, "<f0@x>", "QQQQQF0", SENDER))
    number = open_removal(Criteria("<f0@x>"), "", by=f"account:{officer.pk}", now=NOON)
    client = browser_of(Account.objects.get(pk=officer.pk))
    with window(live_server, chromium, client, f"/administration/retraits/{number}") as page:
        expect(page.get_by_text("Aucune boîte ici pour l’instant")).to_be_visible()
        work(number, 1, copies)
        row = page.get_by_role("row", name="Camille Morel")
        expect(row).to_contain_text("Trouvé")
        page.get_by_role("button", name="Retirer de 1 boîte").click()
        expect(page.get_by_text("Retrait en cours : 0 sur 1 boîte")).to_be_visible()
        work(number, Removal.objects.get(pk=number).number, copies)
        expect(row).to_contain_text("Retiré")
        expect(page.get_by_text("Boîtes d’où il est retiré")).to_be_visible()
        look(page, "removal")
