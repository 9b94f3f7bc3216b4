"""Administrators see everything but civil status, and everybody else sees none of it."""

import csv
import dataclasses
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django_tasks_db.models import DBTaskResult
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import BORN, NOON, PASSWORD, account, add_application
from tests.answers import as_typed
from tests.desks.enrolment.officers import academy, managed_by, officer
from tests.foundation.ui.confirmation import confirmed
from tests.post.quarantine.test_services import events_of
from tests.post.tracking.test_screens import passed

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.desks.backoffice import queries
from vaguemestre.desks.backoffice.rules.meanings import MEANINGS, SECTIONS
from vaguemestre.desks.backoffice.views.settings import sections_of
from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.desks.enrolment.models import Officer
from vaguemestre.desks.removals.models import Removal
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.queries import JournalFilter, _filtered
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import set_span
from vaguemestre.people.directory.models import Academy, ManagementService, NameWord, Person, Structure
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.intake.models import AppliedLine, Feed, MatchCandidate, PlannedRow, RefusedRow
from vaguemestre.schools.lists.models import MailingList
from vaguemestre.schools.sharing.models import Box, Member

pytestmark = pytest.mark.django_db
NUMEN = "20E0301234ABC"
UAI = "0809001Z"
OTHER = "0809002A"


@pytest.fixture
def place() -> int:
    return academy()


@pytest.fixture
def administrator(place: int) -> Account:
    return account("administratrice", role="administrator")


@pytest.fixture
def client(administrator: Account) -> Client:
    return client_of(administrator)


def client_of(who: Account) -> Client:
    return signed_in(who)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def table_of(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:]), delimiter=";"))


def feed(place: int, **told: Any) -> Feed:
    plain: dict[str, Any] = {
        "academy_id": place,
        "file_name": "rh.csv",
        "sha256": "0" * 64,
        "by": "cli",
        "started_at": NOON,
        "finished_at": NOON,
    }
    return Feed.objects.create(**{**plain, **told})


def school(uai: str = UAI, **told: Any) -> Structure:
    plain: dict[str, Any] = {"academy": Academy.objects.get(), "name": "Lycée Éluard", "town": "Amiens"}
    return Structure.objects.create(uai=uai, folded="lycee-eluard-amiens", **{**plain, **told})


def test_the_home_says_what_there_is_and_what_waits(client: Client, place: int) -> None:
    feed(place, refusal="Trop de fermetures.", finished_at=None)
    page = text(client.get("/administration/"))
    assert "1 import attend une confirmation" in page
    assert "6 services de gestion" in page


@pytest.mark.parametrize("role", ["agent", "hr_officer", "helpdesk"])
def test_nobody_else_comes_in(place: int, role: str) -> None:
    other = client_of(account("quidam", role=role))
    for path in ("", "personnes", "flux", "journal", "journal.csv", "reglages", "academies", "services"):
        assert other.get(f"/administration/{path}").status_code == 403, path
    assert Client().get("/administration/journal").status_code == 302


def test_what_changes_something_asks_for_a_fresh_proof(client: Client, place: int) -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=20))
    revocations.get().bump()
    service = ManagementService.objects.get(code="DPE")
    for path in ("academies", f"services/{service.pk}", f"services/{service.pk}/gestionnaires"):
        asked = client.post(f"/administration/{path}", {"account": "x"})
        assert asked["Location"].startswith("/alogin?confirmer=1"), path
    assert client.get("/administration/services").status_code == 200


def test_a_second_academie_comes_with_its_services_and_keeps_its_code(client: Client) -> None:
    told = {"code": "09", "name": "Académie de Lille", "domain": "ac-lille.test", "departments": "059 062"}
    assert client.post("/administration/academies", told).status_code == 302
    made = Academy.objects.get(domain="ac-lille.test")
    assert set(made.services.values_list("code", flat=True)) == {
        "DPE", "DPATE", "DEEP", "DSDEN_59", "DSDEN_62",
    }  # fmt: skip
    again = client.post("/administration/academies", told)
    assert again.status_code == 422
    assert "a déjà ce domaine" in again.content.decode()
    page = text(client.get(f"/administration/academies/{made.pk}"))
    assert f"<small>{escape(settings.CONFIG.academy.name)}</small>" in page
    client.post(f"/administration/academies/{made.pk}", {"name": "Académie du Nord"})
    made.refresh_from_db()
    assert (made.name, made.code) == ("Académie du Nord", "09")


