"""rspamd at the MX: who vouches for what arrives, what is filed as junk, and what happens without it.

Its only name server is the demonstration's, on the loopback, here with a zone of its own.
"""

import base64
import email
import hashlib
import os
import signal
import smtplib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.engines.rspamd import asked
from tests.engines.rspamd.arc_seal import sealed
from tests.engines.rspamd.zone import Zone

from vaguemestre.desks.removals.rules.marks import marks
from vaguemestre.desks.removals.values import Criteria
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.controller import JunkTraining
from vaguemestre.engines.rspamd.refused_content import RefusedContent
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Authenticity, Verdict, sender_authenticity

pytestmark = pytest.mark.engines

OURS = "mail.ac-amiens.test"
ZONE = """
ac-amiens.test. 300 IN TXT "v=spf1 ip4:127.0.0.0/8 -all"
_dmarc.ac-amiens.test. 300 IN TXT "v=DMARC1; p=quarantine"
sure.test. 300 IN TXT "v=spf1 ip4:127.0.0.0/8 -all"
_dmarc.sure.test. 300 IN TXT "v=DMARC1; p=reject"
banque.test. 300 IN TXT "v=spf1 -all"
_dmarc.banque.test. 300 IN TXT "v=DMARC1; p=reject"
signe.test. 300 IN TXT "v=spf1 -all"
_dmarc.signe.test. 300 IN TXT "v=DMARC1; p=reject"
"""


@pytest.fixture(scope="module")
def zone(engines: LiveEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    made = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names, ZONE)
    yield made
    made.end()


@pytest.fixture(scope="module")
def filtered(engines: LiveEngines, zone: Zone) -> Iterator[LiveEngines]:
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}")
    yield engines
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def arrived(engines: LiveEngines, who: Someone, subject: str, folder: str = "INBOX") -> Any:
    return email.message_from_bytes(engines.found(who, subject, folder)[0])


def judged(message: Any) -> Authenticity:
    fields = tuple((name.lower(), str(value)) for name, value in message.items())
    sender = email.utils.parseaddr(message["From"])[1]
    return sender_authenticity(fields, sender, server=OURS, own=frozenset({"ac-amiens.test"}))


def test_a_sender_whose_domain_vouches_for_it_is_verified(filtered: LiveEngines, marie: Someone) -> None:
    sender = "jean@sure.test"
    filtered.arrive(marie.address, letter(sender, marie.address, "atteste"), sender)
    assert judged(arrived(filtered, marie, "atteste")) == Authenticity(Verdict.VERIFIED, "sure.test")


def test_a_sender_whose_domain_disowns_it_is_filed_as_junk(filtered: LiveEngines, marie: Someone) -> None:
    sender = "conseiller@banque.test"
    filtered.arrive(marie.address, letter(sender, marie.address, "renie"), sender)
    found = arrived(filtered, marie, "renie", "Junk")
    assert judged(found) == Authenticity(Verdict.FORGED, "banque.test")
    assert found["X-Spam-Status"].startswith("Yes")


def parts(subject: str, to: str, count: int) -> bytes:
    head = f"From: x@inconnu.test\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    kind = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return (head + kind).encode() + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


def test_a_message_of_very_many_parts_is_refused_before_the_filter_reads_it(
    filtered: LiveEngines, marie: Someone
) -> None:
    """Six letters of 300,000 held the filter, and what came meanwhile was not looked at."""
    with filtered.mx() as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("x@inconnu.test", [marie.address], parts("bombe", marie.address, 20_000))
    assert (refused.value.smtp_code, refused.value.smtp_error.split()[0]) == (554, b"5.6.0")
    with filtered.submission() as client:
        client.login(marie.mailbox, marie.password)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(marie.address, [marie.address], parts("bombe", marie.address, 20_000))
    assert refused.value.smtp_code == 554
    with filtered.mx() as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("x@inconnu.test", [marie.address], parts("mille pieces", marie.address, 1_000))
        assert b"joignez-les en une archive" in refused.value.smtp_error
        client.sendmail("x@inconnu.test", [marie.address], parts("cent pieces", marie.address, 100))
    assert judged(arrived(filtered, marie, "cent pieces")).verdict is Verdict.UNVERIFIED
    assert arrived(filtered, marie, "cent pieces")["Authentication-Results"]


