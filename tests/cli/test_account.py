"""`vaguemestre account link`: the first administrator's link, lost or out of date, is made anew by root."""

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from typer.testing import CliRunner

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.people.account import app
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import account_of_link
from vaguemestre.people.credentials.services.activation import link_sha256

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "administrateur"


def said(*arguments: str) -> str:
    ended = CliRunner().invoke(app, arguments)
    if ended.exception:
        raise ended.exception
    return ended.output


def first_administrator(state: str = "pending") -> Account:
    return Account.objects.create(
        username=NAME, mailbox=f"{NAME}@ac-amiens.test", role="administrator", state=state
    )


def token_of(output: str) -> str:
    return output.strip().rpartition("/assistant/activation/")[2]


def test_a_new_link_opens_the_account_and_ends_the_one_before() -> None:
    first_administrator()
    before, after = (token_of(said("link", NAME)) for _ in range(2))
    assert account_of_link(link_sha256(after), now=timezone.now()) is not None
    assert account_of_link(link_sha256(before), now=timezone.now()) is None


def test_an_account_that_is_active_gets_none() -> None:
    first_administrator("active")
    with pytest.raises(Failed, match="jamais activé"):
        said("link", NAME)


def test_who_has_a_numen_gets_none() -> None:
    account(state="pending")
    with pytest.raises(Failed, match="NUMEN"):
        said("link", "nmorel")
