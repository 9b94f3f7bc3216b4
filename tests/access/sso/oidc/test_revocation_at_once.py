"""A token is revoked while it is refreshed: on PostgreSQL two requests see each other's work late."""

from threading import Event

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.races import at_once
from tests.access.sso.oidc.test_signing_in import a_code
from tests.access.sso.people import added, exchanges, signs_in
from tests.foundation.journal.test_concurrency import waiting_for_a_lock

from vaguemestre.access.sso.oidc.models import Code, Token
from vaguemestre.access.sso.oidc.services import codes, redeem_code, refresh_tokens, revoke_token
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.people.credentials.models import Account
from vaguemestre.site.config import load

pytestmark = [
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("is_code_used_twice", [False, True])
def test_a_refresh_leaves_no_token_to_a_family_revoked_meanwhile(
    client: Client, nicolas: Account, monkeypatch: pytest.MonkeyPatch, is_code_used_twice: bool
) -> None:
    secret = added()
    signs_in(client)
    code = a_code(client)
    given = exchanges(client, code, secret).json()
    application = find_application("intranet")
    assert application is not None
    issue, is_issuing, is_revoked = codes._issue_token, Event(), Event()

    def issue_meanwhile(*arguments: object) -> str:
        is_issuing.set()
        while not waiting_for_a_lock() and not is_revoked.wait(0.02):
            pass  # the revocation is on its way
        return issue(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(codes, "_issue_token", issue_meanwhile)

    def act(number: int) -> None:
        if number == 0:
            refresh_tokens(application, given["refresh_token"], now=timezone.now())
            return
        assert is_issuing.wait(60)
        try:
            if is_code_used_twice:
                redeem_code(application, code, "", "", now=timezone.now())
            else:
                revoke_token(application, given["refresh_token"])
        finally:
            is_revoked.set()

    at_once(2, act)
    assert Code.objects.count() == 1
    assert not Token.objects.exists()
