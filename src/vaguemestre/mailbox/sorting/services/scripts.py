"""Making Dovecot hold what is decided."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import KnownOf, OpenScripts, PutHouseScript, Scripts
from vaguemestre.mailbox.sorting.rules.expert import sends_on
from vaguemestre.mailbox.sorting.rules.marks import mark
from vaguemestre.mailbox.sorting.script import compose, compose_absence, compose_friends
from vaguemestre.mailbox.sorting.services.revision import changed
from vaguemestre.mailbox.sorting.values import (
    EXPERT_SCRIPT,
    OURS,
    SCRIPT_FORM,
    SCRIPT_NAME,
    SPAM_SCRIPT,
    Decided,
    Owner,
)

log = logging.getLogger(__name__)

_RENEWED_AT_ONCE = 50
_NOTHING = "# Rien n’est transmis.\r\n"  # runs in the place of a script that would send mail on


def rewrite_script(
    account_id: int,
    open_scripts: OpenScripts,
    put_house_script: PutHouseScript,
    known_of: KnownOf,
    *,
    now: datetime,
) -> None:
    """Make Dovecot hold what is decided. May run twice, or in two processes at once: the last decision wins.

    Scripts of an account that is suspended, or of a mailbox that is held, stay as they are until it opens.
    Raises EngineDown, EngineRefused.
    """
    row, _ = ScriptRow.objects.get_or_create(account_id=account_id)
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return
    if queries.is_held(account_id, now):
        _rewrite_absence(account_id, put_house_script, known_of, now=now)
        return
    with open_scripts(owner.mailbox) as scripts:
        while True:
            wanted = row.wanted
            kept = _other(scripts, row.kept)
            if row.drops_redirects and kept and sends_on(scripts.read(kept)):
                kept = ""
            decided = queries.decided_of(account_id)
            owner = _knowing(owner, decided, known_of)
            put_house_script(owner.mailbox, compose_absence(decided, owner, now=now))
            runs = kept if not (kept and decided.stays_here and sends_on(scripts.read(kept))) else ""
            content = compose(decided, owner, kept=runs) or ("" if runs == kept else _NOTHING)
            included = {SPAM_SCRIPT: compose_friends(decided.spam), EXPERT_SCRIPT: _lines(decided.expert)}
            _put(scripts, included)
            _install(scripts, content, kept)
            _drop(scripts, included)
            row.refresh_from_db()
            if row.wanted == wanted:
                break
    with transaction.atomic(durable=True):
        mine = ScriptRow.objects.filter(account_id=account_id)
        mine.update(kept=kept, known_mark=mark(owner.known), form=SCRIPT_FORM)
        mine.filter(applied__lt=wanted).update(applied=wanted, applied_at=now)
        mine.filter(wanted=wanted).update(drops_redirects=False)


def renew_scripts(
    open_scripts: OpenScripts, put_house_script: PutHouseScript, known_of: KnownOf, *, now: datetime
) -> int:
    """Write again some of the scripts that an older version wrote; how many. Raises EngineDown.

    Of an account nothing opens, the house's script alone: ManageSieve would not let us in.
    """
    account_ids = queries.scripts_of_older_form(_RENEWED_AT_ONCE)
    for account_id in account_ids:
        try:
            rewrite_script(account_id, open_scripts, put_house_script, known_of, now=now)
            if queries.owner_of(account_id, now) is None:
                _rewrite_absence(account_id, put_house_script, known_of, now=now)
        except EngineRefused as error:  # looked at again when its owner changes something
            log.warning("scripts of account %s: %s", account_id, error)
        ScriptRow.objects.filter(account_id=account_id).update(form=SCRIPT_FORM)
    return len(account_ids)


def _rewrite_absence(
    account_id: int, put_house_script: PutHouseScript, known_of: KnownOf, *, now: datetime
) -> None:
    owner = queries.owner_of(account_id, now, whatever_state=True)
    if owner is not None:
        decided = queries.decided_of(account_id)
        owner = _knowing(owner, decided, known_of)
        put_house_script(owner.mailbox, compose_absence(decided, owner, now=now))


def stands_instead(account_id: int, open_scripts: OpenScripts, *, now: datetime) -> str | None:
    """The script that another program made run in the place of ours, "" when it stopped ours; else None.

    Raises EngineDown, EngineRefused.
    """
    owner = queries.owner_of(account_id, now)
    if owner is None or not queries.with_decisions([account_id]):
        return None
    with open_scripts(owner.mailbox) as scripts:
        listing = scripts.listed()
    is_aside = SCRIPT_NAME in listing.names and listing.active != SCRIPT_NAME
    return listing.active if is_aside else None


@transaction.atomic(durable=True)
def put_back(account_id: int) -> SortingChanged:
    """Ours runs again, and includes what stood instead."""
    return changed(account_id)


def _knowing(owner: Owner, decided: Decided, known_of: KnownOf) -> Owner:
    """With their address book, where an absence asks for it."""
    if any(one.is_on and one.only_known for one in decided.absences):
        return replace(owner, known=known_of(owner.account_id))
    return replace(owner, known=())


def _other(scripts: Scripts, known: str) -> str:
    """The script of another program that is to run besides ours: the one that runs, or ran before ours.

    One that does not compile is left aside, since including it would stop ours: an older Dovecot let personal
    scripts answer (`vacation`), this one does not.
    """
    listing = scripts.listed()
    other = known if listing.active == SCRIPT_NAME and known in listing.names else ""
    if listing.active and listing.active not in OURS:
        other = listing.active
    return "" if other and scripts.check(scripts.read(other)) else other


def _lines(text: str) -> str:
    return text.replace("\n", "\r\n") if text.strip() else ""


def _put(scripts: Scripts, included: Mapping[str, str]) -> None:
    """What others include stands before they run."""
    for name, content in included.items():
        if content and scripts.read(name) != content:
            scripts.put(name, content)


def _drop(scripts: Scripts, included: Mapping[str, str]) -> None:
    """What nothing includes any more goes, once nothing runs it."""
    there = scripts.listed().names
    for name, content in included.items():
        if not content and name in there:
            _drop_script(scripts, name)


def _install(scripts: Scripts, content: str, kept: str) -> None:
    """Ours runs when it has something to do; otherwise the place is left as it was found."""
    if content:
        if scripts.read(SCRIPT_NAME) != content:
            scripts.put(SCRIPT_NAME, content)
        scripts.activate(SCRIPT_NAME)
        return
    listing = scripts.listed()
    if listing.active != kept:
        scripts.activate(kept)
    if SCRIPT_NAME in listing.names:
        _drop_script(scripts, SCRIPT_NAME)


def _drop_script(scripts: Scripts, name: str) -> None:
    """Delete a script, unless another worker did meanwhile. Raises EngineRefused."""
    try:
        scripts.drop(name)
    except EngineRefused:
        if name in scripts.listed().names:
            raise
