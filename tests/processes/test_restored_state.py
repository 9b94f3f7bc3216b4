"""A restored database opens nothing that ended since the backup, nor by a session of before."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.foundation.journal.chain import seal_entries
from vaguemestre.foundation.journal.endings import FOLDER, copy_endings, endings_to_redo
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.models import Account, ActivationLink, MailToken
from vaguemestre.people.credentials.services import add_activation_link
from vaguemestre.processes.restored_state import (
    ACTS_TO_REDO,
    RestoredReport,
    restored_sentences,
    settle_restored,
)

pytestmark = pytest.mark.django_db(transaction=True)
SINCE = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)


class Directory:
    """The engines' table of tokens."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def refuse_tokens(self, token_sha256s: list[str]) -> None:
        self.refused += token_sha256s


def write_act(data: Path, action: str, to: str, member: str = "") -> None:
    """An act of after the backup, as the worker copied it: the journal does not hold it any more."""
    (data / FOLDER).mkdir(exist_ok=True)
    line = {"number": 9, "at": SINCE.isoformat(), "action": action, "to": to, "member": member}
    with (data / FOLDER / "2026-11.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def _texts(data: Path) -> list[str]:
    return [line for file in (data / FOLDER).iterdir() for line in file.read_text().splitlines()]


def settled(data: Path, directory: Directory | None = None) -> RestoredReport:
    return settle_restored(data, directory or Directory(), now=timezone.now())  # type: ignore[arg-type]


def states() -> dict[str, str]:
    return dict(Account.objects.values_list("username", "state"))


def test_an_access_that_ended_since_stays_shut(tmp_path: Path) -> None:
    closed, revoked, left, untouched = (account(name) for name in ("closed", "revoked", "left", "untouched"))
    write_act(tmp_path, "credentials.account-closed", f"account:{closed.pk}")
    write_act(tmp_path, "credentials.app-password-revoked", f"account:{revoked.pk}")
    write_act(tmp_path, "sharing.member-ended", "box:4", f"account:{left.pk}")
    report = settled(tmp_path)
    assert states() == {
        closed.username: "closed",
        revoked.username: "suspended",
        left.username: "suspended",
        untouched.username: "active",
    }
    assert (report.suspended, report.closed, report.acts) == (2, 1, 3)
    assert len((tmp_path / ACTS_TO_REDO).read_text().splitlines()) == 3
    assert ACTS_TO_REDO in " ".join(restored_sentences(report, tmp_path / ACTS_TO_REDO))


def test_an_erased_person_does_not_come_back(tmp_path: Path) -> None:
    gone = account("gone")
    write_act(tmp_path, "directory.civil-status-erased", f"person:{gone.person_id}")
    settled(tmp_path)
    assert states() == {"gone": "closed"}


def test_dangerous_mail_that_was_removed_since_is_named_to_be_removed_again(tmp_path: Path) -> None:
    """A restored generation holds it again, in the folders it was in, and no removal of it."""
    marie = account("marie")
    record(
        "removals.decided", to="removal:12", by="account:1", at=SINCE, sender=f"account:{marie.pk}", boxes=3
    )
    seal_entries(now=SINCE)
    assert copy_endings(tmp_path / FOLDER, months_kept=3, now=SINCE) == 1
    (line,) = map(json.loads, _texts(tmp_path))
    assert line["member"] == f"sender:account:{marie.pk}"
    write_act(tmp_path, "removals.decided", "removal:13", line["member"])
    report = settled(tmp_path)
    assert states() == {"marie": "active"}
    assert report.acts == 1
    assert f"removals.decided removal:13 {line['member']}" in (tmp_path / ACTS_TO_REDO).read_text()


def test_what_the_restored_journal_holds_is_not_redone(tmp_path: Path) -> None:
    """Copied by the worker, still in the journal: the account had been resumed meanwhile."""
    marie = account("marie")
    record("credentials.account-suspended", to=f"account:{marie.pk}", by="cli", at=SINCE)
    record("outbox.message-queued", to=f"account:{marie.pk}", by="cli", at=SINCE)
    seal_entries(now=SINCE)
    assert copy_endings(tmp_path / FOLDER, months_kept=3, now=SINCE) == 1
    assert copy_endings(tmp_path / FOLDER, months_kept=3, now=SINCE) == 0
    assert endings_to_redo(tmp_path / FOLDER) == ()
    settled(tmp_path)
    assert states() == {"marie": "active"}


def test_what_is_resumed_after_a_restoration_stays_open_after_the_next(tmp_path: Path) -> None:
    marie = account("marie")
    write_act(tmp_path, "credentials.account-suspended", f"account:{marie.pk}")
    settled(tmp_path)
    Account.objects.update(state="active")
    settled(tmp_path)
    assert states() == {"marie": "active"}


def test_acts_after_a_restoration_are_copied_though_numbers_began_again(tmp_path: Path) -> None:
    write_act(tmp_path, "credentials.password-set", "account:99")  # number 9, beyond this journal
    settled(tmp_path)
    record("credentials.password-set", to="account:98", by="cli", at=timezone.now())
    seal_entries(now=timezone.now())
    copy_endings(tmp_path / FOLDER, months_kept=3, now=timezone.now())
    lines = [json.loads(line) for line in _texts(tmp_path)]
    assert "account:98" in [line.get("to") for line in lines]


def test_files_older_than_any_backup_go(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for month in ("2026-05", "2026-06"):
        (tmp_path / FOLDER / f"{month}.jsonl").write_text("")
    copy_endings(tmp_path / FOLDER, months_kept=3, now=SINCE)
    assert [file.stem for file in (tmp_path / FOLDER).iterdir()] == ["2026-06"]


def test_no_session_token_link_or_hand_over_of_before_opens_anything(tmp_path: Path) -> None:
    marie, desk, head = account("marie"), account("desk"), account("head")
    later = timezone.now() + timedelta(hours=1)
    BrowserSession.objects.create(session_key="k" * 64, account=marie, expire_date=later, session_data="")
    MailToken.objects.create(account=marie, session_key="k", token_sha256="a" * 64, expires_at=later)
    add_activation_link(marie.pk, by="cli", now=timezone.now())
    Account.objects.filter(pk=marie.pk).update(former_password="!", former_until=later)
    HandOverRow.objects.create(
        account=marie, operator=desk, second=head, reason="x", made_at=SINCE, until=later
    )
    directory = Directory()
    settled(tmp_path, directory)
    assert not BrowserSession.objects.exists()
    assert not MailToken.objects.exists()
    assert directory.refused == ["a" * 64]
    assert not ActivationLink.objects.filter(used_at__isnull=True).exists()
    assert HandOverRow.objects.get().state == "refused"
    assert Account.objects.get(pk=marie.pk).former_password == ""


def test_without_the_file_an_administrator_is_told_what_to_look_at(tmp_path: Path) -> None:
    report = settled(tmp_path)
    assert not report.is_known
    assert "suspensions, fermetures, rôles" in restored_sentences(report, tmp_path)[-1]
