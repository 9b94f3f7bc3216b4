"""Submission of one message (RFC 6409), signed in as its mailbox."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox.ports import NotSubmitted

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 30.0  # the queue's disk and the checks of content, for 20 MB
_NOT_IN_ENVELOPE = re.compile(r"[\x00-\x20\x7f<>]")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Submission:
    """Implements `outbox.ports.Submit`. All recipients are accepted, or none is.

    `token_for` mints a mail token for a mailbox; `certificate`: the authority of the service's certificate.
    """

    def __init__(self, address: tuple[str, int], certificate: Path, token_for: Callable[[str], str]) -> None:
        self._address = address
        self._certificate = certificate
        self._token_for = token_for

    def __call__(
        self, mailbox: str, sender: str, recipients: Sequence[str], content: bytes, *, report: bool = False
    ) -> None:
        for address in (sender, *recipients):
            if not address or _NOT_IN_ENVELOPE.search(address):
                raise EngineRefused("smtp: an address that no envelope can hold")
        if not recipients:
            raise EngineRefused("smtp: no recipient")
        text = _LINE_END.sub(b"\r\n", content)
        try:
            with smtplib.SMTP(*self._address, timeout=CONNECT_SECONDS) as service:
                self._sign_in(service, mailbox)
                _send_envelope(service, sender, recipients, text, report=report)
                _send_text(service, text)
        except Refusal as refusal:
            raise EngineRefused(f"smtp: no token, {refusal.code}") from refusal
        except smtplib.SMTPResponseException as answer:
            _raise(answer.smtp_code, answer.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSubmitted(f"smtp: {error}") from error

    def _sign_in(self, service: smtplib.SMTP, mailbox: str) -> None:
        context = ssl.create_default_context(cafile=str(self._certificate))
        service.starttls(context=context)
        service.ehlo_or_helo_if_needed()
        authzid = mailbox.replace("=", "=3D").replace(",", "=2C")
        response = f"n,a={authzid},\x01auth=Bearer {self._token_for(mailbox)}\x01\x01"
        # called again with the reason of a refusal, which takes an empty response (RFC 7628 §3.2.3)
        service.auth("OAUTHBEARER", lambda challenge=None: response if challenge is None else "\x01")


def _send_envelope(
    service: smtplib.SMTP, sender: str, recipients: Sequence[str], content: bytes, *, report: bool
) -> None:
    options = []
    if not content.isascii() and service.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if not all(address.isascii() for address in (sender, *recipients)):
        if not service.has_extn("smtputf8"):
            raise EngineRefused("smtp: 553 5.6.7 an address with accents, which the service does not take")
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
    with contextlib.suppress(smtplib.SMTPException, OSError):  # accepted, whatever the connection does now
        service.quit()


def _check(answer: tuple[int, bytes], about: str = "") -> None:
    code, words = answer
    if not 200 <= code < 300:
        _raise(code, words, about)


def _raise(code: int, words: bytes | str, about: str = "") -> None:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    sentence = f"smtp: {code} {text} {about}".strip()[:500]
    if 500 <= code < 600:
        raise EngineRefused(sentence)
    raise NotSubmitted(sentence)