def test_many_parts_hidden_in_an_encoded_message_are_found(filtered: LiveEngines, marie: Someone) -> None:
    """The filter decodes what RFC 2046 says is never encoded."""
    inner = base64.encodebytes(parts("dedans", marie.address, 20_000)).replace(b"\n", b"\r\n")
    head = f"From: x@inconnu.test\r\nTo: {marie.address}\r\nSubject: cachee\r\nMIME-Version: 1.0\r\n".encode()
    kind = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    with filtered.mx() as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("x@inconnu.test", [marie.address], head + kind + inner)
    assert refused.value.smtp_code == 554


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_mail_goes_on_uncounted_while_what_counts_parts_hangs_or_is_dead(
    filtered: LiveEngines, marie: Someone, how: signal.Signals
) -> None:
    """And is counted again by the one that is started after it."""
    bomb = parts(f"bombe {how}", marie.address, 6_000)
    filtered.children["arrivals"].send_signal(how)
    try:
        with filtered.mx() as client:
            client.sendmail("x@inconnu.test", [marie.address], bomb)
        assert arrived(filtered, marie, f"bombe {how}")["Authentication-Results"]  # by the filter
    finally:
        filtered.end("arrivals", signal.SIGKILL)
        filtered.start_arrivals()
    with filtered.mx() as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("x@inconnu.test", [marie.address], bomb)
    assert refused.value.smtp_code == 554


