"""Who must hold a second factor."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON

from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES, GRACE, enrol_before
from vaguemestre.people.credentials.values import AccountRole


def test_roles_that_reach_others_have_two_weeks() -> None:
    assert {"helpdesk", "hr_officer", "administrator", "auditor"} == DUE_ROLES
    for role in DUE_ROLES:
        assert enrol_before(role, since=NOON, holds_one=False) == NOON + GRACE
    assert timedelta(days=14) == GRACE


@pytest.mark.parametrize("role", sorted(DUE_ROLES))
def test_nothing_is_due_by_whoever_holds_one(role: AccountRole) -> None:
    assert enrol_before(role, since=NOON, holds_one=True) is None


def test_nothing_is_due_by_others() -> None:
    assert enrol_before(AccountRole.AGENT, since=NOON, holds_one=False) is None
