"""Only colleagues are let into what an académie has: its mailboxes, its people's, its lists."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.site.test_academies_served import LILLE, of_lille, serve, two  # noqa: F401

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.models import Academy, MailAddress
from vaguemestre.schools.lists.models import ListRole, MailingList, Subscriber
from vaguemestre.schools.lists.queries import list_cards
from vaguemestre.schools.lists.services import create_list, join_list, set_role
from vaguemestre.schools.lists.services.administration import Creator, NewList
from vaguemestre.schools.lists.values import Kind, Role, Writers
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.services import add_member, add_members, delegate_mailbox
from vaguemestre.schools.sharing.values import BoxKind, MembershipTerms, Right
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = MembershipTerms(Right.READ, date(2026, 1, 1))


@pytest.fixture
def amienoise() -> Account:
    return account("amienoise")


@pytest.fixture
def lilloise() -> Account:
    return of_lille("lilloise")


def address_of(who: Account) -> str:
    return str(MailAddress.objects.get(person=who.person).address)


def box_of(domain: str) -> Box:
    academy = Academy.objects.get(domain=domain)
    holder = account("boite")
    Account.objects.filter(pk=holder.pk).update(person=None)
    return Box.objects.create(
        account=holder, academy=academy, kind=BoxKind.PROJECT, address=f"projet.climat@{domain}",
        title="Climat", opened_at=timezone.now(),
    )  # fmt: skip


def let_in(kind: str, box: Box, owner: Account, address: str) -> None:
    now = timezone.now()
    if kind == "member":
        add_member(box.pk, address, TERMS, by="test", now=now)
    elif kind == "owner":
        add_member(box.pk, address, TERMS, by="test", now=now, is_owner=True)
    elif kind == "members":
        add_members(box.pk, [address], TERMS, by="test", now=now)
    else:
        days = replace(TERMS, starts_on=paris_day(now), ends_on=paris_day(now))
        delegate_mailbox(owner.pk, address, days, inbox_only=False, by="test", now=now)


KINDS = ("member", "owner", "members", "delegation")


@pytest.mark.parametrize("kind", KINDS)
def test_somebody_of_another_academie_is_nobody_to_whom_a_mailbox_is_opened(
    kind: str,
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    box = box_of("ac-amiens.test")
    with pytest.raises(Refusal) as refused:
        let_in(kind, box, amienoise, f" Lilloise@{LILLE}")
    assert refused.value.code == "sharing.nobody"
    assert not Member.objects.filter(account=lilloise).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_let_in_where_the_installation_is_one_house(
    kind: str,
    settings: Any,
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    serve(settings, replace(two.academy_at(LILLE), colleagues="installation"))
    let_in(kind, box_of(LILLE), lilloise, address_of(amienoise))
    assert Member.objects.filter(account=amienoise).exists()


@pytest.mark.parametrize("role", [Role.OWNER, Role.MODERATOR])
def test_no_list_is_run_by_somebody_of_another_academie(
    role: Role,
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    now = timezone.now()
    creator = Creator(amienoise.pk, amienoise.person_id or 0, AccountRole.ADMINISTRATOR)
    new = NewList("Climat", "climat", Kind.MANUAL)
    list_id = create_list(creator, new, "ac-amiens.test", by="test", now=now)
    colleague = account("collegue")
    set_role(list_id, amienoise.pk, address_of(colleague), role, by="test", now=now)
    with pytest.raises(Refusal) as refused:
        set_role(list_id, amienoise.pk, f"lilloise@{LILLE}", role, by="test", now=now)
    assert refused.value.code == "lists.nobody-inside"
    named = set(ListRole.objects.values_list("account_id", flat=True))
    assert named == {amienoise.pk, colleague.pk}


def test_a_list_is_joined_by_the_colleagues_of_its_academie_only(
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    now = timezone.now()
    creator = Creator(amienoise.pk, amienoise.person_id or 0, AccountRole.ADMINISTRATOR)
    list_id = create_list(
        creator, NewList("Climat", "climat", Kind.MANUAL), "ac-amiens.test", by="test", now=now
    )
    MailingList.objects.update(may_join=True)
    colleague = account("collegue")
    assert [card.list_id for card in list_cards(colleague.pk, colleague.person_id or 0, now)] == [list_id]
    join_list(list_id, colleague.person_id or 0, by="test", now=now)
    assert list_cards(lilloise.pk, lilloise.person_id or 0, now) == ()
    with pytest.raises(Refusal) as refused:
        join_list(list_id, lilloise.person_id or 0, by="test", now=now)
    assert refused.value.code == "lists.gone"
    assert set(Subscriber.objects.values_list("person_id", flat=True)) == {colleague.person_id}


@pytest.mark.parametrize("writers", [Writers.INSIDE, Writers.ANYBODY])
def test_who_receives_a_list_is_shown_to_the_colleagues_of_its_academie_only(
    writers: Writers,
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    creator = Creator(amienoise.pk, amienoise.person_id or 0, AccountRole.ADMINISTRATOR)
    new = NewList("Climat", "climat", Kind.MANUAL)
    list_id = create_list(creator, new, "ac-amiens.test", by="test", now=timezone.now())
    MailingList.objects.update(writers=writers)
    answers = {}
    for who in (account("collegue"), lilloise):
        browser = Client(headers={"host": two.public_url.partition("//")[2]})
        signed_in(who, browser)
        answers[who.username] = browser.get(f"/listes/{list_id}/").status_code
    assert answers == {"collegue": 200, "lilloise": 404}
