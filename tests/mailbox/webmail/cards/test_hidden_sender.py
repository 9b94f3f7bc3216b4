"""What one button answers leaves from the address that hides one's own, if the message came to it."""

import pytest
from django.test import Client
from tests.mailbox.webmail.cards.test_one_click import invitation, letter
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import primary_address
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.rosters.services import gateway_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(nicolas: Account) -> str:
    return gateway_of(nicolas.person_id or 0, by="test", now=NOON)


def to(content: bytes, recipient: str) -> bytes:
    """The same message to somebody else."""
    lines = [line for line in content.split(b"\r\n") if not line.startswith(b"To: ")]
    return b"\r\n".join([f"To: {recipient}".encode(), *lines])


@pytest.mark.parametrize("what", ["invitation", "receipt", "unsubscribe"])
@pytest.mark.parametrize("is_hidden", [True, False])
def test_an_answer_of_one_click_leaves_from_the_address_it_came_to(
    reader: Client, box: MemoryMailbox, nicolas: Account, hidden: str, what: str, is_hidden: bool
) -> None:
    own = primary_address(nicolas.person_id or 0) or ""
    contents = {
        "invitation": invitation(),
        "receipt": letter(Disposition_Notification_To="parent@dehors.example"),
        "unsubscribe": letter(List_Unsubscribe="<mailto:quitter@liste.example>"),
    }
    posts = {
        "invitation": ("reponse/2/", {"answer": "ACCEPTED"}),
        "receipt": ("accuse/", {"answer": "yes"}),
        "unsubscribe": ("desabonner/", {}),
    }
    ref = put(box, to(contents[what], hidden if is_hidden else own))
    path, fields = posts[what]
    assert reader.post(address(ref, path), fields, headers=PIECE).status_code == 200
    message = OutboxMessage.objects.get()
    assert message.sender == (hidden if is_hidden else own)
    assert (own.encode() in bytes(message.content)) is not is_hidden
