"""A writer with a mailbox in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import boxes, page  # noqa: F401

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.engines.projection.sqlite import SqliteMailDirectory
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import primary_address
from vaguemestre.people.provisioning.ports import MailDirectory, mail_directory
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site.config import Config


@pytest.fixture
def mailboxes() -> Iterator[MemoryMailboxes]:
    before, memory = open_mailbox.get(), MemoryMailboxes()
    open_mailbox.replace(memory)
    yield memory
    open_mailbox.replace(before)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[MailDirectory]:
    """The engines' view of the mailboxes, empty."""
    before = mail_directory.get()
    config = Config(home=tmp_path)
    config.projection_path.parent.mkdir(parents=True)
    made = SqliteMailDirectory(config.projection_path)
    mail_directory.replace(made)
    yield made
    mail_directory.replace(before)
    made.close()


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def writer(nicolas: Account) -> Writer:
    address = primary_address(nicolas.person_id or 0) or ""
    return Writer(nicolas.pk, "Nicolas Morel", address, MailLogin(nicolas.mailbox))


@pytest.fixture
def box(mailboxes: MemoryMailboxes, nicolas: Account) -> MemoryMailbox:
    return mailboxes.box(nicolas.mailbox)


@pytest.fixture
def browser(client: Client, nicolas: Account) -> Client:
    return signed_in(nicolas, client)
