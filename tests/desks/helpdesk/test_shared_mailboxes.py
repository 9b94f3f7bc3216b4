"""What a thief set up in mailboxes of several people ends with the access to the account they entered."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.desks.helpdesk.test_prepared_mail import BOTH, Stop, no_consequences
from tests.rows import make

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.queries import filters_of
from vaguemestre.mailbox.sorting.services import save_filter
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.services import add_member, change_member
from vaguemestre.schools.sharing.values import MembershipTerms, Right

__all__ = ["no_consequences"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head() -> Account:
    return account("pvasseur", first_name="Philippe", last_name="Vasseur")


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


@pytest.fixture
def box(head: Account) -> Box:
    """A mailbox that the head manages."""
    made: Box = make(Box, kind="service", closed_at=None)
    Account.objects.filter(pk=made.account_id).update(role="box", state="active")
    make(Member, box=made, account=head, right="manage", source="post", ended_at=None, ends_at=None)
    return made


def terms(right: Right) -> MembershipTerms:
    return MembershipTerms(right, paris_day(timezone.now()))


def let_in(who: Account, box: Box, right: Right, *, by: Account) -> int:
    address = MailAddress.objects.get(person=who.person, is_primary=True).address
    add_member(box.pk, address, terms(right), by=f"account:{by.pk}", now=timezone.now())
    return Member.objects.get(box=box, account=who, ended_at=None).pk


def rights(box: Box) -> dict[str, str]:
    rows = Member.objects.filter(box=box, ended_at__isnull=True)
    return dict(rows.values_list("account__username", "right"))


def forward(on: Account, *, by: Account) -> None:
    every = (Condition(Aspect.SUBJECT, text="e"),)
    made = Filter("fw", every, Outcome(forward_to="mdurand@ac-amiens.test"))
    save_filter(on.pk, made, [], by=f"account:{by.pk}", now=timezone.now())


@BOTH
def test_whom_the_thief_let_into_a_shared_mailbox_has_it_no_more(
    head: Account, marie: Account, box: Box, stop: Stop
) -> None:
    secretary = account("slecointe", first_name="Sylvie", last_name="Lecointe")
    let_in(secretary, box, Right.SEND, by=marie)
    let_in(marie, box, Right.MANAGE, by=head)
    stop(head)
    assert rights(box) == {"pvasseur": "manage", "slecointe": "send"}


@BOTH
def test_whom_the_thief_made_a_manager_is_one_no_more(
    head: Account, marie: Account, box: Box, stop: Stop
) -> None:
    number = let_in(marie, box, Right.READ, by=account("jpetit", first_name="Jean", last_name="Petit"))
    change_member(box.pk, number, terms(Right.MANAGE), by=f"account:{head.pk}", now=timezone.now())
    stop(head)
    assert rights(box) == {"pvasseur": "manage", "mdurand": "send"}


@BOTH
def test_what_the_thief_made_a_shared_mailbox_forward_stays_there(
    head: Account, marie: Account, box: Box, stop: Stop
) -> None:
    forward(box.account, by=head)
    forward(box.account, by=marie)
    stop(head)
    assert [one.is_on for one in filters_of(box.account_id)] == [False, True]


@BOTH
def test_what_was_given_long_before_stays(head: Account, marie: Account, box: Box, stop: Stop) -> None:
    let_in(marie, box, Right.SEND, by=head)
    Member.objects.filter(account=marie).update(starts_at=timezone.now() - timedelta(days=15))
    stop(head)
    assert rights(box) == {"pvasseur": "manage", "mdurand": "send"}
    assert not FilterRow.objects.exists()
