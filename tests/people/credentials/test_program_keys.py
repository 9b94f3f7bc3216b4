"""The key of a mail program: exchanged for the next at each use, and ended when two hold it."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON, account
from tests.people.credentials.test_tokens import Engines

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, AppPassword, MailToken
from vaguemestre.people.credentials.ports import token_keys
from vaguemestre.people.credentials.rules.app_passwords import sha256_of
from vaguemestre.people.credentials.services import add_app_password
from vaguemestre.people.credentials.services.app_passwords import (
    note_app_password_used,
    replace_program_key,
    revoke_program_key,
    standing_program_key,
)
from vaguemestre.people.credentials.services.tokens import mint_program_token, program_session

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, NEXT, OTHER = (sha256_of(text) for text in ("premier", "suivant", "autre"))


def program_key() -> AppPassword:
    add_app_password(
        account().pk,
        "Thunderbird",
        by="test",
        now=NOON,
        text="premier",
        scope=AppPassword.Scope.PROGRAM,
    )
    return AppPassword.objects.get()


def is_revoked() -> bool:
    return AppPassword.objects.get().revoked_at is not None


def test_a_program_that_did_not_hear_its_next_key_is_heard_for_a_minute() -> None:
    program_key()
    replace_program_key(FIRST, NEXT, now=NOON)
    replace_program_key(FIRST, NEXT, now=NOON)  # twice is once
    assert standing_program_key(NEXT, OTHER, now=NOON) == NEXT
    assert standing_program_key(FIRST, NEXT, now=NOON + timedelta(minutes=1)) == NEXT
    assert not is_revoked()


@pytest.mark.parametrize(
    ("seconds", "next_key"), [(61, NEXT), (1, OTHER)], ids=["too late", "another next key"]
)
def test_a_key_that_two_hold_opens_nothing_any_more(seconds: int, next_key: str) -> None:
    program_key()
    replace_program_key(FIRST, NEXT, now=NOON)
    assert standing_program_key(FIRST, next_key, now=NOON + timedelta(seconds=seconds)) == ""
    assert is_revoked()


def test_a_key_nobody_had_opens_nothing_and_ends_nothing() -> None:
    program_key()
    assert standing_program_key(OTHER, NEXT, now=NOON) == ""
    assert not is_revoked()


def test_a_program_gives_its_key_back_even_a_former_one() -> None:
    program_key()
    replace_program_key(FIRST, NEXT, now=NOON)
    revoke_program_key(OTHER, now=NOON)
    assert not is_revoked()
    revoke_program_key(FIRST, now=NOON)
    assert is_revoked()


def test_a_program_is_given_a_token_that_ends_with_its_key() -> None:
    row, engines = program_key(), Engines()
    given = mint_program_token(token_keys.get(), engines, FIRST, NOON)
    assert MailToken.objects.get().session_key == program_session(row.pk)
    assert len(engines.honoured) == 1
    assert given.account_id == row.account_id
    revoke_program_key(FIRST, now=NOON)
    assert not MailToken.objects.exists()


@pytest.mark.parametrize("ended", ["unknown", "revoked", "expired", "suspended"])
def test_no_token_is_given_for_a_key_that_ended(ended: str) -> None:
    row, engines = program_key(), Engines()
    if ended == "revoked":
        revoke_program_key(FIRST, now=NOON)
    elif ended == "expired":
        AppPassword.objects.update(expires_at=NOON)
    elif ended == "suspended":
        Account.objects.filter(pk=row.account_id).update(state=Account.State.SUSPENDED)
    with pytest.raises(Refusal, match="session-over"):
        mint_program_token(token_keys.get(), engines, OTHER if ended == "unknown" else FIRST, NOON)
    assert engines.honoured == {}


def test_a_key_revoked_while_its_token_is_minted_wins() -> None:
    class Late(Engines):
        def allow_token(
            self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
        ) -> None:
            super().allow_token(mailbox, token_sha256, expires_at, is_program=is_program)
            revoke_program_key(FIRST, now=NOON)

    program_key()
    engines = Late()
    with pytest.raises(Refusal, match="session-over"):
        mint_program_token(token_keys.get(), engines, FIRST, NOON)
    assert engines.honoured == {}


def test_the_last_use_is_written_every_ten_minutes_or_from_another_network() -> None:
    row = program_key()

    def used(minutes: int, network: str) -> tuple[int, str]:
        note_app_password_used(row.account_id, FIRST, network, now=NOON + timedelta(minutes=minutes))
        row.refresh_from_db()
        assert row.last_used_at
        return (row.last_used_at - NOON) // timedelta(minutes=1), row.last_network

    assert used(0, "10.0.0.0/24") == (0, "10.0.0.0/24")
    assert used(9, "10.0.0.0/24") == (0, "10.0.0.0/24")
    assert used(9, "10.0.1.0/24") == (9, "10.0.1.0/24")
    assert used(20, "10.0.1.0/24") == (20, "10.0.1.0/24")