def test_an_officer_is_named_and_dismissed(client: Client, place: int) -> None:
    somebody = account("chargee")
    service = ManagementService.objects.get(code="DPE")
    address = f"/administration/services/{service.pk}"
    named = {"account": "chargee", "reason": "Départ de sa collègue"}
    assert client.post(f"{address}/gestionnaires", {"account": "chargee"}).status_code == 422
    asked = text(client.post(f"{address}/gestionnaires", named))
    assert "Nommer gestionnaire ?" in asked
    assert "déclarer départs, suspensions et décès" in asked
    somebody.refresh_from_db()
    assert somebody.role == "agent"
    assert confirmed(client, f"{address}/gestionnaires", named).status_code == 302
    told = [event for event in events_of(AccountTouched) if event.account_id == somebody.pk]
    assert [(event.act, event.reason) for event in told] == [("role-changed", "Départ de sa collègue")]
    somebody.refresh_from_db()
    assert somebody.role == "hr_officer"
    assert Officer.objects.filter(account=somebody, service=service).exists()
    assert "chargee" in text(client.get("/administration/services"))
    client.post(f"{address}/gestionnaires", {"remove": str(somebody.pk)})
    somebody.refresh_from_db()
    assert somebody.role == "agent"
    assert not Officer.objects.filter(account=somebody).exists()


def test_an_account_never_activated_is_named_to_no_service(client: Client, place: int) -> None:
    """Whoever activates it would read NUMEN and declare deaths."""
    never = account("jamais", state="pending")
    address = f"/administration/services/{ManagementService.objects.get(code='DPE').pk}/gestionnaires"
    answer = confirmed(client, address, {"account": "jamais", "reason": "Rentrée"})
    assert answer.status_code == 422
    assert "n’est pas actif" in answer.content.decode()
    assert not Officer.objects.filter(account=never).exists()


def test_the_desk_is_not_made_an_officer_by_mistake(client: Client, place: int) -> None:
    account("lassistance", role="helpdesk")
    service = ManagementService.objects.get(code="DPE")
    named = {"account": "lassistance", "reason": "Rentrée"}
    answer = client.post(f"/administration/services/{service.pk}/gestionnaires", named)
    assert answer.status_code == 422
    assert "déjà un autre rôle" in answer.content.decode()


def test_a_service_says_how_to_reach_it(client: Client, place: int) -> None:
    service = ManagementService.objects.get(code="DPE")
    told = {"name": "DPE", "phone": "03 22 82 38 23", "address": "dpe@ac-amiens.test", "postal": "Amiens"}
    assert client.post(f"/administration/services/{service.pk}", told).status_code == 302
    service.refresh_from_db()
    assert (service.phone, service.postal) == ("03 22 82 38 23", "Amiens")
    assert Entry.objects.filter(action="directory.service-described").count() == 1


def test_a_school_is_opened_closed_and_followed_by_another(client: Client, place: int) -> None:
    told = {
        "academy": place,
        "uai": UAI.lower(),
        "name": "Collège Ferry",
        "town": "Albert",
        "opened_on": "01/09/2026",
    }
    made = client.post("/administration/etablissements/nouveau", told)
    first = Structure.objects.get(uai=UAI)
    assert (made.status_code, first.opened_on) == (302, date(2026, 9, 1))
    second = school(OTHER)
    address = f"/administration/etablissements/{first.pk}"
    change = {
        "name": "Collège Ferry",
        "opened_on": "01/09/2026",
        "closed_on": "31/08/2027",
        "successor": OTHER,
    }
    assert client.post(address, change).status_code == 302
    first.refresh_from_db()
    assert (first.closed_on, first.successor_id) == (date(2027, 8, 31), second.pk)
    circular = client.post(f"/administration/etablissements/{second.pk}", {"name": "B", "successor": UAI})
    assert "déjà cet établissement pour suite" in circular.content.decode()
    itself = client.post(address, {**change, "successor": UAI})
    assert "cet établissement même" in itself.content.decode()
    still_open = client.post(address, {**change, "closed_on": ""})
    assert "donnez aussi le dernier jour" in still_open.content.decode()
    backwards = client.post(address, {**change, "closed_on": "31/08/2025"})
    assert "La fermeture ne peut pas précéder" in backwards.content.decode()


def test_a_wrong_or_known_uai_is_refused(client: Client, place: int) -> None:
    school()
    for uai, words in (("0809001A", "lettre"), (UAI, "porte déjà le code")):
        answer = client.post(
            "/administration/etablissements/nouveau", {"academy": place, "uai": uai, "name": "X"}
        )
        assert answer.status_code == 422
        assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=eluard", True),
        ("q=0809", True),
        ("q=verne", False),
        ("etat=closed", False),
        ("secteur=PRIVE", False),
    ],
)
def test_schools_are_found_and_narrowed(client: Client, place: int, asked: str, found: bool) -> None:
    school(sector="PUBLIC")
    page = text(client.get(f"/administration/etablissements?{asked}"))
    assert (UAI in page) is found
    assert found or "retirez-en un" in page


