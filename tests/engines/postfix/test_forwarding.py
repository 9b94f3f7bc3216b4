"""What filters send on to other domains: its return path, its signatures, and what comes back."""

import secrets
import smtplib
from collections.abc import Iterator

import pytest
from tests.engines.live import Someone, is_free, letter, wait_until
from tests.engines.postfix.sender import DOMAIN, Sender, asked, sending, verified
from tests.engines.sieve.test_forwards import install

from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.outgoing import srs
from vaguemestre.engines.outgoing.srs import SenderRewriter
from vaguemestre.engines.postfix.mail_queue import queue
from vaguemestre.post.outbox.values import Decision, SubmissionRequest, Verdict
from vaguemestre.processes.postfix.postsrsd import command
from vaguemestre.processes.postfix.submission_policy import Gate, ScriptGate
from vaguemestre.site.config import MailSection, OutgoingSection

pytestmark = pytest.mark.engines
ORIGIN = "Jean.Dehors@loin.example"  # whose mail is sent on


def _take(*facts: object, **named: object) -> Verdict:
    return Verdict(Decision.TAKE)


class Forwarder(Sender):
    """Its gate asks postsrsd, as the real one does; the limits of a person need the database."""

    def start(self) -> None:
        self.start_rewriter()
        super().start()

    def start_rewriter(self) -> None:
        environment = {CREDENTIALS: str(self.config.secrets_dir)}
        argv = command(srs.arguments(self.config), environment)
        self.children["postsrsd"] = self._launch(argv, environment)
        wait_until(lambda: not is_free(self.config.ports.srs_reverse))

    async def _judge_script(self, submission: SubmissionRequest) -> tuple[Verdict, str]:
        rewriter = SenderRewriter(self.config.ports.srs_forward)
        scripts = ScriptGate(self.config, _take, self.directory, rewriter)
        return await Gate(self.config, _take, scripts, self.directory.sending_addresses)(submission)


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    outgoing = OutgoingSection(mode="direct", ipv6=False, mta_sts=False)
    with sending(MailSection(forward_outside=True, outgoing=outgoing), Forwarder) as engines:
        yield engines


@pytest.fixture
def subject() -> str:
    return f"objet-{secrets.token_hex(4)}"


def forwards_to(sender: Sender, *addresses: str) -> Someone:
    person = sender.someone()
    install(sender, person, "".join(f'redirect "{address}";\r\n' for address in addresses))
    return person


def return_path(sender: Sender, subject: str) -> str:
    """The envelope sender with which the message left."""
    wait_until(lambda: sender.world.arrived(subject), 60)
    return str(sender.world.arrived(subject)[0]["Return-Path"]).strip("<>")


def test_what_is_sent_on_leaves_under_our_domain_and_what_bounces_reaches_its_origin(
    sender: Sender, subject: str
) -> None:
    marie = forwards_to(sender, "paul@sur.example")
    sender.arrive(marie.address, letter(ORIGIN, marie.address, subject), ORIGIN)
    path = return_path(sender, subject)
    assert path.startswith("SRS0=")
    assert path.endswith(f"=loin.example=Jean.Dehors@{DOMAIN}")
    sender.arrive(path, letter("MAILER-DAEMON@sur.example", path, f"retour {subject}"), "")
    wait_until(lambda: sender.world.arrived(f"retour {subject}"), 60)
    assert sender.world.arrived(f"retour {subject}")[0]["X-Original-To"] == ORIGIN


def test_a_return_path_of_ours_takes_bounces_and_relays_nobody_s_letters(
    sender: Sender, subject: str
) -> None:
    marie = forwards_to(sender, "paul@sur.example")
    sender.arrive(marie.address, letter(ORIGIN, marie.address, subject), ORIGIN)
    path = return_path(sender, subject)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        sender.arrive(path, letter("pub@sur.example", path, f"réclame {subject}"), "pub@sur.example")
    assert refused.value.recipients[path][0] == 554
    sender.arrive(marie.address, letter("pub@sur.example", marie.address, f"à Marie {subject}"), ORIGIN)


def test_an_invented_return_path_is_refused_at_the_door(sender: Sender) -> None:
    invented = f"SRS0=AAAA=AA=loin.example=jean@{DOMAIN}"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        sender.arrive(invented, letter("x@loin.example", invented, "contrefait"), "")
    assert refused.value.recipients[invented][0] == 550


