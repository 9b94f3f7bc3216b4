"""Accounts as the desk sees them, without secrets or content."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.access.assistant.queries import issued_code_until
from vaguemestre.access.signin.queries import (
    SessionRow,
    last_sign_ins,
    outreaches,
    sessions_of,
    throttle_of,
)
from vaguemestre.desks.helpdesk.rules.history_labels import HISTORY_LABELS
from vaguemestre.desks.helpdesk.values import (
    AccountDetail,
    AccountImpact,
    AccountRow,
    ActionTarget,
    HistoryLine,
)
from vaguemestre.foundation.journal.queries import EntrySummary, entries_about
from vaguemestre.foundation.journal.values import account_subject, number_of, numbers_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import (
    AppPasswordSummary,
    Presented,
    accounts_by_person,
    app_passwords_of,
    devices_of,
    find_account,
    identified,
    is_account_in,
    passkeys_of,
    presented,
    recovery_codes_left,
    usable_contact,
    usernames_of,
)
from vaguemestre.people.credentials.queries.factors import waiting_for_password
from vaguemestre.people.credentials.queries.holders import people_of_usernames
from vaguemestre.people.credentials.queries.keys import current_key
from vaguemestre.people.credentials.rules.delivered_codes import masked
from vaguemestre.people.credentials.values import AccountState, DeviceKind
from vaguemestre.people.directory.queries import (
    find_person,
    helpdesk_people_page,
    newest_post_label,
    people_of_near_names,
)
from vaguemestre.people.directory.values import DirectoryEntry
from vaguemestre.people.lifecycle.queries import suspended_by_service
from vaguemestre.post.outbox.queries import count_on_hold, waiting_messages
from vaguemestre.schools.sharing.queries import title_of_box

KEY_LABEL = "clé OTP"

_SCANNED_LINES = 200
_HISTORY_LINES = 60


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody comes in: last sign-in from a browser, open sessions, programs with their own password."""

    last_at: datetime | None
    sessions: Sequence[SessionRow]
    programs: Sequence[AppPasswordSummary]


def ways_in(account_id: int, now: datetime) -> WaysIn:
    """The ways in of an account, without anything that opens it."""
    return WaysIn(
        last_sign_ins([account_id]).get(account_id),
        sessions_of(account_id, "", now),
        app_passwords_of(account_id),
    )


def search_accounts(
    typed: str, *, backwards: bool = False, first: int = 0, count: int = 30, academy_id: int = 0
) -> tuple[list[AccountRow], int]:
    """A page of accounts by username, address, name or school, and the number of matching people.

    An exact match heads the first page and is left out of the others. `academy_id`: only its accounts; 0 for
    all.
    """
    typed = _search_term(typed)
    if not typed:
        return [], 0
    exact = find_account(typed)
    if exact and not (is_account_in(exact.account_id, academy_id) and account_seen(exact.account_id)):
        exact = None
    people, total = helpdesk_people_page(
        typed,
        backwards=backwards,
        first=first,
        count=count,
        academy_id=academy_id,
        others=people_of_usernames(typed),
    )
    rows = _rows_of_people(people)
    if exact:
        rows = [row for row in rows if row.account_id != exact.account_id]
        if first == 0:
            rows[:0] = _rows([exact.account_id])
    return rows, max(total, len(rows))


def _rows_of_people(people: Sequence[DirectoryEntry]) -> list[AccountRow]:
    """Rows of those who have an account."""
    accounts = accounts_by_person([person.person_id for person in people])
    locked = waiting_for_password(account.account_id for account in accounts.values())
    return [
        AccountRow(
            account.account_id,
            account.username,
            person.name,
            person.address,
            person.detail,
            account.state,
            account.account_id in locked,
        )
        for person in people
        if (account := accounts.get(person.person_id))
    ]


def _search_term(pasted: str) -> str:
    """The term to search: the address of « Nom <adresse> » and « mailto:adresse », else all of it."""
    address = re.search(r"<([^<>\s]+@[^<>\s]+)>|mailto:([^?\s]+)", pasted)
    return next(filter(None, address.groups())) if address else pasted.strip()


def account_seen(account_id: int) -> Presented | None:
    """The account, if the desk sees it: somebody's, or a shared mailbox; no list, no sender of notices.

    What those send bears private addresses, which the desk reads nowhere.
    """
    account = presented(account_id)
    if account is None or account.person_id is not None or title_of_box(account_id):
        return account
    return None


def accounts_of_near_names(typed: str, academy_id: int = 0) -> list[AccountRow]:
    """Accounts of people named nearly so, for a name misheard. `academy_id`: as `search_accounts`."""
    if "@" in typed or any(letter.isdigit() for letter in typed):
        return []
    people = people_of_near_names(typed, academy_id=academy_id)
    accounts = accounts_by_person(people)
    return _rows([accounts[pk].account_id for pk in people if pk in accounts])


