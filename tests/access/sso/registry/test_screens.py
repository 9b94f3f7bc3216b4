"""The registry's screens: administrators who just proved who they are; nothing typed is lost."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.access.signin.people import account
from tests.access.sso.conftest import Told
from tests.access.sso.people import BACK, added, signs_in
from tests.answers import PageAnswer
from tests.foundation.ui.confirmation import confirmed
from tests.foundation.ui.shown import shown_on

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.sso.registry.forms import ApplicationForm
from vaguemestre.access.sso.registry.models import Application
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import is_secret_right
from vaguemestre.access.sso.registry.values import Assurance
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, ManagementService, Structure

pytestmark = pytest.mark.django_db

HOME = "/administration/applications/"
PAGE = f"{HOME}intranet"
TYPED = {
    "client_id": "notes",
    "name": "Notes & bulletins",
    "home": "https://notes.example/",
    "addresses": "https://notes.example/retour\nhttps://notes.example/autre",
    "attributes": ["name", "email"],
    "signing": "ES256",
}


@pytest.fixture
def boss(client: Client) -> Client:
    account("aboss", role="administrator")
    signs_in(client, "aboss")
    return client


@pytest.fixture
def places(boss: Client) -> None:
    academy = Academy.objects.get()
    Structure.objects.create(uai="0800002B", academy=academy, name="Collège Millevoye")
    ManagementService.objects.create(academy=academy, code="DPE", name="DPE")


def text(answer: PageAnswer) -> str:
    return answer.content.decode()


ACTS = ("modifier", "secret", "logo", "retirer", "apercu", "essai")


@pytest.mark.parametrize("role", ["agent", "hr_officer", "helpdesk"])
def test_nobody_else_reads_or_changes_the_registry(client: Client, role: str) -> None:
    added()
    account("autre", role=role)
    signs_in(client, "autre")
    for address in (HOME, PAGE, f"{HOME}nouvelle", f"{HOME}importer/saml", f"{HOME}importer/oidc"):
        assert client.get(address).status_code == 403, address
    for act in ACTS:
        assert client.post(f"{PAGE}/{act}").status_code == 403, act
    assert client.post(f"{HOME}nouvelle", TYPED).status_code == 403
    assert Application.objects.count() == 1


def test_an_older_page_opens_the_application_to_nobody_else(boss: Client) -> None:
    """Whoever changes one word from a page opened before leaves the restrictions of another."""
    added()
    page = text(boss.get(PAGE))
    application = find_application("intranet")
    assert application is not None
    form = ApplicationForm(protocol=application.protocol, application=application)
    same = {name: value for name, value in form.initial.items() if value and name in form.fields}
    same |= shown_on(page)
    restricted = {"schools": "0800001A", "otp": "on", "categories": ["DIRECTION"]}
    assert boss.post(f"{PAGE}/modifier", same | restricted).status_code == 302
    assert boss.post(f"{PAGE}/modifier", same | {"description": "Notes du conseil"}).status_code == 302
    kept = find_application("intranet")
    assert kept is not None
    assert (kept.description, kept.schools, kept.categories) == (
        "Notes du conseil", ("0800001A",), ("DIRECTION",),
    )  # fmt: skip
    assert kept.assurance is Assurance.OTP


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    added()
    for address in (HOME, PAGE, f"{HOME}nouvelle"):
        assert client.get(address)["Location"].startswith("/alogin?")


def test_changes_want_a_fresh_proof(boss: Client) -> None:
    added()
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    assert boss.get(PAGE).status_code == 200, "reading does not"
    answer = boss.post(f"{PAGE}/retirer")
    assert answer["Location"].startswith("/alogin?confirmer=1")
    assert Application.objects.exists()


@pytest.mark.heavy
def test_an_application_is_added_and_its_secret_shown_once(boss: Client) -> None:
    answer = boss.post(f"{HOME}nouvelle?protocole=oidc", TYPED)
    assert answer.status_code == 302, (
        "the page that shows it is not that of the form: sent again, it makes none"
    )
    shown = text(boss.get(answer["Location"]))
    application = find_application("notes")
    assert application is not None
    assert application.addresses == ("https://notes.example/retour", "https://notes.example/autre")
    assert application.released == ("name", "email")
    secret = next(word for word in shown.replace("<", " ").replace(">", " ").split() if _holds(word))
    assert secret not in text(boss.get(answer["Location"]))
    assert "Notes &amp; bulletins" in text(boss.get(HOME))


def _holds(word: str) -> bool:
    application = find_application("notes")
    return application is not None and is_secret_right(application, word, timezone.now())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("addresses", "http://notes.example/retour"),
        ("addresses", "https://*.example/retour"),
        ("addresses", ""),
        ("client_id", "Notes!"),
        ("name", ""),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(boss: Client, name: str, value: str) -> None:
    answer = boss.post(f"{HOME}nouvelle?protocole=oidc", {**TYPED, name: value})
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer) or 'class="error"' in text(answer)
    assert "https://notes.example/" in text(answer)
    assert not Application.objects.exists()


def test_an_application_is_changed_and_the_journal_says_by_whom(boss: Client) -> None:
    added()
    boss.post(f"{PAGE}/modifier", {**TYPED, "name": "Nouveau nom", "addresses": BACK})
    application = find_application("intranet")
    assert application is not None
    assert application.name == "Nouveau nom"
    assert application.addresses == (BACK,)
    entry = Entry.objects.filter(action__startswith="sso.").latest("pk")
    assert entry.by == f"account:{Account.objects.get(username='aboss').pk}"


def test_a_new_secret_lets_the_former_serve_a_while_unless_told_at_once(boss: Client) -> None:
    first, now = added(), timezone.now()
    answer = boss.post(f"{PAGE}/secret")
    assert boss.get(f"{HOME}").status_code == 200, "another page shows nothing of it, and keeps it"
    assert "Le secret de l’application" in text(boss.get(answer["Location"]))
    assert "Le secret de l’application" not in text(boss.get(answer["Location"]))
    application = find_application("intranet")
    assert application is not None
    assert is_secret_right(application, first, now)
    assert "Nouveau secret pour" in text(boss.post(f"{PAGE}/secret", {"at_once": "1"}))
    application = find_application("intranet")
    assert application is not None
    assert is_secret_right(application, first, now), "not before it was confirmed"
    confirmed(boss, f"{PAGE}/secret", {"at_once": "1"})
    application = find_application("intranet")
    assert application is not None
    assert not is_secret_right(application, first, now)


def test_a_second_new_secret_asks_before_it_ends_the_one_in_use(boss: Client) -> None:
    first, now = added(), timezone.now()
    boss.post(f"{PAGE}/secret")
    assert "celui d’avant, encore valable" in text(boss.post(f"{PAGE}/secret"))
    application = find_application("intranet")
    assert application is not None
    assert is_secret_right(application, first, now), "not before it was confirmed"
    confirmed(boss, f"{PAGE}/secret", {})
    application = find_application("intranet")
    assert application is not None
    assert not is_secret_right(application, first, now)


def test_a_real_person_is_previewed_and_the_look_is_journaled(boss: Client) -> None:
    added(released=("name", "uai"))
    seen = account("nmorel")
    shown = text(boss.post(f"{PAGE}/apercu", {"person": "nmorel"}))
    assert "Nicolas Morel" in shown
    assert "0800001A" in shown
    assert f"{seen.username}." not in shown, "its address is not released"
    assert Entry.objects.filter(to=f"account:{seen.pk}").exists()
    assert "Aucun compte" in text(boss.post(f"{PAGE}/apercu", {"person": "inconnu"}))


def test_the_test_button_says_which_addresses_answer(boss: Client, told: Told) -> None:
    added()
    assert "répond" in text(boss.post(f"{PAGE}/essai"))
    assert "https://intranet.example/" in told.calls
    told.away = True
    assert "ne répond pas" in text(boss.post(f"{PAGE}/essai"))


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", size, "navy").save(made, kind)
    return SimpleUploadedFile("logo.svg.png", made.getvalue())


def test_a_logo_is_drawn_again_and_anything_else_refused(boss: Client, client: Client) -> None:
    added()
    boss.post(f"{PAGE}/logo", {"logo": picture("JPEG")})
    served = Client().get("/applications/intranet/logo")
    assert served["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(served.content)).size == (96, 96)
    for bad in (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a", b""):
        refused = boss.post(f"{PAGE}/logo", {"logo": SimpleUploadedFile("x.png", bad)})
        assert 'class="error"' in text(refused)
    boss.post(f"{PAGE}/logo", {"remove": "1"})
    assert Client().get("/applications/intranet/logo").status_code == 404


def test_an_application_is_removed(boss: Client) -> None:
    added(name="A&B=C")
    assert "Retirer A&amp;B=C ?" in text(boss.post(f"{PAGE}/retirer"))
    assert Application.objects.exists(), "not before it was confirmed"
    answer = confirmed(boss, f"{PAGE}/retirer", {})
    assert "A&amp;B=C est retirée" in text(boss.get(answer["Location"]))
    assert boss.get(PAGE).status_code == 404


def test_a_client_is_read_from_its_metadata(boss: Client) -> None:
    described = {
        "client_name": "Agenda",
        "redirect_uris": ["https://agenda.example/cb"],
        "client_uri": "https://agenda.example/",
        "backchannel_logout_uri": "https://agenda.example/out",
    }
    sent = {"text": json.dumps(described), "client_id": "agenda"}
    assert boss.post(f"{HOME}importer/oidc", sent).status_code == 302
    application = find_application("agenda")
    assert application is not None
    assert application.addresses == ("https://agenda.example/cb",)
    assert application.released == (), "nothing is told unless somebody decides so"
    assert 'class="error"' in text(boss.post(f"{HOME}importer/oidc", {"text": "{", "client_id": "x"}))


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted(boss: Client, act: str) -> None:
    added()
    assert boss.get(f"{PAGE}/{act}").status_code == 405


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [("schools", " 0800001a; 0800002B", ["0800001A", "0800002B"]), ("services", "dpe", ["DPE"])],
)
def test_codes_are_kept_in_capitals_as_people_carry_them(
    boss: Client, places: None, field: str, typed: str, kept: list[str]
) -> None:
    boss.post(f"{HOME}nouvelle?protocole=oidc", {**TYPED, field: typed})
    assert getattr(Application.objects.get(client_id="notes"), field) == kept


@pytest.mark.parametrize(
    ("field", "typed", "unknown"),
    [("schools", "0800001A 9999999Z", "9999999Z"), ("services", "DPE DPEX", "DPEX")],
)
def test_a_code_that_nobody_has_is_named_and_refused(
    boss: Client, places: None, field: str, typed: str, unknown: str
) -> None:
    page = boss.post(f"{HOME}nouvelle?protocole=oidc", {**TYPED, field: typed})
    assert f"« {unknown} » n’existe pas ici" in text(page).replace("\xa0", " ")
    assert not Application.objects.filter(client_id="notes").exists()


def test_a_code_kept_before_stays_until_it_is_taken_away(boss: Client, places: None) -> None:
    added(schools=("0809999Z",))
    same = {**TYPED, "schools": "0809999Z", **shown_on(text(boss.get(PAGE)))}
    assert boss.post(f"{PAGE}/modifier", same).status_code == 302
