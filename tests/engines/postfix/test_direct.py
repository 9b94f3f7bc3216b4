"""Mail that really leaves, to a world on the loopback: signed, refused, delayed, behind DANE or not."""

import re
import signal
import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTPUTF8, default

import pytest
from tests.engines.live import Someone, letter
from tests.engines.postfix.sender import DOMAIN, SELECTORS, Sender, send, sending, verified

from vaguemestre.engines.postfix.mail_queue import queue
from vaguemestre.engines.rspamd import signer
from vaguemestre.engines.rspamd.signing_keys import SigningKeyFiles
from vaguemestre.post.dkim.rules.key_pair import make_key_pair
from vaguemestre.post.dkim.values import Algorithm
from vaguemestre.post.outbox.rules.reasons import delivery_reason
from vaguemestre.post.outbox.values import SignerName
from vaguemestre.post.trace.values import StepKind
from vaguemestre.site.config import MailSection, OutgoingSection

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    outgoing = OutgoingSection(mode="direct", ipv6=False, mta_sts=False)
    with sending(MailSection(postmaster=f"dsi@{DOMAIN}", outgoing=outgoing)) as engines:
        yield engines


@pytest.fixture
def marie(sender: Sender) -> Someone:
    return sender.someone()


def test_a_letter_reaches_another_domain_with_two_valid_signatures(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "deux signatures")
    content = sender.world.raw("deux signatures")
    assert content.count(b"DKIM-Signature:") == 2
    results = {verified(sender, content, index) for index in (0, 1)}
    assert results == {f"True b'{name}' b'{DOMAIN}'" for name in ("rsa-sha256", "ed25519-sha256")}


def test_a_corrected_name_is_what_is_signed(sender: Sender, marie: Someone) -> None:
    """`send` signs « Marie », which is not what the directory says here."""
    sender.signers[marie.mailbox] = SignerName("Élise Dupont", ("Dupont",))
    send(sender, marie, "paul@loin.example", "nom juste")
    content = sender.world.raw("nom juste")
    assert b"\nFrom: =?utf-8?B?" in content
    assert b"Marie" not in content
    assert {verified(sender, content, index)[:4] for index in (0, 1)} == {"True"}


def test_what_is_for_this_installation_only_does_not_leave(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "sans sceau")
    content = sender.world.raw("sans sceau")
    assert b"policy.seal" not in content
    assert b"Authentication-Results" not in content


def test_it_travels_encrypted(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "chiffré en route")
    assert re.search(rb"with ESMTPS\b", sender.world.raw("route"))


def test_a_refusal_of_the_other_server_comes_back_and_has_a_reason(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "inconnu@loin.example", "pour un inconnu")
    refused = sender.delivery("inconnu@loin.example", StepKind.REFUSED)
    assert delivery_reason(refused.status, refused.detail) == "outbox.status-unknown-person"
    bounce = sender.found(marie, "Courriel non remis")[0]
    assert b"inconnu@loin.example" in bounce
    author = message_from_bytes(bounce, policy=default)["From"].addresses[0]
    assert (author.display_name, author.addr_spec) == ("Messagerie", f"MAILER-DAEMON@mail.{DOMAIN}")


def test_a_server_that_says_later_is_a_delay_and_holds_up_nobody_else(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "lent@loin.example", "qui attend")
    delayed = sender.delivery("lent@loin.example", StepKind.DEFERRED)
    assert delayed.status.startswith("4.")
    assert ("lent@loin.example",) in [one.recipients for one in queue(sender.config)]
    send(sender, marie, "paul@loin.example", "qui passe devant")
    assert sender.world.raw("qui passe devant")


