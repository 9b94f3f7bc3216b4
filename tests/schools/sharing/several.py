"""Agents whose names are in the index, and who opens the school's mailbox."""

import pytest
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import NameWord
from vaguemestre.people.directory.rules.names import name_words
from vaguemestre.schools.sharing.models import Member


def agent(username: str, first_name: str, last_name: str) -> Account:
    made = account(username, first_name=first_name, last_name=last_name)
    words = name_words(first_name, last_name)
    NameWord.objects.bulk_create([NameWord(person=made.person, word=word) for word in words])
    return made


@pytest.fixture
def three(school: School) -> list[Account]:
    return [
        agent("mdurand", "Marie", "Durand"), agent("jpetit", "Jean", "Petit"), agent("lroux", "Léa", "Roux"),
    ]  # fmt: skip


def members(school: School) -> set[str]:
    rows = Member.objects.filter(box=school.box, ended_at__isnull=True)
    return set(rows.values_list("account__username", flat=True))
