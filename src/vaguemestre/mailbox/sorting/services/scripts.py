"""Write the Sieve scripts of accounts into Dovecot."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import ContactAddressesOf, OpenScripts, PutHouseScript, Scripts
from vaguemestre.mailbox.sorting.rules.expert import may_redirect
from vaguemestre.mailbox.sorting.rules.fingerprint import fingerprint
from vaguemestre.mailbox.sorting.script import absence_script, junk_choices_script, personal_script
from vaguemestre.mailbox.sorting.services.program_rules import keep_program_rules
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.values import (
    EXPERT_SCRIPT,
    OURS,
    SCRIPT_FORM,
    SCRIPT_NAME,
    SPAM_SCRIPT,
    Owner,
    SortingSettings,
)

log = logging.getLogger(__name__)

_RENEWED_AT_ONCE = 50
_EMPTY_SCRIPT = "# Rien n’est transmis.\r\n"  # runs instead of a foreign script whose redirects are suspended


def rewrite_script(
    account_id: int,
    open_scripts: OpenScripts,
    put_house_script: PutHouseScript,
    contact_addresses_of: ContactAddressesOf,
    *,
    now: datetime,
) -> None:
    """Write the current settings into Dovecot. Idempotent; of two processes at once the last revision wins.

    The scripts of a suspended account, or of a mailbox on hold, stay as they are until it opens, except the
    house's: its absences begin and end all the same.
    Raises EngineDown, EngineRefused.
    """
    row, _ = ScriptRow.objects.get_or_create(account_id=account_id)
    if queries.is_held(account_id, now):
        _rewrite_absence(account_id, put_house_script, contact_addresses_of, now=now)
        return
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return
    with open_scripts(owner.mailbox) as scripts:
        while True:
            revision = row.wanted
            foreign_script = _foreign_script(scripts, row)
            settings = queries.settings_of(account_id)
            owner = _with_contacts(owner, settings, contact_addresses_of)
            put_house_script(owner.mailbox, absence_script(settings, owner, now=now))
            _write_scripts(scripts, settings, owner, foreign_script)
            row.refresh_from_db()
            if row.wanted == revision:
                break
    _mark_applied(account_id, revision, foreign_script, fingerprint(owner.contacts), now)
    if row.told_mark or row.program_rules:
        keep_program_rules(account_id, open_scripts, now=now)


@transaction.atomic(durable=True)
def _mark_applied(
    account_id: int, revision: int, foreign_script: str, known_mark: str, now: datetime
) -> None:
    script = ScriptRow.objects.filter(account_id=account_id)
    script.update(kept=foreign_script, known_mark=known_mark, form=SCRIPT_FORM)
    script.filter(applied__lt=revision).update(applied=revision, applied_at=now)
    script.filter(wanted=revision).update(drops_redirects=False, drops_foreign=False)


def _write_scripts(scripts: Scripts, settings: SortingSettings, owner: Owner, foreign_script: str) -> None:
    """Put the scripts of the settings and activate ours; included ones first, obsolete ones deleted last."""
    is_suspended = bool(foreign_script) and settings.stays_here and may_redirect(scripts.read(foreign_script))
    content = personal_script(settings, owner, foreign_script="" if is_suspended else foreign_script)
    included = {
        SPAM_SCRIPT: junk_choices_script(settings.spam),
        EXPERT_SCRIPT: _with_crlf(settings.expert),
    }
    _put_included(scripts, included)
    _install(scripts, content or (_EMPTY_SCRIPT if is_suspended else ""), foreign_script)
    _delete_obsolete(scripts, included)


def renew_scripts(
    open_scripts: OpenScripts,
    put_house_script: PutHouseScript,
    contact_addresses_of: ContactAddressesOf,
    *,
    now: datetime,
) -> int:
    """Rewrite a batch of the scripts that an older version wrote; returns the count. Raises EngineDown.

    For a closed account only the house's script is rewritten: ManageSieve would not let us in.
    """
    account_ids = queries.accounts_with_outdated_scripts(_RENEWED_AT_ONCE)
    for account_id in account_ids:
        try:
            rewrite_script(account_id, open_scripts, put_house_script, contact_addresses_of, now=now)
            if queries.owner_of(account_id, now) is None:
                _rewrite_absence(account_id, put_house_script, contact_addresses_of, now=now)
        except EngineRefused as error:  # tried again when its owner changes something
            log.warning("scripts of account %s: %s", account_id, error)
        row = ScriptRow.objects.filter(account_id=account_id)
        row.update(form=SCRIPT_FORM)
        row.filter(program_rules__isnull=True).update(program_rules=[])
    return len(account_ids)


def _rewrite_absence(
    account_id: int,
    put_house_script: PutHouseScript,
    contact_addresses_of: ContactAddressesOf,
    *,
    now: datetime,
) -> None:
    owner = queries.owner_of(account_id, now, whatever_state=True)
    if owner is not None:
        settings = queries.settings_of(account_id)
        owner = _with_contacts(owner, settings, contact_addresses_of)
        put_house_script(owner.mailbox, absence_script(settings, owner, now=now))


class ForeignScript(NamedTuple):
    """What runs because of another program: its script, or nothing (""), maybe instead of ours."""

    name: str
    replaces_ours: bool


def foreign_active_script(
    account_id: int, open_scripts: OpenScripts, *, now: datetime
) -> ForeignScript | None:
    """What another program activated, or that it deactivated ours; None if all is as we wrote it.

    Raises EngineDown, EngineRefused.
    """
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return None
    with open_scripts(owner.mailbox) as scripts:
        listing = scripts.list_scripts()
    if listing.active == SCRIPT_NAME:
        return None
    has_ours = SCRIPT_NAME in listing.names
    return ForeignScript(listing.active, has_ours) if listing.active or has_ours else None


@transaction.atomic(durable=True)
def restore_script(account_id: int) -> SortingChanged:
    """Activate our script again; it includes the one that another program activated."""
    return bump_revision(account_id)


def _with_contacts(
    owner: Owner, settings: SortingSettings, contact_addresses_of: ContactAddressesOf
) -> Owner:
    """The owner with the addresses of their contacts, if an absence needs them."""
    if any(absence.is_on and absence.only_known for absence in settings.absences):
        return replace(owner, contacts=contact_addresses_of(owner.account_id))
    return replace(owner, contacts=())


def _foreign_script(scripts: Scripts, row: ScriptRow) -> str:
    """Another program's script to include in ours: the active one, or the one included before; "" for none.

    One that does not compile is left out, since including it would stop ours: an older Dovecot allowed
    `vacation` in personal scripts, this one does not. So is one that redirects, once redirects are stopped.
    """
    if row.drops_foreign:
        return ""
    listing = scripts.list_scripts()
    name = row.kept if listing.active == SCRIPT_NAME and row.kept in listing.names else ""
    if listing.active and listing.active not in OURS:
        name = listing.active
    if not name or scripts.check(scripts.read(name)):
        return ""
    return "" if row.drops_redirects and may_redirect(scripts.read(name)) else name


def _with_crlf(text: str) -> str:
    return text.replace("\n", "\r\n") if text.strip() else ""


def _put_included(scripts: Scripts, included: Mapping[str, str]) -> None:
    """Put the included scripts before the scripts that include them run."""
    for name, content in included.items():
        if content and scripts.read(name) != content:
            scripts.put(name, content)


def _delete_obsolete(scripts: Scripts, included: Mapping[str, str]) -> None:
    """Delete the scripts that are empty and no longer included."""
    names = scripts.list_scripts().names
    for name, content in included.items():
        if not content and name in names:
            _delete_script(scripts, name)


def _install(scripts: Scripts, content: str, foreign_script: str) -> None:
    """Activate our script; if it is empty, delete it and activate the foreign script again."""
    if content:
        if scripts.read(SCRIPT_NAME) != content:
            scripts.put(SCRIPT_NAME, content)
        scripts.activate(SCRIPT_NAME)
        return
    listing = scripts.list_scripts()
    if listing.active != foreign_script:
        scripts.activate(foreign_script)
    if SCRIPT_NAME in listing.names:
        _delete_script(scripts, SCRIPT_NAME)


def _delete_script(scripts: Scripts, name: str) -> None:
    """Delete a script, unless another worker did meanwhile. Raises EngineRefused."""
    try:
        scripts.drop(name)
    except EngineRefused:
        if name in scripts.list_scripts().names:
            raise
