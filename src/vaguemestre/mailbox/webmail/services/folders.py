"""Folders made, named, put elsewhere and thrown away."""

from dataclasses import dataclass

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.rules.listing import folders as rules
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Folder, Use


def create_folder(mailbox: Mailbox, owner: str, name: str, parent: str = "") -> str:
    """Its full name. Raises FolderGone, FolderRefused, Refusal `mailstore.folder-name`."""
    step = rules.checked_step(name)
    if parent:
        _parent(mailbox, parent)
    full = rules.inside(parent, step)
    mailbox.create_folder(full)
    message_lists.forget_uses(owner)
    return full


def rename_folder(mailbox: Mailbox, owner: str, folder: str, name: str) -> str:
    """Give a folder another name where it is; its full name. Raises as `create_folder`."""
    step = rules.checked_step(name)
    return _put(mailbox, owner, folder, rules.inside(folder.rpartition("/")[0], step))


def move_folder(mailbox: Mailbox, owner: str, folder: str, parent: str) -> str:
    """Put a folder into another, or at the top (`parent` empty); its full name.

    Raises FolderGone, FolderRefused, Refusal `webmail.folder-inside-itself`.
    """
    if parent == folder or parent.startswith(f"{folder}/"):
        raise Refusal("webmail.folder-inside-itself")
    if parent:
        _parent(mailbox, parent)
    return _put(mailbox, owner, folder, rules.inside(parent, folder.rpartition("/")[2]))


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting a folder does: where it goes (empty: for good), and all that goes with it.

    `messages` counts those of the folder and of `subfolders`, full names, at any depth.
    """

    folder: str
    destination: str
    subfolders: tuple[str, ...]
    messages: int


def plan_deletion(mailbox: Mailbox, folder: str) -> Deletion:
    """What `delete_folder` would do now, in one question to the mail store. Raises as it does."""
    folders = mailbox.folders()
    rules.check_own(next((one for one in folders if one.name == folder), None), folder)
    trash = rules.of_use(folders, Use.TRASH)
    if trash is None:
        raise Refusal("webmail.no-folder-for-that")
    inside = [one for one in folders if _is_in(one, folder)]
    destination = ""
    if not folder.startswith(f"{trash.name}/"):
        taken = {one.name for one in folders}
        destination = rules.free_name(rules.inside(trash.name, folder.rpartition("/")[2]), taken)
    return Deletion(
        folder=folder,
        destination=destination,
        subfolders=tuple(one.name for one in inside if one.name != folder),
        messages=sum(one.total for one in inside),
    )


def delete_folder(mailbox: Mailbox, owner: str, deletion: Deletion) -> str:
    """Into the trash with all it holds; from the trash, for good. Where it is now, or nothing.

    Raises FolderGone, FolderRefused, Refusal `webmail.folder-is-special`, `webmail.no-folder-for-that`.
    """
    message_lists.forget_uses(owner)
    if deletion.destination:
        mailbox.rename_folder(deletion.folder, deletion.destination)
        return deletion.destination
    for name in sorted((deletion.folder, *deletion.subfolders), reverse=True):
        mailbox.delete_folder(name)
    return ""


def bring_folder_back(mailbox: Mailbox, owner: str, folder: str, to: str) -> str:
    """Undo a deletion or a move: the folder under the name it had. Raises FolderGone, FolderRefused."""
    return _put(mailbox, owner, folder, to)


def _put(mailbox: Mailbox, owner: str, folder: str, to: str) -> str:
    folders = mailbox.folders()
    rules.check_own(next((one for one in folders if one.name == folder), None), folder)
    if to != folder:
        mailbox.rename_folder(folder, to)
        message_lists.forget_uses(owner)
    return to


def _parent(mailbox: Mailbox, parent: str) -> None:
    found = next((one for one in mailbox.folders() if one.name == parent), None)
    if found is None:
        raise Refusal("mailstore.folder-gone", folder=parent)
    if found.use is Use.ALL:
        raise Refusal("webmail.folder-is-special")


def _is_in(folder: Folder, top: str) -> bool:
    return folder.name == top or folder.name.startswith(f"{top}/")
