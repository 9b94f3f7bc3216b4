"""A school with its classes, and everybody who might write to them."""

from collections.abc import Iterator

import pytest
from tests.schools.rosters.schools import (
    NOW,
    OTHER,
    TODAY,
    address_of,
    agent,
    files,
    school,
    setting,
    structure,
)

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.schools.rosters.sample import sample_files
from vaguemestre.schools.rosters.services import apply_import


@pytest.fixture(autouse=True)
def mailboxes() -> Iterator[MemoryMailboxes]:
    before, memory = open_mailbox.get(), MemoryMailboxes()
    open_mailbox.replace(memory)
    yield memory
    open_mailbox.replace(before)


@pytest.fixture
def people() -> dict[str, Account]:
    structure()
    structure(OTHER, "Collège Marivaux")
    cast = {
        "teacher": agent("camille", "ENS"),
        "colleague": agent("thomas", "ENS"),
        "head": agent("philippe", "DIR"),
        "office": agent("sylvie", "ADF"),
        "life": agent("claire", "EDU"),
        "elsewhere": agent("loin", "ENS", OTHER),
        "other head": agent("ailleurs", "DIR", OTHER),
    }
    ours = school(teachers={address_of(cast["teacher"]): ["4B"], address_of(cast["colleague"]): ["6A"]})
    for one in (ours, school(OTHER, 2)):
        apply_import(files(sample_files(one, TODAY)), setting(), now=NOW, progress=lambda done, total: None)
    return cast
