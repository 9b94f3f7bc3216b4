"""The registry: what may be written down, who may enter, what is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.access.sso.people import BACK, HOSTILE, added, registration

from vaguemestre.access.sso.registry.models import Subject
from vaguemestre.access.sso.registry.queries import applications_for, find_application, identity_of
from vaguemestre.access.sso.registry.rules.addresses import check_address, is_registered
from vaguemestre.access.sso.registry.rules.entrance import may_enter, obstacle
from vaguemestre.access.sso.registry.rules.release import released_attributes
from vaguemestre.access.sso.registry.rules.words import ROLES, criteria_of, value_label
from vaguemestre.access.sso.registry.services import (
    add_application,
    is_secret_right,
    keep_application,
    remove_application,
    renew_secret,
    start_visit,
)
from vaguemestre.access.sso.registry.services.applications import OVERLAP
from vaguemestre.access.sso.registry.values import Assurance, Obstacle, Protocol
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.values import AccountRole

pytestmark = pytest.mark.django_db

NEVER_WRITTEN = [
    "http://intranet.example/",
    "https://*.example/",
    "https://intranet.example/#x",
    "https://moi@intranet.example/",
    "https://intranet.example\\x",
    "https:///x",
    "https://intranet.example:port/",
    "intranet://x",
    "javascript:alert(1)",
    "/retour",
    "",
    "https://intranet.example/a b",
    "https://intrаnet.example/",
    "http://localhost@mal.example/",
    "http://localhost.mal.example/",
]


@pytest.mark.parametrize("address", NEVER_WRITTEN)
def test_an_address_that_could_lead_elsewhere_is_never_written_down(address: str) -> None:
    with pytest.raises(Refusal):
        check_address(address)


@pytest.mark.parametrize(
    "address", [BACK, "http://localhost:8002/retour", "http://127.0.0.1/", "http://[::1]:80/"]
)
def test_others_are(address: str) -> None:
    assert check_address(address) == address


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_is_the_same_letter_for_letter_or_another(address: str) -> None:
    assert not is_registered(address, (BACK,))


def test_a_secret_is_shown_once_and_turned_with_an_overlap() -> None:
    secret, now = added(), timezone.now()
    application = find_application("intranet")
    assert application is not None
    assert secret not in application.secret_sha256
    assert is_secret_right(application, secret, now)
    renewed = renew_secret("intranet", by="test", now=now)
    application = find_application("intranet")
    assert application is not None
    assert is_secret_right(application, renewed, now)
    assert is_secret_right(application, secret, now + OVERLAP - timedelta(seconds=1))
    assert not is_secret_right(application, secret, now + OVERLAP)
    renew_secret("intranet", by="test", now=now, at_once=True)
    application = find_application("intranet")
    assert application is not None
    assert not is_secret_right(application, renewed, now)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"client_id": "Intranet"}, "sso.client-id-malformed"),
        ({"client_id": "i"}, "sso.client-id-malformed"),
        ({"addresses": ()}, "sso.no-address"),
        ({"addresses": ("http://mal.example/",)}, "sso.address-not-allowed"),
        ({"after_sign_out": ("http://mal.example/",)}, "sso.address-not-allowed"),
        ({"tell_sign_out": "ftp://x"}, "sso.address-not-allowed"),
        ({"home": "javascript:alert(1)"}, "sso.address-not-allowed"),
        ({"released": ("numen",)}, "sso.attribute-unknown"),
    ],
)
def test_what_is_wrong_is_not_written_down(more: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        added(**more)
    assert refused.value.code == code
    assert find_application("intranet") is None


def test_a_name_is_taken_once_and_a_service_too() -> None:
    added(protocol=Protocol.CAS)
    with pytest.raises(Refusal, match="client-id-taken"):
        added()
    with pytest.raises(Refusal, match="address-taken"):
        added(client_id="autre", protocol=Protocol.CAS)


def test_a_declared_application_is_kept_as_declared() -> None:
    now = timezone.now()
    for name in ("Intranet", "Accolad"):
        keep_application(registration(name=name), "secret", by="test", now=now)
    application = find_application("intranet")
    assert application is not None
    assert application.name == "Accolad"
    assert is_secret_right(application, "secret", now)
    remove_application("intranet", by="test", now=now)
    with pytest.raises(Refusal, match="application-unknown"):
        remove_application("intranet", by="test", now=now)


def test_who_may_enter(nicolas: Account) -> None:
    add_application(registration(), by="test", now=timezone.now())
    application = find_application("intranet")
    assert application is not None
    identity = identity_of(nicolas.pk, timezone.now())
    assert may_enter(application, identity)
    assert not may_enter(application, replace(identity, is_active=False))
    assert may_enter(replace(application, categories=("2D_PUBLIC",)), identity)
    assert not may_enter(replace(application, categories=("CPE",)), identity)
    assert may_enter(replace(application, categories=("CPE",), roles=("agent",)), identity)
    assert not may_enter(replace(application, roles=("helpdesk",)), identity)


def test_the_first_obstacle_is_told_and_consent_is_asked_of_those_only_who_may_enter(
    nicolas: Account,
) -> None:
    identity = identity_of(nicolas.pk, timezone.now())
    strict = registration(assurance=Assurance.OTP, consent=True, categories=("2D_PUBLIC",))

    def first(methods: set[str], *, agreed: bool = True, **changed: object) -> Obstacle | None:
        return obstacle(strict, replace(identity, **changed), methods, agreed=agreed)  # type: ignore[arg-type]

    assert first({"pwd", "mfa"}) is None
    assert first({"pwd", "mfa"}, agreed=False) is Obstacle.CONSENT
    assert first({"pwd"}, agreed=False) is Obstacle.ASSURANCE
    assert first({"pwd"}, agreed=False, category="CPE") is Obstacle.RESERVED
    assert first({"pwd"}, agreed=False, category="CPE", is_active=False) is Obstacle.CLOSED


def test_who_may_enter_is_said_in_words_and_nothing_where_everybody_may() -> None:
    assert criteria_of(registration()) == []
    listed = registration(
        categories=("CPE",), functions=("ENS",), schools=("0800001A", "0800002B"), services=("DSDEN80",),
        roles=("helpdesk",),
    )  # fmt: skip
    assert criteria_of(listed, {"0800001A": "Collège Jean-Macé"}) == [
        "catégories : conseillers principaux d’éducation",
        "fonctions : enseignement",
        "établissements : Collège Jean-Macé, 0800002B",
        "services de gestion : DSDEN80",
        "rôles : assistance",
    ]


@pytest.mark.parametrize("named", [{"roles": ("manager",)}, {"categories": ("PROFESSEURS",)}])
def test_a_word_that_would_let_nobody_in_is_not_written_down(named: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Refusal, match="sso.criterion-unknown"):
        add_application(registration(**named), by="test", now=timezone.now())


def test_roles_that_may_be_ticked_are_those_there_are() -> None:
    assert set(ROLES) == set(AccountRole) - {AccountRole.BOX}


def test_the_portal_shows_what_one_may_enter(nicolas: Account) -> None:
    added()
    added(client_id="sans-page", home="", addresses=("https://a.example/",))
    added(client_id="reserve", categories=("CPE",), addresses=("https://b.example/",))
    assert [a.client_id for a in applications_for(identity_of(nicolas.pk, timezone.now()))] == ["intranet"]


def test_only_what_is_released_is_told(nicolas: Account) -> None:
    added(released=("given_name", "uai", "function"))
    application = find_application("intranet")
    assert application is not None
    identity = identity_of(nicolas.pk, timezone.now())
    assert released_attributes(application, identity) == {"given_name": "Nicolas", "uai": ["0800001A"]}


def test_each_person_has_one_subject_of_their_own(nicolas: Account) -> None:
    added()
    application = find_application("intranet")
    assert application is not None
    other = account("autre")
    for who in (nicolas, other, nicolas):
        start_visit(application, who.pk, f"session-{who.pk}", now=timezone.now())
    assert Subject.objects.count() == 2
    assert len(set(Subject.objects.values_list("sub", flat=True))) == 2


def test_codes_are_said_in_words_to_whoever_agrees() -> None:
    assert value_label("category", "2D_PUBLIC") == "enseignants du second degré public"
    assert value_label("function", ["ENS", "INCONNU"]) == ["enseignement", "INCONNU"]
    assert value_label("uai", ["0809001Z"]) == ["0809001Z"]
    assert value_label("email_verified", True) is True
