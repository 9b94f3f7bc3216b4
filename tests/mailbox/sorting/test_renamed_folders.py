"""Filters follow the folder they file into, or stop with it."""

from dataclasses import replace

import pytest
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import NOW

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.mailbox.sorting.models import FilterRow, ScriptRow
from vaguemestre.mailbox.sorting.rules.renamed_folders import files_into, followed
from vaguemestre.mailbox.sorting.services import announce_moved_folders, follow_folder
from vaguemestre.mailbox.sorting.values import Filter, Outcome

PAREN = Filter("Parents", (), Outcome(move_to="Paren"))


@pytest.mark.parametrize(
    ("outcome", "is_there"),
    [
        (Outcome(move_to="Paren"), True),
        (Outcome(copy_to="Paren/6e"), True),
        (Outcome(move_to="Parenthèse"), False),
        (Outcome(label="Paren"), False),
    ],
)
def test_a_folder_is_filed_into_by_its_name_or_by_one_in_it(outcome: Outcome, *, is_there: bool) -> None:
    assert files_into(outcome, "Paren") is is_there


@pytest.mark.parametrize(
    ("was_on", "former", "new", "folder", "is_on"),
    [
        (True, "Paren", "Parents", "Parents", True),
        (False, "Paren", "Parents", "Parents", False),
        (True, "Paren", "Trash/Paren", "Trash/Paren", False),
        (False, "Paren", "Trash/Paren", "Paren", False),
        (True, "Paren", "", "Paren", False),
    ],
)
def test_a_filter_follows_its_folder_and_stops_with_it(
    former: str, new: str, folder: str, *, was_on: bool, is_on: bool
) -> None:
    after = followed(replace(PAREN, is_on=was_on), former, new)
    assert (after.outcome.move_to, after.is_on) == (folder, is_on)


def test_a_filter_stopped_with_its_folder_begins_again_as_it_comes_back() -> None:
    thrown = followed(PAREN, "Paren", "Trash/Paren")
    assert followed(thrown, "Trash/Paren", "Paren") == PAREN
    assert not followed(thrown, "Trash/Paren", "").is_on, "deleted for good"


def stored(account_id: int) -> list[tuple[str, bool]]:
    rows = FilterRow.objects.filter(account_id=account_id).order_by("position")
    return [(row.outcome["move_to"], row.is_on) for row in rows]


@pytest.mark.django_db
def test_only_filters_of_the_folder_and_of_its_owner_follow() -> None:
    owner, other = account(), account("autre")
    for place, (who, folder) in enumerate([(owner, "Paren"), (owner, "Archive"), (other, "Paren")]):
        outcome = {"move_to": folder}
        FilterRow.objects.create(account=who, position=place, name=folder, conditions=[], outcome=outcome)
    follow_folder(owner.pk, "Paren", "Parents", by="system", now=NOW)
    assert (stored(owner.pk), stored(other.pk)) == ([("Parents", True), ("Archive", True)], [("Paren", True)])
    assert Entry.objects.get(action="sorting.filters-followed").details == {"count": 1}
    assert ScriptRow.objects.get().account_id == owner.pk, "written anew for one alone"
    follow_folder(owner.pk, "Parents", "Elsewhere", by="system", now=NOW, folders={"Parents"})
    assert stored(owner.pk)[0] == ("Parents", True), "it is still there"
    follow_folder(owner.pk, "Nowhere", "Elsewhere", by="system", now=NOW)
    assert Entry.objects.filter(action="sorting.filters-followed").count() == 1


@pytest.mark.django_db
def test_nothing_is_announced_of_a_folder_that_no_filter_names() -> None:
    owner = account()
    announce_moved_folders("nobody", "Paren", "Parents")
    announce_moved_folders(owner.mailbox, "Paren", "Parents")
    assert stored(owner.pk) == []