def test_people_are_found_across_services_without_their_civil_status(client: Client, place: int) -> None:
    for code, username in (("DPE", "alpha"), ("DPATE", "beta")):
        made = managed_by(place, code, username, last_name=f"Nom{username}", numen="")
        NameWord.objects.create(person=made.person, word=f"nom{username}")
    page = text(client.get("/administration/personnes?q=nomalpha"))
    assert "Nomalpha" in page
    assert "Nombeta" not in page
    service = ManagementService.objects.get(code="DPATE")
    assert "Nombeta" in text(client.get(f"/administration/personnes?service={service.pk}"))


def test_a_person_shows_a_masked_numen_and_the_lines_that_changed_them(client: Client, place: int) -> None:
    made = managed_by(place, "DPE", "alpha", numen=NUMEN)
    person = made.person
    assert person is not None
    Person.objects.filter(pk=person.pk).update(birth_name="Naissance", usage_name="Usage")
    AppliedLine.objects.create(
        feed=feed(place), person=person, first_line=42, masked="20E••••••••BC", what="close", sealed=b"x"
    )
    page = text(client.get(f"/administration/personnes/{person.pk}"))
    for shown in ("20E••••••••BC", person.dossier, ">42<", "compte fermé", "Usage"):
        assert shown in page
    for kept in (NUMEN, "Naissance", BORN.strftime("%d/%m/%Y")):
        assert kept not in page
    assert client.get("/administration/personnes/987654").status_code == 404


def test_the_page_of_a_person_says_that_the_directory_shows_them_no_more(client: Client, place: int) -> None:
    person_id = managed_by(place, "DPE", "alpha").person_id
    assert "<dt>Annuaire</dt><dd>montré</dd>" in text(client.get(f"/administration/personnes/{person_id}"))
    Person.objects.filter(pk=person_id).update(hidden_since=datetime(2026, 12, 3, 8, tzinfo=UTC))
    page = text(client.get(f"/administration/personnes/{person_id}"))
    assert "<dt>Annuaire</dt><dd>retiré le 03/12/2026</dd>" in page


def give(client: Client, who: Account, role: str) -> int:
    """Ask for a role and confirm it. The status of the last answer."""
    form = {"role": role, "reason": "Renfort de rentrée"}
    answer = confirmed(client, f"/administration/personnes/{who.person_id}/role", form)
    who.refresh_from_db()
    return int(answer.status_code)


def test_a_role_is_given_for_a_reason_and_confirmed_but_never_to_oneself(
    client: Client, place: int, administrator: Account
) -> None:
    made = account("futureaide")
    address = f"/administration/personnes/{made.person_id}/role"
    assert "dites pourquoi" in client.post(address, {"role": "helpdesk"}).content.decode()
    asked = text(client.post(address, {"role": "helpdesk", "reason": "Renfort de rentrée"}))
    assert "Agent → Assistance" in asked
    made.refresh_from_db()
    assert made.role == "agent", "not before it is confirmed"
    assert give(client, made, "helpdesk") == 302
    assert made.role == "helpdesk"
    line = Entry.objects.get(action="credentials.role-given", to=f"account:{made.pk}")
    assert line.details == {"former_role": "agent", "role": "helpdesk", "reason": "Renfort de rentrée"}
    assert [event.act for event in events_of(AccountTouched) if event.account_id == made.pk] == [
        "role-changed"
    ]
    own = {"role": "agent", "reason": "Assez"}
    assert client.post(f"/administration/personnes/{administrator.person_id}/role", own).status_code == 409
    administrator.refresh_from_db()
    assert administrator.role == "administrator"


def test_an_administrator_without_second_factor_is_refused_before_the_form_is_filled(
    client: Client, place: int
) -> None:
    bare, armed = managed_by(place, "DPE", "sansfacteur"), managed_by(place, "DPE", "avecfacteur")
    add_application(armed)
    choice = 'option value="administrator"'
    page = text(client.get(f"/administration/personnes/{bare.person_id}"))
    assert choice not in page
    assert 'option value="helpdesk"' in page
    assert "qu’elle ajoute d’abord une application d’authentification" in page
    page = text(client.get(f"/administration/personnes/{armed.person_id}"))
    assert choice in page
    assert "qu’elle ajoute d’abord" not in page


def test_one_more_administrator_holds_a_second_factor_and_the_others_are_told(
    client: Client, place: int
) -> None:
    """An account that is not active yet would give the office to whoever activates it."""
    other, made = account("autreadmin", role="administrator"), account("futuradmin")
    never, elsewhere = account("jamais", state="pending"), account("ailleurs", role="administrator")
    lille = Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    Person.objects.filter(pk=elsewhere.person_id).update(academy=lille)
    assert give(client, never, "administrator") == 409
    assert give(client, made, "administrator") == 409
    assert (never.role, made.role) == ("agent", "agent")
    add_application(made)
    assert give(client, made, "administrator") == 302
    told = [(event.account_id, event.act) for event in events_of(AccountTouched)]
    assert [who for who, act in told if act == "administrator-named"] == [other.pk], "elsewhere nobody is"
    assert (made.pk, "role-changed") in told


