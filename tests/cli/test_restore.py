"""Restoring somebody's mail leaves a line in the journal, and finds them in whichever académie."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.access.signin.people import account

from vaguemestre.cli.backups import restore
from vaguemestre.cli.failures import Failed
from vaguemestre.desks.removals.models import Removal, TakenCopy
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.processes.backup.mailbox_restoration import Selection
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db(transaction=True)
MADE = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def selected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Selection]:
    """What was asked of the repositories, which are not there."""
    asked: list[Selection] = []

    @contextmanager
    def scratch(config: Config) -> Iterator[Path]:
        yield tmp_path

    def restored(
        config: Config, stores: object, generation: object, selection: Selection, scratch: Path
    ) -> int:
        asked.append(selection)
        return 3

    monkeypatch.setattr(restore, "repositories", lambda config, place: None)
    monkeypatch.setattr(restore, "generation_at", lambda stores, at: SimpleNamespace(made_at=MADE))
    monkeypatch.setattr(restore, "scratch_folder", scratch)
    monkeypatch.setattr(restore, "restore_messages", restored)
    return asked


@pytest.mark.parametrize(
    ("selection", "extent"),
    [
        (Selection("", "Projets"), "folder"),
        (Selection("", "", "un@dehors"), "message"),
        (Selection(""), "mailbox"),
    ],
)
def test_a_restoration_is_in_the_journal(
    selected: list[Selection], tmp_path: Path, selection: Selection, extent: str
) -> None:
    marie = account("marie")
    Account.objects.filter(pk=marie.pk).update(mailbox="marie@ac-lille.test")
    restore._restore_mailbox(Config(home=tmp_path), "", "Marie", selection, None)
    assert [each.mailbox for each in selected] == ["marie@ac-lille.test"]
    entry = Entry.objects.get(action="backup.messages-restored")
    assert (entry.to, entry.by) == (f"account:{marie.pk}", "cli")
    assert entry.details == {"extent": extent, "count": 3, "generation": MADE.isoformat()}


def test_what_was_removed_from_a_mailbox_is_told_to_the_restoration(
    selected: list[Selection], tmp_path: Path
) -> None:
    marie = account("marie")
    Account.objects.filter(pk=marie.pk).update(mailbox="marie@ac-lille.test")
    removal = Removal.objects.create(state="removed", asked_by="x", asked_at=MADE, changed_at=MADE)
    for mailbox, guid in (("marie@ac-lille.test", "a1"), ("paul@ac-lille.test", "b2")):
        TakenCopy.objects.create(box=removal.boxes.create(mailbox=mailbox), folder="INBOX", guid=guid)
    restore._restore_mailbox(Config(home=tmp_path), "", "marie", Selection(""), None)
    assert [each.removed for each in selected] == [{"a1"}]


def test_nobody_of_that_name_is_told(selected: list[Selection], tmp_path: Path) -> None:
    with pytest.raises(Failed, match="aucun compte"):
        restore._restore_mailbox(Config(home=tmp_path), "", "personne", Selection(""), None)
    assert selected == []
