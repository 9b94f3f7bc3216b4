"""Answers to what our people wrote outside: known by the Message-ID that the signer noted when it left."""

import signal
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from tests.engines.live import Someone, letter, wait_until
from tests.engines.postfix.sender import Sender, send
from tests.engines.rspamd.asked import Asked, ask

pytestmark = pytest.mark.engines
STRANGER = "paul@loin.example"


def answer(to: str, message_id: str, subject: str) -> EmailMessage:
    return letter(f"Paul <{STRANGER}>", to, subject, In_Reply_To=message_id, References=message_id)


def asked_for(sender: Sender, person: Someone, message: EmailMessage) -> Asked:
    return ask(sender, message, From=STRANGER, Rcpt=person.address)


def test_an_answer_to_what_was_sent_weighs_less_and_makes_its_sender_known(sender: Sender) -> None:
    marie, other = sender.someone(), sender.someone()
    send(sender, marie, STRANGER, "question posee")
    message_id = str(message_from_bytes(sender.world.raw("question posee"))["Message-ID"])
    before = asked_for(sender, marie, answer(marie.address, "<inventee@loin.example>", "Re: question"))
    assert "REPLY" not in before.symbols
    assert "INC_MAIL_KNOWN_LOCALLY" not in before.symbols

    known = answer(marie.address, message_id, "Re: question")
    wait_until(lambda: "REPLY" in asked_for(sender, marie, known).symbols)
    verdict = asked_for(sender, marie, known)
    assert verdict.symbols["REPLY"] == -4
    assert verdict.score < before.score
    # somebody else cannot use it, and does not know its sender
    stolen = asked_for(sender, other, answer(other.address, message_id, "Re: question"))
    assert "REPLY" not in stolen.symbols
    assert "INC_MAIL_KNOWN_LOCALLY" not in stolen.symbols
    later = letter(f"Paul <{STRANGER}>", marie.address, "Autre sujet")

    def is_known() -> bool:
        # A filter whose memory was away takes its scripts up again by and by: it may answer while
        # the one that notes the sender is not back. Only another answer notes them then.
        asked_for(sender, marie, known)
        return "INC_MAIL_KNOWN_LOCALLY" in asked_for(sender, marie, later).symbols

    wait_until(is_known)


def test_without_the_memory_mail_leaves_all_the_same(sender: Sender) -> None:
    marie = sender.someone()
    sender.end("valkey", signal.SIGKILL)
    send(sender, marie, STRANGER, "sans memoire")
    assert b"DKIM-Signature:" in sender.world.raw("sans memoire")
    sender.start_filter_memory()
