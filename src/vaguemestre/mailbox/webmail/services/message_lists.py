"""Folders and pages of them."""

from dataclasses import replace

from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.mailbox.webmail.rules.listing.folders import meant, of_use
from vaguemestre.mailbox.webmail.rules.listing.search_query import EVERYWHERE
from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Folder, Page, Use, View

PAGE = 50

_uses: Kept[str, dict[str, Use]] = Kept(4096)


def folders_of(mailbox: Mailbox, owner: str) -> tuple[Folder, ...]:
    """Every folder with its counts; what each is for is remembered."""
    folders = mailbox.folders()
    _uses.put(owner, {folder.name: folder.use for folder in folders})
    return folders


def uses_of(mailbox: Mailbox, owner: str, folder: str) -> dict[str, Use]:
    """What each folder is for, as last seen; asked again when `folder` is not known yet."""
    known = _uses.get(owner)
    if known is None or folder not in known:
        folders_of(mailbox, owner)
        known = _uses.get(owner)
    return known or {}


def forget_uses(owner: str) -> None:
    """Folders changed: what each is for is asked again."""
    _uses.drop(owner)


def page_of(mailbox: Mailbox, folder: str, offset: int, view: View = PLAIN) -> Page:
    """Fifty rows from `offset`, as `view` says. Raises FolderGone."""
    is_for_the_index = view.terms and not view.phrases and not view.clauses
    if is_for_the_index and replace(view, terms=(), is_grouped=False).is_plain:
        return mailbox.search(folder, view.terms, offset, PAGE)
    return mailbox.look(folder, view, offset, PAGE)


def searched(folders: tuple[Folder, ...], folder: str, said: str, *, is_everywhere: bool) -> str:
    """Where a search looks: the folder that it names, else every one when so asked; empty when unknown."""
    if said and bare(said) not in EVERYWHERE:
        found = meant(folders, said)
        return found.name if found else ""
    return (everywhere(folders) if is_everywhere or said else "") or folder


def nothing_in(folder: str) -> Page:
    """What a search finds in a folder that is not there, as shown from `folder`."""
    return Page(folder, 0, 0, 0, 0, (), "nowhere")


def near(folders: tuple[Folder, ...], folder: str, before: str) -> Folder | None:
    """The folder that a search over all mail may be narrowed to: where one was `before`, else the inbox."""
    known = {one.name: one for one in folders if one.use is not Use.ALL and one.selectable}
    return known.get(folder) or known.get(before) or of_use(folders, Use.INBOX)


def everywhere(folders: tuple[Folder, ...]) -> str:
    """The folder to search when all are meant; empty when the store has none."""
    found = of_use(folders, Use.ALL)
    return found.name if found else ""
