"""Submission of one message (RFC 6409), signed in as its mailbox."""

import re
import smtplib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from vaguemestre.engines.smtp.connections import KEPT_SECONDS, Connections
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox.ports import NotSubmitted

ANSWER_SECONDS = 30.0  # the queue's disk and the checks of content, for 20 MB
_SERVICE_ENDS = 421  # RFC 5321 §3.8
_NOT_IN_ENVELOPE = re.compile(r"[\x00-\x20\x7f<>]")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _HungUp(NotSubmitted):
    """The service ended the connection before it accepted anything (RFC 5321 §3.8)."""


class Submission:
    """Implements `outbox.ports.Submit`. All recipients are accepted, or none is.

    `token_for` mints a mail token for a mailbox; `certificate`: the authority of the service's certificate.
    The connection is kept for the mailbox's next message.
    """

    def __init__(
        self,
        address: tuple[str, int],
        certificate: Path,
        token_for: Callable[[str], str],
        *,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self.connections = Connections(address, certificate, token_for, kept_seconds=kept_seconds)

    def __call__(
        self, mailbox: str, sender: str, recipients: Sequence[str], content: bytes, *, report: bool = False
    ) -> None:
        _check_envelope(sender, recipients)
        text = _LINE_END.sub(b"\r\n", content)
        connection = self.connections.take(mailbox)
        if connection is not None:
            try:
                self._submit(connection, mailbox, sender, recipients, text, report=report)
                return
            except _HungUp:
                pass  # it stood too long, or its access was withdrawn: a new one tells which
        self._submit(self._new_connection(mailbox), mailbox, sender, recipients, text, report=report)

    def _new_connection(self, mailbox: str) -> smtplib.SMTP:
        try:
            return self.connections.open(mailbox)
        except Refusal as refusal:
            raise EngineRefused(f"smtp: pas de jeton, {refusal.code}") from refusal
        except smtplib.SMTPResponseException as answer:
            _raise(answer.smtp_code, answer.smtp_error)
        except (smtplib.SMTPException, OSError, EngineDown) as error:  # EngineDown: of who gives tokens
            raise NotSubmitted(f"smtp: {error}") from error

    def _submit(
        self,
        connection: smtplib.SMTP,
        mailbox: str,
        sender: str,
        recipients: Sequence[str],
        text: bytes,
        *,
        report: bool,
    ) -> None:
        """Submit on that connection, and keep it; closed when anything else than acceptance comes."""
        is_accepted = False
        try:
            _send_envelope(connection, sender, recipients, text, report=report)
            _send_text(connection, text)
            is_accepted = True
        except smtplib.SMTPResponseException as answer:
            _raise(answer.smtp_code, answer.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise _HungUp(f"smtp: {error}") from error
        finally:
            if not is_accepted:
                connection.close()
        self.connections.put_back(mailbox, connection)


def _check_envelope(sender: str, recipients: Sequence[str]) -> None:
    for address in (sender, *recipients):
        if not address or _NOT_IN_ENVELOPE.search(address):
            raise EngineRefused("smtp: une adresse qui ne tient dans aucune enveloppe")
    if not recipients:
        raise EngineRefused("smtp: aucun destinataire")


def _send_envelope(
    service: smtplib.SMTP, sender: str, recipients: Sequence[str], content: bytes, *, report: bool
) -> None:
    options = []
    if not content.isascii() and service.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if not all(address.isascii() for address in (sender, *recipients)):
        if not service.has_extn("smtputf8"):
            raise EngineRefused("smtp: 553 5.6.7 une adresse avec des accents, que le service ne prend pas")
        # smtplib encodes str as UTF-8 in this case only
        service.command_encoding = "utf-8"
        options.append("SMTPUTF8")
    if service.has_extn("size"):
        options.append(f"SIZE={len(content)}")
    dsn_options = []
    if report and service.has_extn("dsn"):
        options.append("RET=HDRS")
        dsn_options = ["NOTIFY=SUCCESS,FAILURE,DELAY"]
    _check(service.mail(sender, options))
    for recipient in recipients:
        _check(service.rcpt(recipient, dsn_options), about=recipient)


def _send_text(service: smtplib.SMTP, content: bytes) -> None:
    """Hand the message over. Raises EngineDown when its end is unknown: the last bytes may be on the way."""
    if service.sock is not None:
        service.sock.settimeout(ANSWER_SECONDS)
    try:
        _check(service.data(content))
    except smtplib.SMTPResponseException:
        raise
    except (smtplib.SMTPException, OSError) as error:
        raise EngineDown(f"smtp: {error}") from error


def _check(answer: tuple[int, bytes], about: str = "") -> None:
    code, words = answer
    if not 200 <= code < 300:
        _raise(code, words, about)


def _raise(code: int, words: bytes | str, about: str = "") -> NoReturn:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    sentence = f"smtp: {code} {text} {about}".strip()[:500]
    if 500 <= code < 600:
        raise EngineRefused(sentence)
    if code == _SERVICE_ENDS:
        raise _HungUp(sentence)
    raise NotSubmitted(sentence)