def test_a_role_taken_back_opens_nothing_from_the_next_page_on(
    client: Client, place: int, administrator: Account, own_revocations: FileRevocations
) -> None:
    made, other = account("aide", role="helpdesk"), Client()
    other.post("/alogin", {"username": made.username, "secret": PASSWORD})
    assert other.get("/assistance/").status_code == 200
    assert give(client, made, "agent") == 302
    assert other.get("/assistance/").status_code == 403
    assert own_revocations.end_count() == 0, "their session goes on"


def test_an_officer_removed_opens_nothing_from_the_next_page_on(
    client: Client, place: int, own_revocations: FileRevocations
) -> None:
    made, service = account("gestionnaire"), ManagementService.objects.get(code="DPE")
    address, other = f"/administration/services/{service.pk}/gestionnaires", client_of(made)
    assert other.get("/gestion/").status_code == 403
    confirmed(client, address, {"account": made.username, "reason": "Rentrée"})
    assert other.get("/gestion/").status_code == 200
    client.post(address, {"remove": str(made.pk)})
    assert other.get("/gestion/").status_code == 403
    assert own_revocations.end_count() == 0


def test_an_office_limited_from_the_terminal_is_told_to_every_worker(
    place: int, administrator: Account, own_revocations: FileRevocations
) -> None:
    set_span(administrator.pk, spans=True, by="cli", now=NOON)
    DBTaskResult.objects.all().delete()
    before = own_revocations.count()
    set_span(administrator.pk, spans=False, by="cli", now=NOON)
    for job in DBTaskResult.objects.all():
        wake.call(*job.args_kwargs["args"])
    assert own_revocations.count() > before


def test_a_feed_shows_its_plan_its_refused_lines_and_who_confirmed(
    client: Client, place: int, administrator: Account
) -> None:
    made = feed(
        place, arrivals=3, refusal="Trop.", confirmed_by=f"account:{administrator.pk}", decided_at=NOON
    )
    RefusedRow.objects.create(feed=made, line=7, column="uai", dossier="=1+1", reason="@SUM(A1)")
    figures = '<th scope="col" class="number"><a class="sorted"'
    assert text(client.get("/administration/flux")).count(figures) == 2  # arrivals, departures
    waiting = feed(place, refusal="Trop.", finished_at=None)
    assert "tout le fichier a servi" not in text(client.get(f"/administration/flux/{waiting.pk}"))
    page = text(client.get(f"/administration/flux/{made.pk}?vue=refus"))
    for shown in ("administratrice", "ligne de commande", "Trop.", "@SUM(A1)", "Lignes refusées (1)"):
        assert shown in page
    sought = text(client.get(f"/administration/flux/{made.pk}?vue=refus&q=dossier"))
    assert "Lignes refusées (0 sur 1)" in sought
    rows = table_of(client.get(f"/administration/flux/{made.pk}/refus.csv"))
    assert rows == [["ligne", "colonne", "dossier", "raison"], ["7", "uai", "'=1+1", "'@SUM(A1)"]]


def test_the_lines_that_changed_people_are_given_without_a_numen(client: Client, place: int) -> None:
    made = managed_by(place, "DPE", "alpha", numen=NUMEN)
    kept = feed(place)
    AppliedLine.objects.create(
        feed=kept, person=made.person, first_line=9, masked="20E••••••••BC", what="arrival", sealed=b"x"
    )
    rows = table_of(client.get(f"/administration/flux/{kept.pk}/lignes.csv"))
    assert rows[1][0] == "9"
    assert rows[1][2:] == ["20E••••••••BC", "arrivée"]
    assert Entry.objects.filter(action="backoffice.file-taken", to=f"feed:{kept.pk}").count() == 1


@pytest.mark.parametrize(("act", "confirmed"), [("confirmer", True), ("abandonner", False)])
def test_a_feed_refused_whole_is_confirmed_or_given_up_once(
    client: Client, place: int, administrator: Account, act: str, confirmed: bool
) -> None:
    made = waiting_feed(place, departures=30)
    address = f"/administration/flux/{made.pk}"
    page = text(client.get(address))
    assert "Confirmer 30 départs" in page
    assert 'name="plan" value="abc"' in page
    told = {"act": act, "plan": "abc", "departures": "30"}
    assert client.post(f"{address}/decider", told).status_code == 302
    made.refresh_from_db()
    assert made.decided_at is not None
    assert made.confirmed_by == (f"account:{administrator.pk}" if confirmed else "")
    assert client.post(f"{address}/decider", told).status_code == 409
    assert "attend une décision" not in text(client.get(address))


def waiting_feed(place: int, **told: Any) -> Feed:
    """A feed refused whole, with a plan made just now."""
    now = timezone.now()
    plain = {"refusal": "Trop de fermetures.", "finished_at": None, "plan_digest": "abc"}
    return feed(place, **{**plain, "planned_at": now, "planned_on": now.date(), **told})


