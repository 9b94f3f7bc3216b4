"""An account becomes its owner's exactly once."""

import pytest
from tests.access.signin.people import NOON, PASSWORD, account
from tests.access.signin.races import at_once

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import account_of_link
from vaguemestre.people.credentials.services import activate, add_activation_link, matches_hash
from vaguemestre.people.credentials.services.activation import LINK_LIFE, link_sha256


@pytest.mark.django_db
def test_activation_keeps_password_charter_and_date() -> None:
    pending = account(state="pending")
    assert activate(pending.pk, PASSWORD, charter="2026-1", by="test", now=NOON)
    pending.refresh_from_db()
    assert (pending.state, pending.charter_version, pending.activated_at) == ("active", "2026-1", NOON)
    assert matches_hash(PASSWORD, pending.password)


@pytest.mark.django_db(transaction=True)
def test_of_two_activations_at_once_exactly_one_wins() -> None:
    pending = account(state="pending")
    passwords = [f"{PASSWORD} numéro {n}" for n in range(4)]

    def try_it(number: int) -> bool:
        return activate(pending.pk, passwords[number], charter="2026-1", by=f"test:{number}", now=NOON)

    won = at_once(4, try_it)
    assert sum(won) == 1
    assert matches_hash(passwords[won.index(True)], Account.objects.get().password)
    assert Entry.objects.filter(action="credentials.account-activated").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["active", "suspended", "closed"])
def test_only_a_pending_account_is_activated(state: str) -> None:
    other = account(state=state)
    kept = other.password
    assert not activate(other.pk, "un autre mot de passe", charter="2026-1", by="test", now=NOON)
    other.refresh_from_db()
    assert (other.state, other.password) == (state, kept)


@pytest.mark.django_db
def test_a_link_serves_once_for_seven_days_and_the_newest_alone() -> None:
    pending = account(state="pending")
    first = add_activation_link(pending.pk, by="test", now=NOON)
    second = add_activation_link(pending.pk, by="test", now=NOON)
    assert account_of_link(link_sha256(first), NOON) is None
    assert account_of_link(link_sha256(second), NOON) == pending.pk
    assert account_of_link(link_sha256(second), NOON + LINK_LIFE) is None
    activate(pending.pk, PASSWORD, charter="2026-1", by="test", now=NOON)
    assert account_of_link(link_sha256(second), NOON) is None
