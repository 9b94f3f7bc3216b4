"""Handlers of sorting: rewrite scripts, run filters on received mail."""

from datetime import date

from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.events import BackfillRequested, FolderMoved, SortingChanged
from vaguemestre.mailbox.sorting.ports import (
    contact_addresses_of,
    open_inbox,
    open_scripts,
    put_house_script,
)
from vaguemestre.mailbox.sorting.rules.fingerprint import fingerprint
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.events import AccountsChanged, PersonErased
from vaguemestre.people.credentials.queries import account_of_mailbox, account_status, accounts_of, is_closed
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.lifecycle.events import NeutralReplyDue, NeutralReplyEnded
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.trace.events import ScriptsChanged

CONTACTS_EVERY = 10  # minutes between two checks of the contacts written in scripts


def rewrite_script(event: SortingChanged) -> None:
    """Rewrite the scripts of the account. Idempotent: the page runs it at once, the worker again."""
    _rewrite(event.account_id)


def run_backfill(event: BackfillRequested) -> None:
    """Run a filter on messages already received; resumes where it stopped."""
    services.run_backfill(event.account_id, event.number, open_inbox.get(), now=timezone.now())


def follow_contacts() -> None:
    """Periodic: rewrite the scripts that answer contacts only, when the address book changed."""
    now = timezone.now()
    if now.minute % CONTACTS_EVERY:
        return
    for account_id, script_fingerprint in queries.accounts_answering_contacts_only(now):
        if fingerprint(contact_addresses_of.get()(account_id)) != script_fingerprint:
            _rewrite(account_id)


def renew_scripts() -> None:
    """Periodic: after an upgrade, rewrite the scripts that an older version wrote."""
    services.renew_scripts(
        open_scripts.get(), put_house_script.get(), contact_addresses_of.get(), now=timezone.now()
    )


def follow_accounts(event: AccountsChanged) -> None:
    """Rewrite the scripts of accounts that changed: one that resumes gets its settings back."""
    _rewrite_existing(event.account_ids)


def answer_for_leaver(event: NeutralReplyDue) -> None:
    """Set a neutral reply for somebody who left or is on long leave."""
    starts_on, ends_on = date.fromisoformat(event.starts_on), date.fromisoformat(event.ends_on)
    now = timezone.now()
    if ends_on >= paris_day(now) and services.answer_for_leaver(
        event.account_id, starts_on, ends_on, event.new_address, only_to=event.only_to, now=now
    ):
        _rewrite(event.account_id)


def stop_answering(event: NeutralReplyEnded) -> None:
    """End the neutral reply of somebody who is back."""
    services.end_absence(event.account_id, by="system", now=timezone.now(), place=Place.LEFT)
    _rewrite(event.account_id)


def follow_people(event: PeopleChanged) -> None:
    """Rewrite the scripts of people who changed: they hold names and addresses."""
    _rewrite_existing(accounts_of(event.person_ids))


def tell_foreign_script(event: ScriptsChanged) -> None:
    """Tell the owner of a mailbox what a mail program made of its sorting, and keep it for the desk."""
    account_id = account_of_mailbox(event.mailbox)
    if account_id is not None:
        services.keep_program_rules(account_id, open_scripts.get(), now=timezone.now())
        services.tell_foreign_script(account_id, open_scripts.get(), now=timezone.now())


def follow_moved_folder(event: FolderMoved) -> None:
    """Let filters follow a folder that a mail program renamed, unless it is back or elsewhere by now.

    The pages do so at once, and tell of the same: nothing is left to do then. Raises EngineDown.
    """
    account = account_status(event.account_id)
    if account is None:
        return
    with open_mailbox.get()(MailLogin(account.mailbox)) as mailbox:
        names = {folder.name for folder in mailbox.folders() if folder.selectable}
    if event.former in names or (event.new and event.new not in names):
        return
    services.follow_folder(
        event.account_id, event.former, event.new, by="system", now=timezone.now(), folders=names
    )


def _rewrite_existing(account_ids: list[int]) -> None:
    for account_id in queries.accounts_with_scripts(account_ids):
        _rewrite(account_id)


def _rewrite(account_id: int) -> None:
    services.rewrite_script(
        account_id, open_scripts.get(), put_house_script.get(), contact_addresses_of.get(), now=timezone.now()
    )


def forget_person(event: PersonErased) -> None:
    """Erase the sorting settings of an erased person."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
