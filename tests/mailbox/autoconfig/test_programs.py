"""A program is let in by its owner's consent, on the owner's own machine, and shown the door the same way."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.people.credentials.test_tokens import Engines

from vaguemestre.mailbox.autoconfig.models import ProgramCode
from vaguemestre.mailbox.autoconfig.rules.programs import is_own_machine, verifies
from vaguemestre.people.credentials.events import TokensWithdrawn
from vaguemestre.people.credentials.models import Account, AppPassword, FormerProgramKey, MailToken
from vaguemestre.people.credentials.ports import ProgramToken
from vaguemestre.people.credentials.queries import account_facts, account_of_app_password
from vaguemestre.people.credentials.rules.tokens import sha256_of
from vaguemestre.people.provisioning.handlers import withdraw_tokens
from vaguemestre.people.provisioning.ports import connections, mail_directory
from vaguemestre.site.adapters.mail_tokens import SignedTokens

pytestmark = pytest.mark.django_db(transaction=True)

VERIFIER = "v" * 60
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": "thunderbird",
    "redirect_uri": "http://localhost",
    "scope": "mail",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class Directory(Engines):
    """The list of tokens, beside mailboxes nobody looks at here."""

    def put(self, expected: object) -> set[str]:
        return set()

    def drop(self, mailboxes: object) -> None: ...

    def held(self) -> dict[str, object]:
        return {}


@pytest.fixture
def engines() -> Iterator[Engines]:
    made, held = Directory(), mail_directory.get()
    mail_directory.replace(made)  # type: ignore[arg-type]
    yield made
    mail_directory.replace(held)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    return signed_in(nicolas)


def decided(client: Client, choice: str = "yes", **changed: str) -> dict[str, str]:
    """What the program is told, once its owner has chosen."""
    page = client.get(f"/appareils/autoriser?{urlencode({**ASKED, **changed})}")
    stamp = re.search(r'name="request" value="([^"]+)"', page.content.decode())
    assert stamp
    sent = {"request": stamp[1], "decision": choice, "device": "Thunderbird du bureau"}
    left = client.post("/appareils/autoriser", sent).content.decode()
    address = re.search(r'content="0; url=([^"]+)"', left)
    assert address
    return {name: one for name, (one,) in parse_qs(urlsplit(address[1].replace("&amp;", "&")).query).items()}


def exchanged(code: str, **changed: str) -> tuple[int, dict[str, object]]:
    told = {
        "grant_type": "authorization_code", "code": code, "client_id": "thunderbird",
        "redirect_uri": "http://localhost", "code_verifier": VERIFIER, **changed,
    }  # fmt: skip
    answer = Client().post("/appareils/jeton", told)
    return answer.status_code, json.loads(answer.content)


def refreshed(key: object) -> tuple[int, dict[str, object]]:
    told = {"grant_type": "refresh_token", "refresh_token": str(key), "client_id": "thunderbird"}
    answer = Client().post("/appareils/jeton", told)
    return answer.status_code, json.loads(answer.content)


def test_a_program_gets_a_token_of_an_hour_and_a_key_that_is_no_password(
    client: Client, nicolas: Account, engines: Engines
) -> None:
    told = decided(client)
    assert told["state"] == "s1"
    assert told["iss"].endswith("/appareils")
    status, granted = exchanged(told["code"])
    assert status == 200
    assert granted["expires_in"] == 3600
    mailbox, ends = engines.honoured[sha256_of(str(granted["access_token"]))]
    assert mailbox == nicolas.mailbox
    assert ends - timezone.now().timestamp() <= 3600
    held = AppPassword.objects.get()
    assert (held.name, held.scope) == ("Thunderbird du bureau", "program")
    key = str(granted["refresh_token"])
    assert (
        account_of_app_password(nicolas.mailbox, sha256_of(key), ("contacts", "both"), timezone.now()) is None
    )
    (facts,) = account_facts([nicolas.pk], timezone.now())
    assert facts.app_keys == ()
    page = client.get("/parametres/appareils").content.decode()
    assert "Courrier, par votre accord" in page


@pytest.mark.parametrize("said", ["", "ADDRESS", "mailbox", "other"])
def test_its_tokens_name_the_address_it_signs_in_with(
    client: Client, nicolas: Account, engines: Engines, said: str
) -> None:
    own = nicolas.person.addresses.get().address
    other = account("kbenali")
    hint = {"ADDRESS": own.upper(), "mailbox": nicolas.mailbox, "other": other.mailbox}.get(said, "")
    _, granted = exchanged(decided(client, login_hint=hint)["code"])
    middle = str(granted["access_token"]).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["sub"] == (nicolas.mailbox if said == "mailbox" else own)
    assert {mailbox for mailbox, _ in engines.honoured.values()} == {nicolas.mailbox}


def test_it_goes_on_by_its_key_until_its_owner_revokes_it(
    client: Client, nicolas: Account, engines: Engines
) -> None:
    _, granted = exchanged(decided(client)["code"])
    status, again = refreshed(granted["refresh_token"])
    assert status == 200
    assert again["refresh_token"] != granted["refresh_token"]
    assert AppPassword.objects.get().last_used_at
    cut: list[str] = []
    held = connections.get()
    connections.replace(type("Cut", (), {"cut": lambda self, mailbox: cut.append(mailbox)})())
    with patch("vaguemestre.people.credentials.services.app_passwords.announce") as announced:
        client.post(f"/parametres/appareils/{AppPassword.objects.get().pk}/revoquer")
    (event,) = [one.args[0] for one in announced.call_args_list if isinstance(one.args[0], TokensWithdrawn)]
    withdraw_tokens(event)
    connections.replace(held)
    for one in (granted, again):
        assert sha256_of(str(one["access_token"])) not in engines.honoured
    assert nicolas.mailbox in cut
    assert refreshed(again["refresh_token"]) == (
        400,
        {"error": "invalid_grant", "error_description": "the code or token is unknown, over, or another's"},
    )


def test_each_exchange_gives_the_next_key_under_the_same_line(
    client: Client, nicolas: Account, engines: Engines
) -> None:
    _, told = exchanged(decided(client)["code"])
    shown = [str(told["refresh_token"])]
    for _ in range(5):
        status, told = refreshed(shown[-1])
        assert status == 200
        shown.append(str(told["refresh_token"]))
    assert len(set(shown)) == 6
    held = AppPassword.objects.get()
    assert (held.name, held.revoked_at) == ("Thunderbird du bureau", None)
    for key in shown:  # none of them is a password
        assert (
            account_of_app_password(nicolas.mailbox, sha256_of(key), ("mail", "both"), timezone.now()) is None
        )


def test_a_program_that_did_not_hear_its_next_key_is_told_the_same_one(
    client: Client, engines: Engines
) -> None:
    _, granted = exchanged(decided(client)["code"])
    _, first = refreshed(granted["refresh_token"])
    status, again = refreshed(granted["refresh_token"])
    assert (status, again["refresh_token"]) == (200, first["refresh_token"])
    assert refreshed(again["refresh_token"])[0] == 200


@pytest.mark.parametrize("how", ["its next key was used", "long after", "two steps back"])
def test_a_key_shown_again_closes_the_line_of_its_program(client: Client, engines: Engines, how: str) -> None:
    _, granted = exchanged(decided(client)["code"])
    old = granted["refresh_token"]
    _, last = refreshed(old)
    if how != "long after":
        _, last = refreshed(last["refresh_token"])
    if how == "two steps back":
        _, last = refreshed(last["refresh_token"])
    if how == "long after":
        FormerProgramKey.objects.update(replaced_at=timezone.now() - timedelta(minutes=2))
    assert refreshed(old)[0] == 400
    assert refreshed(last["refresh_token"])[0] == 400
    assert AppPassword.objects.get().revoked_at
    assert not MailToken.objects.filter(session_key__startswith="program:").exists()  # all of it closes


def test_it_gives_back_its_key_by_the_one_before_too(client: Client, engines: Engines) -> None:
    _, granted = exchanged(decided(client)["code"])
    _, again = refreshed(granted["refresh_token"])
    Client().post("/appareils/jeton/revoquer", {"token": granted["refresh_token"]})
    assert refreshed(again["refresh_token"])[0] == 400


def test_it_may_give_its_key_back(client: Client, engines: Engines) -> None:
    _, granted = exchanged(decided(client)["code"])
    for _ in range(2):  # told the same, known or not
        assert (
            Client().post("/appareils/jeton/revoquer", {"token": granted["refresh_token"]}).status_code == 200
        )
    assert refreshed(granted["refresh_token"])[0] == 400


def test_who_refuses_gives_nothing(client: Client, engines: Engines) -> None:
    assert decided(client, "no")["error"] == "access_denied"
    assert not ProgramCode.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 60},
        {"redirect_uri": "http://localhost:1"},
        {"client_id": "logiciel"},
        {"code": "x"},
    ],
)
def test_a_code_is_worth_nothing_to_another(
    client: Client, engines: Engines, changed: dict[str, str]
) -> None:
    code = decided(client)["code"]
    assert exchanged(**{"code": code, **changed})[0] == 400
    assert not AppPassword.objects.exists()
    if "code" not in changed:  # burnt
        assert exchanged(code)[0] == 400


def test_a_code_used_twice_takes_back_what_it_gave(
    client: Client, nicolas: Account, engines: Engines
) -> None:
    code = decided(client)["code"]
    _, granted = exchanged(code)
    held, cut = connections.get(), list[str]()
    connections.replace(type("Cut", (), {"cut": lambda self, mailbox: cut.append(mailbox)})())
    assert exchanged(code)[0] == 400
    connections.replace(held)
    assert refreshed(granted["refresh_token"])[0] == 400
    assert not engines.honoured, "its access token opens nothing more, at once"
    assert cut == [nicolas.mailbox]


def test_a_code_given_again_before_its_first_answer_ends_that_one_too(
    client: Client, engines: Engines
) -> None:
    """The key is revoked by another transaction, which saw no token yet, while the first one is minted."""
    minted = SignedTokens.for_program

    def revoked_meanwhile(tokens: SignedTokens, key: str) -> ProgramToken:
        token = minted(tokens, key)
        AppPassword.objects.update(revoked_at=timezone.now())
        return token

    with patch.object(SignedTokens, "for_program", revoked_meanwhile):
        assert exchanged(decided(client)["code"])[0] == 400
    assert not engines.honoured
    assert not MailToken.objects.filter(session_key__startswith="program:").exists()


def test_a_code_dies_after_a_minute(client: Client, engines: Engines) -> None:
    code = decided(client)["code"]
    ProgramCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert exchanged(code)[0] == 400


def test_a_closed_account_opens_nothing_more(client: Client, nicolas: Account, engines: Engines) -> None:
    _, granted = exchanged(decided(client)["code"])
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    assert refreshed(granted["refresh_token"])[0] == 400


@pytest.mark.parametrize(
    "stopped", [{"state": "suspended"}, {"password_barred_at": timezone.now()}, {"password": "!rien"}]
)
def test_a_code_given_before_an_account_is_stopped_makes_no_key(
    client: Client, nicolas: Account, engines: Engines, stopped: dict[str, object]
) -> None:
    code = decided(client)["code"]
    Account.objects.filter(pk=nicolas.pk).update(**stopped)
    assert exchanged(code)[0] == 400
    assert not AppPassword.objects.exists()
    Account.objects.filter(pk=nicolas.pk).update(
        state="active", password_barred_at=None, password=nicolas.password
    )
    assert exchanged(code)[0] == 400  # burnt


@pytest.mark.parametrize(
    "address",
    [
        "https://voleur.example/", "http://localhost.voleur.example/", "http://localhost@voleur.example/",
        "http://127.0.0.1.voleur.example", "http://localhost:80:80/", "javascript:alert(1)",
        "//voleur.example",
        "http://localhost/?x=1", "http://localhost/#x", "http://localhost\\@voleur.example/", "",
        "http://localhost/\r\nSet-Cookie: a=b", "HTTP://localhost",
    ],
)  # fmt: skip
def test_nothing_leaves_for_elsewhere(client: Client, address: str) -> None:
    assert not is_own_machine(address)
    answer = client.get(f"/appareils/autoriser?{urlencode({**ASKED, 'redirect_uri': address})}")
    assert answer.status_code == 422
    assert "Location" not in answer


@pytest.mark.parametrize(
    "address", ["http://localhost", "http://127.0.0.1:49152/rappel", "http://[::1]:8080/"]
)
def test_any_port_of_ones_own_machine_will_do(address: str) -> None:
    assert is_own_machine(address)


@pytest.mark.parametrize(
    "changed",
    [
        {"response_type": "token"}, {"code_challenge_method": "plain"}, {"code_challenge": "court"},
        {"scope": "openid"},
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_to_the_program(client: Client, changed: dict[str, str]) -> None:
    answer = client.get(f"/appareils/autoriser?{urlencode({**ASKED, **changed})}")
    assert answer["Location"].startswith("http://localhost?error=")


def test_consent_is_asked_of_somebody_just_proved_and_of_nobody_else(
    client: Client, nicolas: Account
) -> None:
    asked = f"/appareils/autoriser?{urlencode(ASKED)}"
    assert Client().get(asked)["Location"].startswith("/alogin?next=%2Fappareils%2Fautoriser")
    page = client.get(asked).content.decode()
    stamp = re.search(r'name="request" value="([^"]+)"', page)
    assert stamp
    other = account("kbenali")
    karim = Client()
    karim.post("/alogin", {"username": other.username, "secret": PASSWORD})
    assert karim.post("/appareils/autoriser", {"request": stamp[1], "decision": "yes"}).status_code == 422
    assert client.post("/appareils/autoriser", {"request": "faux", "decision": "yes"}).status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/appareils/autoriser", {"request": stamp[1], "decision": "yes"}).status_code == 403
    assert not ProgramCode.objects.exists()


def test_a_verifier_is_the_one_of_its_challenge() -> None:
    assert verifies(VERIFIER, CHALLENGE)
    for wrong in ("", "v" * 61, "é" * 60, "v" * 42):
        assert not verifies(wrong, CHALLENGE)
