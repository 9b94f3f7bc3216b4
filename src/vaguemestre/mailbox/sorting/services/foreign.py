"""Scripts that mail programs activate by ManageSieve: told to the owner, stopped at their word."""

import hashlib
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import OpenScripts
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.services.scripts import foreign_active_script


def tell_foreign_script(account_id: int, open_scripts: OpenScripts, *, now: datetime) -> None:
    """Write to the owner when what sorts their mail was put there by a program: it asked no fresh proof.

    Once for each content. Raises EngineDown, EngineRefused.
    """
    foreign, owner = (
        foreign_active_script(account_id, open_scripts, now=now),
        queries.owner_of(account_id, now),
    )
    if foreign is None or owner is None:
        return
    with open_scripts(owner.mailbox) as scripts:
        content = scripts.read(foreign.name) if foreign.name else ""
    mark = hashlib.sha256(f"{foreign.name}\n{content}".encode()).hexdigest()
    with transaction.atomic(durable=True):
        ScriptRow.objects.get_or_create(account_id=account_id)
        if ScriptRow.objects.filter(account_id=account_id).exclude(told_mark=mark).update(told_mark=mark):
            to = account_subject(account_id)
            record("sorting.script-by-program", to=to, by="program", at=now, name=foreign.name)
            detail = f"« {foreign.name} »" if foreign.name else "Vos filtres ne servent plus."
            notify_owner(account_id, "script-by-program", now=now, detail=detail)


def stop_foreign_script(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Run no script but ours, after « Ce n’était pas moi ». Inside the caller's transaction.

    False when none was told since. `number` is unused: one script is active at most.
    """
    told = ScriptRow.objects.filter(account_id=account_id).exclude(told_mark="")
    if not told.update(drops_foreign=True, kept="", told_mark=""):
        return False
    bump_revision(account_id)
    record("sorting.program-script-stopped", to=account_subject(account_id), by=by, at=now)
    return True
