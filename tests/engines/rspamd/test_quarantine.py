"""What the filter wants in quarantine: where it goes, who can name it, and that it comes back whole."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from tests.engines.live import LiveEngines, Someone, is_free, letter, wait_until
from tests.engines.rspamd.zone import Zone

from vaguemestre.engines.dovecot.copies.quarantined import QuarantinedMail
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.trace.rules.stories import is_quarantined

pytestmark = pytest.mark.engines
LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
MARK = b"marque de la maison, qui ne fait rien 4d1f"
SENDER = "jean@dehors.example"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Debian's own listens, with one signature of ours; short runs have nobody there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    if not LONG:
        yield f"127.0.0.1:{port}"
        return
    place = tmp_path_factory.mktemp("clamd")
    signatures = place / "signatures"
    signatures.mkdir()
    (signatures / "ours.ndb").write_text(f"Vaguemestre.Essai:0:*:{MARK.hex()}\n")
    told = place / "clamd.conf"
    told.write_text(
        f"TCPAddr 127.0.0.1\nTCPSocket {port}\nDatabaseDirectory {signatures}\nTemporaryDirectory {place}\n"
        "Foreground yes\n"
    )
    process = subprocess.Popen(["clamd", "--config-file", str(told)], stdout=subprocess.DEVNULL)
    wait_until(lambda: not is_free(port), 60)
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def filtered(
    engines: LiveEngines, clamd: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveEngines]:
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names)
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}", clamd=clamd)
    yield engines
    zone.end()
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def quarantined(engines: LiveEngines) -> QuarantinedMail:
    return QuarantinedMail(DoveadmServer(doveadm_socket(engines.config)))


def macro(marie: Someone, subject: str) -> EmailMessage:
    message = letter(SENDER, marie.address, subject, Vaguemestre_Quarantine="fraud de-lui-meme")
    message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="notes.docm")
    return message


def only(quarantined: QuarantinedMail, who: Someone) -> list[str]:
    return wait_until(lambda: quarantined.find(who.mailbox))[0]


def test_a_document_with_macros_goes_where_no_program_of_its_owner_looks(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "Relevé"), SENDER)
    _, _, _, verdict, message_id, envelope, author, subject = only(quarantined, marie)
    assert verdict == "macro docm"  # not what the sender wrote under that name
    assert (envelope, author, subject) == (f"<{SENDER}>", SENDER, "Relevé")
    filed = [step for step in filtered.logged_steps() if is_quarantined(step)]  # so that it is written down
    assert [step.message_id for step in filed if step.recipient == marie.mailbox] == [message_id]
    with filtered.signed_in(marie) as client:
        told = [client.list(), client.list('""', "*"), client.namespace(), client.lsub()]
        assert QUARANTINE.partition("/")[0] not in str(told)
        assert client.select(QUARANTINE)[0] == "NO"
        assert client.create(f"{QUARANTINE}2")[0] == "NO"
        for folder in ("INBOX", "Junk", "Virtuel/All"):
            client.select(folder, readonly=True)
            assert client.search(None, "HEADER", "Message-ID", message_id)[1] == [b""]


def test_what_is_handed_over_is_in_the_inbox_as_it_came(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "A remettre"), SENDER)
    guid = only(quarantined, marie)[1]
    assert quarantined.release(marie.mailbox, guid) == 1
    assert quarantined.find(marie.mailbox) == []
    assert b"notes.docm" in filtered.found(marie, "A remettre")[0]
    assert quarantined.release(marie.mailbox, guid) == 0  # again: nothing


def test_what_is_deleted_is_gone_and_not_among_deleted_messages(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "Fini"), SENDER)
    assert quarantined.discard(marie.mailbox, only(quarantined, marie)[1]) == 1
    assert quarantined.find(marie.mailbox) == []


def test_a_listed_link_is_fraud_and_other_mail_arrives(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    listed = rspamd.listed_links(filtered.config)
    listed.write_text("piege.fr\n", encoding="utf-8")

    def is_caught() -> bool:
        message = letter(SENDER, marie.address, "Colis", "Voir https://www.piege.fr/compte demain.")
        filtered.arrive(marie.address, message, SENDER)
        return bool(quarantined.find(marie.mailbox))

    wait_until(is_caught, 120)
    assert only(quarantined, marie)[3] == "fraud piege.fr"
    plain = letter(SENDER, marie.address, "Ordinaire", Vaguemestre_Quarantine="virus inventé")
    filtered.arrive(marie.address, plain, SENDER)
    assert b"Vaguemestre-Quarantine" not in filtered.found(marie, "Ordinaire")[0]
    listed.write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Vaguemestre-Quarantine", "Vaguemestre-Quarantine ", "VAGUEMESTRE-QUARANTINE\t"]
)
def test_a_verdict_that_a_sender_writes_is_taken_away(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, name: str
) -> None:
    content = letter(SENDER, marie.address, "Faux verdict").as_bytes(policy=SMTP)
    with filtered.mx() as client:
        client.sendmail(SENDER, [marie.address], f"{name}: autre chose\r\n".encode() + content)
    assert b"autre chose" not in filtered.found(marie, "Faux verdict")[0]
    assert quarantined.find(marie.mailbox) == []


def test_mail_goes_on_and_says_if_the_virus_check_was_away(filtered: LiveEngines, marie: Someone) -> None:
    plain = letter(SENDER, marie.address, "Examine", Vaguemestre_Unexamined="de-lui-meme")
    plain.add_attachment(b"x" * 500, maintype="application", subtype="pdf", filename="notes.pdf")
    filtered.arrive(marie.address, plain, SENDER)
    arrived = filtered.found(marie, "Examine")[0]
    assert (b"Vaguemestre-Unexamined: virus" in arrived) is not LONG  # in short runs nobody listens there
    assert b"de-lui-meme" not in arrived


@pytest.mark.skipif(not LONG, reason="bin/test --long")
def test_a_virus_is_known_by_its_name(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    message = letter(SENDER, marie.address, "Photo")
    message.add_attachment(b"x" * 5000 + MARK, maintype="image", subtype="jpeg", filename="p.jpg")
    filtered.arrive(marie.address, message, SENDER)
    assert only(quarantined, marie)[3] == "virus Vaguemestre.Essai.UNOFFICIAL"
