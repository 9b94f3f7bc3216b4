"""The security notice of a mailbox of several people: it undoes the act, and locks nobody's account."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.inboxes import inboxes
from tests.schools.sharing.conftest import School

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.handlers import notify_owner
from vaguemestre.access.signin.links import alarm_link
from vaguemestre.people.credentials.models import Account

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def link(school: School) -> str:
    made = alarm_link("http://x", school.box.account_id, "forward-set", timezone.now().isoformat(), 1)
    return urlsplit(made).path


def test_it_is_not_locked_by_whoever_reads_it(school: School, link: str) -> None:
    answer = Client().post(link, {"lock": "1"})
    assert answer.status_code == 422
    assert "Cette boîte est à plusieurs" in answer.content.decode()
    assert Account.objects.get(pk=school.box.account_id).password_barred_at is None


def test_the_page_offers_to_undo_the_act_only(link: str) -> None:
    page = Client().get(link).content.decode()
    assert 'name="undo"' in page
    assert 'name="lock"' not in page
    assert "tout refermer" not in page.lower()


def test_the_letter_says_so(school: School) -> None:
    with inboxes() as told:
        notify_owner(AccountTouched(school.box.account_id, "forward-set", AT.isoformat()))
    assert "annule cet acte :" in told[-1]
    assert "referme tout" not in told[-1]
