"""Send files too large for the message as links."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import deposits_of_row
from vaguemestre.mailbox.compose.services.rows import open_row, open_row_for
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.filelinks.ports import FileStore
from vaguemestre.post.filelinks.services import begin_upload, withdraw_file
from vaguemestre.post.filelinks.values import FileLimits, Filelink, Verdict

MOST_LINKS = 20


@transaction.atomic(durable=True)
def add_link(
    writer: Writer,
    key: str,
    name: str,
    kind: str,
    size: int,
    shelf: FileStore,
    room: FileLimits,
    *,
    now: datetime,
) -> Filelink:
    """Create a file sent as a link; its chunks go to `filelinks.services.append_chunk`.

    Raises Refusal `compose.already-sent`, `compose.too-many-enclosures` and those of the deposit.
    """
    row = open_row_for(writer, key, now)
    if row.deposits.count() >= MOST_LINKS:
        raise Refusal("compose.too-many-enclosures", limit=MOST_LINKS)
    deposit = begin_upload(writer.account_id, name, kind, size, shelf, room, now=now)
    row.deposits.add(deposit.id)
    return deposit


def remove_link(
    account_id: int, key: str, deposit_id: int, shelf: FileStore, *, by: str, now: datetime
) -> None:
    """Remove the link; delete the file unless another draft links to it. Idempotent."""
    with transaction.atomic(durable=True):
        open_row(account_id, key).deposits.remove(deposit_id)
    if not Composition.objects.filter(deposits=deposit_id).exists():
        withdraw_file(account_id, deposit_id, shelf, by=by, now=now)


def check_links(row: Composition) -> None:
    """Raise Refusal `compose.enclosure-incomplete`, `filelinks.infected` for a link that cannot be sent."""
    for deposit in deposits_of_row(row):
        if deposit.verdict is Verdict.INFECTED:
            raise Refusal("filelinks.infected", field="enclosed", name=deposit.name)
        if not deposit.is_whole:
            raise Refusal("compose.enclosure-incomplete", field="enclosed", name=deposit.name)
