"""Folders are made, renamed, moved and deleted where they may be, and a deletion can be undone."""

import pytest

from vaguemestre.engines.memory.mailbox import ALL, MemoryMailbox
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.services import folders

OWNER = "nmorel@x.fr"


def names(box: MemoryMailbox) -> set[str]:
    return {folder.name for folder in box.folders() if folder.use.name == "OTHER"}


@pytest.fixture
def box() -> MemoryMailbox:
    made = MemoryMailbox()
    for name in ("Classes", "Classes/4e B", "Conseil"):
        made.create_folder(name)
    return made


def test_a_folder_is_made_at_the_top_or_in_one_that_is_there(box: MemoryMailbox) -> None:
    assert folders.create_folder(box, OWNER, "Parents") == "Parents"
    assert folders.create_folder(box, OWNER, "3e A", "Classes") == "Classes/3e A"
    with pytest.raises(Refusal, match="folder-gone"):
        folders.create_folder(box, OWNER, "x", "Ailleurs")
    with pytest.raises(Refusal, match="folder-is-special"):
        folders.create_folder(box, OWNER, "x", ALL)
    assert names(box) == {"Classes", "Classes/4e B", "Classes/3e A", "Conseil", "Parents"}


def test_a_folder_keeps_its_place_when_renamed_and_its_contents_when_moved(box: MemoryMailbox) -> None:
    assert folders.rename_folder(box, OWNER, "Classes/4e B", "4e C") == "Classes/4e C"
    assert folders.move_folder(box, OWNER, "Classes", "Conseil") == "Conseil/Classes"
    assert names(box) == {"Conseil", "Conseil/Classes", "Conseil/Classes/4e C"}
    assert folders.move_folder(box, OWNER, "Conseil/Classes", "") == "Classes"
    assert folders.move_folder(box, OWNER, "Classes", "") == "Classes", "it is there already"


@pytest.mark.parametrize("parent", ["Classes", "Classes/4e B"])
def test_a_folder_does_not_go_into_itself(box: MemoryMailbox, parent: str) -> None:
    with pytest.raises(Refusal, match="folder-inside-itself"):
        folders.move_folder(box, OWNER, "Classes", parent)


def test_a_deleted_folder_goes_to_the_trash_whole_comes_back_and_is_deleted_from_there(
    box: MemoryMailbox,
) -> None:
    there = folders.delete_folder(box, OWNER, folders.plan_deletion(box, "Classes"))
    assert there == "Trash/Classes"
    assert names(box) == {"Trash/Classes", "Trash/Classes/4e B", "Conseil"}
    assert folders.restore_folder(box, OWNER, there, "Classes") == "Classes"
    assert "Classes/4e B" in names(box)
    there = folders.delete_folder(box, OWNER, folders.plan_deletion(box, "Classes"))
    assert folders.delete_folder(box, OWNER, folders.plan_deletion(box, there)) == ""
    assert names(box) == {"Conseil"}


def test_a_folder_of_the_house_is_neither_renamed_nor_deleted(box: MemoryMailbox) -> None:
    for name in ("INBOX", "Trash", "Sent"):
        with pytest.raises(Refusal):
            folders.rename_folder(box, OWNER, name, "Autre")
        with pytest.raises(Refusal):
            folders.plan_deletion(box, name)
