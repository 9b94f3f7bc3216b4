"""The part of the script that experts write by hand."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import tell
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import OpenScripts
from vaguemestre.mailbox.sorting.rules.expert import check_expert, commented, does_something
from vaguemestre.mailbox.sorting.services.filters import keep_filter
from vaguemestre.mailbox.sorting.services.revision import changed
from vaguemestre.mailbox.sorting.values import Filter, ScriptError


class ExpertRefused(Refusal):
    """It does not compile, or does what may not be done: `errors` say where."""

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
    """Compiled by Dovecot first. Raises ExpertRefused, EngineDown, Refusal `sorting.expert-…`."""
    plain = _compiled(account_id, content, open_scripts, now=now, forwards_outside=forwards_outside)
    with transaction.atomic(durable=True):
        _keep(account_id, plain, by=by, now=now)
        return changed(account_id)


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
) -> SortingChanged:
    """What another program did: filters after those already there, the `rest` as the part written by hand.

    All of it or nothing. Folders that are not there yet are made by their first message. Raises what
    `save_expert` and `import_filters` raise.
    """
    plain = _compiled(account_id, rest, open_scripts, now=now, forwards_outside=forwards_outside)
    named = {place for one in filters for place in (one.outcome.move_to, one.outcome.copy_to) if place}
    with transaction.atomic(durable=True):
        for one in filters:
            keep_filter(
                account_id, one, {*folders, *named}, by=by, now=now, forwards_outside=forwards_outside
            )
        if plain:
            _keep(account_id, plain, by=by, now=now)
        return changed(account_id)


def _compiled(
    account_id: int, content: str, open_scripts: OpenScripts, *, now: datetime, forwards_outside: bool
) -> str:
    """As it is kept; "" for nothing."""
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


def _keep(account_id: int, plain: str, *, by: str, now: datetime) -> None:
    before = queries.expert_of(account_id)
    ScriptRow.objects.update_or_create(account_id=account_id, defaults={"expert": plain})
    record("sorting.expert-saved", to=f"account:{account_id}", by=by, at=now, lines=plain.count("\n"))
    if plain and plain != before:
        tell(account_id, "expert-saved", now=now)


def stop_expert(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi »: every line becomes a comment, and may be read. Inside the caller's transaction.

    False: nothing of it did anything. `number` says nothing here: there is one such part.
    """
    written = queries.expert_of(account_id)
    if not does_something(written):
        return False
    ScriptRow.objects.filter(account_id=account_id).update(expert=commented(written))
    record("sorting.expert-stopped", to=f"account:{account_id}", by=by, at=now)
    changed(account_id)
    return True
