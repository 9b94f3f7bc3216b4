"""Folders and pages of their message lists."""

from dataclasses import replace

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.webmail.rules.listing.folders import find_folder, of_use
from vaguemestre.mailbox.webmail.rules.listing.search_advice import words_of
from vaguemestre.mailbox.webmail.rules.listing.search_query import EVERYWHERE
from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Folder, Page, Use, View

PAGE_SIZE = 50
RECENT_MESSAGES = 200

_uses: WeightedLru[str, dict[str, Use]] = WeightedLru(4096)


def folders_of(mailbox: Mailbox, owner: str) -> tuple[Folder, ...]:
    """Folders with their counts; their uses are cached."""
    folders = mailbox.folders()
    _uses.put(owner, {folder.name: folder.use for folder in folders})
    return folders


def uses_of(mailbox: Mailbox, owner: str, folder: str) -> dict[str, Use]:
    """Use of each folder, from the cache unless `folder` is missing there."""
    uses = _uses.get(owner)
    if uses is None or folder not in uses:
        folders_of(mailbox, owner)
        uses = _uses.get(owner)
    return uses or {}


def forget_uses(owner: str) -> None:
    """Drop the cached uses, after folders changed."""
    _uses.drop(owner)


def page_of(mailbox: Mailbox, folder: str, offset: int, view: View = PLAIN, size: int = PAGE_SIZE) -> Page:
    """`size` rows of a view from `offset`. Raises FolderGone."""
    has_only_terms = view.terms and not view.phrases and not view.clauses
    if has_only_terms and replace(view, terms=(), is_grouped=False).is_plain:
        return mailbox.search(folder, view.terms, offset, size)
    return mailbox.look(folder, view, offset, size)


def recent_words(mailbox: Mailbox, folders: tuple[Folder, ...]) -> frozenset[str]:
    """Words of the latest messages' subjects and senders, to spell a search with."""
    folder = all_mail_folder(folders) or "INBOX"
    return words_of(page_of(mailbox, folder, 0, size=RECENT_MESSAGES).rows)


def searched_folder(folders: tuple[Folder, ...], folder: str, typed: str, *, is_everywhere: bool) -> str:
    """The folder to search: the one `typed`, else all mail if asked for; empty when `typed` is unknown."""
    if typed and without_accents(typed) not in EVERYWHERE:
        match = named_folder(folders, typed)
        return match.name if match else ""
    return (all_mail_folder(folders) if is_everywhere or typed else "") or folder


def named_folder(folders: tuple[Folder, ...], typed: str) -> Folder | None:
    """The folder that a search names, by one of the words for all mail too."""
    if without_accents(typed) in EVERYWHERE:
        return of_use(folders, Use.ALL)
    return find_folder(folders, typed)


def empty_page(folder: str) -> Page:
    """An empty page, for a search in a folder that does not exist, run from `folder`."""
    return Page(folder, 0, 0, 0, 0, (), "nowhere")


def narrower_folder(folders: tuple[Folder, ...], folder: str, previous: str) -> Folder | None:
    """Folder a search of all mail can be narrowed to: `folder`, else the `previous` one, else the inbox."""
    candidates = {
        folder.name: folder for folder in folders if folder.use is not Use.ALL and folder.selectable
    }
    return candidates.get(folder) or candidates.get(previous) or of_use(folders, Use.INBOX)


def all_mail_folder(folders: tuple[Folder, ...]) -> str:
    """Name of the folder of all mail; empty when the store has none."""
    folder = of_use(folders, Use.ALL)
    return folder.name if folder else ""