def test_what_is_sent_on_inside_keeps_its_sender(sender: Sender, subject: str) -> None:
    colleague = sender.someone()
    marie = forwards_to(sender, colleague.address)
    sender.arrive(marie.address, letter(ORIGIN, marie.address, subject), ORIGIN)
    (content,) = sender.found(colleague, subject)
    assert b"Return-Path: <Jean.Dehors@loin.example>" in content


def test_a_colleague_s_letter_sent_on_keeps_its_sender(sender: Sender, subject: str) -> None:
    author = sender.someone()
    marie = forwards_to(sender, "paul@loin.example")
    sender.submit(author, author.address, marie.address, letter(author.address, marie.address, subject))
    assert return_path(sender, subject) == author.address


def test_while_postsrsd_is_away_what_is_to_be_sent_on_waits_and_other_mail_arrives(
    sender: Sender, subject: str
) -> None:
    assert isinstance(sender, Forwarder)
    marie, other = forwards_to(sender, "paul@loin.example"), sender.someone()
    sender.end("postsrsd")
    try:
        sender.arrive(marie.address, letter(ORIGIN, marie.address, subject), ORIGIN)
        wait_until(lambda: [one for one in queue(sender.config) if one.recipients == (marie.address,)])
        sender.arrive(other.address, letter(ORIGIN, other.address, f"autre {subject}"), ORIGIN)
        assert sender.found(other, f"autre {subject}")
        assert sender.world.arrived(subject) == []
    finally:
        sender.start_rewriter()
    sender.flush_queue()
    assert return_path(sender, subject).startswith("SRS0=")


_ARC = """
import sys, dkim
sealed = dkim.ARC(sys.stdin.buffer.read())
validity, results, reason = sealed.verify()
print(validity.decode(), *(f"{one['as-domain'].decode()} {one['cv'].decode()}" for one in results), sep=", ")
"""


def test_what_is_sent_on_is_sealed_and_not_signed_as_ours(sender: Sender, subject: str) -> None:
    marie = forwards_to(sender, "paul@loin.example")
    sender.arrive(marie.address, letter(ORIGIN, marie.address, subject), ORIGIN)
    content = sender.world.raw(subject)
    assert asked(sender, _ARC, content) == f"pass, {DOMAIN} none"
    assert b"ARC-Authentication-Results: i=1;" in content
    assert b"DKIM-Signature:" not in content  # its author is not ours


def test_a_seal_is_added_to_that_of_who_sent_it_on_before(sender: Sender, subject: str) -> None:
    first, second = forwards_to(sender, "paul@loin.example"), forwards_to(sender, "paul@sur.example")
    sender.arrive(first.address, letter(ORIGIN, first.address, subject), ORIGIN)
    sealed = sender.world.raw(subject).replace(b"\n", b"\r\n")
    with sender.mx() as client:
        client.sendmail(ORIGIN, [second.address], sealed)
    wait_until(lambda: len(sender.world.arrived(subject)) == 2, 30)
    (twice,) = [one for one in sender.world.contents(subject) if one.count(b"ARC-Seal:") == 2]
    assert asked(sender, _ARC, twice) == f"pass, {DOMAIN} pass, {DOMAIN} none"


def test_what_is_written_here_is_signed_and_not_sealed(sender: Sender, subject: str) -> None:
    marie, paul = sender.someone(), "paul@loin.example"
    sender.submit(marie, marie.address, paul, letter(marie.address, paul, subject))
    content = sender.world.raw(subject)
    assert b"ARC-Seal:" not in content
    assert b"DKIM-Signature:" in content


def test_what_a_list_sends_is_signed_and_sealed(sender: Sender, subject: str) -> None:
    marie, paul = sender.someone(), "paul@loin.example"
    copy = letter(marie.address, paul, subject, List_Id=f"Profs <liste.profs.{DOMAIN}>")
    sender.submit(marie, marie.address, paul, copy)
    content = sender.world.raw(subject)
    assert asked(sender, _ARC, content) == f"pass, {DOMAIN} none"
    assert {verified(sender, content, index)[:4] for index in (0, 1)} == {"True"}
