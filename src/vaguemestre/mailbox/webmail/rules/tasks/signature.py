"""Task.SIGNATURE: an S/MIME signature, as `rules.trust.signatures`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from cryptography import x509

from vaguemestre.mailbox.webmail.rules.tasks import AskCaller
from vaguemestre.mailbox.webmail.rules.trust import signatures


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: AskCaller) -> Any:
    """`Signature` as JSON, None for what is encrypted and not signed.

    Blobs: the signature, the authorities (PEM), and the whole message unless the text is in the signature.
    """
    authorities = x509.load_pem_x509_certificates(blobs[1]) if blobs[1] else []
    now = datetime.fromisoformat(request["now"])
    if len(blobs) > 2:
        signed = _signed(blobs[2])
        if signed is None:  # what the signature holds inside is not what is shown
            return asdict(signatures.UNREADABLE)
        return asdict(signatures.check_signature(signed, blobs[0], authorities, now))
    if signatures.inner_text(blobs[0]) is None:
        return None
    return asdict(signatures.check_signature(None, blobs[0], authorities, now))


def _signed(raw: bytes) -> bytes | None:
    """The octets that a detached signature covers: the first part of the message itself."""
    header = BytesHeaderParser(policy=compat32).parsebytes(raw)
    boundary = header.get_boundary()
    is_read_alike = len(header.get_all("Content-Type", [])) == 1
    if header.get_content_type() != "multipart/signed" or not boundary or not is_read_alike:
        return None
    return signatures.split_signed(raw, boundary)
