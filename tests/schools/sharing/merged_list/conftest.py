"""Somebody who has a mailbox and shares the school's, one message in each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.engines.samples import letter
from tests.schools.sharing.conftest import School

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.webmail.ports import openable_boxes, shared_unread
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.values import Right
from vaguemestre.site.adapters.webmail import openable_boxes as boxes_of_member
from vaguemestre.site.adapters.webmail import shared_unread as unread_in_boxes

Of = Callable[[Account], Client]
ADDRESS = "/messagerie/toutes/"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wired() -> Iterator[None]:
    before = openable_boxes.get(), shared_unread.get()
    openable_boxes.replace(boxes_of_member)
    shared_unread.replace(unread_in_boxes)
    yield
    openable_boxes.replace(before[0])
    shared_unread.replace(before[1])


@pytest.fixture
def secretary(school: School) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


@pytest.fixture
def both(school: School, secretary: Account, mails: MemoryMailboxes) -> School:
    """One message in each mailbox; the school's is the newer."""
    mails.box(secretary.mailbox).append("INBOX", letter("Pour moi"), (), AT)
    of_school = mails.box(school.box.account.mailbox)
    of_school.append("INBOX", letter("Pour l’école"), (), AT.replace(hour=10))
    return school
