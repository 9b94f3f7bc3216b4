"""The demonstration's people: always there, with what ready.json must say."""

import base64
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from vaguemestre.demo import people, services
from vaguemestre.demo.cast import CAST, numen_of
from vaguemestre.desks.removals.queries import is_security_officer
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import app_passwords_of, devices_of
from vaguemestre.people.credentials.services import matches_hash
from vaguemestre.people.directory.models import Academy, Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import person_by_numen
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.site.config import Config

ROLES = {
    *("teacher", "colleague", "newcomer", "transferred", "head", "secretary", "otp"),
    *("hr_dpe", "hr_dpate", "hr_deep", "hr_dsden", "helpdesk", "administrator", "outside"),
}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = replace(settings.CONFIG, home=tmp_path)
    for folder in (made.secrets_dir, made.data_dir):
        folder.mkdir(parents=True)
    return made


def made(config: Config) -> dict[str, dict[str, object]]:
    services.people(config, lambda *_: None)
    return {str(account["role"]): account for account in services.accounts(config)}


@pytest.mark.heavy
@pytest.mark.django_db
def test_somebody_of_the_cast_whose_dossier_a_feed_changed_is_still_of_the_cast(config: Config) -> None:
    before = made(config)
    Person.objects.filter(dossier="DEMO-teacher").update(dossier="ZZ1")
    assert made(config)["teacher"] == before["teacher"]


@pytest.mark.heavy
@pytest.mark.django_db
def test_every_role_is_there_with_what_it_needs(config: Config) -> None:
    assert services.is_wanted(config)
    told = made(config)
    assert told.keys() == ROLES
    assert json.loads(json.dumps(told)) == told
    for role, account in told.items():
        assert account["username"]
        assert account["address"]
        activated = role not in ("newcomer", "transferred")
        assert ("password" in account, "app_password" in account) == (activated, activated)
        assert ("numen" in account, "birth_date" in account) == (not activated, not activated)
    assert (told["otp"]["totp_period"], len(str(told["otp"]["pin"]))) == (60, 4)
    for role in ("hr_dpe", "hr_dpate", "hr_deep", "hr_dsden", "helpdesk", "administrator"):
        assert (told[role]["totp_period"], "pin" in told[role]) == (30, False)
        assert len(base64.b32decode(str(told[role]["totp_secret"]))) == 20
    assert told["transferred"]["numen"][:3] == "09G"  # type: ignore[index]
    assert told["outside"]["address"] == "outside@exterieur.test"
    assert Person.objects.count() == 420


@pytest.mark.heavy
@pytest.mark.django_db
def test_what_is_told_is_what_opens(config: Config) -> None:
    told = made(config)
    for role in ("teacher", "administrator", "outside"):
        account = Account.objects.get(username=told[role]["username"])
        assert account.state == "active"
        assert matches_hash(str(told[role]["password"]), account.password)
        assert len(app_passwords_of(account.pk)) == 1
    assert Account.objects.get(username=told["administrator"]["username"]).role == "administrator"
    assert not devices_of(Account.objects.get(username=told["teacher"]["username"]).pk)
    newcomer = Account.objects.get(username=told["newcomer"]["username"])
    assert newcomer.state == "pending"
    holder = person_by_numen(digest(parse_numen(str(told["newcomer"]["numen"])), numen_keys.get()))
    assert holder is not None
    assert holder.pk == newcomer.person_id
    assert f"{holder.birth_date:%d/%m/%Y}" == told["newcomer"]["birth_date"]


@pytest.mark.heavy
@pytest.mark.django_db
def test_again_it_changes_nothing_and_says_the_same(config: Config) -> None:
    first = made(config)
    rows = list(Account.objects.order_by("pk").values_list("username", "password", "state"))
    assert made(config) == first
    assert list(Account.objects.order_by("pk").values_list("username", "password", "state")) == rows
    assert (config.secrets_dir / "demo.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.heavy
@pytest.mark.django_db
def test_interrupted_it_is_finished_with_the_same_secrets(config: Config) -> None:
    def stop(sentence: str, fraction: float) -> None:
        if sentence.startswith("Comptes") and fraction > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.people(config, stop)
    assert services.is_wanted(config)
    assert services.accounts(config) == []
    half_way = json.loads((config.secrets_dir / "demo.json").read_text())["accounts"]
    told = made(config)
    for role, secrets in half_way.items():
        assert told[role]["password"] == secrets["password"]
    assert Account.objects.filter(state="active").exclude(role="box").count() == 12


def test_the_feed_of_the_demonstration_does_not_change() -> None:
    day = date(2026, 11, 25)
    first, second = (people.feed_files(day, "20", NumenLayout.SEED) for _ in range(2))
    assert first == second
    assert people.feed_files(date(2027, 1, 5), "20", NumenLayout.SEED) == first


def test_the_cast_has_stable_numens_of_the_right_layout() -> None:
    layouts = {part.role: numen_of(part, "20", NumenLayout.SEED).layout for part in CAST}
    assert layouts.pop("transferred") is NumenLayout.STANDARD
    assert set(layouts.values()) == {NumenLayout.SEED}


@pytest.mark.heavy
@pytest.mark.django_db
def test_its_administrator_is_that_of_several_academies_too(config: Config) -> None:
    """Removing copies from everybody's mailbox is a right of whoever administers all."""
    Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    told = made(config)["administrator"]
    account = Account.objects.get(username=told["username"])
    assert is_security_officer(account.pk)
