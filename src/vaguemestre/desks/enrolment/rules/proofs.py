"""What may be sent as a proof: a document or a picture, by its content and not by its name."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.sizes import MEGABYTE

LARGEST = 5 * MEGABYTE  # of one file
MOST = 4  # files of a request
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_SUFFIX = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def kind_of(content: bytes, name: str) -> str:
    """Its media type. Raises Refusal `enrolment.proof-kind`, `-too-big`, `-empty`, `-active`."""
    if not content:
        raise Refusal("enrolment.proof-empty", name=name)
    if len(content) > LARGEST:
        raise Refusal("enrolment.proof-too-big", name=name)
    found = next((kind for begins, kind in _BEGINNINGS.items() if content.startswith(begins)), "")
    if not found:
        raise Refusal("enrolment.proof-kind", name=name)
    if found == "application/pdf" and any(word in content for word in _ACTIVE):
        raise Refusal("enrolment.proof-active", name=name)
    return found


def safe_name(number: int, kind: str) -> str:
    """What an officer's browser is told the file is called."""
    return f"piece-{number}{_SUFFIX[kind]}"