def test_a_message_that_is_slow_to_read_holds_nobody_else_s(filtered: LiveEngines, marie: Someone) -> None:
    """One process read everything: what came meanwhile went on without the filter's word."""
    main = filtered.children["rspamd"].pid
    children = map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())
    readers = [pid for pid in children if b"normal process" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(readers) > 2
    try:
        for pid in readers[1:]:
            os.kill(pid, signal.SIGSTOP)
        for number in range(3):
            sender = "jean@sure.test"
            filtered.arrive(marie.address, letter(sender, marie.address, f"pendant {number}"), sender)
            message = arrived(filtered, marie, f"pendant {number}")
            assert judged(message) == Authenticity(Verdict.VERIFIED, "sure.test")
    finally:
        for pid in readers[1:]:
            os.kill(pid, signal.SIGCONT)


def test_our_own_name_written_outside_is_filed_as_junk(filtered: LiveEngines, marie: Someone) -> None:
    message = letter("La rectrice <rectrice@ac-amiens.test>", marie.address, "chez nous")
    filtered.arrive(marie.address, message, "jean@sure.test")
    found = arrived(filtered, marie, "chez nous", "Junk")
    assert judged(found) == Authenticity(Verdict.FORGED, "ac-amiens.test")


def test_what_a_sender_says_of_itself_is_taken_away(filtered: LiveEngines, marie: Someone) -> None:
    sender = "x@inconnu.test"
    message = letter(
        sender, marie.address, "soi-disant",
        Authentication_Results=f"{OURS}; dmarc=pass header.from=inconnu.test",
        ARC_Authentication_Results=f"i=1; {OURS}; dmarc=pass header.from=inconnu.test",
    )  # fmt: skip
    filtered.arrive(marie.address, message, sender)
    found = arrived(filtered, marie, "soi-disant")
    assert len(found.get_all("Authentication-Results")) == 1
    assert "dmarc=pass" not in found["Authentication-Results"]
    assert found["ARC-Authentication-Results"]  # a seal covers it, and nobody here believes it
    assert judged(found).verdict is Verdict.UNVERIFIED


def test_a_domain_nobody_vouches_for_is_not_verified_and_not_junk(
    filtered: LiveEngines, marie: Someone
) -> None:
    filtered.arrive(marie.address, letter("x@inconnu.test", marie.address, "muet"), "x@inconnu.test")
    found = arrived(filtered, marie, "muet")
    assert judged(found).verdict is Verdict.UNVERIFIED
    assert found["X-Spam-Status"].startswith("No")


def test_a_signature_vouches_whatever_road_was_taken(
    filtered: LiveEngines, zone: Zone, marie: Someone, tmp_path: Path
) -> None:
    plain = letter("lea@signe.test", marie.address, "signe")
    signed = zone.signed(plain.as_bytes(policy=email.policy.SMTP), tmp_path)
    with filtered.mx() as client:
        client.sendmail("lea@signe.test", [marie.address], signed)
    found = arrived(filtered, marie, "signe")
    assert "dkim=pass" in found["Authentication-Results"]
    assert judged(found) == Authenticity(Verdict.VERIFIED, "signe.test")


def forwarded(zone: Zone, marie: Someone, subject: str, *, domain: str) -> bytes:
    """What the domain sends on, sealed, of a sender whose signature it broke."""
    message = letter("conseiller@banque.test", marie.address, subject)
    results = f"mx.{domain}; dmarc=pass header.from=banque.test"
    return sealed(message.as_bytes(policy=email.policy.SMTP), results, domain=domain, key_file=zone.key)


def test_what_a_trusted_domain_sends_on_and_seals_is_not_junk(
    filtered: LiveEngines, zone: Zone, marie: Someone
) -> None:
    with filtered.mx() as client:
        content = forwarded(zone, marie, "transmis", domain="signe.test")
        client.sendmail("retour@inconnu.test", [marie.address], content)
    assert "arc=pass" in arrived(filtered, marie, "transmis")["Authentication-Results"]


def test_a_seal_of_others_or_one_that_was_changed_makes_nobody_believed(
    filtered: LiveEngines, zone: Zone, marie: Someone
) -> None:
    others = forwarded(zone, marie, "scelle ailleurs", domain="autre.test")
    changed = forwarded(zone, marie, "scelle", domain="signe.test").replace(b"Subject: ", b"Subject: mal ")
    with filtered.mx() as client:
        client.sendmail("retour@inconnu.test", [marie.address], others)
        client.sendmail("retour@inconnu.test", [marie.address], changed)
    assert arrived(filtered, marie, "scelle ailleurs", "Junk")
    assert arrived(filtered, marie, "mal scelle", "Junk")


def test_a_signed_text_that_was_changed_is_found_out(
    filtered: LiveEngines, zone: Zone, marie: Someone, tmp_path: Path
) -> None:
    plain = letter("lea@signe.test", marie.address, "change", "Virez cent euros.")
    signed = zone.signed(plain.as_bytes(policy=email.policy.SMTP), tmp_path)
    with filtered.mx() as client:
        client.sendmail("lea@signe.test", [marie.address], signed.replace(b"cent", b"deux"))
    assert judged(arrived(filtered, marie, "change", "Junk")).verdict is Verdict.FORGED


def test_what_our_own_people_send_is_not_looked_at(filtered: LiveEngines, marie: Someone) -> None:
    other = filtered.someone()
    filtered.submit(other, other.address, marie.address, letter(other.address, marie.address, "entre nous"))
    found = arrived(filtered, marie, "entre nous")
    assert "X-Spam-Status" not in found
    (said,) = found.get_all("Authentication-Results")
    voucher = f"auth=pass smtp.mailfrom={other.address} header.from={other.address} policy.seal="
    assert " ".join(said.split()).startswith(f"{OURS}; {voucher}")
    assert "Vaguemestre-Arrival" not in found


@pytest.mark.parametrize(
    ("envelope", "helo"),
    [("jean@sure.test", "sure.test"), ("", "mail.ac-amiens.test"), ("a@dehors.example", "x")],
)
def test_no_road_from_outside_makes_a_colleague(
    filtered: LiveEngines, marie: Someone, envelope: str, helo: str
) -> None:
    """Neither SPF of our own name in HELO, nor a field that the sender wrote."""
    other = filtered.someone()
    false = (
        f"{OURS}; auth=pass smtp.mailfrom={other.address} header.from={other.address} policy.seal={'a' * 64}"
    )
    subject = f"par {helo}"
    message = letter(other.address, marie.address, subject, Authentication_Results=false)
    with smtplib.SMTP("127.0.0.1", filtered.config.ports.mx, timeout=60, local_hostname=helo) as client:
        client.sendmail(envelope, [marie.address], message.as_bytes(policy=email.policy.SMTP))
    found = arrived(filtered, marie, subject, "Junk")
    assert judged(found) == Authenticity(Verdict.FORGED, "ac-amiens.test")


@pytest.mark.parametrize(
    "author",
    [
        "jean@dehors.example <jean@dehors.example>",
        '"Dupont, Jean" <jean@dehors.example>',
        "Dupont, Jean <jean@dehors.example>",
        '"Jean <jean@dehors.example>" <jean@dehors.example>',
        "<jean@dehors.example> (Jean)",
        "jean@dehors.example",
        "=?utf-8?Q?jean@dehors.example?= <jean@dehors.example>",
        '"Jean"  <Jean@Dehors.example>',
    ],
)
def test_an_author_written_like_most_is_no_junk(filtered: LiveEngines, marie: Someone, author: str) -> None:
    subject = f"objet {hashlib.sha256(author.encode()).hexdigest()[:8]}"
    date = email.utils.formatdate()
    content = f"From: {author}\r\nTo: {marie.address}\r\nSubject: {subject}\r\nDate: {date}\r\n\r\nx\r\n"
    with filtered.mx() as client:
        client.sendmail("jean@dehors.example", [marie.address], content.encode())
    assert filtered.found(marie, subject)


@pytest.mark.parametrize(
    "author",
    [
        "=?utf-8?Q?A:{head};?= <evil@dehors.example>",
        "A: {head}; <evil@dehors.example>",
        "A: {head};",
        "{head}, evil@dehors.example",
        "Le principal <{head}> <evil@dehors.example>",
        "Le principal <{head}>\r\n <evil@dehors.example>",
        "<{head}><evil@dehors.example>",
        "{head} <evil@dehors.example>",
        "{head}\x00 <evil@dehors.example>",
        "evil@dehors.example\r\nFrom: {head}",
        "{head}\r\nFrom: evil@dehors.example",
    ],
)
def test_an_author_who_did_not_write_is_not_shown_in_the_inbox(
    filtered: LiveEngines, marie: Someone, author: str
) -> None:
    head = filtered.someone().address
    subject = f"objet {hashlib.sha256(author.encode()).hexdigest()[:8]}"
    content = f"From: {author.format(head=head)}\r\nTo: {marie.address}\r\nSubject: {subject}\r\n\r\nx\r\n"
    with filtered.mx() as client:
        client.sendmail("evil@dehors.example", [marie.address], content.encode())
    assert filtered.found(marie, subject, "Junk")


def test_what_readers_call_junk_is_learned_by_who_has_the_key(filtered: LiveEngines, tmp_path: Path) -> None:
    config = filtered.config
    key = config.secrets_dir / "filter_key"
    text = "Gagnez beaucoup, tout de suite, sans rien faire, depuis chez vous, avec notre méthode secrète."
    raw = letter("x@inconnu.test", "y@ac-amiens.test", "gain", text).as_bytes()
    before = asked.learned(filtered)  # other tests teach the same filter
    JunkTraining(config.ports.filter_controller, key)(raw, is_junk=True)
    JunkTraining(config.ports.filter_controller, key)(raw, is_junk=True)  # again: nothing more to learn
    assert asked.learned(filtered) == {**before, "spam": before["spam"] + 1}
    stranger = tmp_path / "key"
    stranger.write_text("autre")
    with pytest.raises(EngineDown):
        JunkTraining(config.ports.filter_controller, stranger)(raw, is_junk=True)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(sender="faux@inconnu.test", subject="Votre  compte sera fermé"),
        Criteria(message_id="<connu@inconnu.test>"),
        Criteria(message_id="<connu@inconnu.test>", sender="Faux@inconnu.test"),
        Criteria(link="https://piege.fr/compte?id=1"),
        Criteria(file_sha256=hashlib.sha256(b"MZ programme").hexdigest()),
    ],
    ids=["letter", "message-id", "message-id of a sender", "link", "file"],
)
def test_what_was_removed_from_mailboxes_is_refused_when_it_comes_again(
    filtered: LiveEngines, marie: Someone, criteria: Criteria
) -> None:
    def arrive(subject: str, text: str = "Bonjour") -> None:
        message = letter("La banque <contact@banque.example>", marie.address, subject, text)
        if criteria.message_id:
            message.replace_header("Message-ID", criteria.message_id)
        message.add_attachment(b"MZ programme", maintype="application", subtype="pdf", filename="facture.pdf")
        filtered.arrive(marie.address, message, "faux@inconnu.test")

    def is_refused() -> bool:
        try:
            arrive("Votre compte sera fermé", "Cliquez : https://piege.fr/compte?id=1")
        except smtplib.SMTPDataError as error:
            return error.smtp_code == 554
        return False

    refuse = RefusedContent(filtered.config)
    refuse(list(marks(criteria)))
    wait_until(is_refused, 120)  # the filter looks at its files from time to time
    refuse([])
    wait_until(lambda: not is_refused(), 120)


