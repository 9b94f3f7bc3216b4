"""The part of the script that experts write by hand."""

from datetime import datetime

from django.db import transaction

from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.sorting import queries
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.models import ScriptRow
from vaguemestre.sorting.ports import OpenScripts
from vaguemestre.sorting.rules.expert import check_expert
from vaguemestre.sorting.services.changing import changed
from vaguemestre.sorting.values import ScriptError


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
    with transaction.atomic(durable=True):
        ScriptRow.objects.update_or_create(account_id=account_id, defaults={"expert": plain})
        record("sorting.expert-saved", to=f"account:{account_id}", by=by, at=now, lines=plain.count("\n"))
        return changed(account_id)
