"""What a member took charge of is nobody's again once they may not answer it."""

from datetime import date

import pytest
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School, now

from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.models import Member, Thread
from vaguemestre.schools.sharing.services import assign_thread, change_member, end_member
from vaguemestre.schools.sharing.values import MembershipTerms, MessageRef, Right


@pytest.fixture
def secretary(school: School) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    for who, message_id in ((made, "<1@x>"), (school.head, "<2@x>")):
        ref = MessageRef(school.box.pk, message_id, message_id)
        assign_thread(ref, who.pk, by=f"account:{school.head.pk}", now=now())
    return made


def in_charge() -> dict[str, int | None]:
    return dict(Thread.objects.values_list("root", "assignee_id"))


@pytest.mark.parametrize("right", [None, Right.READ])
def test_a_member_who_leaves_or_only_reads_is_in_charge_of_nothing(
    school: School, secretary: Account, right: Right | None
) -> None:
    row = Member.objects.get(account=secretary)
    if right:
        terms = MembershipTerms(right, date(2026, 1, 1))
        change_member(school.box.pk, row.pk, terms, by="test", now=now())
    else:
        end_member(school.box.pk, row.pk, by="test", now=now())
    assert in_charge() == {"<1@x>": None, "<2@x>": school.head.pk}


def test_a_member_who_may_still_sort_stays_in_charge(school: School, secretary: Account) -> None:
    row = Member.objects.get(account=secretary)
    terms = MembershipTerms(Right.SORT, date(2026, 1, 1))
    change_member(school.box.pk, row.pk, terms, by="test", now=now())
    assert in_charge()["<1@x>"] == secretary.pk
