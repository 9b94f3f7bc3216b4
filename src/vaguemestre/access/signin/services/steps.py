"""Steps of a sign-in. Each costs the same whether the account exists or not."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.access.signin.failure_storm import failed_attempts
from vaguemestre.access.signin.queries import is_forgotten_browser
from vaguemestre.access.signin.rules import throttle as budgets_of
from vaguemestre.access.signin.rules.browsers import browser_mark
from vaguemestre.access.signin.rules.proof_of_work import Price
from vaguemestre.access.signin.rules.steps import factors_due, next_step
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.access.signin.services.sessions import account_mark
from vaguemestre.access.signin.services.throttle import (
    charge,
    charge_attempt,
    record_spray,
    refund,
    reset_failures,
)
from vaguemestre.access.signin.values import (
    Deferred,
    Denied,
    Factor,
    Granted,
    LoginAttempt,
    NumenTyped,
    PendingSignIn,
    Proof,
    Step,
)
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import (
    devices_of,
    find_account,
    identified,
    presented,
    public_keys_of,
)
from vaguemestre.people.credentials.rules.one_time import code_typed, passcode_typed
from vaguemestre.people.credentials.rules.second_factors import Policy
from vaguemestre.people.credentials.services import (
    equalize_hash_cost,
    hash_password,
    hash_slot,
    matches_hash,
    needs_rehash,
    save_rehash,
    use_code,
    use_recovery_code,
)
from vaguemestre.people.credentials.values import (
    AccountState,
    ConfirmedDevice,
    DeviceKind,
    Identified,
    SecretKeys,
)
from vaguemestre.people.directory.rules.numens import is_numen


class _SecretCheck(NamedTuple):
    """The secret field compared: with which factor and hash, and the key whose code is due."""

    factor: Factor
    device: ConfirmedDevice | None
    compared_hash: str
    matches: bool


def begin_sign_in(
    attempt: LoginAttempt,
    keys: SecretKeys,
    *,
    now: datetime,
    numen_leads_on: bool = True,
    policy: Policy | None = None,
) -> Step | NumenTyped | Deferred:
    """Use case: check the name and secret of the sign-in page.

    `numen_leads_on` (a setting): a NUMEN typed there leads to the first-activation page, whatever the name
    and whoever owns the NUMEN, so that it reveals nothing of either.

    Exactly one slow hash is computed, against a dummy if there is none to compare with. After a failure one
    of the other kind follows, so that the response time does not reveal an administrator's heavier hash.
    Without a free hashing slot the attempt is deferred and not charged.
    """
    account = find_account(attempt.name)
    price = _price_of(account.account_id if account else 0, attempt, keys, now)
    with hash_slot() as has_place:
        if not has_place:
            return Deferred()
        if due := charge_attempt(price, attempt.work, now=now):
            return (
                Denied("signin.wait", due.wait) if due.wait else Deferred(due.level, due.count, due.subject)
            )
        step = _check_attempt(account, attempt, keys, price, now=now, policy=policy)
    if isinstance(step, Denied):
        failed_attempts.record(now)
        if numen_leads_on and is_numen(attempt.secret):
            return NumenTyped()
    return step


def _check_attempt(
    account: Identified | None,
    attempt: LoginAttempt,
    keys: SecretKeys,
    price: Price,
    *,
    now: datetime,
    policy: Policy | None,
) -> Step:
    """Compare a charged attempt, then settle it."""
    account_id = account.account_id if account else 0
    check = _check_secret(account, attempt.secret)
    is_proved = check.matches
    better = _better_hash(account, attempt.secret) if is_proved and check.factor is Factor.PASSWORD else ""
    devices, passkeys = devices_of(account_id), public_keys_of(account_id)
    is_due = account is not None and (account.owes_factor or account.role in (policy or Policy()).roles)
    pending = PendingSignIn(
        account_id=account.account_id if account and account.state == AccountState.ACTIVE else 0,
        needed=factors_due(check.factor, gives_codes=bool(devices), needs_passkey=is_due and bool(passkeys)),
        started=now,
        shared=attempt.shared,
        mine=attempt.mine,
        mark=account_mark(replace(account, hashed=better or account.hashed)) if account else "",
    )
    with transaction.atomic(durable=True):
        if check.device and is_proved:
            _, code = passcode_typed(attempt.secret) or ("", "")
            is_proved = use_code(pending.account_id, check.device, code, keys, now=now)
        step = next_step(pending, Proof(check.factor, is_proved), now=now)
        if isinstance(step, Denied):
            record_spray(budgets_of.target_subject(account_id, attempt.name), price.watched, now=now)
        _settle(step, pending.account_id, price.budgets, now=now)
    if better and not isinstance(step, Denied):
        with transaction.atomic(durable=True):
            save_rehash(account_id, better)
    if isinstance(step, Denied):
        equalize_hash_cost(attempt.secret, check.compared_hash)
    return step


def continue_sign_in(pending: PendingSignIn, code: str, keys: SecretKeys, *, now: datetime) -> Step:
    """Use case: check the code of the second step. The account and its password are read again.

    A sign-in that read the account before its sessions were ended is void.
    """
    account = identified(pending.account_id)
    if account.state != AccountState.ACTIVE or pending.mark != account_mark(account):
        pending = replace(pending, account_id=0)
    # The password is already proved: codes have a budget of their own, which strangers cannot spend.
    budgets = {f"code:{account.account_id}": budgets_of.ACCOUNT}
    if wait := charge(budgets, now=now):
        return Denied("signin.wait", wait)
    typed = code_typed(code)
    with transaction.atomic(durable=True):
        devices = devices_of(pending.account_id)
        is_proved = any(use_code(pending.account_id, d, typed, keys, now=now) for d in devices)
        if not is_proved and devices and use_recovery_code(pending.account_id, code, keys, now=now):
            is_proved = True
            notify_owner(pending.account_id, "recovery-code-used", now=now)
        step = next_step(pending, Proof(Factor.CODE, is_proved), now=now)
        failed = not isinstance(step, Granted)
        _settle(Denied("signin.wrong") if failed else step, pending.account_id, budgets, now=now)
    return step


def sign_in_by_partner(account_id: int, *, shared: bool, now: datetime, policy: Policy | None = None) -> Step:
    """Use case: a trusted partner (the ENT) vouches for the identity, instead of a password.

    The second factor is still checked here. Accounts that must always hold one sign in here instead.
    """
    account = identified(account_id)
    devices, user = devices_of(account.account_id), presented(account.account_id)
    owes_factor = account.owes_factor or account.role in (policy or Policy()).roles
    must_sign_in_here = owes_factor or user is None or user.is_barred
    if account.state != AccountState.ACTIVE or must_sign_in_here:
        with transaction.atomic(durable=True):
            _settle(Denied("signin.partner-refused"), account.account_id, {}, now=now)
        return Denied("signin.partner-refused")
    needed = (Factor.PARTNER, Factor.CODE) if devices else (Factor.PARTNER,)
    pending = PendingSignIn(account.account_id, needed, now, shared, mark=account_mark(account))
    return next_step(pending, Proof(Factor.PARTNER, holds=True), now=now)


def _price_of(account_id: int, attempt: LoginAttempt, keys: SecretKeys, now: datetime) -> Price:
    """The budgets an attempt is charged to, and the spray counters, unless the browser is the owner's."""
    # queried for unknown accounts too: equal work
    forgotten = is_forgotten_browser(account_id, browser_mark(attempt.browser))
    if account_id and account_id in attempt.browser_accounts and not forgotten:
        own = f"browser:{account_id}:{attempt.browser}"
        return Price(own, {own: budgets_of.BROWSER}, network=attempt.network)
    target = budgets_of.target_subject(account_id, attempt.name)
    own = budgets_of.near_subject(target, budgets_of.customer_network(attempt.network))
    secret_sha256 = hashlib.sha256(attempt.secret.encode()).hexdigest()
    sprays = budgets_of.spray_budgets(secret_sha256, attempt.network, keys.sealing[keys.current])
    return Price(
        own,
        {
            own: budgets_of.NEAR,
            target: budgets_of.ANYWHERE,
            f"network:{attempt.network}": budgets_of.NETWORK,
        },
        sprays,
        total=target,
        network=attempt.network,
        pressure=failed_attempts.level(now),
    )


