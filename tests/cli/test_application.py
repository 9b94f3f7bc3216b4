"""`vaguemestre application`: written down, listed, renewed, struck out."""

import json

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from vaguemestre.access.sso.oidc.models import SigningKey
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import is_secret_right
from vaguemestre.cli.access.application import app
from vaguemestre.foundation.kernel.errors import Refusal

pytestmark = pytest.mark.django_db

ADD = ["add", "intranet", "--name", "Intranet", "--address", "https://intranet.example/retour"]


def run(*arguments: str) -> str:
    ended = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_the_secret_is_shown_once_and_opens() -> None:
    secret = run(*ADD, "--release", "email", "--category", "CPE").rsplit(" ", 1)[1].strip()
    application = find_application("intranet")
    assert application is not None
    assert is_secret_right(application, secret, timezone.now())
    (listed,) = json.loads(run("list", "--json"))
    assert listed["released"] == ["email"]
    assert listed["categories"] == ["CPE"]
    assert secret not in run("list")
    assert run("secret", "intranet").strip() != secret
    run("remove", "intranet")
    assert run("list") == ""


def test_a_service_and_a_public_application_have_no_secret() -> None:
    assert "Secret" not in run(*ADD, "--protocol", "cas")
    assert "Secret" not in run("add", "page", "--name", "Page", "--address", "https://p.example/", "--public")


def test_what_the_registry_refuses_is_refused() -> None:
    with pytest.raises(Refusal, match="address-not-allowed"):
        CliRunner().invoke(app, [*ADD[:-1], "http://mal.example/"], catch_exceptions=False)


def test_keys_are_turned() -> None:
    run("rotate-keys")
    run("rotate-keys")
    assert SigningKey.objects.filter(kind="ES256").count() == 3
