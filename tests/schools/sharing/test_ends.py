"""Access to a box ends with the account, the académie, the delegation or the time; and with nothing else."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School, address_of, now

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.models import Box, BoxActivity, BoxRequest, ClientSignIn, Member, Presence
from vaguemestre.schools.sharing.services import collaboration, delegate_mailbox, members, revoke_delegation
from vaguemestre.schools.sharing.services.erasure import forget_person
from vaguemestre.schools.sharing.values import MembershipTerms, Right, Source


def terms(right: Right = Right.READ, days: int = 20) -> MembershipTerms:
    today = paris_day(now())
    return MembershipTerms(right, today, today + timedelta(days=days))


def lend(owner: Account, to: Account | str, wanted: MembershipTerms | None = None) -> Member:
    address = to if isinstance(to, str) else address_of(to)
    delegate_mailbox(owner.pk, address, wanted or terms(), inbox_only=False, by="test", now=now())
    return Member.objects.latest("pk")


def joined(school: School, who: Account) -> Member:
    return Member.objects.create(
        box=school.box, account=who, right=Right.READ, source=Source.HAND, starts_at=now(), added_by="test"
    )


def running() -> set[int]:
    return set(Member.objects.filter(ended_at=None, is_owner=False).values_list("account_id", flat=True))


@pytest.fixture
def claire(outside_transactions: None) -> Account:
    return account("claire", first_name="Claire", last_name="Magnier")


@pytest.fixture
def paul(outside_transactions: None) -> Account:
    return account("paul", first_name="Paul", last_name="Obry")


def test_a_delegation_is_undone_by_its_owner_only_and_once(claire: Account, paul: Account) -> None:
    given = lend(claire, paul)
    with transaction.atomic():
        assert not revoke_delegation(paul.pk, given.pk, by="notice", now=now())
        assert revoke_delegation(claire.pk, given.pk, by="notice", now=now())
        assert not revoke_delegation(claire.pk, given.pk, by="notice", now=now())
    assert running() == set()
    assert Entry.objects.filter(action="sharing.delegation-ended").count() == 1


def test_a_delegation_has_an_end_gives_no_management_and_is_to_one_colleague_once(
    claire: Account, paul: Account
) -> None:
    today = paris_day(now())
    for wanted, told in (
        (MembershipTerms(Right.READ, today, None), "delegation-endless"),
        (terms(days=10_000), "delegation-endless"),
        (terms(Right.MANAGE), "delegation-right"),
    ):
        with pytest.raises(Refusal, match=told):
            lend(claire, paul, wanted)
    with pytest.raises(Refusal, match="delegation-to-oneself"):
        lend(claire, claire)
    with pytest.raises(Refusal, match="nobody"):
        lend(claire, "personne@ac-amiens.test")
    assert not Member.objects.exists()
    lend(claire, paul)
    with pytest.raises(Refusal, match="member-already"):
        lend(claire, paul)


def test_a_closed_account_is_a_member_of_nothing_and_a_suspended_one_stays(
    school: School, claire: Account, paul: Account
) -> None:
    for who, state in ((claire, "closed"), (paul, "suspended")):
        joined(school, who)
        Account.objects.filter(pk=who.pk).update(state=state)
    events = members.end_memberships_of([claire.pk, paul.pk], by="system", now=now())
    assert [event.account_id for event in events] == [claire.pk]
    assert running() == {paul.pk}


def test_memberships_given_by_hand_end_outside_the_academie_of_a_person(
    school: School, claire: Account
) -> None:
    joined(school, claire)
    here = school.box.academy_id
    members.end_memberships_outside(claire.pk, here, by="system", now=now())
    assert running() == {claire.pk}
    members.end_memberships_outside(claire.pk, here + 1, by="system", now=now())
    assert running() == set()
    members.end_memberships_outside(school.head.pk, here + 1, by="system", now=now())
    assert Member.objects.filter(is_owner=True, ended_at=None).exists(), "a post is not given by hand"


def test_what_members_did_is_kept_for_its_days(school: School, claire: Account) -> None:
    box, at = school.box, now()
    long_ago = at - timedelta(days=31)
    for seen_at in (at, at - timedelta(hours=1)):
        Presence.objects.create(
            box=box, account=claire, message_id=f"<{seen_at}>", kind="read", seen_at=seen_at
        )
    for day in (at - timedelta(days=29), long_ago):
        BoxActivity.objects.create(box=box, account=claire, action="read", at=day)
        BoxRequest.objects.create(
            academy=box.academy,
            kind=box.kind,
            local="x",
            title="X",
            asked_by=claire,
            asked_at=day,
            decided_at=day,
        )
    for day in (at, at - timedelta(days=3)):
        ClientSignIn.objects.create(box=box, account=claire, network="192.0.2.1", at=day)
    collaboration.delete_expired(30, 30, now=at)
    for table in (Presence, BoxActivity, BoxRequest, ClientSignIn):
        assert table._default_manager.count() == 1, table
    assert not BoxActivity.objects.filter(at=long_ago).exists()


def test_a_forgotten_person_lends_nothing_and_opens_no_box(
    school: School, claire: Account, paul: Account
) -> None:
    lend(claire, paul)
    for who in (claire, paul):
        joined(school, who)
        ClientSignIn.objects.create(box=school.box, account=who, network="192.0.2.1", at=now())
        Presence.objects.create(box=school.box, account=who, message_id="<a>", kind="read", seen_at=now())
    forget_person(claire.pk)
    assert [box.pk for box in Box.objects.all()] == [school.box.pk]
    for table in (ClientSignIn, Presence):
        assert [row.account_id for row in table._default_manager.all()] == [paul.pk]
    assert running() == {paul.pk}