def planned(made: Feed, rank: int, kind: str, **told: Any) -> PlannedRow:
    name = told.pop("name", f"Personne {rank}")
    return PlannedRow.objects.create(
        feed=made,
        rank=rank,
        kind=kind,
        dossier=f"D{rank}",
        name=name,
        sorted_as=fold(name),
        line=rank,
        **told,
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"plan": "abc", "departures": "3"}, "écrivez le nombre de départs : 30"),
        ({"plan": "abc"}, "écrivez le nombre de départs : 30"),
        ({"plan": "abc", "departures": "trente"}, "écrivez le nombre de départs : 30"),
        ({"plan": "old", "departures": "30"}, "Le plan a été refait depuis que cette page est ouverte"),
    ],
)
def test_a_feed_is_not_confirmed_without_its_number_or_on_another_plan(
    client: Client, place: int, told: dict[str, str], words: str
) -> None:
    made = waiting_feed(place, departures=30)
    answer = client.post(f"/administration/flux/{made.pk}/decider", {"act": "confirmer", **told})
    assert answer.status_code == 409
    assert words in as_typed(answer.content.decode())
    made.refresh_from_db()
    assert made.decided_at is None


@pytest.mark.parametrize(
    ("departures", "is_uploaded", "status"), [(101, True, 409), (100, True, 302), (101, False, 302)]
)
def test_who_gave_a_file_does_not_confirm_alone_that_many_leave(
    client: Client, place: int, administrator: Account, departures: int, is_uploaded: bool, status: int
) -> None:
    other = account("collegue", role="administrator")
    made = waiting_feed(
        place, departures=departures, by=f"account:{administrator.pk}", is_uploaded=is_uploaded
    )
    address, told = f"/administration/flux/{made.pk}/decider", {
        "act": "confirmer", "plan": "abc", "departures": str(departures),
    }  # fmt: skip
    answer = client.post(address, told)
    assert answer.status_code == status
    if status == 409:
        assert "une autre personne de l’administration" in as_typed(answer.content.decode())
        made.refresh_from_db()
        assert made.decided_at is None
        assert client_of(other).post(address, told).status_code == 302


def test_a_file_cut_in_pieces_is_not_confirmed_alone_either(
    client: Client, place: int, administrator: Account
) -> None:
    other = account("collegue", role="administrator")
    own = {"by": f"account:{administrator.pk}", "is_uploaded": True, "file_name": "piece.csv"}
    old, first, theirs, second, small = (
        waiting_feed(place, departures=count, **{**own, **changed})
        for count, changed in (
            (90, {}), (60, {}), (90, {"by": f"account:{other.pk}"}), (41, {}), (40, {}),
        )
    )  # fmt: skip

    def confirmed(feed: Feed) -> int:
        told = {"act": "confirmer", "plan": "abc", "departures": str(feed.departures)}
        return int(client.post(f"/administration/flux/{feed.pk}/decider", told).status_code)

    assert confirmed(old) == 302
    Feed.objects.filter(pk=old.pk).update(decided_at=timezone.now() - timedelta(hours=25))
    assert [confirmed(feed) for feed in (first, theirs, second, small)] == [302, 302, 409, 302]
    told = {"act": "confirmer", "plan": "abc", "departures": "41"}
    assert client_of(other).post(f"/administration/flux/{second.pk}/decider", told).status_code == 302


def test_the_only_administrator_confirms_the_file_they_gave(
    client: Client, place: int, administrator: Account
) -> None:
    made = waiting_feed(place, departures=101, by=f"account:{administrator.pk}", is_uploaded=True)
    told = {"act": "confirmer", "plan": "abc", "departures": "101"}
    assert client.post(f"/administration/flux/{made.pk}/decider", told).status_code == 302


def test_a_held_feed_names_who_leaves_changes_and_arrives(client: Client, place: int) -> None:
    leaver = managed_by(place, "DPE", "octave")
    made = waiting_feed(place, departures=1, changes=1, arrivals=1)
    planned(made, 0, "departure", person=leaver.person, name="Octave Beaunier", leaves_on=date(2026, 11, 26))
    planned(
        made, 1, "change", name="Camille Delattre",
        differences=[["usage-name", "", "Delattre-Roy", ""], ["numen", "20E••••••••BC", "20E••••••••XY", ""]],
    )  # fmt: skip
    planned(made, 2, "arrival", name="Lina Morel", uai=UAI, function="ENS")
    page = text(client.get(f"/administration/flux/{made.pk}"))
    for shown in (
        "1 départ", "Octave Beaunier", "compte fermé le 26/01/2027", "1 changement", "Camille Delattre",
        "Nom d’usage", "Delattre-Roy", "20E••••••••BC", "1 arrivée", "Lina Morel", "Enseignement",
        "Pour confirmer, écrivez le nombre de départs", "Plan établi",
    ):  # fmt: skip
        assert shown in page, shown


