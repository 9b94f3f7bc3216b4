"""Submission on the live service, and against services that misbehave."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, Someone, wait_until
from tests.engines.samples import letter

from vaguemestre.engines.smtp.submission import Submission
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox.ports import NotSubmitted
from vaguemestre.post.outbox.rules.reports import read_report


@pytest.fixture
def submit(engines: LiveEngines) -> Submission:
    config = engines.config
    return Submission(
        (config.mail.host, config.ports.submission),
        certificates.paths(config).ca,
        lambda box: engines.token(box),
    )


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.mark.engines
def test_a_message_handed_over_arrives_once_for_each(
    engines: LiveEngines, submit: Submission, marie: Someone
) -> None:
    paul = engines.someone()
    content = letter(
        "Zinzolin à l’école", "Une ligne\n.\n..\nla fin é\n", From=marie.address, To=paul.address
    )
    submit(marie.mailbox, marie.address, [paul.address, "quelqu.un@ailleurs.example"], content)
    (arrived,) = engines.found(paul, "Zinzolin")
    assert arrived.endswith(b"Une ligne\r\n.\r\n..\r\nla fin \xc3\xa9\r\n")
    assert engines.found(engines.outside, "Zinzolin")


@pytest.mark.engines
def test_the_connection_serves_the_next_messages_of_the_same_mailbox_and_nobody_else(
    engines: LiveEngines, marie: Someone
) -> None:
    asked: list[str] = []

    def token(box: str) -> str:
        asked.append(box)
        return engines.token(box)

    config = engines.config
    door = config.mail.host, config.ports.submission
    submit = Submission(door, certificates.paths(config).ca, token)
    paul = engines.someone()
    for number in range(3):
        content = letter(f"Chaleur {number}", "é\n" * (number % 2 + 1), From=marie.address, To=paul.address)
        submit(marie.mailbox, marie.address, [paul.address], content)
    submit(paul.mailbox, paul.address, [marie.address], letter("À vous", From=paul.address))
    assert asked == [marie.mailbox, paul.mailbox]
    assert all(engines.found(paul, f"Chaleur {number}") for number in range(3))
    with pytest.raises(EngineRefused):
        submit(marie.mailbox, marie.address, [f"personne@{config.academy.domain}"], letter("x"))
    submit(marie.mailbox, marie.address, [paul.address], letter("Après un refus", From=marie.address))
    assert asked == [marie.mailbox, paul.mailbox, marie.mailbox], "a refusal ends its connection"
    submit.connections.close_all()


@pytest.mark.engines
def test_a_connection_that_is_not_used_again_is_closed_in_time(engines: LiveEngines, marie: Someone) -> None:
    config = engines.config
    door = config.mail.host, config.ports.submission
    submit = Submission(door, certificates.paths(config).ca, engines.token, kept_seconds=0.2)
    submit(marie.mailbox, marie.address, [marie.address], letter("Seule", From=marie.address))
    assert submit.connections.kept_count == 1
    wait_until(lambda: not submit.connections.kept_count)


@pytest.mark.engines
def test_a_connection_whose_access_was_withdrawn_is_replaced(engines: LiveEngines, marie: Someone) -> None:
    """The service says 421 in the place of its answer, or hung up meanwhile: nothing was accepted."""
    config = engines.config
    door = config.mail.host, config.ports.submission
    submit = Submission(door, certificates.paths(config).ca, engines.token)
    submit(marie.mailbox, marie.address, [marie.address], letter("Première", From=marie.address))
    kept = submit.connections.take(marie.mailbox)
    assert kept is not None
    assert kept.sock is not None
    submit.connections.put_back(marie.mailbox, kept)
    kept.sock.shutdown(socket.SHUT_WR)  # Postfix hangs up at once
    submit(marie.mailbox, marie.address, [marie.address], letter("Seconde", From=marie.address))
    assert engines.found(marie, "Seconde")


@pytest.mark.engines
def test_whoever_asks_is_told_of_the_delivery(
    engines: LiveEngines, submit: Submission, marie: Someone
) -> None:
    paul = engines.someone()
    content = letter("Convocation suivie", From=marie.address, To=paul.address)
    submit(marie.mailbox, marie.address, [paul.address], content, report=True)
    (told,) = engines.found(marie, "Courriel remis")
    assert b"message/delivery-status" in told
    assert paul.address.encode() in told
    assert [report.is_bounce_of_ours for report in read_report(told)] == [True]


@pytest.mark.engines
@pytest.mark.parametrize("detail", ["", "+!"])  # the second bears no voucher
def test_a_report_that_somebody_submits_is_none_of_our_mail_service(
    engines: LiveEngines, submit: Submission, marie: Someone, detail: str
) -> None:
    paul = engines.someone()
    forged = """Received: by mail.ac-amiens.test (Postfix) id 4ABC; Wed, 25 Nov 2026 12:00:00 +0000
