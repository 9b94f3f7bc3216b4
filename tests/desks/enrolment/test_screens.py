"""From three questions to a letter, and nobody out of scope is ever seen."""

import html
import re
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import PDF, academy, applicant, filed, managed_by, officer, school
from tests.foundation.ui.confirmation import MARK, confirmed
from tests.people.intake.lines import feed, line

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.models import NumenRequest, Proof
from vaguemestre.desks.enrolment.values import RequestState
from vaguemestre.desks.enrolment.views.labels_fr import DONE_LABELS
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, MailAddress, NumenRow, Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.services import issue_numen
from vaguemestre.people.directory.services.name_changes import reindex_names
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake.models import MatchCandidate
from vaguemestre.people.intake.services import FeedFiles, ImportContext, apply_feed
from vaguemestre.people.intake.values import ImportTerms

pytestmark = pytest.mark.django_db
QUESTIONS = "lieu=second-degre&metier=enseignant&departement=080"


@pytest.fixture
def place() -> int:
    return academy()


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def client_of(who: Account) -> Client:
    return signed_in(who)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "civility": "Mme",
        "birth_name": "Nguyễn",
        "first_name": "Ngọc Ánh",
        "birth_date": "17/05/1996",
        "birth_place": "Laon",
        "school": "Collège Jean-Macé, Abbeville",
        "post": "SVT",
        "starts_on": "01/09/2026",
        "ends_on": "",
        "contact": "ngoc@perso.example",
        "postal": "3 rue des Lilas",
        "proofs": SimpleUploadedFile("contrat.pdf", PDF),
        **changes,
    }


