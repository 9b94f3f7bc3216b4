"""Sieve script written by hand by its owner."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import CreateLabel, OpenScripts
from vaguemestre.mailbox.sorting.rules.expert import check_expert, comment_out, has_commands
from vaguemestre.mailbox.sorting.services.filters import store_filter
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.values import Filter, ScriptError


class ExpertRefused(Refusal):
    """The script does not compile, or uses a forbidden command; `errors` name the lines."""

    def __init__(self, errors: tuple[ScriptError, ...]) -> None:
        super().__init__("sorting.expert-wrong")
        self.errors = errors


def save_expert(
    account_id: int,
    content: str,
    open_scripts: OpenScripts,
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
) -> SortingChanged:
    """Store the script once Dovecot compiles it.

    Raises ExpertRefused, EngineDown, Refusal `sorting.expert-…`.
    """
    plain = _compile(account_id, content, open_scripts, now=now, forwards_outside=forwards_outside)
    with transaction.atomic(durable=True):
        _store_script(account_id, plain, by=by, now=now)
        return bump_revision(account_id)


def import_script(
    account_id: int,
    filters: Sequence[Filter],
    rest: str,
    folders: Collection[str],
    open_scripts: OpenScripts,
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
    create_label: CreateLabel | None = None,
) -> SortingChanged:
    """Import a translated script: filters after the present ones, `rest` as the script written by hand.

    All or nothing. Missing folders are created by their first message. Raises what `save_expert` and
    `import_filters` raise.
    """
    plain = _compile(account_id, rest, open_scripts, now=now, forwards_outside=forwards_outside)
    target_folders = {
        folder
        for mail_filter in filters
        for folder in (mail_filter.outcome.move_to, mail_filter.outcome.copy_to)
        if folder
    }
    with transaction.atomic(durable=True):
        for mail_filter in filters:
            store_filter(
                account_id,
                mail_filter,
                {*folders, *target_folders},
                by=by,
                now=now,
                forwards_outside=forwards_outside,
                create_label=create_label,
            )
        if plain:
            _store_script(account_id, plain, by=by, now=now)
        return bump_revision(account_id)


def _compile(
    account_id: int, content: str, open_scripts: OpenScripts, *, now: datetime, forwards_outside: bool
) -> str:
    """The script as stored, once it compiles; "" for an empty one."""
    plain = content.replace("\r\n", "\n").replace("\0", "").rstrip() + "\n" if content.strip() else ""
    owner = queries.owner_of(account_id, now)
    if owner is None:
        raise Refusal("sorting.account-closed")
    errors = check_expert(plain, owner, forwards_outside=forwards_outside)
    if plain and not errors:
        with open_scripts(owner.mailbox) as scripts:
            errors = scripts.check(plain.replace("\n", "\r\n"))
    if errors:
        raise ExpertRefused(errors)
    return plain


def _store_script(account_id: int, plain: str, *, by: str, now: datetime) -> None:
    before = queries.expert_script_of(account_id)
    ScriptRow.objects.update_or_create(account_id=account_id, defaults={"expert": plain})
    record("sorting.expert-saved", to=account_subject(account_id), by=by, at=now, lines=plain.count("\n"))
    if plain and plain != before:
        notify_owner(account_id, "expert-saved", now=now)


def stop_expert(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Comment out the whole script, after « Ce n’était pas moi ». Inside the caller's transaction.

    False when it held no command. `number` is unused: an account has one such script.
    """
    script = queries.expert_script_of(account_id)
    if not has_commands(script):
        return False
    ScriptRow.objects.filter(account_id=account_id).update(expert=comment_out(script))
    record("sorting.expert-stopped", to=account_subject(account_id), by=by, at=now)
    bump_revision(account_id)
    return True
