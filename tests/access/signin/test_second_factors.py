"""The authenticator application and the recovery codes, from the security page to the next sign-in."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import NOON, PASSWORD, account, add_application
from tests.access.signin.races import at_once
from tests.answers import PageAnswer

from vaguemestre.access.signin.models import BrowserSession, InterruptedAct
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.ui.files.pictures import qr
from vaguemestre.people.credentials.models import Account, OneTimeDevice, RecoveryCode
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import devices_of, recovery_codes_left
from vaguemestre.people.credentials.services import make_recovery_codes, use_recovery_code

PAGE = "/parametres/securite/application"

pytestmark = pytest.mark.django_db


def secret_on(page: str) -> str:
    found = re.search(r'id="enrol-key">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def enrolled(client: Client) -> tuple[str, list[str]]:
    """The secret now enrolled, and the recovery codes shown."""
    secret = secret_on(client.get(PAGE).content.decode())
    page = client.post(PAGE, {"code": pyotp.TOTP(secret).now()}).content.decode()
    return secret, re.findall(r"<code class=\"secret\">([a-z2-9-]+)</code>", page)


def second_step(code: str) -> PageAnswer:
    fresh = Client()
    fresh.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return fresh.post("/alogin/code", {"code": code})


def age_sessions() -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()


@pytest.mark.heavy
def test_an_application_is_enrolled_and_then_asked_for(
    client: Client, nicolas: Account, told: list[str]
) -> None:
    secret, codes = enrolled(client)
    assert len(codes) == 10
    assert "a été ajoutée à votre compte" in told[-1]
    assert client.get(PAGE).status_code == 200
    first = Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert first["Location"] == "/alogin/code"
    later = pyotp.TOTP(secret).at(datetime.now() + timedelta(seconds=30))
    assert second_step(later)["Location"] == "/"


def test_the_code_that_enrolled_is_burnt(client: Client, nicolas: Account) -> None:
    secret = secret_on(client.get(PAGE).content.decode())
    code = pyotp.TOTP(secret).now()
    client.post(PAGE, {"code": code})
    assert second_step(code).status_code == 200


@pytest.mark.parametrize("code", ["", "000", "abcdef", "123456789"])
def test_a_wrong_code_enrols_nothing(client: Client, nicolas: Account, code: str, told: list[str]) -> None:
    secret = secret_on(client.get(PAGE).content.decode())
    page = client.post(PAGE, {"code": code})
    assert page.status_code == 200
    assert secret_on(page.content.decode()) == secret  # the one already scanned
    assert not OneTimeDevice.objects.filter(confirmed_at__isnull=False).exists()
    assert not RecoveryCode.objects.exists()
    assert told == []


def test_another_secret_may_be_asked_for(client: Client, nicolas: Account) -> None:
    first = secret_on(client.get(PAGE).content.decode())
    client.post(f"{PAGE}/autre")
    assert secret_on(client.get(PAGE).content.decode()) != first
    assert OneTimeDevice.objects.count() == 1


def test_an_unconfirmed_secret_asks_nothing_of_its_owner(client: Client, nicolas: Account) -> None:
    client.get(PAGE)
    assert Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD})["Location"] == "/"


def test_the_secret_is_sealed_and_told_to_nobody_else(client: Client, nicolas: Account) -> None:
    secret, codes = enrolled(client)
    assert secret.encode() not in bytes(OneTimeDevice.objects.get().secret)
    assert secret not in client.get("/parametres/securite").content.decode()
    lines = str(list(Entry.objects.values_list("action", "details")))
    assert secret not in lines
    assert not any(code in lines for code in codes)
    assert not any(code.replace("-", "") in str(list(RecoveryCode.objects.values())) for code in codes)


def test_a_recovery_code_stands_in_once(client: Client, nicolas: Account) -> None:
    _, codes = enrolled(client)
    assert second_step(codes[0].upper().replace("-", " "))["Location"] == "/"
    assert second_step(codes[0]).status_code == 200
    assert "Il vous en reste 9" in client.get("/parametres/securite").content.decode()
    assert Entry.objects.filter(action="credentials.recovery-code-used").count() == 1


def test_a_recovery_code_is_of_no_use_to_another(client: Client, nicolas: Account) -> None:
    _, codes = enrolled(client)
    karim = account("kbenali")
    add_application(karim)
    theirs = Client()
    theirs.post("/alogin", {"username": "kbenali", "secret": PASSWORD})
    assert theirs.post("/alogin/code", {"code": codes[0]}).status_code == 200


@pytest.mark.heavy
def test_new_codes_replace_the_old(client: Client, nicolas: Account, told: list[str]) -> None:
    _, old = enrolled(client)
    page = client.post("/parametres/securite/codes")
    assert "no-store" in page["Cache-Control"]
    new = re.findall(r"<code class=\"secret\">([a-z2-9-]+)</code>", page.content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)
    assert second_step(old[0]).status_code == 200
    assert second_step(new[0])["Location"] == "/"
    assert any("nouveaux codes de secours" in letter for letter in told)


def test_codes_alone_are_refused(client: Client, nicolas: Account) -> None:
    assert client.post("/parametres/securite/codes").status_code == 422


def test_an_application_is_removed_with_its_codes(client: Client, nicolas: Account, told: list[str]) -> None:
    enrolled(client)
    number = OneTimeDevice.objects.get().pk
    client.post(f"{PAGE}/{number}/retirer")
    assert not devices_of(nicolas.pk)
    assert recovery_codes_left(nicolas.pk) == 0
    assert "retirée de votre compte" in told[-1]
    assert Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD})["Location"] == "/"


def test_nobody_removes_somebody_elses(client: Client, nicolas: Account) -> None:
    karim = account("kbenali")
    add_application(karim)
    client.post(f"{PAGE}/{OneTimeDevice.objects.get().pk}/retirer")
    assert OneTimeDevice.objects.filter(account=karim).exists()


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/autre", f"{PAGE}/1/retirer", "/parametres/securite/codes"])
def test_each_change_asks_for_a_fresh_proof(client: Client, nicolas: Account, path: str) -> None:
    age_sessions()
    answer = client.post(path, {}, headers={"Referer": "http://testserver/parametres/securite"})
    assert answer["Location"] == "/alogin?confirmer=1&next=%2Fcompte%2Freprise"
    assert InterruptedAct.objects.get().page == "/parametres/securite"
    assert not OneTimeDevice.objects.exists()


@pytest.mark.parametrize(
    "referer",
    ["", "http://ailleurs.example/parametres", "http://testserver//ailleurs.example", "pas une adresse"],
)
def test_a_form_from_elsewhere_comes_back_home(client: Client, nicolas: Account, referer: str) -> None:
    age_sessions()
    answer = client.post("/parametres/securite/codes", headers={"Referer": referer})
    assert answer["Location"] == "/alogin?confirmer=1&next=%2Fcompte%2Freprise"
    assert InterruptedAct.objects.get().page == "/"


@pytest.mark.heavy
@pytest.mark.parametrize("role", ["helpdesk", "hr_officer", "administrator"])
def test_a_role_that_reaches_others_enrols_in_time(client: Client, role: str) -> None:
    made = account("operateur", role=role)
    Account.objects.filter(pk=made.pk).update(activated_at=timezone.now() - timedelta(days=13))
    client.post("/alogin", {"username": "operateur", "secret": PASSWORD})
    assert "Votre rôle demande" in client.get("/").content.decode()
    Account.objects.filter(pk=made.pk).update(activated_at=timezone.now() - timedelta(days=15))
    revocations.get().bump()
    assert client.get("/")["Location"] == "/parametres/securite"
    assert client.get("/assistance/")["Location"] == "/parametres/securite"
    assert client.get("/parametres/securite").status_code == 200
    enrolled(client)
    assert client.get("/").status_code == 200
    number = OneTimeDevice.objects.get(confirmed_at__isnull=False).pk
    refused = client.post(f"{PAGE}/{number}/retirer")
    assert refused.status_code == 422
    assert OneTimeDevice.objects.filter(pk=number).exists()


def test_nobody_else_is_pressed(client: Client, nicolas: Account) -> None:
    assert "Votre rôle demande" not in client.get("/").content.decode()


def test_a_changed_password_is_told(client: Client, nicolas: Account, told: list[str]) -> None:
    chosen = "sept nuages sur un toit"
    client.post("/parametres/securite/mot-de-passe", {"new_password": chosen, "confirmation": chosen})
    assert "mot de passe de votre compte a été changé" in told[-1]


def test_the_picture_is_a_square_of_modules_and_text_alone() -> None:
    drawn = ElementTree.fromstring(qr("otpauth://totp/x?secret=ABC", "Code <QR>"))
    assert drawn.attrib["aria-label"] == "Code <QR>"
    _, _, width, height = drawn.attrib["viewBox"].split()
    assert width == height
    assert "style" not in drawn.attrib


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_recovery_code_opens() -> None:
    nicolas = account()
    code = make_recovery_codes(nicolas.pk, secret_keys.get(), by="test", now=NOON)[0]
    won = at_once(4, lambda _: use_recovery_code(nicolas.pk, code, secret_keys.get(), now=NOON))
    assert sorted(won) == [False, False, False, True]
