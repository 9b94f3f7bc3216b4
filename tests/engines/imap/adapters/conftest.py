"""A mail store, in memory and a live one."""

from collections.abc import Iterator

import pytest
from tests.engines.mail import Post

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.post.mailstore.ports import OpenMailbox

type Store = tuple[OpenMailbox, str]


@pytest.fixture(params=["memory", pytest.param("imap", marks=pytest.mark.engines)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """What opens mailboxes, and the name of one that is empty."""
    if request.param == "memory":
        yield MemoryMailboxes(), "marie"
        return
    post = Post(request.getfixturevalue("engines"))
    yield post.mailboxes, post.new_login().mailbox
    post.pool.close_all()