def feed_of(academy_id: int, tmp_path: Path, *lines: str) -> None:
    setting = ImportContext(academy_id, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")
    apply_feed(
        FeedFiles(feed(*lines)),
        setting,
        ImportTerms(NOON.date(), 60, 2.0),
        now=NOON,
        progress=lambda *_: None,
    )


class TestTheApplicant:
    def test_no_answer_is_given_for_somebody_and_departments_have_names(self, place: int) -> None:
        page = Client().get("/numen/")
        assert page.content.decode().count('<option value="" selected>') == 3
        assert "Aisne (02) Oise (60) Somme (80)" in words(page)
        half = words(Client().get("/numen/?lieu=ecole&metier=&departement=080"))
        assert "Choisissez votre métier." in half
        assert "Demander un NUMEN à ce service" not in half

    def test_three_answers_show_the_service_and_how_to_reach_it(self, place: int) -> None:
        said = words(Client().get(f"/numen/?{QUESTIONS}"))
        assert "ce.dpe@ac-amiens.test" in said
        assert "Demander un NUMEN à ce service" in said

    def test_higher_education_is_explained_instead(self, place: int) -> None:
        said = words(Client().get("/numen/?lieu=superieur&metier=enseignant&departement=080"))
        assert "gèrent elles-mêmes leurs personnels" in said
        assert "Demander un NUMEN à ce service" not in said

    def test_a_request_gives_a_reference_and_a_secret_that_follow_it(self, place: int) -> None:
        visitor = Client()
        receipt = visitor.post(f"/numen/demande?{QUESTIONS}", typed()).content.decode()
        reference = re.search(r'id="reference">([^<]+)<', receipt)
        secret = re.search(r'id="tracking-secret">([^<]+)<', receipt)
        assert reference
        assert secret
        given = {"reference": reference[1].lower(), "secret": secret[1].replace("-", " ")}
        assert "Demande reçue." in words(visitor.post("/numen/suivi", given))
        kept = dict(re.findall(r'<input type="hidden" name="(reference|secret)" value="([^"]+)">', receipt))
        assert "Demande reçue." in words(visitor.post("/numen/suivi", kept))  # « Suivre ma demande »
        assert "<print-page>" in receipt
        assert secret[1] not in str(NumenRequest.objects.values())

    def test_neither_half_alone_opens_it_and_the_answer_is_the_same(self, place: int) -> None:
        request, receipt = filed(place)
        wrong = [(request.reference, "AAAAA-AAAAA-AAAAA"), ("N26-ZZZZZZ", receipt.secret)]
        said = {
            re.sub(
                r"value=.[^>]*",
                "",
                Client().post("/numen/suivi", {"reference": r, "secret": s}).content.decode(),
            )
            for r, s in wrong
        }
        assert len({re.sub(r"csrf[^>]*>", "", one) for one in said}) == 1

    def test_what_is_missing_is_said_and_what_was_typed_stays(self, place: int) -> None:
        answer = Client().post(f"/numen/demande?{QUESTIONS}", typed(birth_date="31/02/1996", proofs=""))
        assert answer.status_code == 422
        assert "Cette date n’existe pas" in words(answer)
        again = Client().post(f"/numen/demande?{QUESTIONS}", typed(birth_date="mai 1996"))
        assert "Écrivez la date ainsi" in words(again)
        assert 'value="Nguyễn"' in answer.content.decode()
        assert NumenRequest.objects.count() == 0

    def test_a_file_that_is_no_document_is_refused(self, place: int) -> None:
        given = typed(proofs=SimpleUploadedFile("contrat.pdf", b"MZ\x90"))
        assert "ni une image JPEG ou PNG" in words(Client().post(f"/numen/demande?{QUESTIONS}", given))

    def test_one_network_files_a_few_an_hour(self, place: int) -> None:
        visitor = Client()
        answers = [visitor.post(f"/numen/demande?{QUESTIONS}", typed()).status_code for _ in range(6)]
        assert answers == [200] * 5 + [429]

    def test_one_line_of_ipv6_files_a_few_an_hour(self, place: int) -> None:
        visitors = [Client(REMOTE_ADDR=f"2001:db8:7:{number:x}::1") for number in range(6)]
        answers = [visitor.post(f"/numen/demande?{QUESTIONS}", typed()).status_code for visitor in visitors]
        assert answers == [200] * 5 + [429]

    def test_whoever_came_from_signing_in_goes_back_there(self, place: int) -> None:
        assert 'href="/alogin">Revenir à la connexion' in Client().get("/numen/").content.decode()
        assert "Revenir" not in words(client_of(officer(place, "DPE")).get("/numen/"))

    def test_a_missing_piece_is_sent_from_the_follow_up(self, place: int) -> None:
        request, receipt = filed(place)
        scope = queries.scope_of(officer(place, "DPE").pk)
        services.request_information(scope, request.pk, "Il manque le contrat.", by="test", now=NOON)
        visitor = Client()
        page = visitor.post("/numen/suivi", {"reference": request.reference, "secret": receipt.secret})
        assert "Il manque le contrat." in words(page)
        proof = re.search(r'name="token" value="([^"]+)"', page.content.decode())
        assert proof
        sent = {
            "token": html.unescape(proof[1]),
            "message": "Le voici.",
            "proofs": SimpleUploadedFile("c.pdf", PDF),
        }
        assert "À l’étude" in words(visitor.post("/numen/suivi/completer", sent))
        assert Proof.objects.filter(request=request).count() == 2

    def test_an_answer_is_a_piece_or_words_and_says_so_when_it_is_neither(self, place: int) -> None:
        request, receipt = filed(place)
        scope = queries.scope_of(officer(place, "DPE").pk)
        services.request_information(scope, request.pk, "Il manque le contrat.", by="test", now=NOON)
        visitor = Client()
        page = visitor.post("/numen/suivi", {"reference": request.reference, "secret": receipt.secret})
        proof = re.search(r'name="token" value="([^"]+)"', page.content.decode())
        assert proof
        sent: dict[str, Any] = {"token": html.unescape(proof[1]), "message": ""}
        empty = visitor.post("/numen/suivi/completer", sent)
        assert empty.status_code == 422
        assert "Écrivez une réponse, ou joignez la pièce demandée." in words(empty)
        sent["proofs"] = SimpleUploadedFile("c.pdf", PDF)
        assert "À l’étude 1 pièce envoyée." in words(visitor.post("/numen/suivi/completer", sent))


class TestTheOfficer:
    def test_the_queue_shows_ones_own_service_only(self, place: int) -> None:
        mine, _ = filed(place)
        other, _ = filed(place, workplace="ecole")
        said = words(client_of(officer(place, "DPE")).get("/gestion/"))
        assert mine.reference in said
        assert other.reference not in said

    def test_a_newcomer_is_created_named_and_given_a_numen(self, place: int) -> None:
        request, _ = filed(place)
        there = school()
        desk, address = client_of(officer(place, "DPE")), f"/gestion/demandes/{request.pk}/creer"
        shown = words(desk.post(address, {"uai": there.uai.lower()}))
        college = "Collège des Essais, Amiens (0809001Z)"
        for told in ("Mme Ngọc Ánh Nguyễn", "17/05/1996", college, "Aucune personne"):
            assert told in shown
        request.refresh_from_db()
        assert (request.state, request.person) == (RequestState.SUBMITTED, None)
        answer = confirmed(desk, address, {"uai": there.uai.lower()})
        assert answer.status_code == 302
        request.refresh_from_db()
        assert (request.state, request.person is not None) == (RequestState.APPROVED, True)
        made = Account.objects.get(person=request.person)
        assert (made.username, made.state) == ("nnguyen", "pending")
        assert current_numen(made.person_id or 0, numen_keys.get()) is not None
        assert (
            Assignment.objects.get(person=request.person).function == "ENS"
        )  # lists of teachers take them in
        there_now = desk.get(f"/gestion/demandes/{request.pk}").content.decode()
        assert f'href="/gestion/personnes/{made.person_id}"' in there_now

    def test_somebody_there_already_is_proposed_and_recognised(self, place: int) -> None:
        known = managed_by(place, "DPE", "nnguyen9", first_name="Ngoc-Anh", last_name="Nguyen")
        Person.objects.filter(pk=known.person_id).update(birth_date=applicant().birth_date)
        request, _ = filed(place)
        desk = client_of(officer(place, "DPE"))
        assert "mêmes noms, même naissance" in words(desk.get(f"/gestion/demandes/{request.pk}"))
        address = f"/gestion/demandes/{request.pk}/existe"
        assert "Attribuer un NUMEN à cette personne" in words(
            desk.post(address, {"person_id": known.person_id})
        )
        assert current_numen(known.person_id or 0, numen_keys.get()) is None
        confirmed(desk, address, {"person_id": known.person_id})
        request.refresh_from_db()
        assert (request.state, request.person_id) == (RequestState.APPROVED, known.person_id)
        assert "déjà un NUMEN" not in words(desk.get(f"/gestion/demandes/{request.pk}")), "they had none"

    def test_a_numen_is_not_sent_to_whoever_asks_under_the_name_of_somebody_dead(self, place: int) -> None:
        known = managed_by(place, "DPE", "nnguyen9", numen="20E0301234ABC", last_name="Nguyen")
        Person.objects.filter(pk=known.person_id).update(birth_date=applicant().birth_date)
        desk, there = client_of(officer(place, "DPE")), f"/gestion/personnes/{known.person_id}"
        assert "Lettre (PDF)" in words(desk.get(there))
        died = {"event": "death", "effect_on": f"{timezone.localdate():%d/%m/%Y}"}
        confirmed(desk, f"{there}/declarer", died)
        request, _ = filed(place)
        given = {"person_id": known.person_id}
        assert "Le décès de cette personne est déclaré" in words(
            desk.post(f"/gestion/demandes/{request.pk}/existe", given)
        )
        request.refresh_from_db()
        assert request.person_id is None
        assert "Lettre (PDF)" not in words(desk.get(there))
        assert desk.post(f"{there}/lettre").status_code == 404
        assert not Entry.objects.filter(action="enrolment.numen-shown").exists()

    def test_a_numen_is_not_sent_to_whoever_asks_under_a_colleague_s_name(self, place: int) -> None:
        """The letter goes where the request says: births must agree, and the officer sees both first."""
        known = managed_by(
            place, "DPE", "nnguyen9", numen="20E0301234ABC", first_name="Ngoc-Anh", last_name="Nguyen"
        )
        request, _ = filed(place)
        desk = client_of(officer(place, "DPE"))
        address, given = f"/gestion/demandes/{request.pk}/existe", {"person_id": known.person_id}
        assert "n’est pas née à la date qu’écrit la demande" in words(confirmed(desk, address, given))
        request.refresh_from_db()
        assert request.person_id is None
        Person.objects.filter(pk=known.person_id).update(birth_date=applicant().birth_date)
        asked = words(desk.post(address, given))
        assert "Cette demande est-elle de cette personne ?" in asked
        assert ", ".join(applicant().postal.splitlines()) in asked
        request.refresh_from_db()
        assert request.person_id is None, "not before it is confirmed"
        confirmed(desk, address, given)
        request.refresh_from_db()
        assert request.person_id == known.person_id
        for page in (f"/gestion/demandes/{request.pk}", "/gestion/"):
            assert "Avait déjà un NUMEN" in words(desk.get(page))
        assert "Vous avez déjà un NUMEN" not in words(desk.get("/gestion/"))

    def test_of_another_service_s_people_only_the_service_is_told(self, place: int) -> None:
        known = managed_by(place, "DPATE", "nnguyen9", first_name="Ngọc Ánh", last_name="Nguyen")
        Person.objects.filter(pk=known.person_id).update(birth_date=applicant().birth_date)
        request, _ = filed(place)
        desk = client_of(officer(place, "DPE"))
        said = words(desk.get(f"/gestion/demandes/{request.pk}"))
        assert "gérée par" in said
        assert "nnguyen9" not in said
        desk.post(f"/gestion/demandes/{request.pk}/existe", {"person_id": known.person_id})
        request.refresh_from_db()
        assert (request.state, request.person_id) == (RequestState.SUBMITTED, None)

    def test_a_match_candidate_of_a_feed_is_answered_by_the_officer_of_the_person_and_nobody_else(
        self, place: int, tmp_path: Path
    ) -> None:
        known = managed_by(place, "DPE", "elefevre9", first_name="Élodie", last_name="Lefèvre")
        Person.objects.filter(pk=known.person_id).update(birth_date=date(1980, 5, 4))
        keys = numen_keys.get()
        feed_of(place, tmp_path, line(dossier="F77"))
        candidate = MatchCandidate.objects.get()
        desk, other = client_of(officer(place, "DPE")), client_of(officer(place, "DPATE"))
        said = words(desk.get("/gestion/ressemblances"))
        assert "Lefèvre Élodie" in said
        assert "04/05/1980" in said
        assert "20E••••••••BC" in said
        assert "20E9501234ABC" not in said
        assert "Lefèvre" not in words(other.get("/gestion/ressemblances"))
        where = f"/gestion/ressemblances/{candidate.pk}"
        assert other.post(where, {"answer": "meme"}).status_code == 404
        themselves = officer(place, "DPE", "soimeme")
        MatchCandidate.objects.update(person_id=themselves.person_id)
        Person.objects.filter(pk=themselves.person_id).update(
            service_id=Person.objects.get(pk=known.person_id).service_id
        )
        assert "votre propre fiche" in words(client_of(themselves).post(where, {"answer": "meme"}))
        MatchCandidate.objects.update(person_id=known.person_id)
        assert desk.post(where, {"answer": "meme"}).status_code == 302
        assert desk.post(where, {"answer": "autre"}).status_code == 409
        assert "la même" in words(desk.get("/gestion/ressemblances?etat=tranches"))
        assert desk.post(where, {"answer": "reprendre"}).headers["Location"].endswith("?repris=1")
        assert desk.post(where, {"answer": "meme"}).status_code == 302
        feed_of(place, tmp_path, line(dossier="F77"))
        held = current_numen(known.person_id or 0, keys)
        assert held is not None
        assert held.text == "20E9501234ABC"

    def test_a_refusal_needs_words_and_closes(self, place: int) -> None:
        request, _ = filed(place)
        desk = client_of(officer(place, "DPE"))
        assert desk.post(f"/gestion/demandes/{request.pk}/refuser", {"message": ""}).status_code == 422
        address, typed = f"/gestion/demandes/{request.pk}/refuser", {"message": "Contrat terminé."}
        assert "rien ne la rouvre" in words(desk.post(address, typed))
        request.refresh_from_db()
        assert request.closed_at is None
        confirmed(desk, address, typed)
        request.refresh_from_db()
        assert (request.state, request.closed_at is not None) == (RequestState.CLOSED, True)

    @pytest.mark.heavy
    def test_what_was_done_is_said(self, place: int) -> None:
        request, _ = filed(place)
        desk, there = client_of(officer(place, "DPE")), f"/gestion/demandes/{request.pk}"
        acts: dict[str, dict[str, str]] = {
            "prendre": {},
            "demander": {"message": "Votre contrat."},
            "noter": {"note": "Vu."},
        }
        for act, fields in acts.items():
            answer = desk.post(f"{there}/{act}", fields, follow=True)
            assert DONE_LABELS[act] in words(answer), act
        assert not any(label in words(desk.get(there)) for label in DONE_LABELS.values())

    def test_a_numen_is_shown_on_a_click_that_is_journaled(self, place: int) -> None:
        person = managed_by(place, "DPE", "agent1")
        issue_numen(person.person_id or 0, NumenLayout.SEED, numen_keys.get(), Random(3), by="t", now=NOON)
        numen = current_numen(person.person_id or 0, numen_keys.get())
        assert numen is not None
        desk = client_of(officer(place, "DPE"))
        page = f"/gestion/personnes/{person.person_id}"
        assert numen.text not in desk.get(page).content.decode()
        assert numen.masked in desk.get(page).content.decode()
        shown = desk.post(f"{page}/numen")
        assert numen.text in shown.content.decode()
        assert shown["Cache-Control"] == "no-store"
        assert (
            Entry.objects.filter(action="enrolment.numen-shown", to=f"person:{person.person_id}").count() == 1
        )
        assert numen.text not in str(list(Entry.objects.values()))

    def test_the_address_of_letters_to_classes_is_not_a_former_one(self, place: int) -> None:
        person = managed_by(place, "DPE", "agent1")
        for address in ("ent.0123456789ab@ac-amiens.test", "nom.d.avant@ac-amiens.test"):
            MailAddress.objects.create(person_id=person.person_id, address=address)
        desk = client_of(officer(place, "DPE"))
        shown = desk.get(f"/gestion/personnes/{person.person_id}").content.decode()
        assert "<dt>Adresse pour l’ENT</dt><dd>ent.0123456789ab@" in shown
        assert "<dt>Ancienne adresse</dt><dd>nom.d.avant@" in shown

    def test_nobody_is_created_in_a_school_of_another_service(self, place: int) -> None:
        request, _ = filed(place, workplace="ecole", work="enseignant", department="060")
        desk, before = client_of(officer(place, "DSDEN_60")), Person.objects.count()
        there = school()  # in the 080: whoever works there is another service's, out of this officer's sight
        refused = desk.post(f"/gestion/demandes/{request.pk}/creer", {"uai": there.uai})
        assert "un autre service crée la personne" in words(refused)
        request.refresh_from_db()
        assert (request.state, Person.objects.count()) == (RequestState.SUBMITTED, before)

    def test_the_author_of_a_request_who_brings_a_numen_is_given_no_other(self, place: int) -> None:
        request, _ = filed(place)
        desk, there = client_of(officer(place, "DPE")), school()
        address, typed = f"/gestion/demandes/{request.pk}/creer", "09g 14 12345 xyz"
        assert 'name="numen"' in desk.get(f"/gestion/demandes/{request.pk}").text
        assert "treize chiffres et lettres" in words(desk.post(address, {"uai": there.uai, "numen": "09G14"}))
        managed_by(place, "DPATE", "porteur", numen="08E1400001ABC")
        taken = desk.post(address, {"uai": there.uai, "numen": "08E1400001ABC"})
        assert "déjà celui de quelqu’un" in words(taken)
        assert 'value="08E1400001ABC"' in taken.text
        told = words(desk.post(address, {"uai": there.uai, "numen": typed}))
        assert "09G••••••••YZ" in told
        assert "Un NUMEN lui est attribué" not in told
        assert confirmed(desk, address, {"uai": there.uai, "numen": typed}).status_code == 302
        request.refresh_from_db()
        kept = current_numen(request.person_id or 0, numen_keys.get())
        assert kept is not None
        assert kept.text == "09G1412345XYZ"

    def test_the_school_an_applicant_names_is_found_with_its_code(self, place: int) -> None:
        school()
        request, _ = filed(place, school="collège des ESSAIS, Amiens")
        desk = client_of(officer(place, "DPE"))
        page = desk.get(f"/gestion/demandes/{request.pk}")
        assert "D’après « collège des ESSAIS, Amiens » : 0809001Z , Collège des Essais, Amiens" in words(page)
        assert 'value="0809001Z"' in page.content.decode()
        address = f"/gestion/demandes/{request.pk}/creer"
        asked = words(
            desk.post(address, {"uai": "essais"})
        )  # the only one of that name: named before anything is done
        assert "Créer cette personne" in asked
        assert "Collège des Essais" in asked
        nowhere = words(desk.post(address, {"uai": "Collège de nulle part"}))
        assert "ni tous ces mots" in nowhere
        assert "Écrivez ce que la personne doit lire." not in nowhere
        silent = words(desk.post(f"/gestion/demandes/{request.pk}/refuser", {"message": ""}))
        assert "Écrivez ce que la personne doit lire." in silent
        assert "ni tous ces mots" not in silent
        request.refresh_from_db()
        assert request.state == RequestState.SUBMITTED

    def test_somebody_known_is_created_twice_only_when_said_to_be_another(self, place: int) -> None:
        first, _ = filed(place)
        again, _ = filed(place)
        desk, there = client_of(officer(place, "DPE")), school()
        assert "C’est quelqu’un d’autre" not in words(
            desk.post(f"/gestion/demandes/{first.pk}/creer", {"uai": there.uai})
        )
        confirmed(desk, f"/gestion/demandes/{first.pk}/creer", {"uai": there.uai})
        before = Person.objects.count()
        address = f"/gestion/demandes/{again.pk}/creer"
        assert "C’est quelqu’un d’autre" in words(desk.post(address, {"uai": there.uai}))
        silent = confirmed(desk, address, {"uai": there.uai})
        assert (silent.status_code, "Cochez « C’est quelqu’un d’autre »" in words(silent)) == (409, True)
        assert Person.objects.count() == before
        assert confirmed(desk, address, {"uai": there.uai, "is_other": "on"}).status_code == 302
        assert Person.objects.count() == before + 1

    def test_a_wrong_birth_date_does_not_hide_who_is_in_that_school(self, place: int) -> None:
        there = school()
        known = managed_by(place, "DPE", "nnguyen9", first_name="Ngọc Ánh", last_name="Nguyễn")
        Person.objects.filter(pk=known.person_id).update(birth_date=date(1990, 1, 2))
        Assignment.objects.create(person_id=known.person_id, structure=there, starts_on=date(2020, 9, 1))
        request, _ = filed(place, uai=there.uai)
        desk = client_of(officer(place, "DPE"))
        for page in (
            desk.get(f"/gestion/demandes/{request.pk}"),
            desk.post(f"/gestion/demandes/{request.pk}/creer", {"uai": there.uai}),
        ):
            assert "noms proches, même établissement, autre date de naissance" in words(page)
            assert "02/01/1990" in words(page)

    def test_somebody_who_came_meanwhile_is_shown_before_a_numen_is_created(self, place: int) -> None:
        request, _ = filed(place)
        desk, there = client_of(officer(place, "DPE")), school()
        address = f"/gestion/demandes/{request.pk}/creer"
        mark = MARK.search(desk.post(address, {"uai": there.uai}).content.decode())
        assert mark
        known = managed_by(place, "DPE", "nnguyen9", first_name="Ngọc Ánh", last_name="Nguyễn")
        Person.objects.filter(pk=known.person_id).update(birth_date=applicant().birth_date)
        before = Person.objects.count()
        late = desk.post(address, {"uai": there.uai, "confirm": mark[1], "is_other": "on"})
        assert (late.status_code, "Quelque chose a changé" in words(late)) == (409, True)
        assert "mêmes noms, même naissance" in words(late)
        assert Person.objects.count() == before

    def test_a_step_that_says_only_its_name_says_it_once(self, place: int) -> None:
        request, _ = filed(place)
        desk = client_of(officer(place, "DPE"))
        confirmed(desk, f"/gestion/demandes/{request.pk}/creer", {"uai": school().uai})
        said = words(desk.get(f"/gestion/demandes/{request.pk}"))
        assert "NUMEN attribué · NUMEN attribué" not in said
        assert "Pièce 1 PDF," in said

    @pytest.mark.heavy
    def test_letters_are_one_pdf_each_reading_journaled(self, place: int) -> None:
        for number in (1, 2):
            request, _ = filed(place, first_name=f"Anna{'bc'[number - 1]}")
            scope = queries.scope_of(officer(place, "DPE", f"off{number}").pk)
            services.create_person(
                scope, request.pk, school().uai, NumenLayout.SEED, numen_keys.get(), Random(number), 100,
                by="t", now=NOON, is_other=True,
            )  # fmt: skip
        last = queries.request_detail(scope, request.pk)
        assert last is not None
        assert queries.last_postal_address(scope, last.person_id) == "3 rue des Lilas\n80100 Abbeville"
        answer = client_of(officer(place, "DPE", "off3")).post("/gestion/lettres")
        assert answer.content.startswith(b"%PDF-")
        assert answer.content.count(b"/Type /Page\n") == 2
        assert Entry.objects.filter(action="enrolment.numen-shown").count() == 2

    @pytest.mark.parametrize(("state", "end"), [("pending", "/assistant/"), ("active", "/alogin")])
    def test_a_letter_sends_to_the_page_that_serves_that_account(
        self, place: int, state: str, end: str
    ) -> None:
        request, _ = filed(place)
        scope = queries.scope_of(officer(place, "DPE").pk)
        services.create_person(
            scope, request.pk, school().uai, NumenLayout.SEED, numen_keys.get(), Random(1), 100,
            by="t", now=NOON, is_other=True,
        )  # fmt: skip
        created = queries.request_detail(scope, request.pk)
        assert created is not None
        Account.objects.filter(person_id=created.person_id).update(state=state)
        letter = queries.letter_of(scope, created.person_id, "", "Académie", "https://m.test")
        assert letter is not None
        assert (letter.page, letter.is_activated) == (f"https://m.test{end}", state == "active")

    @pytest.mark.heavy
    def test_somebody_hr_has_not_entered_is_received_with_an_end(self, place: int) -> None:
        desk, there = client_of(officer(place, "DPE")), school()
        given = {
            "civility": "M.", "birth_name": "Obry", "first_name": "Paul", "birth_date": "02/03/1990",
            "dossier": "PROV-1", "category": "2D_PUBLIC", "uai": there.uai, "starts_on": "01/11/2026",
            "ends_on": "", "sponsor": "La principale",
        }  # fmt: skip
        assert desk.post("/gestion/arrivee", given).status_code == 422
        assert desk.post("/gestion/arrivee", {**given, "ends_on": "31/08/2030"}).status_code == 422
        assert "Choisissez la catégorie." in words(desk.post("/gestion/arrivee", {**given, "category": ""}))
        wrong = desk.post("/gestion/arrivee", {**given, "ends_on": "31/08/2027", "category": "ATSS"})
        field = wrong.content.decode().partition('id="id_category"')[2].partition("</div>")[0]
        assert "autre service" in field
        told = words(desk.post("/gestion/arrivee", {**given, "ends_on": "31/08/2027", "function": "DIR"}))
        assert "Second degré public, Direction" in told
        replaced = {**given, "ends_on": "31/08/2027", "function": "DIR"}
        assert confirmed(desk, "/gestion/arrivee", replaced).status_code == 302
        assert Account.objects.get(username="pobry").state == "pending"
        assert Assignment.objects.get(person__account__username="pobry").function == "DIR"
        twice = confirmed(desk, "/gestion/arrivee", {**given, "ends_on": "31/08/2027", "dossier": "PROV-2"})
        assert (twice.status_code, "mêmes noms, même naissance" in words(twice)) == (409, True)
        assert "Obry" in words(twice)
        assert Account.objects.filter(username__startswith="pobry").count() == 1
        named = {
            **given,
            "ends_on": "31/08/2027",
            "birth_name": "Zola",
            "dossier": "",
            "uai": "Collège des Essais",
        }
        assert there.uai in words(desk.post("/gestion/arrivee", named))  # told before anything is done
        assert confirmed(desk, "/gestion/arrivee", named).status_code == 302
        assert Account.objects.get(username="pzola").person.dossier.startswith("PROV-")

    def test_whoever_brings_a_numen_from_another_academie_is_received_with_it(self, place: int) -> None:
        desk, there = client_of(officer(place, "DPE")), school()
        given = {
            "civility": "Mme", "birth_name": "Zola", "first_name": "Denise", "birth_date": "02/03/1990",
            "category": "2D_PUBLIC", "uai": there.uai, "starts_on": "01/11/2026", "ends_on": "31/08/2027",
            "sponsor": "La principale",
        }  # fmt: skip

        def beside(numen: str) -> str:
            page = desk.post("/gestion/arrivee", {**given, "numen": numen}).content.decode()
            return page.partition('id="id_numen"')[2].partition("</div>")[0]

        assert "treize chiffres et lettres" in beside("09G14")
        managed_by(place, "DPATE", "porteur", numen="08E1400001ABC")
        assert "déjà celui de quelqu’un" in beside("08E1400001ABC")
        told = words(desk.post("/gestion/arrivee", {**given, "numen": "09g 14 12345 xyz"}))
        assert "09G••••••••YZ" in told
        assert "aucun autre ne lui est attribué" in told
        assert "Un NUMEN lui est attribué" not in told
        assert confirmed(desk, "/gestion/arrivee", {**given, "numen": "09g 14 12345 xyz"}).status_code == 302
        received = Account.objects.get(username="dzola").person
        kept = current_numen(received.pk, numen_keys.get())
        assert kept is not None
        assert kept.text == "09G1412345XYZ"

    def test_a_correction_gives_a_new_address_and_keeps_the_former(self, place: int) -> None:
        person = managed_by(place, "DPE", "agent1", last_name="Avant")
        desk = client_of(officer(place, "DPE"))
        form = f"/gestion/personnes/{person.person_id}/corriger"
        desk.post(form, correction(desk, form, usage_name="Apres"))
        said = words(desk.get(f"/gestion/personnes/{person.person_id}"))
        assert "nicolas.apres@ac-amiens.test" in said
        assert "reçoit seulement" in said

    @pytest.mark.parametrize("typed", ["05/05/2026", "01/01/1899", "01/12/2015"])
    def test_nobody_is_corrected_to_an_age_at_which_nobody_serves(self, place: int, typed: str) -> None:
        person = managed_by(place, "DPE", "agent3", last_name="Avant")
        desk = client_of(officer(place, "DPE"))
        form = f"/gestion/personnes/{person.person_id}/corriger"
        refused = desk.post(form, correction(desk, form, birth_date=typed))
        assert refused.status_code == 422
        assert "Vérifiez l’année de naissance" in words(refused)

    def test_a_correction_that_makes_a_twin_is_shown_first(self, place: int) -> None:
        twin = managed_by(place, "DPE", "agent4", last_name="Delattre")
        person = managed_by(place, "DPE", "agent5", last_name="Avant")
        desk = client_of(officer(place, "DPE"))
        known = Person.objects.get(pk=twin.person_id)
        Person.objects.filter(pk=twin.person_id).update(birth_date=date(1985, 9, 3))
        form = f"/gestion/personnes/{person.person_id}/corriger"
        given = correction(desk, form, birth_name="Delattre", first_name=known.first_name)
        shown = words(desk.post(form, given))
        assert "l’identité de quelqu’un d’autre" in shown
        assert Person.objects.get(pk=person.person_id).birth_name == "Avant"
        assert confirmed(desk, form, given | {"is_other": "on"}).status_code == 302
        assert Person.objects.get(pk=person.person_id).birth_name == "Delattre"
        again = correction(desk, form, birth_name="Delattre", first_name=known.first_name, civility="Mme")
        assert desk.post(form, again).status_code == 302, "as alike as before"

    def test_a_change_made_while_one_corrects_is_not_written_over(self, place: int) -> None:
        """The form saved the whole civil status: a name that a feed had just brought was gone."""
        person = managed_by(place, "DPE", "agent2", last_name="Avant")
        desk = client_of(officer(place, "DPE"))
        form = f"/gestion/personnes/{person.person_id}/corriger"
        given = correction(desk, form, chosen_first_name="Camille")
        Person.objects.filter(pk=person.person_id).update(usage_name="Dufeed")
        refused = desk.post(form, given)
        said = words(refused)
        assert refused.status_code == 409
        assert "La fiche a changé pendant que vous la corrigiez" in said
        assert "Nom d’usage Dufeed — " in said
        assert "Prénom d’usage — Camille" in said
        row = Person.objects.get(pk=person.person_id)
        assert (row.usage_name, row.chosen_first_name) == ("Dufeed", "")
        again = given | {"shown": mark_in(refused), "usage_name": "Dufeed"}
        assert desk.post(form, again).status_code == 302
        row.refresh_from_db()
        assert (row.usage_name, row.chosen_first_name) == ("Dufeed", "Camille")
        without = {name: value for name, value in again.items() if name != "shown"}
        assert desk.post(form, without | {"usage_name": ""}).status_code == 409


def correction(desk: Client, form: str, **changed: str) -> dict[str, str]:
    """What the form would send, once read."""
    return {
        "shown": mark_in(desk.get(form)),
        "birth_name": "Avant",
        "first_name": "Nicolas",
        "birth_date": "03/09/1985",
        **changed,
    }


def mark_in(page: object) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


class TestReload:
    """A telephone loads the tab of the receipt anew by itself."""

    @pytest.mark.heavy
    def test_the_same_request_sent_again_has_the_same_receipt(self, place: int) -> None:
        visitor, there = Client(), f"/numen/demande?{QUESTIONS}"
        match = re.search(r'name="once" value="([^"]+)"', visitor.get(there).content.decode())
        assert match
        receipts = [secrets_in(visitor.post(there, typed(once=match[1]))) for _ in range(7)]
        assert len(set(receipts)) == 1
        assert NumenRequest.objects.count() == 1
        other = secrets_in(visitor.post(there, typed(once=match[1], first_name="Anne")))
        assert other != receipts[0], "somebody else, after « Back »"
        again = secrets_in(visitor.post(there, typed(once="another page")))
        assert again not in (other, receipts[0])
        followed = visitor.post("/numen/suivi", dict(zip(("reference", "secret"), receipts[0], strict=True)))
        assert followed.status_code == 200


def secrets_in(receipt: Any) -> tuple[str, str]:
    found = re.findall(r'class="secret" id="[^"]+">([^<]+)<', receipt.content.decode())
    return found[0], found[1]


class TestLives:
    """What happens to somebody is declared by an officer of their service."""

    @pytest.mark.heavy
    def test_a_retirement_is_declared_and_taken_back(self, place: int) -> None:
        person = managed_by(place, "DPE", "agente1", last_name="Partante")
        desk, there = client_of(officer(place, "DPE")), f"/gestion/personnes/{person.person_id}"
        assert "actif" in words(desk.get(f"{there}/vie"))
        wrong = desk.post(f"{there}/declarer", {"event": "retirement", "effect_on": "hier"})
        assert (wrong.status_code, "Écrivez la date" in words(wrong)) == (422, True)
        far = desk.post(f"{there}/declarer", {"event": "retirement", "effect_on": "01/01/2060"})
        assert (far.status_code, "trop loin" in words(far)) == (422, True)
        day, next_day = (f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}" for days in (0, 1))
        early = desk.post(f"{there}/declarer", {"event": "death", "effect_on": next_day})
        assert (early.status_code, "ne se déclare pas d’avance" in words(early)) == (422, True)
        moved = {"event": "transfer", "effect_on": day, "new_address": "a.partante@ac-lille.test"}
        assert "Nouvelle adresse a.partante@ac-lille.test" in words(desk.post(f"{there}/declarer", moved))
        given = {"event": "suspension", "effect_on": day}
        foreseen = words(desk.post(f"{there}/declarer", given))
        assert "Aussitôt, le compte est suspendu" in foreseen
        person.refresh_from_db()
        assert person.state == "active"
        assert confirmed(desk, f"{there}/declarer", given).status_code == 302
        person.refresh_from_db()
        assert person.state == "suspended"
        said = words(desk.get(f"{there}/vie"))
        assert "suspendu depuis le" in said
        assert f"Suspension disciplinaire, le {day}" in said
        asked = words(desk.post(f"{there}/retour"))
        assert "Retirer la déclaration : Suspension disciplinaire" in asked
        assert f"Déclaré Suspension disciplinaire, le {day} Compte suspendu Boîte ouverte" in asked
        person.refresh_from_db()
        assert person.state == "suspended"
        assert confirmed(desk, f"{there}/retour", {}).status_code == 302
        person.refresh_from_db()
        assert person.state == "active"
        assert "Rien n’est déclaré" in words(desk.post(f"{there}/retour"))

    def test_of_an_older_page_no_other_declaration_is_taken_back(self, place: int) -> None:
        """A retirement was to be withdrawn; a death, declared meanwhile, reopened the account."""
        person = managed_by(place, "DPE", "agente1", last_name="Partante")
        desk, there = client_of(officer(place, "DPE")), f"/gestion/personnes/{person.person_id}"
        later = f"{timezone.localdate() + timedelta(days=20):%d/%m/%Y}"
        confirmed(desk, f"{there}/declarer", {"event": "retirement", "effect_on": later})
        mark = MARK.search(desk.post(f"{there}/retour").content.decode())
        assert mark
        today = f"{timezone.localdate():%d/%m/%Y}"
        confirmed(desk, f"{there}/declarer", {"event": "death", "effect_on": today})
        answer = desk.post(f"{there}/retour", {"confirm": mark[1]})
        assert answer.status_code == 409
        assert "Retirer la déclaration : Décès" in words(answer)
        person.refresh_from_db()
        assert (person.state, person.mailbox_state) == ("closed", "frozen")

    def test_only_a_death_is_still_declared_of_a_closed_account(self, place: int) -> None:
        person = managed_by(place, "DPE", "agente1", last_name="Partie", state="closed")
        desk, there = client_of(officer(place, "DPE")), f"/gestion/personnes/{person.person_id}"
        page = desk.get(f"{there}/vie").content.decode()
        assert re.findall(r'<option value="([^"]+)"', page) == ["death"]
        day = f"{timezone.localdate():%d/%m/%Y}"
        refused = desk.post(f"{there}/declarer", {"event": "retirement", "effect_on": day})
        assert (refused.status_code, "déjà fermé" in words(refused)) == (422, True)
        assert confirmed(desk, f"{there}/declarer", {"event": "death", "effect_on": day}).status_code == 302
        person.refresh_from_db()
        assert (person.state, person.mailbox_state) == ("closed", "frozen")

    @pytest.mark.parametrize("act", ["vie", "declarer", "retour"])
    def test_of_another_service_nobody_exists(self, place: int, act: str) -> None:
        person = managed_by(place, "DPE", "agente1")
        other = client_of(officer(place, "DPATE"))
        there = f"/gestion/personnes/{person.person_id}/{act}"
        sent = {"event": "death", "effect_on": "01/09/2026"}
        answer = other.get(there) if act == "vie" else other.post(there, sent)
        assert answer.status_code == 404
        person.refresh_from_db()
        assert person.state == "active"


class TestScope:
    """An officer sees their service's people and nobody else, by any address."""

    def addresses(self, person: Account, request: NumenRequest) -> list[str]:
        proof = Proof.objects.get(request=request)
        return [
            reverse("enrolment:request", args=[request.pk]),
            reverse("enrolment:proof", args=[request.pk, proof.pk]),
            reverse("enrolment:person", args=[person.person_id]),
            reverse("enrolment:correct", args=[person.person_id]),
        ]

    def acts(self, person: Account, request: NumenRequest) -> list[str]:
        made = [
            reverse("enrolment:decide-request", args=[request.pk, act])
            for act in ("prendre", "refuser", "demander", "existe", "creer", "remis")
        ]
        return [
            *made,
            reverse("enrolment:numen", args=[person.person_id]),
            reverse("enrolment:letter", args=[person.person_id]),
            reverse("enrolment:correct", args=[person.person_id]),
        ]

    @pytest.mark.parametrize("service", ["DPATE", "DEEP", "DSDEN_02"])
    def test_another_service_s_officer_finds_nothing(self, place: int, service: str) -> None:
        person = managed_by(place, "DPE", "cible", last_name="Introuvable")
        issue_numen(person.person_id or 0, NumenLayout.SEED, numen_keys.get(), Random(1), by="t", now=NOON)
        request, _ = filed(place)
        before = (NumenRequest.objects.values().get(), NumenRow.objects.count())
        stranger = client_of(officer(place, service))
        for address in self.addresses(person, request):
            assert stranger.get(address).status_code == 404, address
        for address in self.acts(person, request):
            answer = stranger.post(
                address, {"message": "x", "uai": "0809001Z", "person_id": person.person_id}
            )
            assert answer.status_code in (404, 409, 422), address
            assert "Introuvable" not in answer.content.decode()
        assert "Introuvable" not in words(stranger.get("/gestion/personnes?q=introuvable")).replace(
            "« introuvable »", ""
        )
        assert before == (NumenRequest.objects.values().get(), NumenRow.objects.count())

    @pytest.mark.parametrize("role", ["agent", "helpdesk", "administrator", "hr_officer"])
    def test_nobody_else_comes_in_not_even_an_officer_of_no_service(self, place: int, role: str) -> None:
        person = managed_by(place, "DPE", "cible")
        request, _ = filed(place)
        somebody = client_of(account("quelquun", role=role))
        for address in (
            "/gestion/",
            "/gestion/personnes",
            "/gestion/arrivee",
            *self.addresses(person, request),
        ):
            assert somebody.get(address).status_code in (302, 403), address

    def test_an_applicant_s_proof_is_never_active_in_our_pages(self, place: int) -> None:
        request, _ = filed(place)
        proof = Proof.objects.get(request=request)
        answer = client_of(officer(place, "DPE")).get(reverse("enrolment:proof", args=[request.pk, proof.pk]))
        assert answer.content == PDF
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["Content-Disposition"].startswith("attachment")
        assert bytes(proof.sealed) != PDF


@pytest.mark.parametrize(
    ("act", "fields"), [("refuser", {"message": "Contrat terminé."}), ("refuser", {"message": ""})]
)
def test_a_request_is_read_once_for_the_page_that_answers_a_form(
    place: int, act: str, fields: dict[str, str]
) -> None:
    request, _ = filed(place)
    desk = client_of(officer(place, "DPE"))
    desk.get(f"/gestion/demandes/{request.pk}")
    with CaptureQueriesContext(connection) as queried:
        answer = desk.post(f"/gestion/demandes/{request.pk}/{act}", fields)
    assert request.reference in answer.text
    assert sum('"enrolment_numenrequest"."applicant"' in query["sql"] for query in queried) == 1


def test_proofs_go_thirty_days_after_the_end(place: int) -> None:
    request, _ = filed(place)
    scope = queries.scope_of(officer(place, "DPE").pk)
    services.reject(scope, request.pk, "Non.", by="t", now=NOON)
    assert services.delete_old_proofs(30, now=NOON + timedelta(days=29)) == 0
    assert services.delete_old_proofs(30, now=NOON + timedelta(days=31)) == 1
    assert Proof.objects.count() == 0


def test_a_request_already_answered_is_not_answered_again(place: int) -> None:
    request, _ = filed(place)
    scope = queries.scope_of(officer(place, "DPE").pk)
    services.reject(scope, request.pk, "Non.", by="t", now=NOON)
    with pytest.raises(Refusal, match="not-now"):
        services.start_review(scope, request.pk, by="t", now=NOON)


def test_the_queue_is_put_in_order_and_read_by_pages(place: int) -> None:
    for number in range(32):
        made, _ = filed(place, birth_name=f"Nom{number:02}")
        NumenRequest.objects.filter(pk=made.pk).update(filed_at=NOON - timedelta(days=number))
    desk = client_of(officer(place, "DPE"))
    oldest = words(desk.get("/gestion/"))
    assert "Nom31" in oldest
    assert "Nom00" not in oldest
    newest = words(desk.get("/gestion/?tri=age"))
    assert "Nom00" in newest
    assert "Nom31" not in newest
    assert "Nom31" in words(desk.get("/gestion/?tri=age&page=2"))


def test_nobody_s_civility_is_chosen_for_them(place: int) -> None:
    page = Client().get(f"/numen/demande?{QUESTIONS}").content.decode()
    assert '<option value="" selected>Choisissez</option>' in page
    refused = words(Client().post(f"/numen/demande?{QUESTIONS}", typed(civility="")))
    assert "Votre demande est enregistrée" not in refused
    assert not NumenRequest.objects.exists()


def test_people_are_put_in_order_and_narrowed_by_category(place: int) -> None:
    for name, category in (("Alpha", "CPE"), ("Zeta", "PSYEN")):
        made = managed_by(place, "DPE", name.lower(), last_name=name)
        Person.objects.filter(pk=made.person_id).update(category=category)
    desk = client_of(officer(place, "DPE"))
    turned = words(desk.get("/gestion/personnes?tri=-nom"))
    assert turned.index("Zeta") < turned.index("Alpha")
    assert "Zeta" not in words(desk.get("/gestion/personnes?categorie=CPE"))


def test_people_stand_where_their_shown_name_is_looked_for_whatever_its_accents(place: int) -> None:
    for username, last_name in (("bernard", "Bernard"), ("benard", "Bénard"), ("belkacem", "Belkacem")):
        managed_by(place, "DPE", username, last_name=last_name, first_name="Élodie")
    usual = managed_by(place, "DPE", "pagny", last_name="Zimmer", first_name="Marianne")
    Person.objects.filter(pk=usual.person_id).update(usage_name="Becker")
    reindex_names(list(Person.objects.filter(pk=usual.person_id)))
    desk = client_of(officer(place, "DPE"))
    people = desk.get("/gestion/personnes").context["people"]
    shown = [person.civil.shown_last_name for person, _ in people]
    assert shown == ["Becker", "Belkacem", "Bénard", "Bernard"]
    turned = desk.get("/gestion/personnes?tri=-nom").context["people"]
    assert [person.civil.shown_last_name for person, _ in turned] == shown[::-1]
    assert "Bénard" in words(desk.get("/gestion/personnes?q=benard"))


def test_people_are_found_by_account_school_and_last_day(place: int) -> None:
    waiting, serving = managed_by(place, "DPE", "attend"), managed_by(place, "DPE", "sert")
    Account.objects.filter(pk=waiting.pk).update(state="pending")
    Assignment.objects.filter(person_id=serving.person_id).delete()
    Assignment.objects.create(
        person_id=serving.person_id,
        structure=school(),
        starts_on=date(2020, 9, 1),
        ends_on=paris_day(timezone.now()) + timedelta(days=30),
    )
    desk = client_of(officer(place, "DPE"))

    def found(query: str) -> set[str]:
        people = desk.get(f"/gestion/personnes?{query}").context["people"]
        return {
            state for person, state in people if person.person_id in (waiting.person_id, serving.person_id)
        }

    soon = paris_day(timezone.now()) + timedelta(days=40)
    assert found("") == {"Jamais activé", "Actif"}
    assert found("etat=pending") == {"Jamais activé"}
    assert found("etablissement=0809001z") == {"Actif"}
    assert found(f"fin={soon:%d/%m/%Y}") == {"Actif"}
    assert found(f"fin={soon - timedelta(days=20):%d/%m/%Y}") == set()


def test_a_batch_of_letters_asks_for_a_fresh_proof(place: int) -> None:
    desk = client_of(officer(place, "DPE"))
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=20))
    revocations.get().bump()
    assert desk.post("/gestion/lettres")["Location"].startswith("/alogin?confirmer=1")
