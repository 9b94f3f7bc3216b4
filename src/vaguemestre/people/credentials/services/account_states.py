"""Account states: open, suspend, resume, close and reopen accounts and mailboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.events import AccountsChanged, AccountsOpened, OfficeChanged
from vaguemestre.people.credentials.models import (
    Account,
    ActivationLink,
    OneTimeDevice,
    Passkey,
    RecoveryCode,
    RecoveryContact,
)
from vaguemestre.people.credentials.rules.account_states import StateChange, state_after
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.people.credentials.services.passwords import with_taken
from vaguemestre.people.credentials.services.rollback import UNDO_LIFE
from vaguemestre.people.credentials.values import AccountRole, AccountState, MailboxState


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open; a technical one has no person."""

    person_id: int | None
    username: str
    mailbox: str
    quota_mb: int
    role: AccountRole = AccountRole.AGENT


_PARTICIPLES: Mapping[StateChange, str] = {
    "suspend": "suspended",
    "resume": "resumed",
    "close": "closed",
    "reopen": "reopened",
}


_MAILBOX_AFTER: Mapping[StateChange, MailboxState] = {
    "close": MailboxState.CLOSED,
    "reopen": MailboxState.OPEN,
}


def lock_account_row(account_id: int) -> None:
    """Wait for whoever locked that account, and hold it until the caller's transaction ends."""
    Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()


def note_sessions_ended(account_id: int, *, now: datetime) -> None:
    """Void the sign-ins begun before: the account's sessions end. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(sessions_ended_at=now)


def open_account(
    person_id: int | None,
    username: str,
    mailbox: str,
    role: AccountRole,
    quota_mb: int,
    *,
    by: str,
    now: datetime,
) -> int:
    """Open one account (`open_accounts`). Returns its id."""
    return open_accounts([NewAccount(person_id, username, mailbox, quota_mb, role)], by=by, now=now)[0]


def open_accounts(accounts: Sequence[NewAccount], *, by: str, now: datetime) -> list[int]:
    """Open accounts: pending, without a password. Returns their ids, in order.

    Inside the caller's transaction. Raises IntegrityError for a username or a person taken meanwhile.
    """
    rows = Account.objects.bulk_create(
        [
            Account(
                person_id=account.person_id,
                username=account.username,
                mailbox=account.mailbox,
                role=account.role,
                quota_mb=account.quota_mb,
                password=make_password(None),
                state_since=now,
                mailbox_since=now,
            )
            for account in accounts
        ],
        batch_size=500,
    )
    record_many(
        Line(
            "credentials.account-opened",
            to=account_subject(r.pk),
            by=by,
            at=now,
            details={"username": r.username},
        )
        for r in rows
    )
    account_ids = [row.pk for row in rows]
    if rows:
        announce(AccountsChanged(account_ids))
        announce(AccountsOpened(account_ids))
    return account_ids


def open_boxes(boxes: Sequence[NewAccount], *, by: str, now: datetime) -> list[int]:
    """Open accounts of shared mailboxes, which sessions of their members open: active, never a password.

    Returns their ids. Inside the caller's transaction. Raises IntegrityError for a username taken meanwhile.
    """
    account_ids = open_accounts([replace(box, role=Account.Role.BOX) for box in boxes], by=by, now=now)
    Account.objects.filter(pk__in=account_ids).update(state=AccountState.ACTIVE, activated_at=now)
    return account_ids


def change_states(
    account_ids: Sequence[int], act: StateChange, *, by: str, now: datetime, note: str = ""
) -> int:
    """Suspend, resume, close or reopen accounts; `note`: why, for the journal. Returns how many changed.

    Closing an account closes its mailbox, reopening opens it; call `move_mailboxes` afterwards for another
    state. Inside the caller's transaction. Raises Refusal `credentials.state-not-possible`.
    """
    rows = list(Account.objects.select_for_update().filter(pk__in=account_ids))
    changed = []
    for row in rows:
        after = state_after(AccountState(row.state), act, was_activated=row.activated_at is not None)
        if after != row.state:
            row.state, row.state_since = after, now
            changed.append(row)
    Account.objects.bulk_update(changed, ("state", "state_since"), batch_size=200)
    details = {"note": note} if note else {}
    record_many(
        Line(f"credentials.account-{_PARTICIPLES[act]}", account_subject(row.pk), by, now, details)
        for row in changed
    )
    if changed and act in _MAILBOX_AFTER:
        _set_mailboxes([row.pk for row in changed], _MAILBOX_AFTER[act], by=by, now=now)
    if changed:
        announce(AccountsChanged([row.pk for row in changed]))
    return len(changed)


def move_mailboxes(account_ids: Sequence[int], state: MailboxState, *, by: str, now: datetime) -> int:
    """Set the mailboxes of those accounts to that state. Returns how many changed.

    The state of the account does not matter: a closed account may still receive. Inside the caller's
    transaction.
    """
    changed = _set_mailboxes(account_ids, state, by=by, now=now)
    if changed:
        announce(AccountsChanged(changed))
    return len(changed)


def hold_mailbox(account_id: int, *, by: str, now: datetime, since: datetime | None = None) -> None:
    """Hold a mailbox: nothing opens it until it is released; mail still arrives. A closed one stays closed.

    `since`: when a hold that was interrupted began. Inside the caller's transaction.
    """
    if Account.objects.filter(pk=account_id, mailbox_state=Account.Mailbox.OPEN).exists():
        move_mailboxes([account_id], Account.Mailbox.HELD, by=by, now=now)
        Account.objects.filter(pk=account_id).update(mailbox_since=since or now)


@transaction.atomic(durable=True)
def release_mailboxes(held_before: datetime, *, by: str, now: datetime) -> int:
    """Use case: release the mailboxes held since that moment or earlier. Returns the count."""
    rows = Account.objects.filter(mailbox_state=Account.Mailbox.HELD, mailbox_since__lte=held_before)
    return move_mailboxes(list(rows.values_list("pk", flat=True)), Account.Mailbox.OPEN, by=by, now=now)


def set_quotas(quotas: Mapping[int, int], *, by: str, now: datetime) -> int:
    """Set the size of mailboxes, account → MB. Returns how many changed. Inside the caller's transaction."""
    rows = [
        row
        for row in Account.objects.select_for_update().filter(pk__in=quotas)
        if row.quota_mb != quotas[row.pk]
    ]
    record_many(
        Line(
            "credentials.quota-set",
            account_subject(row.pk),
            by,
            now,
            {"before": row.quota_mb, "after": quotas[row.pk]},
        )
        for row in rows
    )
    for row in rows:
        row.quota_mb = quotas[row.pk]
    Account.objects.bulk_update(rows, ("quota_mb",), batch_size=200)
    if rows:
        announce(AccountsChanged([row.pk for row in rows]))
    return len(rows)


