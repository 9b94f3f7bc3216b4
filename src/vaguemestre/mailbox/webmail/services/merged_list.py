"""One list over the inboxes of several mailboxes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.webmail.rules.listing.merged import BoxRow, merge_rows, merged_total
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.values import OpenableBox
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.mailstore.values import Order, Page, Use, View

INBOX = "INBOX"


@dataclass(frozen=True)
class MergedPage:
    """A page of the merged list. `uses`: of folders, by box; `silent`: titles of boxes that did not answer.

    `validator` changes when anything in one of the folders changes.
    """

    rows: tuple[BoxRow, ...]
    total: int
    unread: int
    offset: int
    validator: str
    uses: dict[int, dict[str, Use]]
    silent: tuple[str, ...]


def merged_page(
    boxes: Sequence[OpenableBox], open_mailbox: OpenMailbox, view: View, offset: int
) -> MergedPage:
    """`PAGE_SIZE` rows from `offset`, by date. A search goes through all mail of each mailbox in turn.

    A mailbox that does not answer is left out, and named in `silent`.
    """
    size = message_lists.PAGE_SIZE
    by_date = replace(view, order=Order.DATE, is_reversed=False, is_grouped=False)
    pages: dict[int, Page] = {}
    uses: dict[int, dict[str, Use]] = {}
    silent = []
    for openable in boxes:
        try:
            page, own_uses = _page_of(openable, open_mailbox, by_date, offset + size)
        except (EngineDown, EngineRefused, Refusal):
            silent.append(openable.box.title)
            continue
        pages[openable.box.box_id], uses[openable.box.box_id] = page, own_uses
    return MergedPage(
        rows=merge_rows({box_id: page.rows for box_id, page in pages.items()}, offset, size),
        total=merged_total([page.total for page in pages.values()]),
        unread=sum(page.unread for page in pages.values()),
        offset=offset,
        validator=".".join(f"{box_id}-{page.validator}-{page.total}" for box_id, page in pages.items()),
        uses=uses,
        silent=tuple(silent),
    )


def _page_of(
    openable: OpenableBox, open_mailbox: OpenMailbox, view: View, size: int
) -> tuple[Page, dict[str, Use]]:
    with open_mailbox(openable.login) as mailbox:
        if not (view.terms or view.clauses):
            return message_lists.page_of(mailbox, INBOX, 0, view, size), {INBOX: Use.INBOX}
        folders = message_lists.folders_of(mailbox, openable.login.mailbox)
        folder = message_lists.all_mail_folder(folders) or INBOX
        uses = {folder.name: folder.use for folder in folders}
        return message_lists.page_of(mailbox, folder, 0, view, size), uses
