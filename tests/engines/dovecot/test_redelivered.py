"""What Postfix hands over again after a cut is in the mailbox once; what its owner copied stays."""

import re
import smtplib

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.dovecot.copies.redelivered import (
    Copy,
    RedeliveredCopies,
    second_copies,
    senders_fields,
)
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.home_alias import sockets

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def stored(engines: LiveEngines, marie: Someone, subject: str, folder: str = "INBOX") -> list[bytes]:
    with engines.signed_in(marie) as client:
        client.select(folder, readonly=True)
        found = client.uid("SEARCH", "SUBJECT", subject)[1][0].split()
        return [client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in found]


def hand_over(engines: LiveEngines, marie: Someone, content: bytes) -> None:
    """By LMTP, as Postfix does."""
    with smtplib.LMTP(str(sockets(engines.config) / "lmtp")) as dovecot:
        dovecot.sendmail("a@b.example", [marie.address], content)


def as_postfix_held_it(content: bytes) -> bytes:
    """Without what LMTP wrote on top."""
    text = content.decode()
    return text[re.search(r"(?m)^Received: from .*?\r\n(?=Received: )", text, re.DOTALL).end() :].encode()


def cut_before_the_mark(engines: LiveEngines, marie: Someone) -> None:
    """Dovecot stored the message, and did not come to say so, nor to remember it."""
    (mail_home(engines.config, marie.mailbox) / ".dovecot.lda-dupes").unlink()


def test_a_second_copy_goes_and_the_first_stays_with_what_its_owner_copied(
    engines: LiveEngines, marie: Someone
) -> None:
    drop = RedeliveredCopies(DoveadmServer(doveadm_socket(engines.config)))
    subject = f"redoublement-{marie.mailbox[:9]}"
    sent = letter(marie.address, marie.address, subject)
    engines.submit(marie, marie.address, [marie.address], sent)
    engines.found(marie, subject)
    with engines.signed_in(marie) as client:
        client.select("INBOX")
        client.copy(client.search(None, "SUBJECT", subject)[1][0].decode(), "Archive")
    (first,) = stored(engines, marie, subject)
    cut_before_the_mark(engines, marie)
    hand_over(engines, marie, as_postfix_held_it(first))
    assert len(stored(engines, marie, subject)) == 2
    assert drop(marie.mailbox, str(sent["Message-ID"])) == 1
    assert stored(engines, marie, subject) == [first]
    assert stored(engines, marie, subject, "Archive") == [first]
    assert drop(marie.mailbox, str(sent["Message-ID"])) == 0


def test_what_was_taken_twice_stays_twice(engines: LiveEngines, marie: Someone) -> None:
    drop = RedeliveredCopies(DoveadmServer(doveadm_socket(engines.config)))
    subject = f"repetition-{marie.mailbox[:9]}"
    sent = letter(marie.address, marie.address, subject)
    for _ in range(2):
        engines.submit(marie, marie.address, [marie.address], sent)
    wait_until(lambda: len(stored(engines, marie, subject)) == 2)
    assert drop(marie.mailbox, str(sent["Message-ID"])) == 0


def test_what_a_server_sent_again_after_a_cut_goes_if_it_is_equal(
    engines: LiveEngines, marie: Someone
) -> None:
    drop = RedeliveredCopies(DoveadmServer(doveadm_socket(engines.config)))
    subject = f"reprise-{marie.mailbox[:9]}"
    sent = letter("jean@dehors.example", marie.address, subject, Received="from a by b; Sat, 28 Nov 2026")
    engines.arrive(marie.address, sent)
    engines.found(marie, subject)
    (first,) = stored(engines, marie, subject)
    outlived = re.search(rb"\(Postfix\) with \w+ id (\w+)", first)[1].decode()
    engines.arrive(marie.address, sent)
    other = letter("jean@dehors.example", marie.address, subject, "Autre texte")
    del other["Message-ID"]
    other["Message-ID"] = sent["Message-ID"]
    engines.arrive(marie.address, other)
    wait_until(lambda: len(stored(engines, marie, subject)) == 3)
    assert drop(marie.mailbox, str(sent["Message-ID"])) == 0
    assert drop(marie.mailbox, str(sent["Message-ID"]), outlived) == 1
    left = stored(engines, marie, subject)
    assert left[0] == first
    assert b"Autre texte" in left[1]
    assert len(left) == 2


