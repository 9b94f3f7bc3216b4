"""The steps of a sign-in. Every one of them costs the same whether the account exists or not."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.pressure import vain
from vaguemestre.access.signin.queries import is_forgotten
from vaguemestre.access.signin.rules import throttle as budgets_of
from vaguemestre.access.signin.rules.browsers import browser_mark
from vaguemestre.access.signin.rules.steps import after, factors_due
from vaguemestre.access.signin.rules.tolls import Price
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.access.signin.services.throttle import clear, give_back, note_spray, pay, pay_toll
from vaguemestre.access.signin.values import (
    Asked,
    Attempt,
    Denied,
    Factor,
    Granted,
    Later,
    NumenGiven,
    Proof,
    Step,
)
from vaguemestre.foundation.journal.services import record
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
from vaguemestre.people.credentials.values import ConfirmedDevice, Identified, SecretKeys
from vaguemestre.people.directory.rules.numens import is_numen

_ACTIVE = "active"


def begin(
    asked: Asked,
    keys: SecretKeys,
    *,
    now: datetime,
    numen_leads_on: bool = True,
    policy: Policy | None = None,
) -> Step | NumenGiven | Later:
    """Use case: the name and the one secret field of the sign-in page.

    `numen_leads_on`: whether a NUMEN typed there leads to the page of first activations (a setting): whatever
    the name and whosever the NUMEN, so that nothing is told of either.

    Exactly one slow hash is computed, against a hash of nobody's where there is none to compare with; when it
    is in vain, one of the other kind too: an administrator's, which is heavier, is not heard. Nobody waits
    for a hash here: without a place for it, the try comes back later, and is not charged.
    """
    account = find_account(asked.name)
    price = _price(account.account_id if account else 0, asked, keys, now)
    with hash_slot() as has_place:
        if not has_place:
            return Later()
        if unpaid := pay_toll(price, asked.shown, now=now):
            return (
                Denied("signin.wait", unpaid.wait)
                if unpaid.wait
                else Later(unpaid.level, unpaid.count, unpaid.subject)
            )
        step = _looked_at(account, asked, keys, price, now=now, policy=policy)
    if isinstance(step, Denied):
        vain.note(now)
        if numen_leads_on and is_numen(asked.secret):
            return NumenGiven()
    return step


def _looked_at(
    account: Identified | None,
    asked: Asked,
    keys: SecretKeys,
    price: Price,
    *,
    now: datetime,
    policy: Policy | None,
) -> Step:
    """A try that was charged, compared and settled."""
    known_id = account.account_id if account else 0
    first, device, against, proved = _prove_slowly(account, asked.secret)
    better = _better_hash(account, asked.secret) if proved and first is Factor.PASSWORD else ""
    devices, passkeys = devices_of(known_id), public_keys_of(known_id)
    due = account is not None and account.role in (policy or Policy()).roles
    attempt = Attempt(
        account_id=account.account_id if account and account.state == _ACTIVE else 0,
        needed=factors_due(first, gives_codes=bool(devices), needs_passkey=due and bool(passkeys)),
        started=now,
        shared=asked.shared,
        mine=asked.mine,
    )
    with transaction.atomic(durable=True):
        if device and proved:
            _, code = passcode_typed(asked.secret) or ("", "")
            proved = use_code(attempt.account_id, device, code, keys, now=now)
        step = after(attempt, Proof(first, proved), now=now)
        if isinstance(step, Denied):
            note_spray(budgets_of.target_of(known_id, asked.name), price.watched, now=now)
        _settle(step, attempt.account_id, price.budgets, now=now)
    if better and not isinstance(step, Denied):
        with transaction.atomic(durable=True):
            save_rehash(known_id, better)
    if isinstance(step, Denied):
        equalize_hash_cost(asked.secret, against)
    return step


def go_on(attempt: Attempt, code: str, asked: Asked, keys: SecretKeys, *, now: datetime) -> Step:
    """Use case: the second step's code. The account may have changed since the first: it is read again."""
    account = identified(attempt.account_id)
    if account.state != _ACTIVE:
        attempt = replace(attempt, account_id=0)
    # A password was proved: codes are guessed on a budget of their own, that strangers who fail do not spend.
    budgets = {f"code:{account.account_id}": budgets_of.ACCOUNT}
    if wait := pay(budgets, now=now):
        return Denied("signin.wait", wait)
    typed = code_typed(code)
    with transaction.atomic(durable=True):
        devices = devices_of(attempt.account_id)
        burnt = any(use_code(attempt.account_id, d, typed, keys, now=now) for d in devices)
        if not burnt and devices and use_recovery_code(attempt.account_id, code, keys, now=now):
            burnt = True
            tell(attempt.account_id, "recovery-code-used", now=now)
        step = after(attempt, Proof(Factor.CODE, burnt), now=now)
        failed = not isinstance(step, Granted)
        _settle(Denied("signin.wrong") if failed else step, attempt.account_id, budgets, now=now)
    return step


