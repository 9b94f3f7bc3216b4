"""The address that hides the writer's own from families: what it received is answered from it."""

import pytest
from tests.mailbox.compose.test_services import save, start
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.models import Composition, Identity
from vaguemestre.mailbox.compose.values import AcademySignature, IdentityFields, Mode, Writer
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.schools.rosters.services import gateway_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(nicolas: Account) -> str:
    return gateway_of(nicolas.person_id or 0, by="test", now=NOON)


def received(box: MemoryMailbox, sender: str, to: str) -> MessageRef:
    content = f"From: {sender}\r\nTo: {to}\r\nSubject: Sortie\r\nMessage-ID: <r@x>\r\n\r\nBonjour\r\n"
    return box.append("INBOX", content.encode(), (), NOON)


def chosen(writer: Writer, key: str) -> str:
    """Address selected in « De »."""
    draft = queries.find_draft(writer.account_id, key)
    assert draft is not None
    options = {option.id: option.address for option in queries.senders_of(writer, AcademySignature())}
    return options[draft.fields.identity]


@pytest.mark.parametrize("mode", [Mode.REPLY, Mode.REPLY_ALL])
def test_an_answer_to_the_hidden_address_leaves_from_it_and_de_shows_it(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, hidden: str, mode: Mode
) -> None:
    for _ in range(2):
        key = start(writer, box, mode, received(box, "parent@dehors.example", hidden))
        assert chosen(writer, key) == hidden
    assert len(queries.senders_of(writer, AcademySignature())) == 2, "« De » is shown, with both"
    save(writer, key, mailboxes, 0, to="parent@dehors.example", identity=Identity.objects.get().pk)
    (draft,) = (box.raw(row.ref) for row in box.page("Drafts", 0, 9).rows)
    assert writer.address.encode() not in draft


def test_a_draft_under_it_still_leaves_from_it(writer: Writer, box: MemoryMailbox, hidden: str) -> None:
    for address in (hidden, writer.address):
        key = start(writer, box, Mode.DRAFT, received(box, address, "parent@dehors.example"))
        assert chosen(writer, key) == address


def test_what_one_wrote_from_it_is_followed_from_it(writer: Writer, box: MemoryMailbox, hidden: str) -> None:
    key = start(writer, box, Mode.REPLY, received(box, hidden, "parent@dehors.example"))
    assert chosen(writer, key) == hidden
    assert Composition.objects.get().to == "parent@dehors.example"


def test_anything_else_leaves_from_the_usual_address(writer: Writer, box: MemoryMailbox, hidden: str) -> None:
    start(writer, box, Mode.REPLY, received(box, "parent@dehors.example", hidden))
    assert not queries.has_identity(writer.account_id), "no signature was chosen"
    for mode, ref in (
        (Mode.NEW, None),
        (Mode.REPLY, received(box, "parent@dehors.example", writer.address)),
    ):
        assert chosen(writer, start(writer, box, mode, ref)) == writer.address
    given = IdentityFields(writer.address, "Nicolas Morel")
    usual = services.save_identity(writer, 0, given, by="test", now=NOON)
    assert Identity.objects.get(pk=usual).is_default
    assert chosen(writer, start(writer, box, Mode.NEW)) == writer.address


def test_forwarding_makes_no_identity(writer: Writer, box: MemoryMailbox, hidden: str) -> None:
    start(writer, box, Mode.FORWARD, received(box, "parent@dehors.example", hidden))
    assert not Identity.objects.exists()


@pytest.mark.parametrize("tells", [True, False])
def test_it_is_signed_as_usual_unless_the_signature_tells_the_address(
    writer: Writer, box: MemoryMailbox, hidden: str, tells: bool
) -> None:
    words = f"N. Morel, {writer.address.upper() if tells else 'bureau 12'}"
    given = IdentityFields(writer.address, "Nicolas Morel", signed_with="own", signature=words)
    services.save_identity(writer, 0, given, by="test", now=NOON)
    start(writer, box, Mode.REPLY, received(box, "parent@dehors.example", hidden))
    assert ("N. Morel" in Composition.objects.get().html) is not tells
