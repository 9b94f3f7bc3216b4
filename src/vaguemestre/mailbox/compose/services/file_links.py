"""Files too large for the message: left with us, carried as links."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import deposits_of_row
from vaguemestre.mailbox.compose.services.rows import open_row, open_row_for
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.filelinks.ports import Shelf
from vaguemestre.post.filelinks.services import begin_deposit, take_back
from vaguemestre.post.filelinks.values import Deposited, Room, Verdict

MOST_LINKS = 20


@transaction.atomic(durable=True)
def add_link(
    writer: Writer, key: str, name: str, kind: str, size: int, shelf: Shelf, room: Room, *, now: datetime
) -> Deposited:
    """Announce a file the message will carry a link to; its slices go to `filelinks.services.add_slice`.

    Raises Refusal `compose.already-sent`, `compose.too-many-enclosures` and those of the deposit.
    """
    row = open_row_for(writer, key, now)
    if row.deposits.count() >= MOST_LINKS:
        raise Refusal("compose.too-many-enclosures", limit=MOST_LINKS)
    begun = begin_deposit(writer.account_id, name, kind, size, shelf, room, now=now)
    row.deposits.add(begun.id)
    return begun


def remove_link(account_id: int, key: str, deposit_id: int, shelf: Shelf, *, by: str, now: datetime) -> None:
    """The message carries it no more; the file goes too unless another message has it. Twice is once."""
    with transaction.atomic(durable=True):
        open_row(account_id, key).deposits.remove(deposit_id)
    if not Composition.objects.filter(deposits=deposit_id).exists():
        take_back(account_id, deposit_id, shelf, by=by, now=now)


def check_links(row: Composition) -> None:
    """Raises Refusal `compose.enclosure-incomplete`, `filelinks.infected`."""
    for one in deposits_of_row(row):
        if one.verdict is Verdict.INFECTED:
            raise Refusal("filelinks.infected", field="enclosed", name=one.name)
        if not one.is_whole:
            raise Refusal("compose.enclosure-incomplete", field="enclosed", name=one.name)
