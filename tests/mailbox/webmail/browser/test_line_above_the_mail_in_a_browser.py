"""What is to be read without delay stands above the mail, and leaves it once read."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from vaguemestre.desks.portal.models import AnnouncementRow
from vaguemestre.foundation.kernel.times import paris_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _announced() -> None:
    today = paris_day(timezone.now())
    for title in ("Ancienne", "Coupure dimanche"):
        AnnouncementRow.objects.create(
            title=title, text="De 8 h à 9 h.", importance="warning", starts_on=today, ends_on=today
        )


@pytest.mark.usefixtures("_announced")
def test_an_announcement_leaves_the_mail_once_it_is_read(page: Page) -> None:
    page.goto("/messagerie/")
    line = page.locator("fetched-lines form")
    expect(line).to_contain_text("Coupure dimanche")
    line.get_by_role("button", name="J’ai lu").press("Enter")
    expect(line).to_contain_text("Ancienne")
    line.get_by_role("button", name="J’ai lu").click()
    expect(line).to_have_count(0)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(line).to_have_count(0)