def _rows(account_ids: Sequence[int]) -> list[AccountRow]:
    accounts = [account for pk in account_ids if (account := presented(pk))]
    locked = waiting_for_password(account.account_id for account in accounts)
    return [
        AccountRow(
            account.account_id,
            account.username,
            account.name,
            account.address,
            newest_post_label(account.person_id or 0),
            account.state,
            account.account_id in locked,
        )
        for account in accounts
    ]


def action_target(account_id: int, operator_id: int, now: datetime) -> ActionTarget:
    """The target of an operator's action. Raises Refusal `helpdesk.account-gone`."""
    account = presented(account_id)
    if account is None:
        raise Refusal("helpdesk.account-gone")
    return ActionTarget(
        account_id,
        account.role,
        account.state,
        contact_for_code(account_id, account.state, now),
        count_on_hold(account_id),
        has_key=current_key(account_id) is not None,
        can_send=account.state == AccountState.ACTIVE and account.mail_held_since is None,
        outreaches_operator=outreaches(account, operator_id),
        is_person=account.person_id is not None,
        is_suspended_by_service=bool(suspended_by_service([account_id])),
    )


def contact_for_code(account_id: int, state: AccountState, now: datetime) -> str:
    """The contact a code may be sent to: the verified one, or before activation the one from HR."""
    if state != AccountState.PENDING:
        return usable_contact(account_id, now)
    person = find_person(identified(account_id).person_id or 0)
    return person.recovery_address if person else ""


def account_detail(account_id: int, now: datetime) -> AccountDetail | None:
    """An account with its history; None if there is no such account, or if it is nobody's and no mailbox."""
    account = account_seen(account_id)
    if account is None:
        return None
    throttle = throttle_of(account_id, now)
    identity = identified(account_id)
    contact = contact_for_code(account_id, account.state, now)
    return AccountDetail(
        account_id=account_id,
        username=account.username,
        name=account.name,
        address=account.address,
        place=newest_post_label(identity.person_id or 0),
        role=account.role,
        state=account.state,
        is_locked=bool(waiting_for_password([account_id])),
        mail_held_since=account.mail_held_since,
        failures=throttle.failures,
        throttled_until=throttle.until,
        contact=masked(contact) if contact else "",
        code_until=issued_code_until(account_id, now),
        factors=_factors(account_id),
        history=_history(account_id, entries_about(account_subject(account_id), limit=_SCANNED_LINES)),
        is_person=identity.person_id is not None,
    )


def account_impact(account_id: int, now: datetime) -> AccountImpact:
    """What an action on an account would cut now. Raises Refusal `helpdesk.account-gone`."""
    account = account_detail(account_id, now)
    if account is None:
        raise Refusal("helpdesk.account-gone")
    return AccountImpact(
        name=account.name,
        username=account.username,
        place=account.place,
        contact=account.contact,
        sessions=len(sessions_of(account_id, "", now)),
        app_passwords=len(app_passwords_of(account_id)),
        factors=account.factors,
        has_recovery_codes=recovery_codes_left(account_id) > 0,
        has_password=bool(identified(account_id).hashed),
        has_code=account.code_until is not None,
        outgoing_messages=len(waiting_messages(account_id)),
        kept_back=count_on_hold(account_id),
    )


def _factors(account_id: int) -> tuple[str, ...]:
    """The French labels of an account's second factors."""
    kinds = {device.kind for device in devices_of(account_id)}
    labels = ["application"] if DeviceKind.APP in kinds else []
    labels += [KEY_LABEL] if DeviceKind.KEY in kinds else []
    labels += ["clé d’accès"] if passkeys_of(account_id) else []
    return tuple(labels)


def _history(account_id: int, lines: Sequence[EntrySummary]) -> tuple[HistoryLine, ...]:
    visible = [line for line in lines if line.action in HISTORY_LABELS][:_HISTORY_LINES]
    names = usernames_of(numbers_of("account", (line.by for line in visible)))
    return tuple(
        HistoryLine(
            line.at,
            HISTORY_LABELS[line.action],
            _actor(line.by, account_id, names),
            str(line.details.get("reason") or line.details.get("note") or ""),
        )
        for line in visible
    )


def _actor(by: str, account_id: int, names: dict[int, str]) -> str:
    """The French name of an actor."""
    number = number_of("account", by)
    if not number:
        return {"anybody": "Un visiteur", "cli": "L’exploitation"}.get(by, "Le système")
    return "La personne" if number == account_id else names.get(number, "Un compte disparu")
