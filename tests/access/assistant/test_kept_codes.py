"""Issued codes are kept a month after their end, and go with the person; letters leave from one mailbox."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.services.erasure import erase_account
from vaguemestre.access.assistant.services.letters import letter_sender
from vaguemestre.access.assistant.services.retention import CODES_KEPT, delete_old_codes
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services.passwords import matches_hash

pytestmark = pytest.mark.django_db(transaction=True)


def code(of: Account) -> IssuedCode:
    return IssuedCode.objects.create(account=of, mark=of.username, made_at=NOON, until=NOON)


@pytest.mark.parametrize(("after", "kept"), [(CODES_KEPT, 1), (CODES_KEPT + timedelta(seconds=1), 0)])
def test_an_issued_code_is_shown_to_the_help_desk_a_month_after_its_end(after: timedelta, kept: int) -> None:
    code(account())
    delete_old_codes(now=NOON + after)
    assert IssuedCode.objects.count() == kept


def test_the_codes_of_somebody_erased_go_and_nobody_elses() -> None:
    nicolas, other = account(), account("autre")
    code(nicolas)
    kept = code(other)
    erase_account(nicolas.pk)
    assert IssuedCode.objects.get() == kept


def test_letters_leave_from_one_mailbox_that_no_password_opens() -> None:
    first = letter_sender("ac-amiens.test", now=NOON)
    assert letter_sender("ac-amiens.test", now=NOON) == first
    sender = Account.objects.get(mailbox=first)
    assert sender.state == "active"
    assert not matches_hash("", sender.password)
    assert not sender.has_usable_password()
