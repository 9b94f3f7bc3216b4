"""Filters follow the folder they file into as it is renamed, moved, thrown away and brought back."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.mailbox.webmail.listing.test_lists import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.mailbox.sorting.events import FolderMoved
from vaguemestre.mailbox.sorting.models import FilterRow, ScriptRow
from vaguemestre.mailbox.sorting.services import announce_moved_folders
from vaguemestre.people.credentials.models import Account

FOLDERS = "/messagerie/dossiers/"
CONDITION = [{"aspect": "sender", "relation": "contains", "text": "exterieur.test"}]


def file_into(account: Account, folder: str, *, name: str = "Extérieur", **more: object) -> None:
    is_on = bool(more.pop("is_on", True))
    outcome = {"move_to": folder, **more}
    FilterRow.objects.create(
        account=account, position=1, name=name, conditions=CONDITION, outcome=outcome, is_on=is_on
    )


def targets() -> list[tuple[str, bool]]:
    return [(row.outcome["move_to"] or row.outcome["copy_to"], row.is_on) for row in FilterRow.objects.all()]


def throw(reader: Client, folder: str) -> str:
    """Throw the folder away; the question asked before."""
    fields = {"folder": folder}
    question = reader.post(f"{FOLDERS}supprimer/", fields, headers=PIECE).json()["question"]
    thrown = reader.post(f"{FOLDERS}supprimer/", {**fields, "confirm": question["mark"]}, headers=PIECE)
    assert thrown.status_code == 200
    return str(question["text"])


def test_a_filter_follows_a_folder_that_is_renamed_or_moved(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    for name in ("Paren", "Paren/6e", "Parenthèse", "Classes"):
        box.make_folder(name)
    file_into(nicolas, "Paren")
    file_into(nicolas, "Paren/6e", is_on=False)
    file_into(nicolas, "", copy_to="Paren")
    file_into(nicolas, "Parenthèse")
    reader.post(f"{FOLDERS}renommer/", {"folder": "Paren", "name": "Parents"}, headers=PIECE)
    assert targets() == [("Parents", True), ("Parents/6e", False), ("Parents", True), ("Parenthèse", True)]
    reader.post(f"{FOLDERS}deplacer/", {"folder": "Parents", "parent": "Classes"}, headers=PIECE)
    assert [folder for folder, _ in targets()][:2] == ["Classes/Parents", "Classes/Parents/6e"]
    assert ScriptRow.objects.get().wanted == 2, "the script is written anew"


def test_a_filter_stops_with_the_folder_thrown_away_which_says_so(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    box.make_folder("Paren")
    file_into(nicolas, "Paren")
    file_into(nicolas, "Paren", name="Arrêté", is_on=False)
    assert "Le filtre « Extérieur » y range des courriels : il sera désactivé." in throw(reader, "Paren")
    assert targets() == [("Trash/Paren", False), ("Paren", False)]
    reader.post(f"{FOLDERS}remettre/", {"folder": "Trash~2FParen", "parent": "Paren"}, headers=PIECE)
    assert targets() == [("Paren", True), ("Paren", False)], "as before, once it is back"
    throw(reader, "Paren")
    throw(reader, "Trash~2FParen")
    assert targets() == [("Trash/Paren", False), ("Paren", False)]


def test_an_empty_folder_is_not_said_to_go_with_what_it_holds(reader: Client, box: MemoryMailbox) -> None:
    box.make_folder("Vide")
    assert "avec tout ce qu’il contient" not in throw(reader, "Vide")


@pytest.mark.parametrize("kept", ["Paren", ""])
def test_the_filters_of_others_stay(reader: Client, box: MemoryMailbox, nicolas: Account, kept: str) -> None:
    box.make_folder("Paren")
    file_into(nicolas, "Archive", copy_to=kept)
    FilterRow.objects.update(account=other_account())
    reader.post(f"{FOLDERS}renommer/", {"folder": "Paren", "name": "Parents"}, headers=PIECE)
    assert FilterRow.objects.get().outcome == {"move_to": "Archive", "copy_to": kept}


@pytest.mark.parametrize("box_has_it", [True, False])
def test_a_filter_follows_a_folder_that_a_mail_program_renames(
    box: MemoryMailbox, nicolas: Account, box_has_it: bool
) -> None:
    """The next letter made the folder anew under its former name, and was looked for in the other."""
    box.make_folder("Paren" if box_has_it else "Parents")
    box.make_folder("Autre")
    file_into(nicolas, "Paren")
    file_into(nicolas, "Autre")
    announce_moved_folders(nicolas.mailbox, "Paren", "Parents")
    announce_moved_folders(nicolas.mailbox, "Rien", "Vide")
    announce_moved_folders("inconnu@ac-amiens.test", "Paren", "Parents")
    asked = [row.args_kwargs["args"] for row in DBTaskResult.objects.all()]
    assert [args[2] for args in asked] == [{"account_id": nicolas.pk, "former": "Paren", "new": "Parents"}]
    run_now(FolderMoved(nicolas.pk, "Paren", "Parents"))
    expected = "Paren" if box_has_it else "Parents"  # a rename undone before the worker came
    assert targets() == [(expected, True), ("Autre", True)]


def test_a_filter_stops_with_the_folder_that_a_mail_program_deletes(
    box: MemoryMailbox, nicolas: Account
) -> None:
    box.make_folder("Paren/6e")
    file_into(nicolas, "Paren")
    file_into(nicolas, "Paren/6e")
    run_now(FolderMoved(nicolas.pk, "Paren", ""))
    assert targets() == [("Paren", False), ("Paren/6e", True)], "IMAP leaves what a folder holds"
    assert ScriptRow.objects.get().wanted == 1, "the script is written anew"


def other_account() -> Account:
    return Account.objects.create(username="autre", mailbox="autre@ac-amiens.test", state="active")