def test_the_lists_of_a_large_plan_are_paged_and_searched_in_few_questions(
    client: Client, place: int, django_assert_max_num_queries: Any
) -> None:
    made = waiting_feed(place, departures=90)
    for rank in range(90):
        planned(
            made, rank, "departure", name=f"Zoé Départ{'abcdefghij'[rank % 10]}{'klmnopqrst'[rank // 10]}"
        )
    address = f"/administration/flux/{made.pk}"
    with django_assert_max_num_queries(45):
        first = text(client.get(address))
    assert first.count("Zoé Départ") == 30
    assert "Page 1 sur 3" in first
    found = text(client.get(f"{address}?vue=departs&q=zoé+départbl"))
    assert found.count("Zoé Départ") == 1
    assert "Personne ne répond à ces mots" in text(client.get(f"{address}?vue=departs&q=personne"))


def test_a_stale_plan_is_told_and_asked_for_again_and_cannot_be_confirmed(client: Client, place: int) -> None:
    person = managed_by(place, "DPE", "camille").person
    made = waiting_feed(place, departures=1, planned_at=timezone.now() - timedelta(minutes=20))
    planned(made, 0, "departure", person=person, name="Camille Delattre")
    newer = feed(place, finished_at=timezone.now(), changes=1)
    AppliedLine.objects.create(feed=newer, person=person, first_line=2, kind="change", sealed=b"x")
    address = f"/administration/flux/{made.pk}"
    page = text(client.get(address))
    assert "Un import plus récent a été appliqué" in page
    assert "touche 1 personne de ce plan" in page
    assert "changé depuis" in page
    assert "Confirmer 1 départ" not in page
    told = {"act": "confirmer", "plan": "abc", "departures": "1"}
    assert client.post(f"{address}/decider", told).status_code == 409
    after = client.post(f"{address}/decider", {"act": "refaire"})["Location"]
    waiting = text(client.get(after))
    assert "en train d’être refait" in waiting
    assert "Le plan est refait" not in waiting
    assert DBTaskResult.objects.filter(task_path__contains="wake").exists()
    Feed.objects.filter(pk=made.pk).update(replan_asked_at=None, planned_at=timezone.now())
    done = text(client.get(after))
    assert "Le plan est refait" in done
    assert "Votre décision est enregistrée" not in done


def test_an_applied_feed_says_who_left_and_what_changed(client: Client, place: int) -> None:
    person = managed_by(place, "DPE", "camille").person
    made = feed(place, departures=1)
    AppliedLine.objects.create(
        feed=made, person=person, first_line=0, kind="departure", sealed=b"x",
        differences=[["end", "", "2026-11-24", UAI]],
    )  # fmt: skip
    page = text(client.get(f"/administration/flux/{made.pk}"))
    assert "1 départ" in page
    assert person.shown_name in page


def test_a_match_candidate_is_answered(client: Client, place: int) -> None:
    made = managed_by(place, "DPE", "alpha")
    candidate = MatchCandidate.objects.create(
        academy_id=place, dossier="F1", person=made.person, reason="Mêmes noms.", feed=feed(place),
        first_line=3, sealed=b"x", seen_at=NOON,
    )  # fmt: skip
    assert "Mêmes noms." in text(client.get("/administration/flux/doutes"))
    assert client.post(f"/administration/flux/doutes/{candidate.pk}", {"answer": "meme"}).status_code == 302
    candidate.refresh_from_db()
    assert candidate.answer == "same"
    assert "Aucune ressemblance n’attend" in text(client.get("/administration/flux/doutes"))
    answered = text(client.get("/administration/flux/doutes?etat=tranches"))
    assert "Revenir sur la réponse" in answered
    client.post(f"/administration/flux/doutes/{candidate.pk}", {"answer": "reprendre"})
    candidate.refresh_from_db()
    assert candidate.answer == ""


def test_the_journal_is_sought_and_reading_it_is_written_once_an_hour(
    client: Client, place: int, administrator: Account
) -> None:
    somebody = account("cible")
    record("signin.refused", to=f"account:{somebody.pk}", by="system", at=NOON, why="=cmd")
    page = text(client.get("/administration/journal?objet=cible"))
    assert "Connexion refusée" in page
    assert "pourquoi : =cmd" in page
    assert "1 ligne" in page
    assert "Aucune ligne ne répond" in text(client.get("/administration/journal?acte=nothing"))
    read = Entry.objects.filter(action="backoffice.journal-read", by=f"account:{administrator.pk}")
    assert read.count() == 1


