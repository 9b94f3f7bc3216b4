"""What is done once with a restored database, before any process serves (ADR 0039).

Nothing that may have left since the backup leaves again, and no access that ended since opens again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from vaguemestre.access.assistant.services import void_every_issued_code
from vaguemestre.access.signin.services import end_every_session
from vaguemestre.access.sso.registry.services import end_visits_of_expired
from vaguemestre.desks.helpdesk.services import void_hand_overs
from vaguemestre.desks.removals.services import redo_removals
from vaguemestre.foundation.jobs.services import requeue_running_jobs
from vaguemestre.foundation.journal.endings import FOLDER, EndedAccess, endings_to_redo, mark_restored
from vaguemestre.foundation.journal.values import numbers_of
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.mailbox.autoconfig.services import delete_every_code
from vaguemestre.mailbox.compose.services import stop_restored_mailings
from vaguemestre.people.credentials.queries import accounts_of
from vaguemestre.people.credentials.services import end_pending_proofs, shut_accounts
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.services import withdraw_due_messages
from vaguemestre.schools.lists.services import stop_restored_letters

ACTS_TO_REDO = "acts-to-redo.txt"  # in the data folder
_CLOSES = frozenset({
    "credentials.account-closed", "credentials.mailbox-purged", "directory.addresses-forgotten",
    "directory.civil-status-erased",
})  # fmt: skip


class RestoredReport(NamedTuple):
    """What was stopped, what was shut, and how many acts an administrator has to look at."""

    messages: int
    mailings: int
    letters: int
    sessions: int
    suspended: int
    closed: int
    acts: int
    removals: int  # to be redone by the worker
    is_known: bool  # whether the file of ended accesses is there


def settle_restored(data: Path, mail_directory: MailDirectory, *, now: datetime) -> RestoredReport:
    """Stop what may have left, end what opened accounts, and shut the accounts whose access ended since.

    Safe to run again. The acts to redo by hand are listed in ACTS_TO_REDO. Raises EngineDown, OSError.
    """
    folder = data / FOLDER
    is_known = folder.is_dir() and any(folder.iterdir())
    acts = endings_to_redo(folder)  # before anything is recorded
    messages = withdraw_due_messages(now=now)
    mailings = stop_restored_mailings(now=now)
    letters = stop_restored_letters(now=now)
    requeue_running_jobs()  # whoever was running them when the backup was made is not here
    sessions = end_every_session()
    end_visits_of_expired(now)
    mail_directory.refuse_tokens(end_pending_proofs(now=now))
    void_every_issued_code(now=now)
    void_hand_overs(now=now)
    delete_every_code()
    to_close = _accounts(act for act in acts if act.action in _CLOSES)
    suspended, closed = shut_accounts(_accounts(acts) - to_close, to_close, by="system", now=now)
    removals = redo_removals(folder, now=now)
    if removals is not None:
        acts = tuple(act for act in acts if not act.action.startswith("removals."))
    if acts:
        _list_acts(data / ACTS_TO_REDO, acts)
    mark_restored(folder, now=now)
    return RestoredReport(
        messages, mailings, letters, sessions, suspended, closed, len(acts), removals or 0, is_known
    )


def restored_sentences(report: RestoredReport, acts_file: Path) -> list[str]:
    """What an administrator must know of it, in French."""
    sentences = [
        f"Sauvegarde remise : {counted(report.messages, 'message')} en attente "
        f"{inflected(report.messages, 'redevenu brouillon', 'redevenus brouillons')}, "
        f"{counted(report.mailings, 'publipostage')} et {counted(report.letters, 'lettre')} de listes à "
        f"l’arrêt, {counted(report.sessions, 'session')} finies."
    ]
    if report.removals:
        sentences.append(
            f"{counted(report.removals, 'retrait')} de courriels dangereux "
            f"{inflected(report.removals, 'sera refait', 'seront refaits')} dès que la messagerie répondra."
        )
    if report.acts:
        sentences.append(
            f"Accès finis depuis : {counted(report.suspended, 'compte')} suspendus et "
            f"{counted(report.closed, 'compte')} fermés. Lisez {acts_file}, refaites ces actes, puis "
            "rouvrez : vaguemestre account resume IDENTIFIANT."
        )
    if not report.is_known:
        sentences.append(
            "Aucun relevé des accès finis n’a été trouvé : revoyez suspensions, fermetures, rôles, retraits "
            "de mots de passe et effacements faits depuis cette sauvegarde."
        )
    return sentences


def _accounts(acts: Iterable[EndedAccess]) -> set[int]:
    """The accounts those acts name: their subject, the account of a person, the member who left a box."""
    subjects = [subject for act in acts for subject in (act.to, act.member)]
    return numbers_of("account", subjects) | set(accounts_of(numbers_of("person", subjects)))


def _list_acts(file: Path, acts: Collection[EndedAccess]) -> None:
    file.touch(mode=0o600)
    lines = (f"{act.at.astimezone():%d/%m/%Y %H:%M:%S} {act.action} {act.to} {act.member}" for act in acts)
    with file.open("a", encoding="utf-8") as opened:
        opened.writelines(f"{line.rstrip()}\n" for line in lines)