def test_without_its_filter_mail_arrives_unverified_and_with_it_again_is_judged(
    filtered: LiveEngines, marie: Someone
) -> None:
    filtered.end("rspamd", signal.SIGKILL)
    sender = "jean@sure.test"
    filtered.arrive(marie.address, letter(sender, marie.address, "sans filtre"), sender)
    found = arrived(filtered, marie, "sans filtre")
    assert judged(found).verdict is Verdict.UNVERIFIED
    assert "Authentication-Results" not in found
    with pytest.raises(EngineDown):
        JunkTraining(filtered.config.ports.filter_controller, filtered.config.secrets_dir / "filter_key")(
            b"Subject: x\r\n\r\nx", is_junk=True
        )
    filtered.start_filter(f"127.0.0.1:{filtered.config.ports.names}")
    filtered.arrive(marie.address, letter(sender, marie.address, "de retour"), sender)
    assert judged(arrived(filtered, marie, "de retour")).verdict is Verdict.VERIFIED


def test_the_configuration_is_the_filters_own_and_names_no_network(filtered: LiveEngines) -> None:
    file = rspamd.folder(filtered.config) / "rspamd.conf"
    assert file.stat().st_mode & 0o777 == 0o640
    assert "http" not in file.read_text()


def test_a_flood_of_notices_is_put_off_and_other_mailboxes_receive(
    filtered: LiveEngines, marie: Someone
) -> None:
    """As when somebody writes everywhere under one's name. Put off, not refused: its senders try again."""
    notice = letter("MAILER-DAEMON@dehors.example", marie.address, "Undelivered mail")
    answers = []
    with filtered.mx() as client:
        for _ in range(75):
            client.ehlo_or_helo_if_needed()
            client.mail("")
            client.rcpt(marie.address)
            answers.append(client.data(notice.as_bytes(policy=email.policy.SMTP))[0])
    assert set(answers[:60]) == {250}
    assert set(answers[61:]) & {450, 451}
    other = filtered.someone()
    filtered.arrive(other.address, letter("", other.address, "avis"), "")
    assert filtered.found(other, "avis")
    filtered.arrive(marie.address, letter("x@inconnu.test", marie.address, "ordinaire"), "x@inconnu.test")
    assert filtered.found(marie, "ordinaire")