@pytest.mark.parametrize("day", ["31/02/2026", "hier"])
def test_a_day_that_is_none_searches_nothing_in_the_journal_and_keeps_what_was_typed(
    client: Client, place: int, administrator: Account, day: str
) -> None:
    record("signin.refused", to="account:1", by="system", at=NOON)
    query = urlencode({"acte": "connexion", "du": day, "au": "19/12/2026"})
    page = text(client.get(f"/administration/journal?{query}"))
    assert "Rien n’a été cherché." in page
    assert "Lignes du journal" not in page
    assert ("Ces lignes (CSV)" in page, "Aucune ligne ne répond" in page) == (False, False)
    for typed in ("connexion", day, "19/12/2026"):
        assert f'value="{typed}"' in page
    answer = client.get(f"/administration/journal.csv?{query}")
    assert answer["Location"] == f"/administration/journal?{query}"
    assert not Entry.objects.filter(action="backoffice.file-taken").exists()


def named(username: str, first_name: str, last_name: str) -> Account:
    """An account found by name."""
    made = account(username, first_name=first_name, last_name=last_name)
    words = fold(f"{first_name} {last_name}").split("-")
    NameWord.objects.bulk_create(NameWord(person_id=made.person_id, word=word) for word in words)
    return made


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("acte=remise", 2),
        ("acte=Remise confirmée", 1),
        ("acte=helpdesk.key", 1),
        ("acte=connexion refusee", 1),
        ("acte=suspension", 1),
        ("acte=compte suspension", 1),
        ("acte=néant", 0),
        ("objet=Camille Delattre", 2),
        ("objet=delattre camille", 2),
        ("objet=Dela", 2),
        ("objet=cdelattre", 2),
        ("objet=Durand", 0),
        ("objet=person:%(person)s", 1),
        ("par=l’instance", 1),
        ("par=Camille Delattre", 1),
        ("par=Camille Delattre&objet=Camille Delattre", 0),
        ("acte=remise&objet=Delattre", 1),
    ],
)
def test_the_journal_is_searched_by_what_it_shows(
    client: Client, place: int, administrator: Account, query: str, lines: int
) -> None:
    camille = named("cdelattre", "Camille", "Delattre")
    theirs, person = f"account:{camille.pk}", f"person:{camille.person_id}"
    nobody = f"account:{camille.pk + 1000}"  # a number of its own, whatever ran before
    record("helpdesk.hand-over-confirmed", to=theirs, by=nobody, at=NOON)
    record("helpdesk.key-given", to=nobody, by=theirs, at=NOON)
    record("signin.refused", to=person, by="system", at=NOON)
    record("credentials.account-suspended", to=nobody, by=nobody, at=NOON)
    there = f"/administration/journal?{query % {'person': camille.person_id} if '%(' in query else query}"
    assert re.search(rf">{lines} lignes?<", text(client.get(there)))


def test_an_establishment_shows_its_mailbox_who_answers_for_it_and_its_lists(
    client: Client, place: int, administrator: Account
) -> None:
    school = Structure.objects.create(uai=UAI, academy_id=place, name="Collège Jules Verne", town="Amiens")
    address = f"/administration/etablissements/{school.pk}"
    assert re.search("<dt>Boîte</dt><dd>Aucune</dd>", text(client.get(address)))
    box = Box.objects.create(
        account=account("cedelecole"), academy_id=place, kind="school", structure=school,
        address=f"ce.{UAI}@ac-amiens.test", title=school.name, opened_at=NOON,
    )  # fmt: skip
    page = text(client.get(address))
    assert f"/boites/sans-responsable/?q=ce.{UAI}%40ac-amiens.test" in page
    for number, (name, is_owner) in enumerate((("Dirige", True), ("Aide", False), ("Seconde", False))):
        Member.objects.create(
            box=box, account=account(f"membre{number}", first_name="Lou", last_name=name), right="manage",
            is_owner=is_owner, source="hand", starts_at=NOON, added_by="test",
        )  # fmt: skip
    MailingList.objects.create(
        account=account("listedelecole"), address="liste.parents@ac-amiens.test", title="Parents",
        kind="manual", within=UAI, created_at=NOON,
    )  # fmt: skip
    page = text(client.get(address))
    assert "Responsable : Lou Dirige ; 2 autres membres" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "liste.parents@ac-amiens.test" in page


def test_the_journal_names_boxes_and_lists_by_their_addresses(
    client: Client, place: int, administrator: Account
) -> None:
    holder = account("boiteprojet")
    Account.objects.filter(pk=holder.pk).update(mailbox="projet.lecture@ac-amiens.test")
    box = Box.objects.create(
        account=holder,
        academy_id=place,
        kind="project",
        address="projet.lecture@ac-amiens.test",
        title="Lecture",
        opened_at=NOON,
    )
    letters = MailingList.objects.create(
        account=account("listelecture"),
        address="liste.lecture@ac-amiens.test",
        title="Lecture",
        kind="manual",
        created_at=NOON,
    )
    record("sharing.answered", to=f"box:{box.pk}", by="system", at=NOON)
    record("lists.closed", to=f"list:{letters.pk}", by="system", at=NOON)
    for address in (box.address, letters.address):
        page = text(client.get(f"/administration/journal?objet={address.upper()}"))
        assert re.search(">1 ligne<", page)
        assert f">{address}<" in page