def test_a_domain_that_does_not_exist_is_told_at_once(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@absent.loin.example", "pour nulle part")
    refused = sender.delivery("paul@absent.loin.example", StepKind.REFUSED)
    assert delivery_reason(refused.status, refused.detail) == "outbox.status-unknown-domain"


def test_dane_trusts_the_published_key_and_refuses_another(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@sur.example", "clé publiée")
    assert sender.world.raw("publiée")
    log = (sender.config.logs_dir / "postfix.log").read_text(errors="replace")
    assert re.search(r"Verified TLS connection established to mx\.sur\.example", log)
    send(sender, marie, "paul@faux.example", "autre clé")
    delayed = sender.delivery("paul@faux.example", StepKind.DEFERRED)
    assert "not verified" in delayed.detail
    assert sender.world.arrived("autre") == []


def test_a_new_key_signs_the_next_letter_without_a_restart(sender: Sender, marie: Someone) -> None:
    keys = SigningKeyFiles(sender.config, sender.config.secrets_dir / "filter_key")
    keys.store(DOMAIN, "rsa2", make_key_pair(Algorithm.RSA).private)
    try:
        keys.use(DOMAIN, ["rsa2"])
        send(sender, marie, "paul@loin.example", "clé suivante")
        content = sender.world.raw("suivante")
    finally:
        keys.use(DOMAIN, list(SELECTORS.values()))
    assert re.findall(rb"\bs=(\w+);", content) == [b"rsa2"]


def test_the_signer_keeps_its_compiled_patterns_in_its_own_folder(sender: Sender) -> None:
    """Its unit lets it write nowhere else, and without them it takes a minute of a busy machine to start."""
    assert list((signer.folder(sender.config) / "db").glob("*.hsmp*"))


def test_without_the_signer_nothing_is_taken(sender: Sender, marie: Someone) -> None:
    sender.end("signer", signal.SIGKILL)
    try:
        with smtplib.SMTP("localhost", sender.config.ports.submission, timeout=60) as client:
            client.ehlo()
            assert client.docmd("STARTTLS") == (454, b"4.3.0 Try again later")
    finally:
        sender.start_signer()
    assert sender.world.arrived("sans signataire") == []
    send(sender, marie, "paul@loin.example", "signataire revenu")
    assert b"DKIM-Signature:" in sender.world.raw("revenu")


def accented(author: str, to: str, subject: str) -> bytes:
    """A message whose header has addresses in UTF-8 (RFC 6532)."""
    message = letter(f"Zoé <{author}>", to, subject)
    return message.as_bytes(policy=SMTPUTF8)


def test_an_address_with_accents_is_written_to_where_its_server_takes_it(
    sender: Sender, marie: Someone
) -> None:
    content = accented(marie.address, "zoé@loin.example", "vers un accent")
    with sender.submission() as client:
        client.login(marie.mailbox, marie.password)
        client.ehlo()
        client.send_message(message_from_bytes(content, policy=SMTPUTF8), marie.address, ["zoé@loin.example"])
    arrived = sender.world.raw("vers un accent")
    assert "To: zoé@loin.example".encode() in arrived
    assert {verified(sender, arrived, index)[:4] for index in (0, 1)} == {"True"}


def test_it_comes_back_to_its_author_from_a_server_that_does_not_take_it(
    sender: Sender, marie: Someone
) -> None:
    content = accented(marie.address, "zoé@ancien.example", "accent refusé")
    with sender.submission() as client:
        client.login(marie.mailbox, marie.password)
        client.send_message(
            message_from_bytes(content, policy=SMTPUTF8), marie.address, ["zoé@ancien.example"]
        )
    refused = sender.delivery("zoé@ancien.example", StepKind.REFUSED)
    assert refused.status == "5.6.7"
    assert "zoé@ancien.example".encode() in sender.found(marie, "Courriel non remis")[0]


def test_a_letter_of_an_address_with_accents_arrives_as_it_was_written(
    sender: Sender, marie: Someone
) -> None:
    content = accented("zoé@loin.example", marie.address, "depuis un accent")
    with sender.mx() as client:
        client.send_message(message_from_bytes(content, policy=SMTPUTF8), "zoé@loin.example", [marie.address])
    (arrived,) = sender.found(marie, "depuis un accent")
    assert "From: Zoé <zoé@loin.example>".encode() in arrived
    assert "Return-Path: <zoé@loin.example>".encode() in arrived


@pytest.mark.parametrize("name", ["postmaster", "Postmaster", "abuse"])
def test_what_others_report_reaches_whom_the_configuration_names(sender: Sender, name: str) -> None:
    service = sender.someone(f"dsi@{DOMAIN}", receives=(f"dsi@{DOMAIN}",))
    sender.arrive(f"{name}@{DOMAIN}", letter("noreply@loin.example", f"{name}@{DOMAIN}", f"rapport {name}"))
    assert sender.found(service, f"rapport {name}")
