"""Reads of drafts and their attachments."""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure
from vaguemestre.mailbox.compose.values import Draft, DraftFields, EnclosureInfo, FileLink, Mode
from vaguemestre.post.filelinks.queries import files_among, link_address
from vaguemestre.post.filelinks.values import Filelink

_PICTURE_PATH = re.compile(r"pieces/(\d{1,18})/")
_COPIED_COLUMNS = (
    "to",
    "cc",
    "bcc",
    "subject",
    "html",
    "text",
    "is_plain",
    "importance",
    "wants_receipt",
    "wants_report",
)


def find_draft(account_id: int, key: str) -> Draft | None:
    """Draft of that key, if the account owns it."""
    row = Composition.objects.filter(account_id=account_id, key=key).first()
    return draft_of_row(row) if row else None


def draft_of_row(row: Composition) -> Draft:
    """Value of a row."""
    return Draft(
        key=row.key,
        mode=Mode(row.mode),
        fields=DraftFields(
            identity=row.identity_id or 0, **{name: getattr(row, name) for name in _COPIED_COLUMNS}
        ),
        quote=row.quote,
        revision=row.revision,
        attempt=row.attempt + (0 if row.is_sending else 1),
        is_sending=row.is_sending,
        author=row.author,
        list_name=row.list_name,
        enclosures=enclosures_of(row),
        file_links=file_links_of_row(row),
        updated_at=row.updated_at,
    )


def file_links_of_row(row: Composition) -> tuple[Filelink, ...]:
    """Files sent as links with the draft; deleted ones are left out."""
    return files_among(row.account_id, row.shared_files.values_list("pk", flat=True))


def links_of(row: Composition) -> tuple[FileLink, ...]:
    """Download links of the draft."""
    return tuple(
        FileLink(
            link_address(file_link), file_link.name, file_link.size, file_link.until, file_link.has_password
        )
        for file_link in file_links_of_row(row)
    )


def enclosures_of(row: Composition) -> tuple[EnclosureInfo, ...]:
    """Attachments and inline pictures, in order of upload."""
    enclosures = []
    for enclosure in row.enclosures.order_by("pk"):
        enclosures.append(
            EnclosureInfo(
                enclosure.pk,
                enclosure.name,
                enclosure.kind,
                enclosure.size,
                received_octets(enclosure),
                bool(enclosure.content_id),
            )
        )
    return tuple(enclosures)


def enclosure_content(account_id: int, key: str, enclosure_id: int) -> tuple[EnclosureInfo, bytes]:
    """Attachment and its content. Raises Refusal `compose.enclosure-gone`."""
    enclosure = Enclosure.objects.filter(
        composition__account_id=account_id, composition__key=key, pk=enclosure_id
    ).first()
    if enclosure is None:
        raise Refusal("compose.enclosure-gone")
    content = content_of(enclosure)
    info = EnclosureInfo(
        enclosure.pk,
        enclosure.name,
        enclosure.kind,
        enclosure.size,
        len(content),
        bool(enclosure.content_id),
    )
    return info, content


def received_octets(enclosure: Enclosure) -> int:
    """How much of the attachment was uploaded: where its last slice ends.

    Of that slice alone: to read the size of a slice, SQLite reads its content too.
    """
    last = enclosure.slices.order_by("-offset").values_list("offset", "size").first()
    return sum(last) if last else 0


def content_of(enclosure: Enclosure) -> bytes:
    """Uploaded content of the attachment."""
    return b"".join(bytes(content) for content in enclosure.slices.values_list("content", flat=True))


def picture_ids(row: Composition) -> dict[str, str]:
    """Path of each inline picture → its Content-ID."""
    pictures = row.enclosures.exclude(content_id="").values_list("pk", "content_id")
    return {picture_path(pk): content_id for pk, content_id in pictures}


def picture_path(enclosure_id: int) -> str:
    """Path of an inline picture, relative to the address of the composer."""
    return f"pieces/{enclosure_id}/"


def is_picture_path(source: str) -> bool:
    """Whether the source of an image is an inline picture of the draft."""
    return _PICTURE_PATH.fullmatch(source) is not None