def test_a_name_too_many_bear_is_to_be_completed(
    client: Client, place: int, administrator: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_PEOPLE", 1)
    for number in range(2):
        named(f"m{number}", f"Anne{number}", "Martin")
    said = text(client.get("/administration/journal?objet=Martin"))
    assert "Plus de 1 personnes portent ce nom" in said
    assert "portent ce nom" not in text(client.get("/administration/journal?objet=Anne1 Martin"))


def test_every_criterion_of_the_journal_is_read_by_index(place: int) -> None:
    if connection.vendor == "postgresql":  # a table of no line is read whole otherwise
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    sought = queries.journal_criteria("remise", "Camille Delattre", "l’instance", JournalFilter())
    for one in (
        JournalFilter(actions=sought.actions),
        JournalFilter(by=sought.by),
        JournalFilter(to=sought.to),
    ):
        plan = _filtered(one).explain()
        assert "journal_entry_" in plan, plan
        assert "SCAN" not in plan
        assert "Seq Scan" not in plan


def test_the_journal_is_given_as_a_file_without_formulas(client: Client, place: int) -> None:
    record("signin.refused", to="=HYPERLINK(1)", by="system", at=NOON)
    rows = table_of(client.get("/administration/journal.csv?acte=signin.refused"))
    assert rows[1][2:6] == ["signin.refused", "Connexion refusée", "l’instance", "'=HYPERLINK(1)"]
    assert rows[1][1] == "2026-11-25 13:00:00+01:00"
    assert Entry.objects.filter(action="backoffice.file-taken", to="journal").count() == 1


def test_every_setting_has_its_meaning_and_every_meaning_a_setting() -> None:
    keys = {row["key"] for _, rows in sections_of(settings.CONFIG) for row in rows}
    said = {key for key in MEANINGS if "." in key}
    assert keys - said == set(), "say what these settings mean in backoffice/rules/meanings.py"
    assert said - keys == set(), "these settings are gone: remove their meaning"
    named = {one.name for one in dataclasses.fields(settings.CONFIG) if dataclasses.is_dataclass(one.type)}
    assert named <= set(SECTIONS) | named


def test_settings_show_value_default_and_meaning(client: Client) -> None:
    page = text(client.get("/administration/reglages?q=feed."))
    assert "closure_limit_percent" in page
    assert "2.0" in page
    assert "undo_seconds" not in page


def test_a_list_is_put_in_order_by_its_head(client: Client, place: int) -> None:
    school()
    school(OTHER, name="Abc")
    page = text(client.get("/administration/etablissements?tri=-uai"))
    assert re.search(f"{OTHER}.*{UAI}", page, re.DOTALL)
    assert 'aria-sort="descending"' in page
    page = text(client.get("/administration/etablissements?tri=uai"))
    assert re.search(f"{UAI}.*{OTHER}", page, re.DOTALL)


def test_an_officer_sees_nothing_here(place: int) -> None:
    theirs = client_of(officer(place, "DPE"))
    made = managed_by(place, "DPATE", "alpha")
    assert theirs.get(f"/administration/personnes/{made.person_id}").status_code == 403


def test_held_mail_and_removals_that_wait_for_somebody_are_to_decide(client: Client, place: int) -> None:
    passed(account("retenu"), hold="held", hold_code="outbox.burst")
    Removal.objects.create(state="awaiting", asked_by="cli", asked_at=NOON, changed_at=NOON)
    home = as_typed(client.get("/administration/").content.decode())
    assert "1 compte a des courriels retenus" in home
    assert "1 retrait de courriels attend une deuxième personne" in home


def test_acts_on_many_people_that_wait_for_somebody_are_to_decide(client: Client, place: int) -> None:
    def make(state: str, academy_id: int = 0) -> BulkAct:
        return BulkAct.objects.create(
            state=state, act="quota", asked_by="cli", asked_at=NOON, changed_at=NOON, academy_id=academy_id
        )

    make("done")
    assert "attend une deuxième personne" not in as_typed(client.get("/administration/").content.decode())
    waiting = make("awaiting")
    home = as_typed(client.get("/administration/").content.decode())
    assert "1 acte sur plusieurs personnes attend une deuxième personne" in home
    assert f'"/administration/personnes/actes/{waiting.pk}"' in home
    make("undo-wait")
    home = as_typed(client.get("/administration/").content.decode())
    assert "2 actes sur plusieurs personnes attendent une deuxième personne" in home
    assert '"/administration/personnes/actes"' in home
