"""« Avant d’ouvrir le service » says what remains, by what is there; it goes once, and does not come back."""

import re
from html import unescape
from random import Random

import pytest
from django.conf import settings
from django.test import Client
from tests.access.signin.people import NOON, account
from tests.desks.firstday.samples import DEEDS, empty, published, zone_that_says
from tests.site.doorways import People, people

from vaguemestre.cli.instance import prepare
from vaguemestre.desks.firstday.models import FirstDay
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.intake.models import Feed

pytestmark = pytest.mark.django_db
HOME = "/administration/"
DNS = "/administration/premier-jour/dns"
TITLE = "Avant d’ouvrir le service"
STEP = re.compile(r"<li><span class=\"sign( ok)?\">.*?<p>(?:<b>)?(.*?)<(.*?)</li>", re.DOTALL)
LINK = re.compile(r'<a class="btn line" href="([^"]*)"')


@pytest.fixture
def crowd() -> People:
    made = people()
    empty(made)
    return made


def card(client: Client) -> str:
    answer = client.get(HOME)
    assert answer.status_code == 200
    page = answer.content.decode()
    start = page.find('aria-labelledby="first-day"')
    return page[start : page.index("</section>", start)] if start >= 0 else ""


def steps(client: Client) -> dict[str, bool]:
    """Title → whether it is done."""
    return {unescape(title): bool(ok) for ok, title, _ in STEP.findall(card(client))}


def test_an_empty_installation_has_every_step_to_do_each_with_its_link(crowd: People) -> None:
    administrator = crowd.browser("administrator")
    assert steps(administrator) == dict.fromkeys(DEEDS, False)
    shown = card(administrator)
    assert "0 sur 7" in shown
    links = [unescape(link) for link in LINK.findall(shown)]
    assert len(set(links)) == len(DEEDS)
    away = {link for link in links if administrator.get(link).status_code != 200}
    assert away <= {"/parametres/securite/application"}, "only the second factor asks for a fresh proof"


@pytest.mark.parametrize("title", DEEDS)
def test_a_step_is_done_by_what_is_there_and_by_nothing_else(
    crowd: People, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEEDS[title](crowd, monkeypatch)
    assert steps(crowd.browser("administrator")) == {name: name == title for name in DEEDS}


@pytest.mark.heavy
def test_it_goes_when_all_is_done_and_does_not_come_back(
    crowd: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds = list(DEEDS.values())
    Random(7).shuffle(deeds)
    for deed in deeds:
        assert card(crowd.browser("administrator"))
        deed(crowd, monkeypatch)
    assert card(crowd.browser("administrator")) == ""
    Account.objects.filter(role="helpdesk").update(role="agent")
    assert card(crowd.browser("administrator")) == ""


def test_it_is_closed_for_good_and_the_journal_says_by_whom(crowd: People) -> None:
    administrator = crowd.browser("administrator")
    assert administrator.post("/administration/premier-jour/fermer").status_code == 302
    assert card(administrator) == ""
    assert administrator.post("/administration/premier-jour/fermer").status_code == 302
    line = Entry.objects.get(action="firstday.closed")
    assert line.by == f"account:{crowd.accounts['administrator'].pk}"
    page = administrator.get("/administration/journal").content.decode()
    assert "« Avant d’ouvrir le service » fermé pour de bon" in page
    assert "l’ouverture du service" in page


def test_only_an_administrator_of_the_installation_is_shown_it(crowd: People) -> None:
    assert card(crowd.browser("auditor")) == ""
    Account.objects.filter(role="administrator").update(spans_academies=False)
    assert card(crowd.browser("administrator"))
    Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    assert card(crowd.browser("administrator")) == ""


def test_a_demonstration_and_an_older_installation_have_none(crowd: People) -> None:
    FirstDay.objects.all().delete()
    assert card(crowd.browser("administrator")) == ""


def test_the_first_start_without_demonstration_begins_it(db: None) -> None:
    prepare._first_administrator(settings.CONFIG)
    assert FirstDay.objects.filter(ended_at__isnull=True).count() == 1


def test_another_administrator_without_a_second_factor_is_named_by_their_account(
    crowd: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEEDS["Second facteur de l’administration"](crowd, monkeypatch)
    other = account("autre", role="administrator")
    shown = card(crowd.browser("administrator"))
    assert "1 compte n’en a pas encore." in shown
    assert f'href="/assistance/compte/{other.pk}"' in shown


def test_a_feed_that_was_refused_or_told_of_nobody_is_none(crowd: People) -> None:
    for told in ({"refusal": "Trop.", "arrivals": 9}, {"finished_at": None, "arrivals": 9}, {"arrivals": 0}):
        plain = {"file_name": "f.csv", "by": "cli", "started_at": NOON, "finished_at": NOON}
        Feed.objects.create(academy_id=crowd.academy_id, **{**plain, **told})
    assert not steps(crowd.browser("administrator"))["Premier import RH"]


def test_the_zone_is_remembered_only_once_it_says_all(crowd: People) -> None:
    administrator, right = crowd.browser("administrator"), published()
    missing = next(question for question, values in right.items() if values != ("0 0 0 .",))
    with zone_that_says({**right, missing: ()}):
        assert "1 enregistrement à publier ou à corriger." in administrator.get(DNS).content.decode()
    with zone_that_says({**right, missing: None}):
        assert "Le résolveur ne répond pas pour tout" in administrator.get(DNS).content.decode()
    assert not steps(administrator)["Zone DNS"]
    with zone_that_says(right):
        assert "Fait" in administrator.get(DNS).content.decode()
    assert steps(administrator)["Zone DNS"]
