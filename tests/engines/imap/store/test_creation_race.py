"""A folder is made, and an inbox opened, even when two sessions begin a mailbox at once."""

import pytest

from vaguemestre.engines.imap.protocol.arguments import Argument
from vaguemestre.engines.imap.protocol.connection import CommandRefused
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.store.creation_race import create_mailbox, retry_untrue_refusal


class Server:
    """Says these codes one after the other; an empty one is OK."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.asked = list(codes), list[tuple[Argument, ...]]()

    def run(self, *command: Argument) -> list[Line]:
        self.asked.append(command)
        if code := self.codes.pop(0):
            raise CommandRefused("IMAP", code, f"NO [{code}]")
        return []


def test_a_new_folder_said_to_lack_something_is_asked_for_again() -> None:
    server = Server("NONEXISTENT", "NONEXISTENT", "")
    create_mailbox(server.run, "Projets/A")
    assert server.asked == [(b"CREATE", "Projets/A")] * 3


def test_an_inbox_said_to_exist_already_is_opened() -> None:
    server = Server("ALREADYEXISTS", "")
    retry_untrue_refusal(lambda: server.run(b"SELECT", "INBOX"), "ALREADYEXISTS")
    assert len(server.asked) == 2


@pytest.mark.parametrize("code", ["ALREADYEXISTS", "OVERQUOTA", "CANNOT"])
def test_another_refusal_is_the_answer(code: str) -> None:
    server = Server(code)
    with pytest.raises(CommandRefused) as refused:
        create_mailbox(server.run, "Projets")
    assert refused.value.code == code
    assert len(server.asked) == 1


def test_a_new_folder_said_to_be_there_already_was_made() -> None:
    server = Server("ALREADYEXISTS")
    create_mailbox(server.run, "Projets/A", is_new=True)
    assert server.asked == [(b"CREATE", "Projets/A")]


def test_a_refusal_that_stays_is_the_answer_in_the_end() -> None:
    server = Server(*["NONEXISTENT"] * 9)
    with pytest.raises(CommandRefused, match="NONEXISTENT"):
        create_mailbox(server.run, "Projets")
    assert len(server.asked) < 9
