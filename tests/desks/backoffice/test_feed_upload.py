"""An administrator gives a feed on a page, sees what it would change, then confirms exactly that."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.desks.backoffice.test_screens import client_of, text
from tests.desks.enrolment.officers import academy
from tests.people.intake.lines import crowd, feed, line

from vaguemestre.desks.backoffice.forms import feeds
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Person, Structure
from vaguemestre.people.directory.services import describe_structures, found_academy
from vaguemestre.people.directory.values import Place
from vaguemestre.people.intake import handlers
from vaguemestre.people.intake.events import FeedConfirmed, PlanRequested
from vaguemestre.people.intake.models import Feed

pytestmark = pytest.mark.django_db
UPLOAD = "/administration/flux/deposer"


@pytest.fixture
def place() -> int:
    return academy()


@pytest.fixture
def administrator(place: int) -> Account:
    return account("administratrice", role="administrator")


@pytest.fixture
def client(administrator: Account) -> Client:
    return client_of(administrator)


def given(client: Client, place: int, content: bytes = b"", **fields: Any) -> str:
    """The page of the feed that was given."""
    file = SimpleUploadedFile("grh.csv", content or feed(*crowd(3)), "text/csv")
    answer = client.post(UPLOAD, {"academy": str(place), "file": file, "source": "", **fields})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_a_given_feed_is_shown_by_name_then_applied_as_it_was_confirmed(client: Client, place: int) -> None:
    page = given(client, place)
    made = Feed.objects.get()
    waiting = text(client.get(page))
    assert "Le fichier est en train d’être lu et comparé" in waiting
    assert "Appliquer ce plan" not in waiting
    handlers.rebuild_requested_plan(PlanRequested(made.pk))
    shown = text(client.get(page))
    assert "3 arrivées" in shown
    assert "Personneak" in shown
    made.refresh_from_db()
    told = {"act": "confirmer", "plan": made.plan_digest}
    assert client.post(f"{page}/decider", told).status_code == 302
    assert not Person.objects.filter(dossier__startswith="C0").exists()
    handlers.apply_confirmed(FeedConfirmed(made.pk))
    assert Person.objects.filter(dossier__startswith="C0").count() == 3
    assert Entry.objects.filter(action="intake.feed-uploaded", to=f"feed:{made.pk}").count() == 1


def test_whoever_would_leave_another_academie_is_shown_to(
    client: Client, administrator: Account, place: int
) -> None:
    Account.objects.filter(pk=administrator.pk).update(spans_academies=True)
    lille = found_academy("09", "Académie de Lille", "ac-lille.test", ("059",))
    applied(client, lille, feed(line(uai="0590001F", debut="01/09/2020")))
    page = given(client, place, feed(line(dossier="A77", debut="01/11/2026"), *crowd(1)))
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.latest("pk").pk))
    shown = as_typed(text(client.get(page)))
    assert "2 arrivées" in shown
    assert "dont 1 mutation depuis une autre académie : le compte et la boîte suivent" in shown
    assert shown.count("quitte Académie de Lille") == 1
    made = Feed.objects.latest("pk")
    client.post(f"{page}/decider", {"act": "confirmer", "plan": made.plan_digest})
    handlers.apply_confirmed(FeedConfirmed(made.pk))
    assert text(client.get(page)).count("quitte une autre académie") == 1


def applied(client: Client, academy_id: int, content: bytes) -> None:
    """Give a feed, and have it applied as its page shows it."""
    page = given(client, academy_id, content)
    made = Feed.objects.latest("pk")
    handlers.rebuild_requested_plan(PlanRequested(made.pk))
    made.refresh_from_db()
    client.post(f"{page}/decider", {"act": "confirmer", "plan": made.plan_digest})
    handlers.apply_confirmed(FeedConfirmed(made.pk))


def test_a_feed_being_applied_shows_what_is_planned_and_comes_back_when_it_is_done(
    client: Client, place: int
) -> None:
    page = given(client, place)
    made = Feed.objects.get()
    handlers.rebuild_requested_plan(PlanRequested(made.pk))
    made.refresh_from_db()
    told = {"act": "confirmer", "plan": made.plan_digest}
    shown = text(client.post(f"{page}/decider", told, follow=True))
    assert "Votre décision est enregistrée. L’import est en train d’être appliqué" in shown
    assert "3 arrivées" in shown
    assert "Personneak" in shown
    assert client.get(page, headers={"HX-Request": "true"}).headers.get("HX-Refresh") is None
    handlers.apply_confirmed(FeedConfirmed(made.pk))
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    applied_page = text(client.get(f"{page}?fait=1"))
    assert "L’import est appliqué." in applied_page
    assert "ne s’annule pas d’un geste" in applied_page
    assert "3 arrivées" in applied_page
    assert applied_page.count("Enseignement") == 3, "the function of each"


def test_the_plan_says_which_establishments_it_would_open(client: Client, place: int) -> None:
    places = SimpleUploadedFile(
        "etablissements.csv",
        "uai;nom;type;secteur;departement;commune;code_postal\n"
        "0809001Z;Collège Jules Verne;CLG;PUBLIC;080;Amiens;80000\n".encode(),
        "text/csv",
    )
    page = given(client, place, feed(*crowd(2), line(dossier="E00001", uai="0609001H")), places=places)
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.get().pk))
    shown = as_typed(text(client.get(page)))
    assert (
        "2 établissements nouveaux seront ouverts : Collège Jules Verne, Amiens (0809001Z), 0609001H."
        in shown
    )
    arrivals = shown.partition("3 arrivées")[2]
    assert arrivals.count("Collège Jules Verne, Amiens") == 2, "the column of each names the place as well"
    assert "0809001Z" not in arrivals
    assert "il y a 0" not in shown
    assert shown.index("Appliquer ce plan") < shown.index("Aucun départ")


def test_the_plan_says_which_establishments_it_would_change_and_is_confirmed_as_shown(
    client: Client, place: int
) -> None:
    uai = "0809001Z"
    with transaction.atomic():
        describe_structures(place, [Place(uai, "Collège Jules Verne", town="Amiens")])
    places = SimpleUploadedFile(
        "etablissements.csv",
        "uai;nom;type;secteur;departement;commune;code_postal\n"
        f"{uai};Collège renommé;;;080;Amiens;80000\n".encode(),
        "text/csv",
    )
    page = given(client, place, places=places)
    made = Feed.objects.get()
    handlers.rebuild_requested_plan(PlanRequested(made.pk))
    shown = as_typed(text(client.get(page)))
    change = "nom « Collège Jules Verne » → « Collège renommé », code postal « – » → « 80000 »"
    assert f"1 établissement sera modifié : Collège Jules Verne ({uai}), {change}." in shown
    made.refresh_from_db()

    client.post(f"{page}/decider", {"act": "confirmer", "plan": made.plan_digest})
    Structure.objects.filter(uai=uai).update(name="Collège rebaptisé")
    handlers.apply_confirmed(FeedConfirmed(made.pk))
    made.refresh_from_db()
    assert Structure.objects.get(uai=uai).name == "Collège rebaptisé", "not what was confirmed"
    assert "« Collège rebaptisé » → « Collège renommé »" in as_typed(text(client.get(page)))

    client.post(f"{page}/decider", {"act": "confirmer", "plan": made.plan_digest})
    handlers.apply_confirmed(FeedConfirmed(made.pk))
    assert Structure.objects.get(uai=uai).name == "Collège renommé"


def test_a_page_that_waits_is_told_to_come_back_once_the_plan_is_there(client: Client, place: int) -> None:
    page = given(client, place)
    early = client.get(page, headers={"HX-Request": "true"})
    assert (early.status_code, early.headers.get("HX-Refresh")) == (204, None)
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.get().pk))
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_file_that_cannot_be_used_says_why_on_its_page(client: Client, place: int) -> None:
    page = given(client, place, b"nom,prenom\nMorel,Jeanne\n")
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.get().pk))
    shown = text(client.get(page))
    assert "Ce fichier ne peut pas servir" in shown
    assert "noms des colonnes" in shown
    assert "Illisible" in text(client.get("/administration/flux"))


def test_without_a_file_nothing_is_held(client: Client, place: int) -> None:
    answer = client.post(UPLOAD, {"academy": str(place)})
    assert answer.status_code == 422
    assert "Choisissez un fichier." in answer.content.decode()
    assert not Feed.objects.exists()


def test_a_file_too_large_for_a_page_is_refused_and_not_held(
    client: Client, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_MAX_FEED_MB", 0)
    file = SimpleUploadedFile("grh.csv", feed(*crowd(1)), "text/csv")
    answer = client.post(UPLOAD, {"academy": str(place), "file": file})
    assert answer.status_code == 422
    assert "en ligne de commande" in answer.content.decode()
    assert not Feed.objects.exists()


def test_a_feed_that_another_site_has_sent_is_refused(administrator: Account, place: int) -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = client_of(administrator).cookies
    file = SimpleUploadedFile("grh.csv", feed(*crowd(1)), "text/csv")
    assert forger.post(UPLOAD, {"academy": str(place), "file": file}).status_code == 403
    assert not Feed.objects.exists()


def test_an_office_of_one_academie_gives_no_feed_to_another(client: Client, administrator: Account) -> None:
    other = Academy.objects.create(code="21", name="Ailleurs", domain="ac-ailleurs.test")
    Account.objects.filter(pk=administrator.pk).update(spans_academies=False)
    file = SimpleUploadedFile("grh.csv", feed(*crowd(1)), "text/csv")
    answer = client.post(UPLOAD, {"academy": str(other.pk), "file": file})
    assert answer.status_code == 422
    assert not Feed.objects.exists()


def test_what_changes_of_somebody_who_leaves_is_shown_with_the_departure(client: Client, place: int) -> None:
    given(client, place, feed(line(), *crowd(3)))
    first = Feed.objects.get()
    handlers.rebuild_requested_plan(PlanRequested(first.pk))
    first.refresh_from_db()
    client.post(f"/administration/flux/{first.pk}/decider", {"act": "confirmer", "plan": first.plan_digest})
    handlers.apply_confirmed(FeedConfirmed(first.pk))
    page = given(client, place, feed(line(nom_usage="Rousseau", fin="31/10/2026"), *crowd(3)))
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.latest("pk").pk))
    departures = (
        text(client.get(page)).partition('id="list-departs"')[2].partition('id="list-changements"')[0]
    )
    assert "Nom d’usage : –</span> → <strong>Rousseau</strong>" in as_typed(departures)
    assert departures.count("→") == 1, "the departure itself is said by its columns"


@pytest.mark.parametrize(
    ("status", "said", "days"), [("RETRAITE", "retraite", 60), ("MUTATION", "mutation", 60)]
)
def test_what_follows_a_retirement_or_a_transfer_is_said_before_it_is_confirmed(
    client: Client, place: int, status: str, said: str, days: int
) -> None:
    given(client, place, feed(line(), *crowd(3)))
    first = Feed.objects.get()
    handlers.rebuild_requested_plan(PlanRequested(first.pk))
    first.refresh_from_db()
    client.post(f"/administration/flux/{first.pk}/decider", {"act": "confirmer", "plan": first.plan_digest})
    handlers.apply_confirmed(FeedConfirmed(first.pk))
    page = given(client, place, feed(line(statut=status), *crowd(3)))
    handlers.rebuild_requested_plan(PlanRequested(Feed.objects.latest("pk").pk))
    departures = (
        text(client.get(page)).partition('id="list-departs"')[2].partition('id="list-changements"')[0]
    )
    consequence = as_typed(departures.partition('data-label="Suites si confirmé">')[2].partition("</td>")[0])
    assert consequence == (f"{said} : hors de l’annuaire dès l’application, compte fermé {days} jours après")
