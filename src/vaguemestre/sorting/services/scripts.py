"""Making Dovecot hold what is decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.sorting import queries
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.models import ScriptRow
from vaguemestre.sorting.ports import KnownOf, OpenScripts, Scripts
from vaguemestre.sorting.rules.expert import sends_on
from vaguemestre.sorting.rules.marks import mark
from vaguemestre.sorting.script import compose, compose_friends
from vaguemestre.sorting.services.changing import changed
from vaguemestre.sorting.values import EXPERT_SCRIPT, OURS, SCRIPT_NAME, SPAM_SCRIPT, Decided, Owner


def rewrite_script(account_id: int, open_scripts: OpenScripts, known_of: KnownOf, *, now: datetime) -> None:
    """Make Dovecot hold what is decided. May run twice, or in two processes at once: the last decision wins.

    A suspended account's script stays as it is until it is resumed. Raises EngineDown, EngineRefused.
    """
    row, _ = ScriptRow.objects.get_or_create(account_id=account_id)
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return
    with open_scripts(owner.mailbox) as scripts:
        while True:
            wanted = row.wanted
            kept = _other(scripts, row.kept)
            decided = queries.decided_of(account_id)
            owner = _knowing(owner, decided, known_of)
            runs = kept if not (kept and decided.stays_here and sends_on(scripts.read(kept))) else ""
            content = compose(decided, owner, kept=runs, now=now)
            included = {SPAM_SCRIPT: compose_friends(decided.spam), EXPERT_SCRIPT: _lines(decided.expert)}
            _put(scripts, included)
            _install(scripts, content, kept)
            _drop(scripts, included)
            row.refresh_from_db()
            if row.wanted == wanted:
                break
    with transaction.atomic(durable=True):
        mine = ScriptRow.objects.filter(account_id=account_id)
        mine.update(kept=kept, known_mark=mark(owner.known))
        mine.filter(applied__lt=wanted).update(applied=wanted, applied_at=now)


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
    """The script of another program that is to run besides ours: the one that runs, or ran before ours."""
    listing = scripts.listed()
    if listing.active and listing.active not in OURS:
        return listing.active
    return known if listing.active == SCRIPT_NAME and known in listing.names else ""


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
            scripts.drop(name)


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
        scripts.drop(SCRIPT_NAME)