def demand_second_factor(account_ids: Sequence[int], *, is_demanded: bool, by: str, now: datetime) -> None:
    """Ask accounts for a second factor whatever their role, or no longer. In the caller's transaction."""
    rows = Account.objects.filter(pk__in=account_ids, factor_demanded_at__isnull=is_demanded)
    changed = list(rows.select_for_update().values_list("pk", flat=True))
    Account.objects.filter(pk__in=changed).update(factor_demanded_at=now if is_demanded else None)
    act = "credentials.factor-demanded" if is_demanded else "credentials.factor-waived"
    record_many(Line(act, to=account_subject(pk), by=by, at=now) for pk in changed)


def rename_account(account_id: int, username: str, *, by: str, now: datetime) -> None:
    """Set another username, reserved before; the mailbox keeps its name. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(username=username)
    record_many(
        [Line("credentials.account-renamed", account_subject(account_id), by, now, {"username": username})]
    )
    announce(AccountsChanged([account_id]))


def withdraw_proofs(account_id: int, *, by: str, now: datetime) -> None:
    """Withdraw every means of sign-in, as a thief may have added some: password, devices, codes, passkeys.

    The password cannot be chosen again. Contacts confirmed more than `UNDO_LIFE` ago stay. The account stays
    activated, so a NUMEN alone does not open it. Inside the caller's transaction.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    account.taken_passwords = with_taken(account, account.password, account.former_password)
    account.password, account.former_password, account.former_until = make_password(None), "", None
    account.save(update_fields=["password", "former_password", "former_until", "taken_passwords"])
    OneTimeDevice.objects.filter(account_id=account_id).delete()
    RecoveryCode.objects.filter(account_id=account_id).delete()
    Passkey.objects.filter(account_id=account_id).delete()
    rested = {"confirmed_at__lt": now - UNDO_LIFE, "usable_at__lte": now}
    RecoveryContact.objects.filter(account_id=account_id).exclude(**rested).delete()
    ActivationLink.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    record_many([Line("credentials.proofs-withdrawn", account_subject(account_id), by, now)])


def give_role(account_id: int, role: AccountRole, *, by: str, now: datetime, reason: str = "") -> None:
    """Set the role of an account, for its own académie. Inside the caller's transaction.

    Run `OfficeChanged` after the commit: until then a session remembers the former role for a while.
    """
    row = Account.objects.filter(pk=account_id)
    facts = {"former_role": row.values_list("role", flat=True).first() or "", "role": role, "reason": reason}
    row.update(role=Account.Role(role), spans_academies=False)
    record_many([Line("credentials.role-given", account_subject(account_id), by, now, facts)])
    announce(OfficeChanged(account_id))


def leave_office(account_id: int, *, by: str, now: datetime) -> None:
    """Take the staff role of somebody who leaves their académie. Inside the caller's transaction."""
    if Account.objects.filter(pk=account_id, role__in=DUE_ROLES).exists():
        give_role(account_id, Account.Role.AGENT, by=by, now=now)


@transaction.atomic(durable=True)
def set_span(account_id: int, *, spans: bool, by: str, now: datetime) -> None:
    """Use case: extend the office of an account to every académie, or limit it to its own."""
    if Account.objects.filter(pk=account_id).exclude(spans_academies=spans).update(spans_academies=spans):
        record_many(
            [Line("credentials.span-changed", account_subject(account_id), by, now, {"spans": spans})]
        )
        announce(OfficeChanged(account_id))


@transaction.atomic(durable=True)
def move_account(username: str, act: StateChange, *, by: str, now: datetime) -> int:
    """Use case: `change_states` for the account of that username. Returns its id.

    Raises Refusal `credentials.account-unknown` or `credentials.state-not-possible`.
    """
    account_id = Account.objects.filter(username=username.lower()).values_list("pk", flat=True).first()
    if account_id is None:
        raise Refusal("credentials.account-unknown", username=username)
    change_states([account_id], act, by=by, now=now)
    return account_id


def _set_mailboxes(account_ids: Sequence[int], state: MailboxState, *, by: str, now: datetime) -> list[int]:
    rows = Account.objects.select_for_update().filter(pk__in=account_ids).exclude(mailbox_state=state)
    changed = list(rows.values_list("pk", flat=True))
    Account.objects.filter(pk__in=changed).update(mailbox_state=Account.Mailbox(state), mailbox_since=now)
    record_many(Line(f"credentials.mailbox-{state}", to=account_subject(pk), by=by, at=now) for pk in changed)
    return changed
