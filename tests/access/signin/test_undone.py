"""Each act that a notice says can be undone is undone from that very notice, as its owner reads it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.authenticator import Device
from tests.access.signin.letters import letters_due
from tests.access.signin.people import APP_SECRET, PASSWORD, account, add_application, add_key

from vaguemestre.access.signin.rules.acts.kinds import UNDOABLE
from vaguemestre.access.signin.rules.acts.sentences import WORDS
from vaguemestre.access.signin.services import choose_pin
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import (
    app_passwords_of,
    contacts_of,
    current_key,
    devices_of,
    identified,
    passkeys_of,
    recovery_codes_left,
    usable_contact,
)
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.services import make_recovery_codes, matches_hash, use_recovery_code
from vaguemestre.schools.rosters.models import EntLinkRow
from vaguemestre.schools.rosters.services import link_ent

pytestmark = pytest.mark.django_db

SECURITY = "/parametres/securite"
OTHER = "trois chats sous un toit"
NUMEN = "20E9501234ABC"
HOME = "nicolas@maison.example"


@dataclass
class Owner:
    account: Account
    browser: Client

    @property
    def number(self) -> int:
        return self.account.pk

    def posts(self, path: str, **form: str) -> str:
        return self.browser.post(f"{SECURITY}{path}", form).content.decode()


type Before = Callable[[Owner], object]
type Act = Callable[[Owner], object]
type Holds = Callable[[Owner], bool]


def enrols(owner: Owner) -> str:
    """A new application; the page that shows its codes."""
    page = owner.browser.get(f"{SECURITY}/application").content.decode()
    found = re.search(r'id="enrol-key">([A-Z2-7 ]+)<', page)
    assert found
    return owner.posts("/application", code=pyotp.TOTP(found[1].replace(" ", "")).now())


def removes_application(owner: Owner) -> None:
    owner.posts(f"/application/{devices_of(owner.number)[0].device_id}/retirer")


def makes_passkey(owner: Owner) -> None:
    device = Device(settings.CONFIG.public_url)
    options = owner.browser.post(f"{SECURITY}/cle/options").json()
    owner.posts("/cle", name="Téléphone", response=device.create(options))


def removes_passkey(owner: Owner) -> None:
    owner.posts(f"/cle/{passkeys_of(owner.number)[0].passkey_id}/retirer")


def has_contact(owner: Owner) -> None:
    now = timezone.now()
    RecoveryContact.objects.create(
        account=owner.account, address=HOME, code_until=now, confirmed_at=now, usable_at=now
    )


def sets_contact(owner: Owner) -> None:
    owner.posts("/contact", address="autre@maison.example")
    owner.posts("/contact/code", code=letters_due()[-1][3])


def changes_password(owner: Owner) -> None:
    owner.posts("/mot-de-passe", new_password=OTHER, confirmation=OTHER)


def recovers(owner: Owner) -> None:
    """Somebody else, who reads the contact's mail and knows NUMEN and birth date."""
    thief = Client()
    thief.post("/assistant/secours", {"numen": NUMEN, "birth_date": "03/09/1985"})
    thief.post("/assistant/secours/code", {"code": letters_due()[-1][3]})
    thief.post("/assistant/secours/mot-de-passe", {"new_password": OTHER, "confirmation": OTHER})


def has_codes(owner: Owner) -> None:
    add_application(owner.account)
    owner.browser.codes = make_recovery_codes(  # type: ignore[attr-defined]
        owner.number, secret_keys.get(), by="test", now=timezone.now()
    )


def former_code_serves(owner: Owner) -> bool:
    first = owner.browser.codes[0]  # type: ignore[attr-defined]
    return use_recovery_code(owner.number, first, secret_keys.get(), now=timezone.now())


def has_key(owner: Owner) -> None:
    add_key(owner.account, "1984")


def chooses_pin(owner: Owner) -> None:
    now = timezone.now()
    code = code_at(APP_SECRET, now, 60)
    run_now(choose_pin(owner.number, "7302", code, secret_keys.get(), now=now))


def loses_key(owner: Owner) -> None:
    key = current_key(owner.number)
    assert key
    owner.posts(f"/pin/{key.device_id}/perdue")


def nothing(owner: Owner) -> None: ...


# Act → what was there before, the act, and what holds again once it is undone.
ACTS: dict[str, tuple[Before, Act, Holds]] = {
    "application-added": (nothing, enrols, lambda o: not devices_of(o.number)),
    "application-removed": (
        has_codes,
        removes_application,
        lambda o: len(devices_of(o.number)) == 1 and recovery_codes_left(o.number) == 10,
    ),
    "recovery-codes-made": (has_codes, lambda o: o.posts("/codes"), former_code_serves),
    "passkey-added": (nothing, makes_passkey, lambda o: not passkeys_of(o.number)),
    "passkey-removed": (makes_passkey, removes_passkey, lambda o: len(passkeys_of(o.number)) == 1),
    "contact-set": (nothing, sets_contact, lambda o: not contacts_of(o.number, timezone.now())),
    "contact-dropped": (
        has_contact,
        lambda o: o.posts(f"/contact/{RecoveryContact.objects.get().pk}/retirer"),
        lambda o: usable_contact(o.number, timezone.now()) == HOME,
    ),
    "password-changed": (
        nothing, changes_password, lambda o: matches_hash(PASSWORD, identified(o.number).hashed),
    ),
    "recovered": (has_contact, recovers, lambda o: matches_hash(PASSWORD, identified(o.number).hashed)),
    "app-password-made": (
        nothing,
        lambda o: o.browser.post("/parametres/appareils/nouveau", {"name": "Voleur"}),
        lambda o: not app_passwords_of(o.number),
    ),
    "key-pin-chosen": (has_key, chooses_pin, lambda o: current_key(o.number) is None),
    "key-lost": (has_key, loses_key, lambda o: current_key(o.number) is not None),
    "ent-linked": (
        nothing,
        lambda o: run_now(link_ent(o.number, "ent:https://ent.example:n.morel", now=timezone.now())),
        lambda o: not EntLinkRow.objects.exists(),
    ),
}  # fmt: skip
# Filters, loans and copies belong to other rooms: tests.site.test_undo.py.
ELSEWHERE = {
    "forward-set", "filter-deletes", "expert-saved", "reply-to-set", "delegation-given", "export-asked",
    "script-by-program",
}  # fmt: skip


def test_every_act_that_can_be_undone_is_tried() -> None:
    assert set(ACTS) | ELSEWHERE == UNDOABLE


@pytest.mark.parametrize("act", ACTS)
def test_it_is_undone_from_its_notice_once(client: Client, told: list[str], act: str) -> None:
    owner = Owner(account(numen=NUMEN), client)
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    before, done, holds_again = ACTS[act]
    before(owner)
    told.clear()
    done(owner)
    letter = next(one for one in told if one.startswith(f"{WORDS[act][0]}\n"))
    found = re.search(r"http://\S+(/compte/pas-moi/\S+)", letter)
    assert found
    assert not holds_again(owner) or act == "recovery-codes-made"
    page = Client().get(found[1]).content.decode()
    assert "Annuler ce changement seulement" in page
    assert "Ce changement est annulé" in Client().post(found[1], {"undo": "1"}).content.decode()
    assert holds_again(owner)
