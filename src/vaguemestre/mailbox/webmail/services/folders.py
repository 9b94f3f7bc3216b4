"""Create, rename, move, delete and restore folders."""

from dataclasses import dataclass

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.rules.listing import folders as rules
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Folder, Use


def create_folder(mailbox: Mailbox, owner: str, name: str, parent: str = "") -> str:
    """Create a folder; its full name. Raises FolderGone, FolderRefused, Refusal `mailstore.folder-name`."""
    step = rules.checked_name(name)
    if parent:
        _check_parent(mailbox, parent)
    full = rules.join_path(parent, step)
    mailbox.create_folder(full)
    message_lists.forget_uses(owner)
    return full


def rename_folder(mailbox: Mailbox, owner: str, folder: str, name: str) -> str:
    """Rename a folder within its parent; its full name. Raises as `create_folder`."""
    step = rules.checked_name(name)
    return _rename(mailbox, owner, folder, rules.join_path(folder.rpartition("/")[0], step))


def move_folder(mailbox: Mailbox, owner: str, folder: str, parent: str) -> str:
    """Move a folder into another, or to the top (`parent` empty); its full name.

    Raises FolderGone, FolderRefused, Refusal `webmail.folder-inside-itself`.
    """
    if parent == folder or parent.startswith(f"{folder}/"):
        raise Refusal("webmail.folder-inside-itself")
    if parent:
        _check_parent(mailbox, parent)
    return _rename(mailbox, owner, folder, rules.join_path(parent, folder.rpartition("/")[2]))


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting a folder would do. `destination`: its name in the trash; empty: deleted for good.

    `subfolders`: full names, at any depth; `messages`: number of those in all of them.
    """

    folder: str
    destination: str
    subfolders: tuple[str, ...]
    messages: int


def plan_deletion(mailbox: Mailbox, folder: str) -> Deletion:
    """Plan the deletion of a folder, in one query of the mail store. Raises as `delete_folder`."""
    folders = mailbox.folders()
    rules.check_own(next((each for each in folders if each.name == folder), None), folder)
    trash = rules.of_use(folders, Use.TRASH)
    if trash is None:
        raise Refusal("webmail.no-folder-for-that")
    nested = [each for each in folders if _is_in(each, folder)]
    destination = ""
    if not folder.startswith(f"{trash.name}/"):
        names = {known.name for known in folders}
        destination = rules.free_name(rules.join_path(trash.name, folder.rpartition("/")[2]), names)
    return Deletion(
        folder=folder,
        destination=destination,
        subfolders=tuple(subfolder.name for subfolder in nested if subfolder.name != folder),
        messages=sum(subfolder.total for subfolder in nested),
    )


def delete_folder(mailbox: Mailbox, owner: str, deletion: Deletion) -> str:
    """Move a folder with its contents to the trash, or delete it from there; its new name, or nothing.

    Raises FolderGone, FolderRefused, Refusal `webmail.folder-is-special`, `webmail.no-folder-for-that`.
    """
    message_lists.forget_uses(owner)
    if deletion.destination:
        mailbox.rename_folder(deletion.folder, deletion.destination)
        return deletion.destination
    for name in sorted((deletion.folder, *deletion.subfolders), reverse=True):
        mailbox.delete_folder(name)
    return ""


def restore_folder(mailbox: Mailbox, owner: str, folder: str, to: str) -> str:
    """Undo a deletion or a move: rename the folder to the name it had. Raises FolderGone, FolderRefused."""
    return _rename(mailbox, owner, folder, to)


def _rename(mailbox: Mailbox, owner: str, folder: str, to: str) -> str:
    folders = mailbox.folders()
    rules.check_own(next((each for each in folders if each.name == folder), None), folder)
    if to != folder:
        mailbox.rename_folder(folder, to)
        message_lists.forget_uses(owner)
    return to


def _check_parent(mailbox: Mailbox, parent: str) -> None:
    folder = next((candidate for candidate in mailbox.folders() if candidate.name == parent), None)
    if folder is None:
        raise Refusal("mailstore.folder-gone", folder=parent)
    if folder.use is Use.ALL:
        raise Refusal("webmail.folder-is-special")


def _is_in(folder: Folder, top: str) -> bool:
    return folder.name == top or folder.name.startswith(f"{top}/")
