"""What an auditor sees: « Aujourd’hui » without buttons, the journal and its sealed months."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import NOON
from tests.desks.enrolment.officers import managed_by
from tests.desks.windows import look, window
from tests.foundation.journal.chain import KEPT, PRESENT, installed, month_ago, wrote
from tests.site.doorways import people

from vaguemestre.desks.breaches.models import Breach
from vaguemestre.foundation.journal.chain import seal_entries, seal_months
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.people.intake.models import Feed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def live_three_months() -> None:
    installed(4)
    for months_back in (4, 3, 2):
        with transaction.atomic():
            wrote(3, month_ago(months_back))
        seal_entries(now=month_ago(months_back))
    seal_months(KEPT, now=PRESENT)


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    made, now = people(), timezone.now()
    Feed.objects.create(
        academy_id=made.academy_id, file_name="f.csv", by="cli", started_at=NOON, refusal="Trop."
    )
    Breach.objects.create(title="Copie perdue", known_at=now, opened_by="cli", opened_at=now)
    waiting = managed_by(made.academy_id, "DPE", "attend")
    Account.objects.filter(pk=waiting.pk).update(state="pending")
    school = Structure.objects.create(uai="0809111A", academy_id=made.academy_id, name="Collège Prévert")
    Assignment.objects.create(person=waiting.person, structure=school, starts_on=NOON.date())
    live_three_months()
    with window(live_server, chromium, made.browser("auditor"), "/administration/") as page:
        yield page


def test_an_auditor_reads_the_boards_and_the_journal_on_every_screen(page: Page) -> None:
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="À décider par l’administration")).to_be_visible()
    expect(main).to_contain_text("Copie perdue")
    expect(main.get_by_role("link", name="Examiner")).to_have_count(0)
    look(page, "auditor-today")
    page.get_by_role("link", name="Jamais activés", exact=True).press("Enter")
    expect(main.get_by_role("table")).to_contain_text("Collège Prévert")
    look(page, "auditor-never-activated")
    page.get_by_role("link", name="Journal", exact=True).press("Enter")
    months = main.get_by_role("region", name="Mois scellés")
    expect(months.get_by_role("row")).to_have_count(4)
    look(page, "auditor-journal")
    page.get_by_role("link", name="Rapports DMARC et TLS", exact=True).press("Enter")
    expect(main.get_by_role("heading", level=1)).to_have_text("Rapports DMARC et TLS")
    expect(main.get_by_role("link", name="le DNS")).to_have_count(0)
