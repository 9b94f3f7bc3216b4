"""Browser sessions: opened, wound, ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched, SessionsEnded
from vaguemestre.access.signin.models import Attempts, BrowserSession, InterruptedAct
from vaguemestre.access.signin.ports import Revocations
from vaguemestre.access.signin.rules.browsers import browser_words
from vaguemestre.access.signin.rules.limits import MINE, RECENT
from vaguemestre.access.signin.services.devices import note_browser
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Factor
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.queries import account_facts, identified
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.people.credentials.services import forget_tokens

SWEPT_AFTER = timedelta(days=2)
_SHUT = ("suspended", "closed")  # a pending account has no session to end


def open_browser_session(
    session: SessionStore,
    account_id: int,
    *,
    shared: bool,
    network: str,
    browser: str,
    now: datetime,
    by: str = "password",
    mine: bool = False,
    mark: str = "",
) -> AccountTouched | None:
    """Give the browser a new session for that account; what it held before is gone. Use case.

    `mine` is for reading mail at home: not for whoever acts on others' accounts. `mark`: the browser's, known
    or not; a browser never seen is told to its owner (the event returned), unless it is the very first.
    """
    is_staff = identified(account_id).role in DUE_ROLES
    mine = mine and not shared and not is_staff
    former = session.digest
    # What another house says opens the mail; a sensitive act asks for a proof of ours.
    started = now - 2 * RECENT if by == Factor.PARTNER else now
    with transaction.atomic(durable=True):
        if former:
            BrowserSession.objects.filter(pk=former).delete()
        session.clear()
        session.update(
            {
                "account": account_id,
                "started": started.timestamp(),
                "shared": shared,
                "network": network,
                "browser": browser[:200],
                "by": by,
                "mine": mine,
                "staff": is_staff,
            }
        )
        session.set_expiry(0 if shared else int(MINE.total_seconds()) if mine else None)
        session.create()
        record(
            "signin.signed-in",
            to=f"account:{account_id}",
            by=f"account:{account_id}",
            at=now,
            shared=shared,
            network=network,
            browser=browser_words(browser),
        )
        if mark and note_browser(account_id, mark, network=network, told=browser, now=now):
            where = f"{browser_words(browser)}, réseau {network}"
            return tell(account_id, "new-browser", now=now, detail=where)
    return None


@transaction.atomic(durable=True)
def sweep(*, now: datetime) -> None:
    """Sessions and failures that count no more."""
    BrowserSession.objects.filter(expire_date__lt=now - SWEPT_AFTER).delete()
    InterruptedAct.objects.filter(until__lt=now).delete()
    Attempts.objects.filter(last_at__lt=now - SWEPT_AFTER).delete()


def touch(session_key: str, ends_at: datetime, *, now: datetime) -> None:
    """Move the end of a session that is not over. One statement."""
    BrowserSession.objects.filter(pk=session_key, expire_date__gt=now).update(expire_date=ends_at)


def end_session(
    session_key: str, account_id: int, revocations: Revocations, *, now: datetime, continued_by: str = ""
) -> SessionsEnded:
    """Use case: sign out. The mail tokens of the session die with it (run the event now).

    `continued_by`: the session that takes its place, for applications entered with this one.
    """
    with transaction.atomic(durable=True):
        BrowserSession.objects.filter(pk=session_key).delete()
        event = SessionsEnded(
            forget_tokens([account_id], session_key=session_key), [session_key], continued_by
        )
        record("signin.signed-out", to=f"account:{account_id}", by=f"account:{account_id}", at=now)
        announce(event)
    revocations.bump([session_key])
    return event


def end_other_sessions(
    account_id: int, but_key: str, revocations: Revocations, *, by: str, now: datetime
) -> SessionsEnded:
    """Use case: end every session of an account but one ("" = all). Run the event now."""
    with transaction.atomic(durable=True):
        gone = BrowserSession.objects.filter(account_id=account_id).exclude(pk=but_key)
        keys = list(gone.values_list("pk", flat=True))
        gone.delete()
        dead = [sha for key in keys for sha in forget_tokens([account_id], session_key=key)]
        event = SessionsEnded(dead, keys)
        record("signin.sessions-ended", to=f"account:{account_id}", by=by, at=now, number=len(keys))
        announce(event)
    revocations.bump(keys)
    return event


def drop_sessions(account_id: int, *, by: str, now: datetime) -> SessionsEnded:
    """Every session of an account ends, with all its mail tokens. Inside the caller's transaction.

    The caller bumps the revocations after commit, and runs the event.
    """
    gone = BrowserSession.objects.filter(account_id=account_id)
    keys = list(gone.values_list("pk", flat=True))
    gone.delete()
    dead = [sha for key in keys for sha in forget_tokens([], session_key=key)]
    event = SessionsEnded([*dead, *forget_tokens([account_id])], keys)
    record("signin.sessions-ended", to=f"account:{account_id}", by=by, at=now, number=len(keys))
    announce(event)
    return event


def end_sessions_of_closed(
    account_ids: Sequence[int], revocations: Revocations, *, now: datetime
) -> list[str]:
    """Use case: put out whoever is no longer active; the SHA-256 of tokens to refuse. Safe to run twice."""
    closed = [facts.account_id for facts in account_facts(account_ids, now) if facts.state in _SHUT]
    dead: list[str] = []
    for some in batched(closed, 1000, strict=False):
        with transaction.atomic(durable=True):
            gone = BrowserSession.objects.filter(account_id__in=some)
            keys = list(gone.values_list("pk", flat=True))
            gone.delete()
            dead += [sha for key in keys for sha in forget_tokens([], session_key=key)]
            dead += forget_tokens(some)
    if closed:
        revocations.bump()  # others may have these mailboxes open: not these sessions alone are over
    return dead
