"""What the filter writes about a sender holds nothing that the sender can choose, however it is written.

The address of the envelope, the name given in EHLO and a DKIM signature are the sender's own letters; Sieve
scripts and the reader believe what stands in that field.
"""

import email
import email.utils
import signal
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from tests.engines.live import LiveEngines, Someone, letter
from tests.engines.rspamd.zone import Zone

from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict, sender_authenticity

pytestmark = pytest.mark.engines

OURS = "mail.ac-amiens.test"
ZONE = """
ac-amiens.test. 300 IN TXT "v=spf1 -all"
sure.test. 300 IN TXT "v=spf1 ip4:127.0.0.0/8 -all"
_dmarc.sure.test. 300 IN TXT "v=DMARC1; p=reject"
"""
SIGNED = (
    "v=1; a=rsa-sha256; c=relaxed/relaxed; d=dehors.example; s=x; h=from:to:subject;"
    ' bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=\\"AAAAAAAAAA'
)


@pytest.fixture(scope="module")
def filtered(engines: LiveEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngines]:
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names, ZONE)
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}")
    yield engines
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)
    zone.end()


@pytest.fixture(scope="module")
def marie(filtered: LiveEngines) -> Someone:
    return filtered.someone()


def arrive(
    filtered: LiveEngines,
    who: Someone,
    author: str,
    *,
    helo: str,
    envelope: str,
    signature: str = "",
    folder: str = "INBOX",
) -> Any:
    """The message as it was filed in that folder."""
    subject = email.utils.make_msgid(domain="objet")
    message = letter(author, who.address, subject)
    if signature:
        message["DKIM-Signature"] = signature
    with smtplib.SMTP("127.0.0.1", filtered.config.ports.mx, timeout=60) as client:
        assert client.docmd("EHLO", helo)[0] == 250
        code, said = client.docmd("MAIL", f"FROM:<{envelope}>")
        assert code == 250, said
        assert client.docmd("RCPT", f"TO:<{who.address}>")[0] == 250
        code, said = client.data(message.as_bytes(policy=email.policy.SMTP))
        assert code == 250, said
    return email.message_from_bytes(filtered.found(who, subject, folder)[0])


def verdict(message: Any) -> Verdict:
    fields = tuple((name.lower(), str(value)) for name, value in message.items())
    sender = email.utils.parseaddr(message["From"])[1]
    return sender_authenticity(fields, sender, server=OURS, own=frozenset({"ac-amiens.test"})).verdict


@pytest.mark.parametrize(
    ("helo", "envelope", "signature"),
    [
        ('a\\");dmarc=pass;(b', "", ""),
        ('a\\"); dmarc=pass header.from=education.gouv.fr; (b', "", ""),
        ('a\\");spf=pass smtp.mailfrom=x@education.gouv.fr;(b', "", ""),
        ("dehors.example", '"a;dmarc=pass;b"@dehors.example', SIGNED),
        ("dehors.example", '"a; dmarc=pass header.from=education.gouv.fr; b"@dehors.example', SIGNED),
        ("dehors.example", "a=dmarc=pass@dehors.example", ""),
    ],
)
def test_nobody_vouches_for_oneself_in_ehlo_envelope_or_signature(
    filtered: LiveEngines, marie: Someone, helo: str, envelope: str, signature: str
) -> None:
    author = "Cabinet <cabinet@education.gouv.fr>"
    found = arrive(filtered, marie, author, helo=helo, envelope=envelope, signature=signature)
    (said,) = found.get_all("Authentication-Results")
    assert "pass" not in said
    assert verdict(found) is Verdict.UNVERIFIED


@pytest.mark.parametrize(
    "envelope",
    ['"a dkim=pass header.d=ac-amiens.test b"@dehors.example', "dkim=pass@dehors.example"],
)
def test_a_sender_who_writes_our_signature_in_the_envelope_is_junk(
    filtered: LiveEngines, marie: Someone, envelope: str
) -> None:
    author = f"La rectrice <rectrice@{filtered.config.academy.domain}>"
    found = arrive(filtered, marie, author, helo="dehors.example", envelope=envelope, folder="Junk")
    assert "dkim=pass" not in found["Authentication-Results"]
    assert verdict(found) is Verdict.FORGED


def test_a_domain_that_vouches_is_named_in_what_is_written(filtered: LiveEngines, marie: Someone) -> None:
    found = arrive(filtered, marie, "jean@sure.test", helo="sure.test", envelope="jean@sure.test")
    said = " ".join(found["Authentication-Results"].split())
    assert said.startswith(f"{OURS}; ")
    assert set(said.split("; ")[1:]) >= {
        "spf=pass smtp.mailfrom=sure.test", "dmarc=pass header.from=sure.test",
    }  # fmt: skip
    assert verdict(found) is Verdict.VERIFIED