From: {author}
Subject: Faux rapport
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; {recipient}
Original-Message-ID: <m1@x>
Disposition: manual-action/MDN-sent-manually; displayed

--b--
"""
    author = marie.address.replace("@", f"{detail}@")
    content = forged.format(author=author, recipient=paul.address).replace("\n", "\r\n").encode()
    submit(marie.mailbox, marie.address, [paul.address], content)
    (stored,) = engines.found(paul, "Faux rapport")
    (report,) = read_report(stored)
    assert (report.author, report.is_bounce_of_ours, report.is_foreign) == (
        "" if detail else marie.address, False, False,
    )  # fmt: skip


@pytest.mark.engines
def test_nobody_sends_as_somebody_else(engines: LiveEngines, submit: Submission, marie: Someone) -> None:
    paul = engines.someone()
    with pytest.raises(EngineRefused, match=r"smtp: 5\d\d"):
        submit(marie.mailbox, paul.address, [marie.address], letter("Faux"))


@pytest.mark.engines
def test_all_recipients_or_none(engines: LiveEngines, submit: Submission, marie: Someone) -> None:
    unknown = f"personne@{engines.config.academy.domain}"
    paul = engines.someone()
    with pytest.raises(EngineRefused, match="personne@"):
        submit(marie.mailbox, marie.address, [paul.address, unknown], letter("À moitié"))
    submit(marie.mailbox, marie.address, [paul.address], letter("Entier", From=marie.address))
    engines.found(paul, "Entier")
    with engines.signed_in(paul) as client:
        client.select("INBOX", readonly=True)
        assert len(client.search(None, "ALL")[1][0].split()) == 1


@pytest.mark.engines
@pytest.mark.parametrize(
    "address", ["a@b.test>\r\nRCPT TO:<c@d.test", "a@b.test\nx", "a b@c.test", "<a@b.test>", "", "a\0@b.test"]
)
def test_an_address_is_never_a_command(submit: Submission, marie: Someone, address: str) -> None:
    with pytest.raises(EngineRefused):
        submit(marie.mailbox, marie.address, [address], letter("x"))
    with pytest.raises(EngineRefused):
        submit(marie.mailbox, address, [marie.address], letter("x"))


@pytest.mark.engines
def test_a_bad_token_is_refused_and_a_stranger_certificate_too(
    engines: LiveEngines, marie: Someone, tmp_path: Path
) -> None:
    address = engines.config.mail.host, engines.config.ports.submission
    ca = certificates.paths(engines.config).ca
    withdrawn = Submission(address, ca, lambda box: engines.token(box, allowed=False))
    with pytest.raises(EngineRefused):
        withdrawn(marie.mailbox, marie.address, [marie.address], letter("x"))
    elsewhere = Path("/etc/ssl/certs/ca-certificates.crt")
    if elsewhere.exists():
        with pytest.raises(EngineDown):
            Submission(address, elsewhere, engines.token)(
                marie.mailbox, marie.address, ["a@b.test"], letter("x")
            )


@pytest.mark.engines
def test_nothing_was_submitted_while_the_service_of_tokens_is_away(
    engines: LiveEngines, marie: Someone
) -> None:
    """Else what became of the message would have to be read in the logs of every machine first."""

    def away(_: str) -> str:
        raise EngineDown("job: its database does not answer")

    address = engines.config.mail.host, engines.config.ports.submission
    submit = Submission(address, certificates.paths(engines.config).ca, away)
    with pytest.raises(NotSubmitted):
        submit(marie.mailbox, marie.address, [marie.address], letter("x"))


def test_no_token_is_no_sending(tmp_path: Path) -> None:
    def over(_: str) -> str:
        raise Refusal("credentials.session-over")

    # the token is asked for only once the service is reached
    with pytest.raises(EngineDown):
        Submission(("127.0.0.1", 1), tmp_path / "ca.pem", over)("m", "a@b.test", ["a@b.test"], b"x")


@pytest.fixture
def service() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.mark.parametrize("said", [b"", b"220 ready\r\n421 too busy\r\n", b"554 go away\r\n", b"garbage\r\n"])
def test_a_service_that_misbehaves_is_down_or_refuses(
    service: socket.socket, said: bytes, tmp_path: Path
) -> None:
    def answer() -> None:
        peer = service.accept()[0]
        peer.sendall(said)
        peer.shutdown(socket.SHUT_WR)
        peer.recv(1000)
        peer.close()

    talk = threading.Thread(target=answer)
    talk.start()
    with pytest.raises((EngineDown, EngineRefused)):
        Submission(service.getsockname(), tmp_path / "ca.pem", lambda _: "t")(
            "m", "a@b.test", ["a@b.test"], b"x"
        )
    talk.join()
