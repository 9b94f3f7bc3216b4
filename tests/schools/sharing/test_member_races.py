"""Two people let somebody into the same mailbox at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.access.signin.races import at_once
from tests.schools.sharing.conftest import School, address_of, now

from vaguemestre.access.signin.services import acting_by_session
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.services import add_member, add_members, change_member, delegate_mailbox
from vaguemestre.schools.sharing.values import MembershipTerms, Right


def terms(right: Right) -> MembershipTerms:
    return MembershipTerms(right, paris_day(now()), paris_day(now()) + timedelta(days=20))


def test_of_two_who_let_the_same_colleague_in_at_once_one_does_and_the_other_is_told(school: School) -> None:
    colleague = account("paul", first_name="Paul", last_name="Obry")
    box_id, where = Box.objects.get().pk, address_of(colleague)

    def let_in(number: int) -> str:
        try:
            right = Right.SEND if number % 2 else Right.READ
            add_member(box_id, where, terms(right), by=f"account:{number}", now=now())
        except Refusal as refusal:
            return refusal.code
        return "added"

    assert sorted(at_once(6, let_in)) == ["added", *["sharing.member-already"] * 5]
    assert Member.objects.filter(box_id=box_id, account=colleague, ended_at=None).count() == 1


def test_two_first_delegations_at_once_make_one_box(outside_transactions: None) -> None:
    claire = account("claire", first_name="Claire", last_name="Magnier")
    colleagues = [address_of(account(f"c{n}", first_name=f"C{n}", last_name="Obry")) for n in range(4)]

    def lend(number: int) -> int:
        return delegate_mailbox(
            claire.pk, colleagues[number], terms(Right.READ), inbox_only=True, by="test", now=now()
        )

    assert len(set(at_once(4, lend))) == 4
    assert Member.objects.filter(box=Box.objects.get(account=claire), ended_at=None).count() == 4


def test_whoever_is_signed_out_meanwhile_lets_nobody_in_and_makes_no_manager(school: School) -> None:
    paul, claire = (account(name, first_name=name.title(), last_name="Obry") for name in ("paul", "claire"))
    school.share(paul, Right.READ)
    member_id = Member.objects.get(account=paul).pk
    acts: list[Callable[[], object]] = [
        lambda: add_member(school.box.pk, address_of(claire), terms(Right.SEND), by="test", now=now()),
        lambda: add_members(school.box.pk, [address_of(claire)], terms(Right.SEND), by="test", now=now()),
        lambda: change_member(school.box.pk, member_id, terms(Right.MANAGE), by="test", now=now()),
    ]
    for act in acts:
        with acting_by_session("ended"), pytest.raises(Refusal, match="ended-meanwhile"):
            act()
    rows = Member.objects.filter(box=school.box, ended_at=None).exclude(account=school.head)
    assert list(rows.values_list("account__username", "right")) == [("paul", "read")]
