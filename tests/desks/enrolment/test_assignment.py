"""Requests are assigned, noted and passed on, within the services of whoever does it."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import academy, applicant, filed, managed_by, officer, school
from tests.foundation.ui.confirmation import confirmed

from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.handlers import follow_people
from vaguemestre.desks.enrolment.models import NumenRequest, RequestNote, Step
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Assignment, ManagementService, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> int:
    return academy()


def client_of(who: Account) -> Client:
    return signed_in(who)


def test_a_departure_to_come_waits_on_the_home_page_of_its_service(place: int) -> None:
    desk, today = client_of(officer(place, "DPE")), paris_day(timezone.now())
    leaver = managed_by(place, "DPE", "partante", last_name="Partante")
    posts = Assignment.objects.filter(person_id=leaver.person_id)
    posts.update(starts_on=today - timedelta(days=400), ends_on=today + timedelta(days=200))
    assert "d’ici trente jours" not in desk.get("/").text
    posts.update(ends_on=today + timedelta(days=9))
    home = desk.get("/").text
    assert "1 départ d’ici trente jours" in home
    (link,) = re.findall(r'href="(/gestion/personnes[^"]+)"', home)
    assert "Partante" in desk.get(html.unescape(link)).text
    assert "d’ici trente jours" not in client_of(officer(place, "DPATE")).get("/").text


def test_whoever_takes_a_request_handles_it_and_may_hand_it_to_a_colleague(place: int) -> None:
    mine, colleague, stranger = officer(place, "DPE"), account("collegue"), officer(place, "DPATE")
    service = ManagementService.objects.get(academy_id=place, code="DPE")
    services.appoint_officer(colleague.pk, service.pk, by="test", now=NOON)
    request, _ = filed(place)
    desk, there = client_of(mine), f"/gestion/demandes/{request.pk}"
    assert desk.post(f"{there}/prendre").status_code == 302
    assert NumenRequest.objects.get().assignee_id == mine.pk
    assert request.reference in desk.get("/gestion/?confiees=moi").content.decode()
    assert re.search(r'name="about" value="[^"]+, demande confiée à [^"]+"', desk.get(there).text)
    assert desk.post(f"{there}/confier", {"officer": stranger.pk}).status_code == 409
    assert desk.post(f"{there}/confier", {"officer": colleague.pk}).status_code == 302
    assert NumenRequest.objects.get().assignee_id == colleague.pk
    assert request.reference not in desk.get("/gestion/?confiees=moi").content.decode()


def test_a_note_is_read_by_officers_and_never_by_the_applicant(place: int) -> None:
    request, receipt = filed(place)
    desk, there = client_of(officer(place, "DPE")), f"/gestion/demandes/{request.pk}"
    assert desk.post(f"{there}/noter", {"note": "  "}).status_code == 409
    assert desk.post(f"{there}/noter", {"note": "Rappelée mardi"}).status_code == 302
    assert "Rappelée mardi" in desk.get(there).content.decode()
    followed = Client().post("/numen/suivi", {"reference": receipt.reference, "secret": receipt.secret})
    assert followed.status_code == 200
    assert "Rappelée mardi" not in followed.content.decode()
    assert not Step.objects.filter(message__contains="Rappelée").exists()


def test_a_request_passed_on_waits_anew_at_the_other_service_which_is_told(place: int) -> None:
    request, _ = filed(place)
    other = officer(place, "DPATE")
    service = ManagementService.objects.get(academy_id=place, code="DPATE")
    desk, there = client_of(officer(place, "DPE")), f"/gestion/demandes/{request.pk}"
    desk.post(f"{there}/prendre")
    form = desk.get(there).content.decode()
    assert f'name="about-{service.pk}" value="{service.name}"' in form, "what « Reprendre » names"
    sent = {"note": "Personnel administratif", "service": service.pk}
    assert desk.post(f"{there}/transmettre", {**sent, "note": ""}).status_code == 409
    assert desk.post(f"{there}/transmettre", {**sent, "service": 999999}).status_code == 409
    gone = desk.post(f"{there}/transmettre", sent, follow=True)
    assert "Demande transmise" in gone.content.decode()
    assert desk.get(there).status_code == 404
    row = NumenRequest.objects.get()
    assert (row.service_id, row.state, row.assignee_id) == (service.pk, "submitted", None)
    assert "Personnel administratif" in client_of(other).get(there).content.decode()
    notice = queries.step_to_mail(Step.objects.latest("pk").pk, NOON)
    assert notice is not None
    assert not notice.service_notified
    assert notice.officers == (other.pk,)
    assert Entry.objects.filter(action="enrolment.request-passed-on").count() == 1


@pytest.mark.parametrize("act", ["prendre", "demander", "refuser", "existe", "creer", "noter", "exercice"])
def test_a_colleague_whose_page_is_still_open_learns_that_it_was_passed_on(place: int, act: str) -> None:
    request, _ = filed(place)
    there, uai = f"/gestion/demandes/{request.pk}", school().uai
    desk = client_of(officer(place, "DPE"))
    NumenRequest.objects.update(service=ManagementService.objects.get(academy_id=place, code="DPATE"))
    typed = {"message": "Dossier incomplet", "note": "Vue", "uai": uai, "workplace": "ecole", "work": "aesh"}
    answer = desk.post(f"{there}/{act}", typed)
    assert (answer.status_code, "transmise à un autre" in html.unescape(answer.content.decode())) == (
        422,
        True,
    )


def test_a_request_is_passed_on_within_its_academy_only(place: int) -> None:
    from_elsewhere = account("loin", role="hr_officer")
    request, _ = filed(place)
    assert RequestNote.objects.count() == 0
    for act in ("confier", "noter", "transmettre"):
        answer = client_of(from_elsewhere).post(f"/gestion/demandes/{request.pk}/{act}", {"note": "x"})
        assert answer.status_code == 403
    stranger = client_of(officer(place, "DPATE"))
    for act in ("confier", "noter", "transmettre"):
        assert stranger.post(f"/gestion/demandes/{request.pk}/{act}", {"note": "x"}).status_code == 422
    assert RequestNote.objects.count() == 0


def test_a_request_that_names_the_wrong_work_says_who_creates_it_and_how_to_go_on(place: int) -> None:
    """Whoever chose « enseignant » by mistake is passed on, and entered by hand by their own service."""
    request, _ = filed(place)
    service = ManagementService.objects.get(academy_id=place, code="DPATE")
    NumenRequest.objects.update(service=service)
    there, uai = f"/gestion/demandes/{request.pk}", school().uai
    desk = client_of(officer(place, "DPATE"))
    told = html.unescape(confirmed(desk, f"{there}/creer", {"uai": uai}).content.decode())
    charge = ManagementService.objects.get(academy_id=place, code="DPE")
    assert f"un autre service crée la personne : {charge.name}." in " ".join(told.split())
    field = re.search(r'<input[^>]*id="id_uai"[^>]*>', told)
    assert field is not None
    assert f'value="{uai}"' in field[0]
    assert "« Corriger où cette personne exerce »" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "entrez la personne par « Arrivée à la main »" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert NumenRequest.objects.get().person_id is None
    entered = managed_by(place, "DPATE", "nnguyen9", first_name="Ngoc-Anh", last_name="Nguyen")
    Person.objects.filter(pk=entered.person_id).update(birth_date=applicant().birth_date)
    confirmed(desk, f"{there}/existe", {"person_id": entered.person_id})
    row = NumenRequest.objects.get()
    assert (row.state, row.person_id) == ("approved", entered.person_id)


def test_whoever_receives_a_request_corrects_the_work_it_names_and_creates_the_person(place: int) -> None:
    """It stopped there: « c'est à un autre service de le faire », which had passed it on."""
    request, _ = filed(place)
    service = ManagementService.objects.get(academy_id=place, code="DPATE")
    NumenRequest.objects.update(service=service)
    there, uai = f"/gestion/demandes/{request.pk}", school().uai
    desk = client_of(officer(place, "DPATE"))
    assert "Corriger où cette personne exerce" in desk.get(there).content.decode()
    wrong = desk.post(f"{there}/exercice", {"workplace": "superieur", "work": "administratif"}, follow=True)
    assert "Corrigé" not in wrong.content.decode()
    told = desk.post(f"{there}/exercice", {"workplace": "second-degre", "work": "administratif"}, follow=True)
    page = " ".join(html.unescape(told.content.decode()).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Corrigé : le service qui crée la personne suit ce choix" in page
    assert "personnel administratif, technique, social ou de santé (la demande disait :" in page
    assert (
        Entry.objects.get(action="enrolment.work-corrected").details["after"] == "second-degre administratif"
    )
    assert confirmed(desk, f"{there}/creer", {"uai": uai}).status_code == 302
    assert NumenRequest.objects.get().person_id
    late = desk.post(f"{there}/exercice", {"workplace": "second-degre", "work": "enseignant"})
    assert late.status_code == 422
    assert NumenRequest.objects.get().applicant["work"] == "administratif"


def test_nobody_corrects_the_work_of_another_services_request(place: int) -> None:
    request, _ = filed(place)
    stranger = client_of(officer(place, "DPATE"))
    stranger.post(f"/gestion/demandes/{request.pk}/exercice", {"workplace": "service", "work": "inspection"})
    assert NumenRequest.objects.get().applicant["work"] == request.applicant["work"]


@pytest.mark.parametrize("state", ["approved", "under_review", "closed"])
def test_a_request_whose_letter_is_due_follows_its_person_to_another_service(place: int, state: str) -> None:
    """Its officer found no person behind the letter, and the other service knew of no letter."""
    request, _ = filed(place)
    entered = managed_by(place, "DPATE", "nnguyen9", first_name="Ngoc-Anh", last_name="Nguyen")
    NumenRequest.objects.update(state=state, person_id=entered.person_id)
    follow_people(PeopleChanged([entered.person_id or 0]))
    row, is_due = NumenRequest.objects.get(), state == "approved"
    assert row.service.code == ("DPATE" if is_due else "DPE")
    assert (row.notes.count(), row.assignee_id) == (int(is_due), None)
    there = f"/gestion/demandes/{request.pk}"
    assert client_of(officer(place, "DPE")).get(there).status_code == (404 if is_due else 200)
    if is_due:
        shown = html.unescape(client_of(officer(place, "DPATE")).get(there).content.decode())
        assert "Le système" in shown
        assert "La demande la suit" in shown
    follow_people(PeopleChanged([entered.person_id or 0]))
    assert row.notes.count() == int(is_due)
