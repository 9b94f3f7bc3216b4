"""After a restoration, what ended since the backup opens nothing."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.people.credentials.models import Account, ActivationLink, MailToken, RecoveryContact
from vaguemestre.people.credentials.services.restoration import end_pending_proofs, shut_accounts

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(minutes=5)


def test_no_proof_of_before_the_backup_serves_again() -> None:
    nicolas = account()
    ActivationLink.objects.create(account=nicolas, token_sha256="a" * 64, expires_at=LATER)
    RecoveryContact.objects.create(
        account=nicolas, address="n@dehors.example", code_mark="m", code_until=LATER
    )
    MailToken.objects.create(account=nicolas, session_key="s", token_sha256="b" * 64, expires_at=LATER)
    Account.objects.filter(pk=nicolas.pk).update(former_password="hash", former_until=LATER)
    assert end_pending_proofs(now=NOON) == ["b" * 64], "the engines are told which tokens to refuse"
    contact = RecoveryContact.objects.get()
    assert (contact.code_mark, contact.code_until) == ("", NOON)
    assert ActivationLink.objects.get().used_at == NOON
    assert not MailToken.objects.exists()
    nicolas.refresh_from_db()
    assert (nicolas.former_password, nicolas.former_until) == ("", None)


def test_a_link_that_was_used_keeps_the_moment_it_was() -> None:
    used_at = NOON - timedelta(days=3)
    ActivationLink.objects.create(account=account(), token_sha256="a" * 64, expires_at=LATER, used_at=used_at)
    end_pending_proofs(now=NOON)
    assert ActivationLink.objects.get().used_at == used_at


def test_who_left_since_is_closed_and_who_was_suspended_is_suspended_once() -> None:
    left, suspended, closed = account("left"), account("suspended"), account("closed")
    Account.objects.filter(pk=closed.pk).update(state=Account.State.CLOSED)
    shut = shut_accounts({suspended.pk}, {left.pk, closed.pk}, by="restore", now=NOON)
    assert (shut.suspended, shut.closed) == (1, 1), "who was closed already is not counted"
    states = dict(Account.objects.values_list("pk", "state"))
    assert states == {
        left.pk: Account.State.CLOSED,
        suspended.pk: Account.State.SUSPENDED,
        closed.pk: Account.State.CLOSED,
    }
    assert shut_accounts({suspended.pk}, {left.pk}, by="restore", now=NOON) == (0, 0)
