"""OTP keys at the desk: stocked from a list, handed over with a receipt, lost, replaced."""

import base64

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account, add_application

from vaguemestre.desks.helpdesk.rules.key_list import parse_key_list
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, KeyInStock
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries.keys import current_key
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.services.keys import choose_pin

SECRET = b"12345678901234567890"
LIST = f"000-123 ; {base64.b32encode(SECRET).decode()}\n000-124;{SECRET.hex()}\n"
REASON = "Remise en main propre, carte présentée"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lucie(client: Client) -> Account:
    made = account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain")
    client.post("/alogin", {"username": "lpoulain", "secret": PASSWORD})
    return made


def test_the_whole_life_of_a_key(client: Client, lucie: Account) -> None:
    owner = account()
    page = client.post("/assistance/cles", {"key_list": LIST}).content.decode()
    assert "2 clés ajoutées" in page
    assert SECRET.hex() not in page
    where = f"/assistance/compte/{owner.pk}/cle"
    assert client.post(where, {"serial": "000 123", "reason": REASON}).status_code == 200  # no such serial
    assert client.post(where, {"serial": "000-123", "reason": REASON})["Location"].endswith("key-given")
    shown = client.get(where).content.decode()
    assert "pas encore choisi" in shown
    held = current_key(owner.pk)
    assert held
    receipt = client.get(f"{where}/{held.device_id}/recu")
    assert receipt["Content-Type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF-")
    assert client.post(where, {"serial": "000-124", "reason": REASON}).status_code == 200  # one at a time
    assert client.post(f"{where}/perdue", {"reason": "Perdue dans le train"})["Location"].endswith("key-lost")
    assert current_key(owner.pk) is None
    assert client.post(where, {"serial": "000-123", "reason": REASON}).status_code == 200  # lost for good
    assert client.post(where, {"serial": "000-124", "reason": REASON}).status_code == 302
    assert not KeyInStock.objects.exists()


def test_the_holder_alone_chooses_the_pin_then_signs_in_with_it(client: Client, lucie: Account) -> None:
    owner = account()
    client.post("/assistance/cles", {"key_list": LIST})
    client.post(f"/assistance/compte/{owner.pk}/cle", {"serial": "000-123", "reason": REASON})
    now = timezone.now()
    from_key = code_at(SECRET, now, 60)
    assert choose_pin(owner.pk, "1984", from_key, secret_keys.get(), by="test", now=now)
    assert "choisi par la personne" in client.get(f"/assistance/compte/{owner.pk}/cle").content.decode()


def test_the_loss_of_a_key_is_not_told_to_leave_the_password_alone_where_there_is_an_application(
    client: Client, lucie: Account
) -> None:
    """A key whose PIN is not chosen is no second factor; the page took the application for it."""
    owner, said = account(), "C’est son seul second facteur"
    client.post("/assistance/cles", {"key_list": LIST})
    where = f"/assistance/compte/{owner.pk}/cle"
    client.post(where, {"serial": "000-123", "reason": REASON})
    assert said not in client.get(where).content.decode()
    choose_pin(
        owner.pk,
        "1984",
        code_at(SECRET, timezone.now(), 60),
        secret_keys.get(),
        by="test",
        now=timezone.now(),
    )
    assert said in client.get(where).content.decode()
    other = account("paul")
    add_application(other)
    where = f"/assistance/compte/{other.pk}/cle"
    client.post(where, {"serial": "000-124", "reason": REASON})
    assert said not in client.get(where).content.decode()


def test_a_key_is_not_handed_without_a_reason_nor_to_an_administrator(client: Client, lucie: Account) -> None:
    owner, admin = account(), account("admin", role="administrator")
    client.post("/assistance/cles", {"key_list": LIST})
    for who, reason in ((owner, ""), (admin, REASON), (lucie, REASON)):
        answer = client.post(f"/assistance/compte/{who.pk}/cle", {"serial": "000-123", "reason": reason})
        assert answer.status_code == 200
        assert current_key(who.pk) is None


@pytest.mark.parametrize("line", ["000-125", "000-125;zz", ";" + SECRET.hex(), "000-125;abcd"])
def test_a_wrong_line_is_named_and_nothing_is_added(client: Client, lucie: Account, line: str) -> None:
    page = client.post("/assistance/cles", {"key_list": LIST + line}).content.decode()
    assert "La ligne 3" in page
    assert not KeyInStock.objects.exists()
    with pytest.raises(Refusal, match="helpdesk.key-line"):
        parse_key_list(line)
