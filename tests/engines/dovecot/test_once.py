"""What Postfix hands over a second time is kept once; nothing else is ever taken for that."""

import smtplib
from dataclasses import dataclass

import pytest
from tests.engines.live import LiveEngines, Someone, letter

from vaguemestre.engines.home_alias import sockets

pytestmark = pytest.mark.engines
TRACE = (
    "Received: from mail.dehors.example (unknown [192.0.2.7])\r\n"
    "\tby mail.ac-amiens.test (Postfix) with ESMTPS id {taken}\r\n"
    "\tfor <{to}>; Wed, 25 Nov 2026 10:00:00 +0000 (UTC)\r\n"
)


@dataclass(frozen=True)
class Postfix:
    """Who hands a message over, and asks again when it was killed before it noted the answer."""

    engines: LiveEngines

    def hands_over(self, to: Someone, subject: str, taken: str, text: str = "Bonjour") -> int:
        message = letter("jean@dehors.example", to.address, subject, text).as_bytes().replace(b"\n", b"\r\n")
        with smtplib.LMTP(str(sockets(self.engines.config) / "lmtp"), None, timeout=60) as lmtp:
            lmtp.ehlo("mail.ac-amiens.test")
            lmtp.mail("jean@dehors.example")
            lmtp.rcpt(to.address)
            code, _ = lmtp.data(TRACE.format(taken=taken, to=to.address).encode() + message)
        return code


@pytest.fixture
def postfix(engines: LiveEngines) -> Postfix:
    return Postfix(engines)


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def test_asked_again_it_answers_yes_and_keeps_one(
    engines: LiveEngines, postfix: Postfix, marie: Someone
) -> None:
    paul = engines.someone()
    for who in (marie, marie, paul):
        assert postfix.hands_over(who, "encore", "4cGxYz1AbCzK7") == 250
    assert postfix.hands_over(marie, "encore", "4cGxYz9ZzZzK7") == 250  # the same words, sent again
    assert len(engines.found(marie, "encore")) == 2
    assert len(engines.found(paul, "encore")) == 1


def test_what_found_no_room_is_taken_once_there_is_some(engines: LiveEngines, postfix: Postfix) -> None:
    full = engines.someone(quota_mb=1)
    big = letter("a@b.example", full.address, "gros", f"{'y' * 70}\n" * 12_000)
    long = f"{'z' * 70}\n" * 160_000  # more than the room given beyond the quota
    with engines.signed_in(full) as client:
        assert client.append("INBOX", "", "", big.as_bytes())[0] == "OK"
        assert postfix.hands_over(full, "patient", "4cGxYz2AbCzK7", long) != 250
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
    assert postfix.hands_over(full, "patient", "4cGxYz2AbCzK7", long) == 250
    assert len(engines.found(full, "patient")) == 1


def test_nobody_outside_makes_another_message_disappear(engines: LiveEngines, marie: Someone) -> None:
    forged = TRACE.format(taken="4cGxYz3AbCzK7", to=marie.address).replace("\r\n\t", " ").strip()
    for _ in range(2):
        message = letter("a@b.example", marie.address, "imitation", Received=forged.partition(": ")[2])
        engines.arrive(marie.address, message)
    engines.arrive(marie.address, letter("a@b.example", marie.address, "ensuite"))
    assert engines.found(marie, "ensuite")
    assert len(engines.found(marie, "imitation")) == 2
