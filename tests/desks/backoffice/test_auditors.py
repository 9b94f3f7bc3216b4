"""Auditors read the journal and the figures; their pages lead nowhere that is closed to them."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account
from tests.answers import PageAnswer
from tests.desks.enrolment.officers import managed_by
from tests.foundation.journal.chain import lived, unguarded
from tests.foundation.ui.confirmation import confirmed
from tests.site.doors import DESK_READERS, READERS, audiences
from tests.site.doorways import People, doorways, people

from vaguemestre.access.signin.ports import revocations
from vaguemestre.desks.breaches.models import Breach
from vaguemestre.desks.operations.models import Alarm
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.verification import sealed_months
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, Structure
from vaguemestre.people.intake.models import Feed

pytestmark = pytest.mark.django_db
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')


@pytest.fixture
def crowd() -> People:
    """With something to decide, an open breach, an alarm and a school where somebody never came."""
    made = people()
    now = timezone.now()
    Feed.objects.create(
        academy_id=made.academy_id, file_name="f.csv", by="cli", started_at=NOON, refusal="Trop."
    )
    Breach.objects.create(title="Copie perdue", known_at=now, opened_by="cli", opened_at=now)
    Alarm.objects.create(name="disk-full", subject="", words="Le disque se remplit.", opened_at=now)
    school = Structure.objects.create(uai="0809111A", academy_id=made.academy_id, name="Collège Prévert")
    waiting = managed_by(made.academy_id, "DPE", "attend")
    Account.objects.filter(pk=waiting.pk).update(state="pending")
    Assignment.objects.create(person=waiting.person, structure=school, starts_on=NOON.date())
    return made


def main_of(answer: PageAnswer) -> str:
    assert answer.status_code == 200
    found = MAIN.search(answer.content.decode())
    assert found
    return found.group()


def read_pages() -> list[str]:
    told = audiences()
    doors = [door for door in doorways() if told[door.name] in (READERS, DESK_READERS)]
    return [f"{door.address(what='disk-full')}?par=sujet" for door in doors]


@pytest.mark.heavy
def test_the_pages_of_auditors_send_nothing_and_lead_where_they_may_go(crowd: People) -> None:
    auditor, administrator = crowd.browser("auditor"), crowd.browser("administrator")
    seen: set[str] = set()
    for address in read_pages():
        answer = auditor.get(address)
        if "html" not in answer["Content-Type"]:
            continue  # a file
        main = main_of(answer)
        assert 'method="post"' not in main, address
        seen |= {unescape(link) for link in LINK.findall(main) if link.startswith("/")}
    assert seen
    assert {
        link: auditor.get(link).status_code for link in seen if auditor.get(link).status_code != 200
    } == {}
    home = main_of(auditor.get("/administration/"))
    for words in ("1 import attend une confirmation", "Copie perdue", "Collège Prévert"):
        assert words in home
        assert words in main_of(administrator.get("/administration/"))


def test_no_page_that_auditors_read_takes_a_form_of_theirs(crowd: People) -> None:
    auditor, before = crowd.browser("auditor"), Entry.objects.count()
    answers = {address: auditor.post(address, {"role": "agent"}).status_code for address in read_pages()}
    assert set(answers.values()) == {405}
    assert Entry.objects.count() == before


def test_an_administrator_makes_an_auditor_who_owes_a_second_factor_and_is_journaled(crowd: People) -> None:
    chosen = account("future")
    page = f"/administration/personnes/{chosen.person_id}"
    administrator = crowd.browser("administrator")
    assert '<option value="auditor">Audit</option>' in main_of(administrator.get(page))
    asked = {"role": "auditor", "reason": "Contrôle"}
    assert confirmed(administrator, f"{page}/role", asked).status_code == 302
    chosen.refresh_from_db()
    assert chosen.role == "auditor"
    assert Entry.objects.filter(
        action="credentials.role-given", to=f"account:{chosen.pk}", details__role="auditor"
    ).exists()
    made = Client()
    signed_in(chosen, made)
    assert "Votre rôle demande une application d’authentification" in made.get("/").content.decode()
    main_of(made.get("/administration/journal"))
    assert confirmed(administrator, f"{page}/role", {**asked, "role": "agent"}).status_code == 302
    revocations.get().bump()  # the browser's session is read anew
    assert made.get("/administration/journal").status_code == 403


def test_an_auditor_who_reads_the_journal_stands_in_it(crowd: People) -> None:
    auditor = crowd.browser("auditor")
    main_of(auditor.get("/administration/journal"))
    by = f"account:{crowd.accounts['auditor'].pk}"
    assert Entry.objects.filter(action="backoffice.journal-read", by=by).count() == 1
    assert auditor.get("/administration/journal.csv").status_code == 200
    assert Entry.objects.filter(action="backoffice.file-taken", by=by, to="journal").count() == 1


def test_an_auditor_of_one_academie_of_several_reads_its_figures_and_not_the_journal(crowd: People) -> None:
    Account.objects.filter(role="auditor").update(spans_academies=False)
    elsewhere = Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    school = Structure.objects.create(uai="0599111A", academy=elsewhere, name="Lycée Faidherbe")
    stranger = account("lillois", state="pending")
    assert stranger.person
    type(stranger.person).objects.filter(pk=stranger.person_id).update(academy=elsewhere)
    Assignment.objects.create(person=stranger.person, structure=school, starts_on=NOON.date())
    auditor = crowd.browser("auditor")
    home = main_of(auditor.get("/administration/"))
    assert "Collège Prévert" in home
    assert "Faidherbe" not in home
    assert "Faidherbe" in main_of(crowd.browser("administrator").get("/administration/"))
    assert auditor.get("/administration/journal").status_code == 403
    assert auditor.get("/administration/journal.csv").status_code == 403


def test_each_sealed_month_is_shown_with_whether_its_seal_holds(crowd: People) -> None:
    lived(4, 3, 2)
    newest, middle, oldest = sealed_months()
    assert (newest.holds, middle.holds, oldest.holds) == (True, True, True)
    assert newest.month > middle.month > oldest.month
    page = main_of(crowd.browser("auditor").get("/administration/journal"))
    assert middle.seal in page
    assert ">altéré<" not in page
    unguarded(f"UPDATE journal_monthseal SET last = last - 1 WHERE first = {middle.first}")
    assert [month.holds for month in sealed_months()] == [False, False, True]  # the next begins too late
    assert main_of(crowd.browser("auditor").get("/administration/journal")).count(">altéré<") == 2