def _better_hash(account: Identified | None, secret: str) -> str:
    """The password hashed with the role's current parameters; "" if the stored hash has them already."""
    if account is None or not needs_rehash(account.hashed, account.role):
        return ""
    return hash_password(secret, account.role)


def _check_secret(account: Identified | None, secret: str) -> _SecretCheck:
    """One slow hash: the PIN of an OTP key if a passcode was typed, else the password."""
    active = account if account and account.state == AccountState.ACTIVE else None
    keys = [
        d for d in devices_of(active.account_id if active else 0) if d.kind is DeviceKind.KEY and d.hashed_pin
    ]
    passcode = passcode_typed(secret)
    if keys and passcode:
        pin_hash = keys[0].hashed_pin
        return _SecretCheck(Factor.PASSCODE, keys[0], pin_hash, matches_hash(passcode[0], pin_hash))
    password_hash = active.hashed if active else ""
    return _SecretCheck(Factor.PASSWORD, None, password_hash, matches_hash(secret, password_hash))


def _settle(step: Step, account_id: int, budgets: Mapping[str, budgets_of.Budget], *, now: datetime) -> None:
    """Record a refusal, or refund the attempt."""
    if isinstance(step, Denied):
        record(
            "signin.refused", to=account_subject(account_id) if account_id else "nobody", by="anybody", at=now
        )
        return
    refund(budgets)
    if isinstance(step, Granted):
        reset_failures([subject for subject in budgets if not subject.startswith("network:")])