def by_partner(account_id: int, *, shared: bool, now: datetime, policy: Policy | None = None) -> Step:
    """Use case: a house this one trusts (the ENT) says who it is, in place of the password.

    The second factor is still ours to ask. Whoever must always hold one comes by our own door.
    """
    account = identified(account_id)
    devices, shown = devices_of(account.account_id), presented(account.account_id)
    ours = account.role in (policy or Policy()).roles or shown is None or shown.is_barred
    if account.state != _ACTIVE or ours:
        with transaction.atomic(durable=True):
            _settle(Denied("signin.partner-refused"), account.account_id, {}, now=now)
        return Denied("signin.partner-refused")
    needed = (Factor.PARTNER, Factor.CODE) if devices else (Factor.PARTNER,)
    attempt = Attempt(account.account_id, needed, now, shared)
    return after(attempt, Proof(Factor.PARTNER, holds=True), now=now)


def _price(account_id: int, asked: Asked, keys: SecretKeys, now: datetime) -> Price:
    """What a try is charged to, and what else may ask for work: sprays, unless the browser is its owner's."""
    forgotten = is_forgotten(account_id, browser_mark(asked.browser))  # asked whoever it is: equal work
    known = bool(account_id) and account_id in asked.browser_accounts and not forgotten
    if known:
        own = f"browser:{account_id}:{asked.browser}"
        return Price(own, {own: budgets_of.BROWSER}, network=asked.network)
    target = budgets_of.target_of(account_id, asked.name)
    own = budgets_of.near_of(target, asked.network)
    secret_sha256 = hashlib.sha256(asked.secret.encode()).hexdigest()
    sprays = budgets_of.sprayed(secret_sha256, asked.network, keys.sealing[keys.current])
    return Price(
        own,
        {
            own: budgets_of.NEAR,
            target: budgets_of.ANYWHERE,
            f"network:{asked.network}": budgets_of.NETWORK,
        },
        sprays,
        total=target,
        network=asked.network,
        pressure=vain.level(now),
    )


def _better_hash(account: Identified | None, secret: str) -> str:
    """The password hashed as that role's are now, where it was hashed otherwise."""
    if account is None or not needs_rehash(account.hashed, account.role):
        return ""
    return hash_password(secret, account.role)


def _prove_slowly(
    account: Identified | None, secret: str
) -> tuple[Factor, ConfirmedDevice | None, str, bool]:
    """By which factor one comes, the key that must burn the code, the hash compared with, and if it holds."""
    active = account if account and account.state == _ACTIVE else None
    held = [d for d in devices_of(active.account_id if active else 0) if d.kind == "key" and d.hashed_pin]
    passcode = passcode_typed(secret)
    if held and passcode:
        pin = held[0].hashed_pin
        return Factor.PASSCODE, held[0], pin, matches_hash(passcode[0], pin)
    kept = active.hashed if active else ""
    return Factor.PASSWORD, None, kept, matches_hash(secret, kept)


def _settle(step: Step, account_id: int, budgets: Mapping[str, budgets_of.Budget], *, now: datetime) -> None:
    """Keep the failure that was paid for, or give it back; then the line of the journal."""
    if isinstance(step, Denied):
        record("signin.refused", to=f"account:{account_id}" if account_id else "nobody", by="anybody", at=now)
        return
    give_back(budgets)
    if isinstance(step, Granted):
        clear([subject for subject in budgets if not subject.startswith("network:")])
