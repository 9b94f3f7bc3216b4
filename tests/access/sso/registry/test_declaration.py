"""Applications declared in a file: all or none, and only what the file says changes."""

from dataclasses import replace

import pytest
from django.utils import timezone
from tests.access.sso.people import registration

from vaguemestre.access.sso.registry.models import Application
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import is_secret_right
from vaguemestre.access.sso.registry.services.declaration import Outcome, apply_declaration
from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.foundation.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
ENT, INTRANET = registration(client_id="ent"), registration(client_id="intranet")


def outcomes(*declared: tuple[Registration, str], dry_run: bool = False) -> list[tuple[str, Outcome, bool]]:
    """Of each application: its id, what changed, whether a secret is shown."""
    applied = apply_declaration(declared, by="cli", now=timezone.now(), dry_run=dry_run)
    return [(each.client_id, each.outcome, bool(each.secret)) for each in applied]


def opens_with(client_id: str, secret: str) -> bool:
    application = find_application(client_id)
    assert application
    return is_secret_right(application, secret, timezone.now())


def test_a_new_application_gets_a_secret_unless_it_is_declared_with_one() -> None:
    assert outcomes((ENT, ""), (INTRANET, "déclaré")) == [
        ("ent", Outcome.ADDED, True),
        ("intranet", Outcome.ADDED, False),
    ]
    assert opens_with("intranet", "déclaré")


def test_a_known_application_keeps_its_secret_when_none_is_declared() -> None:
    outcomes((ENT, "premier"))
    renamed = replace(ENT, name="Espace numérique")
    assert outcomes((renamed, "")) == [("ent", Outcome.CHANGED, False)]
    assert opens_with("ent", "premier")
    assert outcomes((renamed, "")) == [("ent", Outcome.UNCHANGED, False)]


def test_a_declared_secret_replaces_the_stored_one() -> None:
    outcomes((ENT, "premier"))
    assert outcomes((ENT, "second")) == [("ent", Outcome.CHANGED, False)]
    assert opens_with("ent", "second")


def test_a_dry_run_changes_nothing_and_shows_no_secret() -> None:
    assert outcomes((ENT, ""), dry_run=True) == [("ent", Outcome.ADDED, False)]
    assert not Application.objects.exists()


def test_one_wrong_application_keeps_all_out() -> None:
    wrong = replace(INTRANET, addresses=("http://mal.example/",))
    with pytest.raises(Refusal):
        outcomes((ENT, ""), (wrong, ""))
    assert not Application.objects.exists()


def test_a_secret_declared_where_none_is_used_is_not_stored() -> None:
    cas = registration(client_id="cas", protocol=Protocol.CAS)
    outcomes((cas, "inutile"))
    assert Application.objects.get().secret_sha256 == ""