def test_mail_from_outside_is_known_by_the_same_two_fields() -> None:
    def copy(uid: int, stored: str, taken: str = "4jcKvr1bgJz1fGYh", address: str = "marie@a.fr") -> Copy:
        received = (
            f"from mail.a.fr\n\tby mail.a.fr with LMTP\n\tid {stored}\n\t(envelope-from <jean@b.example>)\n\t"
            f"for <{address}>; Sat, 28 Nov 2026 19:23:52 +0000\nfrom mx.b.example (unknown [192.0.2.7])\n\t"
            "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange X25519)\n\t"
            f"by mail.a.fr (Postfix) with ESMTPS id {taken}\n\tfor <{address}>; "
            "Sat, 28 Nov 2026 19:23:51 +0000\n"
            "from x by y (Postfix) with ESMTP id 4jcKvr1bgJz1fGYh; Sat, 28 Nov 2026 19:23:50 +0000"
        )
        return Copy("folder", uid, 1_700_000_000 + uid, received)

    assert second_copies([copy(2, "b"), copy(1, "a"), copy(3, "a")]) == [copy(2, "b")]
    assert second_copies([copy(1, "a"), copy(2, "b", taken="4jcKvr1bgJz1fGYi")]) == []
    assert second_copies([copy(1, "a"), copy(2, "b", address="m.dupont@a.fr")]) == []
    assert second_copies([Copy("folder", 1, 1, "from somebody"), Copy("folder", 2, 2, "")]) == []


def on_a_pod(stored: str) -> str:
    """The Received fields of a message that a front's Dovecot passed on to that of a pod (2.4.1)."""
    return (
        "from mail.a.fr ([10.77.0.12])\n\t"
        "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n\t"
        f"by mail.a.fr with LMTPS\n\tid {stored}:P1\n\t(envelope-from <jean@b.example>)\n\t"
        "for <marie@a.fr>; Sat, 28 Nov 2026 19:23:52 +0000\n"
        f"from mail.a.fr\n\tby mail.a.fr with LMTP\n\tid {stored}\n\t(envelope-from <jean@b.example>)\n\t"
        "for <marie@a.fr>; Sat, 28 Nov 2026 19:23:52 +0000\n"
        "from b.example (unknown [192.0.2.7])\n\tby mail.a.fr (Postfix) with ESMTP id 4jcKvr1bgJz1fGYh\n\t"
        "for <marie@a.fr>; Sat, 28 Nov 2026 19:23:51 +0000 (UTC)\n"
    )


def test_a_second_copy_is_known_on_a_pod_to_which_a_front_passed_it_on() -> None:
    """A pod that ends between a delivery and its answer gets the message again."""
    first, again, copied = (
        Copy("folder", uid, 1_700_000_000 + uid, on_a_pod(stored))
        for uid, stored in (
            (1, "scF6DrJ0Dmu9VgAAg+zDdQ"),
            (2, "iffrEdR0DmtLZAAAg+zDdQ"),
            (3, "scF6DrJ0Dmu9VgAAg+zDdQ"),
        )
    )
    assert second_copies([first, again, copied]) == [again]


def test_what_a_sender_wrote_on_a_pod_is_beneath_three_fields_of_ours() -> None:
    ours = on_a_pod("a").replace("\nfrom ", "\nReceived: from ")
    assert senders_fields(f"Received: {ours}Received: from x by y\nSubject: s\n") == (
        "Received: from x by y\nSubject: s\n"
    )


def test_a_line_that_is_no_field_gives_none_and_costs_no_more_than_its_length() -> None:
    received = "Received: ours\nReceived: our Postfix's\n"
    assert (
        senders_fields(f"{received}words of nobody: mine\nSubject: s\n\tfolded\n") == "Subject: s\n\tfolded\n"
    )
    assert senders_fields("x" * 2_000_000) == ""
