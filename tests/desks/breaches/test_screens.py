"""Administrators keep the file of a breach: opened, changed, noticed, exported, closed; all journaled."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.foundation.ui.shown import shown_on
from tests.mailbox.webmail.conftest import browser_of
from typer.testing import CliRunner

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.records.breach import app
from vaguemestre.desks.breaches import queries, services
from vaguemestre.desks.breaches.models import Breach
from vaguemestre.desks.breaches.values import BreachFacts, Notice, NoticeKind
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "une clé USB perdue dans le train"


@pytest.fixture
def client() -> Client:
    return browser_of(account("aleclercq", role="administrator"))


def typed(hours_ago: float = 2, **fields: str) -> dict[str, str]:
    known_at = timezone.now() - timedelta(hours=hours_ago)
    return {"title": "Clé USB perdue", "known_at": f"{known_at.astimezone(PARIS):%d/%m/%Y %H:%M}", **fields}


def opened(client: Client, hours_ago: float = 2, **fields: str) -> int:
    answer = client.post("/administration/violations/nouvelle", typed(hours_ago, **fields))
    assert answer.status_code == 302, text_of(answer.content)
    return Breach.objects.latest("pk").pk


def text_of(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def page_of(client: Client, number: int) -> str:
    return text_of(client.get(f"/administration/violations/{number}").content)


def acts() -> list[str]:
    lines = Entry.objects.filter(action__startswith="breaches.").order_by("pk")
    return [line.action.removeprefix("breaches.") for line in lines]


def test_a_file_is_opened_and_its_clock_is_shown(client: Client) -> None:
    number = opened(client, facts=SECRET)
    page = page_of(client, number)
    assert "Alerte précoce (24 heures), au CSIRT ou à l’ANSSI avant le" in page
    assert "reste 21 heures" in page
    assert "reste 2 jours" in page
    assert SECRET in client.get(f"/administration/violations/{number}").content.decode()
    assert "Clé USB perdue" in text_of(client.get("/administration/violations").content)
    assert "Violation de données en cours : Clé USB perdue" in text_of(client.get("/administration/").content)


def test_two_people_who_fill_one_file_erase_nothing_of_each_other(client: Client) -> None:
    number = opened(client, facts=SECRET)
    page = f"/administration/violations/{number}"
    seen = shown_on(client.get(page).content.decode())
    same = typed(facts=SECRET) | seen
    assert (
        client.post(page, same | {"measures": "Effacée à distance", "persons_count": "214"}).status_code
        == 302
    )
    assert client.post(page, same | {"facts": "une clé USB oubliée"}).status_code == 302
    kept = Breach.objects.get(pk=number)
    assert (kept.facts, kept.measures, kept.persons_count) == (
        "une clé USB oubliée", "Effacée à distance", 214,
    )  # fmt: skip
    refused = client.post(page, same | {"facts": "une clé volée"})
    assert refused.status_code == 422
    assert "« une clé USB oubliée »" in text_of(refused.content)


def test_a_notice_stops_its_clock_and_a_late_one_is_said_late(client: Client) -> None:
    number, now = opened(client, hours_ago=80), timezone.now()
    assert "en retard de 2 jours" in page_of(client, number)
    for kind, hours in (("warning", 79), ("notification", 1)):
        at = (now - timedelta(hours=hours)).astimezone(PARIS)
        fields = {"kind": kind, "sent_at": f"{at:%d/%m/%Y %H:%M}", "recipient": "ANSSI", "reference": "R-7"}
        assert client.post(f"/administration/violations/{number}/avis", fields).status_code == 302
    page = page_of(client, number)
    assert "dans les temps" in page
    assert re.search(r"à la CNIL et à l’ANSSI envoi du [^,]+ à [^,]+, après le", page)
    assert "ANSSI (R-7)" in page


def test_what_changes_is_journaled_without_its_words(client: Client) -> None:
    number = opened(client)
    fields = typed(measures="clés changées", facts=SECRET)
    answer = client.post(f"/administration/violations/{number}", fields)
    assert answer["Location"].endswith("?fait")
    assert client.get(f"/administration/violations/{number}.md").status_code == 200
    note = {"note": "Sans suite."}
    assert client.post(f"/administration/violations/{number}/clore", note).status_code == 302
    assert acts() == ["opened", "changed", "exported", "closed"]
    assert Entry.objects.get(action="breaches.changed").details["fields"].split() >= ["facts", "measures"]
    assert not Entry.objects.filter(details__icontains="USB").exists()
    assert "Dossier clos aujourd’hui à" in page_of(client, number)


def test_the_exported_file_says_everything(client: Client) -> None:
    number = opened(client, facts=SECRET, data_kinds="noms", persons="élèves", persons_count="12")
    answer = client.get(f"/administration/violations/{number}.md")
    assert answer["Content-Disposition"] == f'attachment; filename="violation-{number}.md"'
    text = answer.content.decode()
    for words in (SECRET, "noms", "élèves", "Nombre : 12", "## Délais", "Alerte précoce", "Aucun."):
        assert words in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "obligatoire"),
        ({"known_at": "01/01/2099 10:00"}, "Cette date est dans l’avenir"),
        ({"known_at": "hier"}, "Écrivez un jour et une heure"),
    ],
)
def test_a_wrong_field_is_explained_and_nothing_is_lost(
    client: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = client.post("/administration/violations/nouvelle", typed(facts=SECRET) | fields)
    assert answer.status_code == 422
    assert sentence in text_of(answer.content)
    assert SECRET in answer.content.decode()
    assert not Breach.objects.exists()


def test_a_closed_file_changes_no_more(client: Client) -> None:
    number = opened(client)
    services.close_breach(number, "Sans suite.", by="cli", now=timezone.now())
    answer = client.post(f"/administration/violations/{number}", typed(facts="autre"))
    assert answer.status_code == 422
    assert "Ce dossier est clos" in text_of(answer.content)
    answer = client.post(f"/administration/violations/{number}/clore", {"note": ""})
    assert "Écrivez pourquoi le dossier est clos" in text_of(answer.content)
    assert Breach.objects.get().facts == ""


def test_a_notice_names_whom_it_went_to() -> None:
    now = timezone.now()
    number = services.open_breach(BreachFacts("Perte", now), by="cli", now=now)
    with pytest.raises(Refusal, match=r"breaches\.recipient-missing"):
        services.record_notice(number, Notice(NoticeKind.WARNING, now, " "), by="cli", now=now)
    later = Notice(NoticeKind.WARNING, now + timedelta(hours=1), "ANSSI")
    with pytest.raises(Refusal, match=r"breaches\.in-the-future"):
        services.record_notice(number, later, by="cli", now=now)


def test_a_file_goes_five_years_after_it_was_closed_and_an_open_one_never() -> None:
    now = timezone.now()
    kept, closed = (services.open_breach(BreachFacts("Perte", now), by="cli", now=now) for _ in range(2))
    services.close_breach(closed, "Sans suite.", by="cli", now=now)
    services.delete_old_breaches(now=now + services.RETENTION - timedelta(days=1))
    assert Breach.objects.count() == 2
    services.delete_old_breaches(now=now + services.RETENTION + timedelta(days=1))
    assert list(Breach.objects.values_list("pk", flat=True)) == [kept]


def said(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if isinstance(done.exception, (Failed, Refusal)):
        return str(done.exception)
    assert done.exit_code == 0, done.exception
    return done.output


def test_the_command_keeps_the_same_files() -> None:
    assert said("list") == "Aucune violation n’est enregistrée.\n"
    assert "reste 24 heures" in said("open", "Boîte forcée", "--facts", SECRET)
    number = str(Breach.objects.get().pk)
    assert said("notice", number, "warning", "CSIRT", "--reference", "R-9") == "Avis enregistré.\n"
    assert "Notification (72 heures)" in said("list")
    text = said("show", number)
    assert SECRET in text
    assert "CSIRT (R-9)" in text
    assert said("close", number, "--note", "Sans suite.") == "Dossier clos.\n"
    assert "(clos)" in said("list")
    assert "aucun dossier" in said("show", "99")
    assert acts() == ["opened", "noticed", "exported", "closed"]
    breach = queries.breach_file(int(number), now=timezone.now())
    assert breach is not None
    assert breach.notices[0].reference == "R-9"


def test_dates_out_of_order_are_refused(client: Client) -> None:
    now = timezone.now()
    began = f"{(now - timedelta(hours=1)).astimezone(PARIS):%d/%m/%Y %H:%M}"
    refused = client.post("/administration/violations/nouvelle", typed(2, began_at=began))
    assert "Le début vient après le jour où elle a été connue" in text_of(refused.content)
    number = opened(client)
    before = Notice(NoticeKind.NOTIFICATION, now - timedelta(hours=3), "CNIL", "")
    with pytest.raises(Refusal, match="breaches.notice-before-known"):
        services.record_notice(number, before, by="cli", now=now)
    services.record_notice(number, before._replace(sent_at=now - timedelta(hours=1)), by="cli", now=now)
    with pytest.raises(Refusal, match="breaches.known-after-notice"):
        services.change_breach(number, BreachFacts("Clé", now - timedelta(minutes=9)), by="cli", now=now)


def test_a_start_that_moves_the_deadlines_stays_in_the_file_and_the_journal(client: Client) -> None:
    number = opened(client, hours_ago=80)
    assert client.post(f"/administration/violations/{number}", typed(2)).status_code == 302
    assert "« Connue le » a été changé" in page_of(client, number)
    exported = client.get(f"/administration/violations/{number}.md").content.decode()
    assert "D’abord connue le" in exported
    assert Entry.objects.get(action="breaches.changed").details["before"]
    assert "Pas envoyé : Alerte précoce" in page_of(client, number)
