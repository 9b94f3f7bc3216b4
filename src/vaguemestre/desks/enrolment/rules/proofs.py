"""Validation of proofs, by their content, never by their name."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE

MAX_FILE_BYTES = 5 * MEGABYTE  # of one file
MAX_FILES = 4  # per request
_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_SUFFIX = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def proof_media_type(content: bytes, name: str) -> str:
    """The media type of a proof. Raises Refusal `enrolment.proof-kind`, `-too-big`, `-empty`, `-active`."""
    if not content:
        raise Refusal("enrolment.proof-empty", name=name)
    if len(content) > MAX_FILE_BYTES:
        raise Refusal("enrolment.proof-too-big", name=name)
    media_type = next((kind for signature, kind in _SIGNATURES.items() if content.startswith(signature)), "")
    if not media_type:
        raise Refusal("enrolment.proof-kind", name=name)
    if media_type == "application/pdf" and any(word in content for word in _ACTIVE):
        raise Refusal("enrolment.proof-active", name=name)
    return media_type


def download_name(number: int, kind: str) -> str:
    """The file name an officer's browser saves a proof under."""
    return f"piece-{number}{_SUFFIX[kind]}"
