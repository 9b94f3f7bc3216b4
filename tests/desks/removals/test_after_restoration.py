"""An older database and its mail are restored: what had been removed since leaves mailboxes again."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.desks.removals.samples import NOON, MemoryCopies, work
from tests.desks.removals.test_services import BY, OTHER, campaign, order, removed, state

from vaguemestre.desks.removals import queries, services
from vaguemestre.desks.removals.models import DiscardedCopy, Removal, TakenCopy
from vaguemestre.desks.removals.services.after_restoration import FILE
from vaguemestre.desks.removals.values import RemovalState
from vaguemestre.people.credentials.queries import account_of_mailbox

pytestmark = pytest.mark.django_db(transaction=True)
AFTERWARDS = NOON + timedelta(days=1)


def restore_older(copies: MemoryCopies) -> None:
    """The database and the mail of a generation made before any removal."""
    Removal.objects.all().delete()
    DiscardedCopy.objects.all().delete()
    for mailbox, letters in copies.hidden.items():
        copies.boxes[mailbox] += letters
        copies.hidden[mailbox] = []


def redo(folder: Path, copies: MemoryCopies) -> int:
    ordered = services.redo_removals(folder, now=AFTERWARDS)
    for row in Removal.objects.filter(state=RemovalState.REDOING):
        work(row.pk, row.number, copies)
    return ordered or 0


def in_sight(copies: MemoryCopies) -> list[str]:
    return sorted(letter.guid for letters in copies.boxes.values() for letter in letters)


def test_what_was_removed_since_is_removed_again_and_may_be_given_back(tmp_path: Path) -> None:
    copies, mailboxes = campaign(3)
    removed(copies)
    refused = queries.refused_marks()
    assert services.copy_removals(tmp_path)
    restore_older(copies)
    copies.boxes[mailboxes[0]][-1].folder = "Projets"  # where it was by then
    assert redo(tmp_path, copies) == 1
    assert in_sight(copies) == ["honest0", "honest1", "honest2"]
    row = Removal.objects.get()
    assert (row.state, row.asked_by, row.decided_by) == (RemovalState.STOPPED, BY, BY)
    assert queries.refused_marks() == refused
    services.undo_removal(row.pk, 50, by=OTHER, now=AFTERWARDS)
    work(row.pk, order(row.pk), copies)
    assert len(in_sight(copies)) == 6
    assert {letter.folder for letter in copies.boxes[mailboxes[0]]} == {"INBOX", "Projets"}


def test_a_removal_that_this_database_knows_is_not_done_twice(tmp_path: Path) -> None:
    copies, _ = campaign(2)
    number = removed(copies)
    services.copy_removals(tmp_path)
    assert redo(tmp_path, copies) == 0
    assert state(number) == RemovalState.REMOVED
    assert TakenCopy.objects.count() == 2


def test_what_is_still_out_of_sight_is_known_again(tmp_path: Path) -> None:
    """The database alone was restored: mail did not change."""
    copies, _ = campaign(2)
    removed(copies)
    services.copy_removals(tmp_path)
    Removal.objects.all().delete()
    assert redo(tmp_path, copies) == 1
    assert TakenCopy.objects.count() == 2
    services.undo_removal(Removal.objects.get().pk, 50, by=BY, now=AFTERWARDS)
    row = Removal.objects.get()
    work(row.pk, row.number, copies)
    assert not any(copies.hidden.values())


def test_what_was_given_back_stays(tmp_path: Path) -> None:
    copies, _ = campaign(2)
    number = removed(copies)
    services.copy_removals(tmp_path)
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert services.copy_removals(tmp_path)
    Removal.objects.all().delete()
    assert redo(tmp_path, copies) == 0
    assert len(in_sight(copies)) == 4


def test_what_had_been_deleted_for_good_leaves_as_well(tmp_path: Path) -> None:
    copies, _ = campaign(2)
    removed(copies)
    services.delete_old_removals(
        90, MemoryCopies(), backups_kept=timedelta(days=150), now=NOON + timedelta(days=91)
    )
    assert DiscardedCopy.objects.count() == 2
    services.copy_removals(tmp_path)
    restore_older(copies)
    assert redo(tmp_path, copies) == 1
    assert in_sight(copies) == ["honest0", "honest1"]
    assert not queries.refused_marks()


def test_the_file_is_written_when_something_changed_and_names_no_mailbox_of_a_person(tmp_path: Path) -> None:
    copies, mailboxes = campaign(2)
    assert services.copy_removals(tmp_path)
    removed(copies)
    assert services.copy_removals(tmp_path)
    assert not services.copy_removals(tmp_path)
    text = (tmp_path / FILE).read_text()
    assert not any(mailbox in text for mailbox in mailboxes)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    services.forget_person(account_of(mailboxes[0]))
    assert services.copy_removals(tmp_path)
    (removal,) = json.loads((tmp_path / FILE).read_text().splitlines()[1])["removals"]
    assert [number for number, _, _ in removal["boxes"]] == [account_of(mailboxes[1])]


def account_of(mailbox: str) -> int:
    account_id = account_of_mailbox(mailbox)
    assert account_id is not None
    return account_id


def test_without_the_file_nothing_is_said(tmp_path: Path) -> None:
    assert services.redo_removals(tmp_path, now=NOON) is None
    assert not services.copy_removals(tmp_path / "absent")
