"""An older generation is restored, mail and database: Dovecot puts away again what had been removed since."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.engines.dovecot.test_removed_copies import FORGED, QUEUE_ID, listed, put, restored
from tests.engines.live import LiveEngines

from vaguemestre.desks.removals import services
from vaguemestre.desks.removals.models import Removal, RemovalBox, TakenCopy
from vaguemestre.desks.removals.values import BoxPhase, Look, MailCopy, RemovalState, SoughtMail
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, sought_words
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Copies:
    """`removals.ports.MailCopies` without the agent in between."""

    def __init__(self, removed: RemovedCopies) -> None:
        self._removed = removed

    def find_copies(self, mailbox: str, sought: SoughtMail) -> list[MailCopy]:
        return _copies(self._removed.find(mailbox, sought_words(sought)))

    def find_guids(self, mailbox: str, guids: Collection[str]) -> list[MailCopy]:
        return _copies(self._removed.find_guids(mailbox, *guids))

    def remove_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> int:
        return sum(
            self._removed.remove(mailbox, folder, *map(str, numbers)) for folder, numbers in uids.items()
        )

    def look(self, mailbox: str, sought: SoughtMail) -> Look:
        state, rows = self._removed.look(mailbox, sought_words(sought))
        return Look(state, _copies(rows))

    def state(self, mailbox: str) -> str:
        return self._removed.state(mailbox)

    def list_removed(self, mailbox: str) -> list[tuple[int, str]]:
        return [(int(uid), guid) for uid, guid in self._removed.list_removed(mailbox)]

    def restore_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        for folder, numbers in uids.items():
            self._removed.restore(mailbox, folder, *map(str, numbers))

    def restore_guids(self, mailbox: str, guids: Mapping[str, Sequence[str]]) -> None:
        for folder, names in guids.items():
            self._removed.restore_guids(mailbox, folder, *names)

    def discard_copies(self, mailbox: str, uids: Sequence[int]) -> None:
        self._removed.discard(mailbox, *map(str, uids))


def _copies(rows: Sequence[Sequence[str]]) -> list[MailCopy]:
    return [MailCopy(folder, int(uid), guid, frozenset(flags.split())) for folder, uid, guid, flags in rows]


def test_a_letter_that_an_older_generation_brought_back_leaves_again_and_may_return(
    engines: LiveEngines, tmp_path: Path
) -> None:
    marie = engines.someone()
    made = account("marie")
    type(made).objects.filter(pk=made.pk).update(mailbox=marie.mailbox)
    copies = Copies(RemovedCopies(DoveadmServer(doveadm_socket(engines.config))))
    context = services.PassContext(copies, timezone.now, 50, lambda addresses: {}, "")
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>")
        put(client, "<f1@x.example>", folder="Projets")
        put(client, "<autre@x.example>", "Réunion")
        before = {folder: listed(client, folder) for folder in ("INBOX", "Projets")}
        kept = _removed_as_recorded(marie.mailbox, made.pk, copies)
        assert services.copy_removals(tmp_path)
        Removal.objects.all().delete()
        restored(copies._removed, marie.mailbox, kept)
        assert {folder: listed(client, folder) for folder in ("INBOX", "Projets")} == before
        assert services.redo_removals(tmp_path, now=NOON) == 1
        row = Removal.objects.get()
        services.run_pass(row.pk, row.number, context)
        assert [message_id for message_id, _, _ in listed(client, "INBOX")] == ["<autre@x.example>"]
        assert listed(client, "Projets") == set()
        row.refresh_from_db()
        assert row.state == RemovalState.STOPPED
        services.undo_removal(row.pk, 50, by="account:1", now=NOON)
        services.run_pass(row.pk, Removal.objects.get().number, context)
        assert {folder: listed(client, folder) for folder in ("INBOX", "Projets")} == before


def _removed_as_recorded(mailbox: str, account_id: int, copies: Copies) -> list[tuple[str, str]]:
    """Remove the forged letters, and write it down as the removal of a campaign does."""
    sought = SoughtMail(frozenset({QUEUE_ID}), message_ids=("<f1@x.example>",), subject=FORGED)
    found = copies.find_copies(mailbox, sought)
    row = Removal.objects.create(
        state=RemovalState.REMOVED, sender="faux@dehors.example", asked_by="account:1",
        decided_by="account:1", asked_at=NOON, changed_at=NOON,
    )  # fmt: skip
    box = RemovalBox.objects.create(
        removal=row, mailbox=mailbox, account_id=account_id, phase=BoxPhase.REMOVED, copies=len(found)
    )
    TakenCopy.objects.bulk_create(TakenCopy(box=box, folder=copy.folder, guid=copy.guid) for copy in found)
    for copy in found:
        copies.remove_copies(mailbox, {copy.folder: [copy.uid]})
    return [(copy.folder, copy.guid) for copy in found]
