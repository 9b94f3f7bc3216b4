"""A school's mailbox, its head, and those who share it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.message import authors, message_reader
from vaguemestre.mailbox.webmail.views.listing import lists, rows
from vaguemestre.mailbox.webmail.views.message import message_pane
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, MailAddress, Structure
from vaguemestre.people.provisioning.ports import connections, mail_directory
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.services import add_member, open_school_boxes, sync_owners
from vaguemestre.schools.sharing.values import MembershipTerms, Right


def now() -> datetime:
    return datetime.now(UTC)


def lead(
    who: Account, *, since: date = date(2020, 9, 1), until: date | None = None, corps: str = "004"
) -> None:
    """They head the school, between two days."""
    school = Structure.objects.get(uai="0800001A")
    Assignment.objects.filter(person=who.person).delete()
    Assignment.objects.create(
        person=who.person, structure=school, function="DIR", corps=corps, starts_on=since, ends_on=until
    )


def address_of(who: Account) -> str:
    return str(MailAddress.objects.get(person=who.person, is_primary=True).address)


@dataclass
class School:
    """`box` and who may open it; `of(…)` is somebody's browser, `share(…)` gives a right."""

    box: Box
    head: Account

    @property
    def path(self) -> str:
        return f"/boites/{self.box.pk}/"

    def share(self, who: Account, right: Right, **days: Any) -> None:
        wanted = MembershipTerms(right, **{"starts_on": date(2026, 1, 1), **days})
        add_member(self.box.pk, address_of(who), wanted, by="test", now=now())


@pytest.fixture
def outside_transactions(transactional_db: None) -> None:
    """Use cases open transactions of their own."""


@pytest.fixture
def school(outside_transactions: None) -> School:
    head = account("pvasseur", first_name="Philippe", last_name="Vasseur")
    lead(head)
    open_school_boxes(None, quota_mb=512, by="test", now=now())
    sync_owners(None, by="test", now=now())
    return School(Box.objects.get(), head)


@pytest.fixture
def mails() -> Iterator[MemoryMailboxes]:
    before, made = open_mailbox.get(), MemoryMailboxes()
    for kept in (
        authors._authors,
        message_reader._bodies,
        lists._row_pages,
        message_lists._uses,
        rows._rendered_pages,
        message_pane._panes,
    ):
        kept.clear()
    open_mailbox.replace(made)
    yield made
    open_mailbox.replace(before)


@dataclass
class Engines:
    """What the engines were told."""

    cut: list[str]


class _Deaf:
    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: {}


@pytest.fixture
def engines() -> Iterator[Engines]:
    told = Engines([])
    held = connections.get(), mail_directory.get()

    class Cutter:
        def cut(self, mailbox: str) -> None:
            told.cut.append(mailbox)

    connections.replace(Cutter())
    mail_directory.replace(_Deaf())
    yield told
    connections.replace(held[0])
    mail_directory.replace(held[1])


@pytest.fixture
def of() -> Callable[[Account], Client]:
    return browser_of
