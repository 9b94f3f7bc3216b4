"""Each act that a notice says can be undone is undone from that very notice, as its owner reads it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pyotp
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.authenticator import Device
from tests.access.signin.letters import letters_due
from tests.access.signin.people import APP_SECRET, PASSWORD, account, add_application, add_key

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.acts.kinds import PROVED, UNDOABLE
from vaguemestre.access.signin.rules.acts.sentences import WORDS
from vaguemestre.access.signin.rules.notices import notice
from vaguemestre.access.signin.services import choose_pin, end_links
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, OneTimeDevice, RecoveryContact
from vaguemestre.people.credentials.ports import numen_words, secret_keys
from vaguemestre.people.credentials.queries import (
    app_passwords_of,
    contacts_of,
    current_key,
    devices_of,
    identified,
    passkeys_of,
    password_context_of,
    recovery_codes_left,
    usable_contact,
)
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.services import (
    check_chosen_password,
    make_recovery_codes,
    matches_hash,
    use_recovery_code,
)
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
        lambda o: [one.address for one in contacts_of(o.number, timezone.now())] == [HOME],
    ),
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
    if act in PROVED:  # what opens or protects the account is changed by who proves to be the owner
        asked = Client().post(found[1], {"undo": "1"})
        assert asked["Location"] == f"/alogin?{urlencode({'next': found[1]})}"
        assert not holds_again(owner) or act == "recovery-codes-made"
    by = owner.browser if act in PROVED else Client()
    assert "Ce changement est annulé" in by.post(found[1], {"undo": "1"}).content.decode()
    assert holds_again(owner)


def notice_link(told: list[str], act: str) -> str:
    letter = next(one for one in reversed(told) if one.startswith(f"{WORDS[act][0]}\n"))
    found = re.search(r"http://\S+(/compte/pas-moi/\S+)", letter)
    assert found
    return found[1]


@pytest.fixture
def owner(client: Client) -> Owner:
    made = Owner(account(numen=NUMEN), client)
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return made


def test_a_link_of_before_a_lock_opens_nothing(owner: Owner, told: list[str]) -> None:
    """A thief adds a passkey, removes it and keeps the notice's link; its owner then closes the account."""
    thief = Owner(owner.account, Client())
    thief.browser.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    makes_passkey(thief)
    removes_passkey(thief)
    kept, seen = notice_link(told, "passkey-removed"), notice_link(told, "new-browser")
    browser = Client()
    browser.post(seen, {"lock": "1"})
    form = {"current_password": PASSWORD, "new_password": OTHER, "confirmation": OTHER}
    assert browser.post("/compte/nouveau-mot-de-passe", form)["Location"] == "/alogin?nouveau=1"
    proved = Client()
    proved.post("/alogin", {"username": "nmorel", "secret": OTHER})
    for act in ("undo", "lock"):
        assert "compte a été refermé depuis" in proved.post(kept, {act: "1"}).content.decode()
    assert not passkeys_of(owner.number)
    assert proved.get(SECURITY).status_code == 200


def test_a_link_of_before_the_help_desk_closed_the_account_opens_nothing(
    owner: Owner, told: list[str]
) -> None:
    makes_passkey(owner)
    kept = notice_link(told, "passkey-added")
    with transaction.atomic():
        end_links(owner.number, now=timezone.now())
    assert owner.browser.post(kept, {"undo": "1"}).status_code == 410
    assert Client().post(kept, {"lock": "1"}).status_code == 410


def test_a_means_of_entry_comes_back_for_its_owner_alone(owner: Owner, told: list[str]) -> None:
    makes_passkey(owner)
    removes_passkey(owner)
    link = notice_link(told, "passkey-removed")
    other = account("paul", first_name="Paul", last_name="Obry")
    colleague = Client()
    colleague.post("/alogin", {"username": other.username, "secret": PASSWORD})
    said = colleague.post(link, {"undo": "1"}).content.decode()
    assert "Connectez-vous d’abord au compte dont parle cet avis" in said
    BrowserSession.objects.filter(account=owner.account).update(
        started_at=timezone.now() - timedelta(minutes=6)
    )
    revocations.get().bump()
    assert owner.browser.post(link, {"undo": "1"})["Location"].startswith("/alogin?next=")
    assert not passkeys_of(owner.number)


def test_a_contact_put_back_rests_as_a_new_one_does(owner: Owner, told: list[str]) -> None:
    has_contact(owner)
    RecoveryContact.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    owner.posts(f"/contact/{RecoveryContact.objects.get().pk}/retirer")
    assert Client().post(notice_link(told, "contact-dropped"), {"lock": "1"}).status_code == 302
    assert usable_contact(owner.number, timezone.now()) == ""
    assert usable_contact(owner.number, timezone.now() + timedelta(hours=72)) == HOME


@pytest.mark.parametrize(("before", "act", "which"), [
    (nothing, changes_password, "password-changed"), (has_contact, recovers, "recovered"),
])  # fmt: skip
def test_a_change_of_password_is_no_way_back_to_the_former_one(
    owner: Owner, told: list[str], before: Before, act: Act, which: str
) -> None:
    """Who reads the notice may know either: neither opens, nor chooses the next."""
    before(owner)
    act(owner)
    link = notice_link(told, which)
    reader = Client()
    assert "Annuler ce changement seulement" not in reader.get(link).content.decode()
    assert reader.post(link, {"undo": "1"}).status_code == 422
    assert matches_hash(OTHER, identified(owner.number).hashed)
    page = reader.post(link, {"lock": "1"}).content.decode()
    assert "ni l’ancien ni le nouveau n’ouvrent plus rien" in page
    assert reader.get("/compte/nouveau-mot-de-passe")["Location"] == "/alogin"
    for password in (PASSWORD, OTHER):
        tried = Client()
        assert tried.post("/alogin", {"username": "nmorel", "secret": password}).status_code == 200
        bearer = password_context_of(owner.number, password, numen_words.get())
        with pytest.raises(Refusal, match="password-taken"):
            check_chosen_password(password, bearer)


def test_a_lock_is_no_way_round_the_factor_just_added(owner: Owner, told: list[str]) -> None:
    """A thief knows the password and reads the mailbox; the owner adds an application."""
    enrols(owner)
    link = notice_link(told, "application-added")
    thief = Client()
    assert "n’ouvrent plus rien" in thief.post(link, {"lock": "1"}).content.decode()
    assert thief.get("/compte/nouveau-mot-de-passe")["Location"] == "/alogin"
    assert thief.post("/alogin", {"username": "nmorel", "secret": PASSWORD}).status_code == 200


def test_a_lock_leaves_its_owner_the_password_beside_an_older_factor(owner: Owner, told: list[str]) -> None:
    add_application(owner.account)
    OneTimeDevice.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    makes_passkey(owner)
    browser = Client()
    browser.post(notice_link(told, "passkey-added"), {"lock": "1"})
    form = {"current_password": PASSWORD, "new_password": OTHER, "confirmation": OTHER}
    assert browser.post("/compte/nouveau-mot-de-passe", form)["Location"] == "/alogin?nouveau=1"


@pytest.mark.parametrize("act", sorted(WORDS))
def test_only_mail_set_aside_is_said_to_vanish_by_itself(act: str) -> None:
    text = notice(
        act=act, reason="", detail="", name="Marie", address="m@ac-amiens.test", sender="n@ac-amiens.test",
        message_id="<n@x>", site="https://x", link="", at=timezone.now(),
    ).decode()  # fmt: skip
    is_set_aside = act in {"judged-late", "quarantine-digest", "virus-found-late"}
    assert ("s’effacent d’eux-mêmes" in text) is is_set_aside
