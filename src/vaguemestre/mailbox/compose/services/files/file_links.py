"""Send files too large for the message as links."""

from datetime import date, datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.file_store import FileStore
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import file_links_of_row
from vaguemestre.mailbox.compose.services.rows import open_row, open_row_for
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.filelinks.services import begin_upload, withdraw_file
from vaguemestre.post.filelinks.values import FileLimits, Filelink, Verdict

MAX_LINKS = 20


@transaction.atomic(durable=True)
def add_link(
    writer: Writer,
    key: str,
    name: str,
    kind: str,
    size: int,
    store: FileStore,
    limits: FileLimits,
    *,
    now: datetime,
) -> Filelink:
    """Create a file sent as a link; its chunks go to `filelinks.services.append_chunk`.

    Raises Refusal `compose.already-sent`, `compose.too-many-enclosures` and those of `filelinks`.
    """
    row = open_row_for(writer, key, now)
    if row.shared_files.count() >= MAX_LINKS:
        raise Refusal("compose.too-many-enclosures", limit=MAX_LINKS)
    file_link = begin_upload(writer.account_id, name, kind, size, store, limits, now=now)
    row.shared_files.add(file_link.id)
    return file_link


def remove_link(account_id: int, key: str, file_id: int, store: FileStore, *, by: str, now: datetime) -> None:
    """Remove the link; delete the file unless another draft links to it. Idempotent."""
    with transaction.atomic(durable=True):
        open_row(account_id, key).shared_files.remove(file_id)
    if not Composition.objects.filter(shared_files=file_id).exists():
        withdraw_file(account_id, file_id, store, by=by, now=now)


def check_links(row: Composition) -> None:
    """Raise Refusal `compose.enclosure-incomplete`, `filelinks.infected` for a link that cannot be sent."""
    for file_link in file_links_of_row(row):
        if file_link.verdict is Verdict.INFECTED:
            raise Refusal("filelinks.infected", field="enclosed", name=file_link.name)
        if not file_link.is_whole:
            raise Refusal("compose.enclosure-incomplete", field="enclosed", name=file_link.name)


def check_last_days(row: Composition, leaves_on: date, field: str) -> None:
    """Raise Refusal `compose.link-ends`, with that `field`, for a link that ends before that day."""
    for file_link in file_links_of_row(row):
        if file_link.until < leaves_on:
            until = f"{file_link.until:%d/%m/%Y}"
            raise Refusal("compose.link-ends", field=field, name=file_link.name, until=until)
