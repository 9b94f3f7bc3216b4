"""Accounts and mailboxes are opened, held, renamed, given an office and erased; each change is journaled."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from tests.access.signin.authenticator import Device
from tests.access.signin.people import NOON, account, add_application

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import (
    Account,
    ActivationLink,
    AppPassword,
    FormerProgramKey,
    MailToken,
    OneTimeDevice,
    Passkey,
    RecoveryCode,
    RecoveryContact,
)
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import password_context_of
from vaguemestre.people.credentials.rules.passkeys import NewPasskey
from vaguemestre.people.credentials.services.account_states import (
    NewAccount,
    give_role,
    hold_mailbox,
    leave_office,
    move_account,
    move_mailboxes,
    open_account,
    open_boxes,
    release_mailboxes,
    rename_account,
    set_span,
    withdraw_proofs,
)
from vaguemestre.people.credentials.services.activation import accept_charter, add_activation_link
from vaguemestre.people.credentials.services.app_passwords import (
    add_app_password,
    revoke_app_passwords_held,
    revoke_every_app_password,
)
from vaguemestre.people.credentials.services.erasure import erase_account
from vaguemestre.people.credentials.services.one_time import make_recovery_codes
from vaguemestre.people.credentials.services.passkeys import add_passkey
from vaguemestre.people.credentials.services.passwords import (
    check_chosen_password,
    hash_password,
    save_password_hash,
)
from vaguemestre.people.credentials.services.recovery_contacts import confirm_contact, propose_contact
from vaguemestre.people.credentials.services.retention import (
    FORMER_KEYS_KEPT,
    LINKS_KEPT,
    delete_expired_tokens,
)
from vaguemestre.people.credentials.services.rollback import bar_password, undo_change
from vaguemestre.people.credentials.values import AccountRole, MailboxState

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def acts(of: int) -> list[str]:
    rows = Entry.objects.filter(to=f"account:{of}").order_by("pk")
    return [action.removeprefix("credentials.") for action in rows.values_list("action", flat=True)]


def test_an_opened_account_waits_without_a_password() -> None:
    number = open_account(
        None, "accueil", "accueil@ac-amiens.test", AccountRole.AGENT, 500, by="test", now=NOON
    )
    row = Account.objects.get(pk=number)
    assert (row.state, row.quota_mb, row.has_usable_password()) == ("pending", 500, False)
    assert acts(number) == ["account-opened"]


def test_a_shared_mailbox_is_active_and_never_has_a_password() -> None:
    [number] = open_boxes([NewAccount(None, "secretariat", "s@ac-amiens.test", 500)], by="test", now=NOON)
    row = Account.objects.get(pk=number)
    assert (row.state, row.role, row.has_usable_password()) == ("active", "box", False)


def test_a_held_mailbox_is_released_after_its_time_and_a_closed_one_stays_closed() -> None:
    held, closed = account(), account("parti", state="closed")
    for row in (held, closed):
        hold_mailbox(row.pk, by="test", now=NOON)
    states = dict(Account.objects.values_list("pk", "mailbox_state"))
    assert (states[held.pk], states[closed.pk]) == ("held", "closed")
    move_mailboxes([held.pk], MailboxState.HELD, by="test", now=LATER)  # unchanged: held since the first time
    assert acts(held.pk) == ["mailbox-held"]


@pytest.mark.django_db(transaction=True)
def test_mailboxes_held_long_enough_are_released() -> None:
    early, late = account(), account("autre")
    hold_in_transaction(early, late)
    assert release_mailboxes(NOON, by="test", now=LATER) == 1
    states = dict(Account.objects.values_list("pk", "mailbox_state"))
    assert (states[early.pk], states[late.pk]) == ("open", "held")


def hold_in_transaction(early: Account, late: Account) -> None:
    with transaction.atomic():
        hold_mailbox(early.pk, by="test", now=NOON)
        hold_mailbox(late.pk, by="test", now=LATER)


def test_a_renamed_account_keeps_its_mailbox() -> None:
    nicolas = account()
    rename_account(nicolas.pk, "nmorel2", by="test", now=NOON)
    row = Account.objects.get(pk=nicolas.pk)
    assert (row.username, row.mailbox) == ("nmorel2", "nmorel@ac-amiens.test")
    assert acts(nicolas.pk) == ["account-renamed"]


def test_an_office_ends_with_who_leaves_and_a_new_one_is_for_one_academie() -> None:
    officer, agent = account(role="hr_officer"), account("agent")
    Account.objects.filter(pk=officer.pk).update(spans_academies=True)
    give_role(officer.pk, AccountRole.HELPDESK, by="test", now=NOON)
    officer.refresh_from_db()
    assert (officer.role, officer.spans_academies) == ("helpdesk", False)
    for row in (officer, agent):
        leave_office(row.pk, by="test", now=NOON)
    officer.refresh_from_db()
    assert officer.role == "agent"
    assert acts(agent.pk) == []


def test_an_office_given_or_left_is_announced_to_whoever_remembers_it() -> None:
    officer = account(role="hr_officer")
    give_role(officer.pk, AccountRole.HELPDESK, by="test", now=NOON)
    leave_office(officer.pk, by="test", now=NOON)
    jobs = DBTaskResult.objects.values_list("args_kwargs", flat=True)
    told = Counter(job["args"][0] for job in jobs if job["args"][1].endswith(":OfficeChanged"))
    assert told
    assert set(told.values()) == {2}, told


@pytest.mark.django_db(transaction=True)
def test_an_office_is_widened_and_narrowed_once() -> None:
    officer = account(role="administrator")
    for spans in (True, True, False):
        set_span(officer.pk, spans=spans, by="test", now=NOON)
    officer.refresh_from_db()
    assert officer.spans_academies is False
    assert acts(officer.pk) == ["span-changed", "span-changed"]


@pytest.mark.django_db(transaction=True)
def test_an_account_is_moved_by_its_username_however_it_is_typed() -> None:
    nicolas = account()
    assert move_account("NMorel", "suspend", by="test", now=NOON) == nicolas.pk
    nicolas.refresh_from_db()
    assert nicolas.state == "suspended"
    with pytest.raises(Refusal, match="account-unknown"):
        move_account("personne", "suspend", by="test", now=NOON)


def with_every_proof() -> Account:
    nicolas, keys = account(), secret_keys.get()
    add_application(nicolas)
    make_recovery_codes(nicolas.pk, keys, by="test", now=NOON)
    add_passkey(nicolas.pk, NewPasskey(Device("x").credential_id.hex(), b"", 0), "Clé", by="test", now=NOON)
    code = propose_contact(nicolas.pk, "nicolas@chez-moi.example", keys, now=NOON)
    confirm_contact(nicolas.pk, code, keys, by="test", now=NOON)
    add_activation_link(nicolas.pk, by="test", now=NOON)
    return nicolas


def test_no_proof_is_left_to_a_thief_but_a_contact_that_has_rested() -> None:
    nicolas = with_every_proof()
    withdraw_proofs(nicolas.pk, by="test", now=LATER)
    assert not RecoveryContact.objects.exists()
    row = Account.objects.get(pk=nicolas.pk)
    assert not row.has_usable_password()
    assert row.activated_at == nicolas.activated_at
    for table in (OneTimeDevice, RecoveryCode, Passkey):
        assert not table._default_manager.exists()
    assert not ActivationLink.objects.filter(used_at=None).exists()
    rested, _ = (
        RecoveryContact.objects.create(
            account=row, address=address, code_until=NOON, confirmed_at=LATER - age, usable_at=LATER - age
        )
        for address, age in (("a@b.example", timedelta(days=8)), ("v@vol.example", timedelta(days=6)))
    )
    withdraw_proofs(nicolas.pk, by="test", now=LATER)
    assert RecoveryContact.objects.get() == rested


def may_choose(row: Account, password: str) -> bool:
    try:
        check_chosen_password(password, password_context_of(row.pk, password, lambda *_: ()))
    except Refusal as refusal:
        return refusal.code != "credentials.password-taken"
    return True


def test_a_password_that_a_thief_may_know_is_not_chosen_again() -> None:
    nicolas = account()
    first, second, third = (f"girafe tapis bougie {number}" for number in ("421", "522", "623"))
    for password in (first, second):
        save_password_hash(nicolas.pk, hash_password(password), by="test", now=NOON)
    assert may_choose(nicolas, second)
    withdraw_proofs(nicolas.pk, by="test", now=LATER)  # the thief may have changed it himself
    assert [may_choose(nicolas, each) for each in (first, second, third)] == [False, False, True]
    save_password_hash(nicolas.pk, hash_password(third), by="test", now=LATER)
    assert [may_choose(nicolas, each) for each in (first, second, third)] == [False, False, True]
    erase_account(nicolas.pk, by="test", now=LATER)
    assert not Account.objects.get(pk=nicolas.pk).taken_passwords


def test_a_barred_password_is_neither_chosen_again_nor_brought_back() -> None:
    nicolas = account()
    first, second = "girafe tapis bougie 421", "cascade moulin ardoise 17"
    save_password_hash(nicolas.pk, hash_password(first), by="test", now=NOON)
    bar_password(nicolas.pk, by="test", now=NOON)
    assert not may_choose(nicolas, first)
    save_password_hash(nicolas.pk, hash_password(second), by="test", now=LATER)
    assert not may_choose(nicolas, first)
    assert not undo_change("password-changed", nicolas.pk, 0, by="test", now=LATER)


def test_an_erased_account_keeps_its_names_alone() -> None:
    nicolas = with_every_proof()
    Account.objects.filter(pk=nicolas.pk).update(role="helpdesk", preferences={"theme": "dark"})
    add_app_password(nicolas.pk, "Thunderbird", by="test", now=NOON)
    box = account("secretariat")
    add_app_password(box.pk, "Thunderbird", holder_id=nicolas.pk, by="test", now=NOON)
    erase_account(nicolas.pk, by="test", now=LATER)
    row = Account.objects.get(pk=nicolas.pk)
    assert (row.username, row.role, row.preferences, row.activated_at) == ("nmorel", "agent", {}, None)
    for table in (AppPassword, RecoveryContact, ActivationLink, MailToken):
        assert not table._default_manager.exists()


def test_a_charter_is_accepted_once() -> None:
    nicolas = account()
    for moment in (NOON, LATER):
        accept_charter(nicolas.pk, "2026-09", by="test", now=moment)
    nicolas.refresh_from_db()
    assert (nicolas.charter_version, nicolas.charter_accepted_at) == ("2026-09", NOON)
    assert acts(nicolas.pk) == ["charter-accepted"]


def test_app_passwords_end_with_whoever_holds_them() -> None:
    nicolas, box, other = account(), account("secretariat"), account("autre")
    add_app_password(nicolas.pk, "Téléphone", by="test", now=NOON)
    for holder in (nicolas, other):
        add_app_password(box.pk, "Thunderbird", holder_id=holder.pk, by="test", now=NOON)
    assert revoke_app_passwords_held(box.pk, other.pk, by="test", now=NOON) == 1
    assert AppPassword.objects.filter(revoked_at=None).count() == 2
    assert revoke_every_app_password(nicolas.pk, by="test", now=NOON) == 2
    assert not AppPassword.objects.filter(revoked_at=None).exists()
    assert revoke_every_app_password(nicolas.pk, by="test", now=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_expired_tokens_links_and_former_keys_are_deleted_after_their_time() -> None:
    nicolas = account()
    password = AppPassword.objects.create(account=nicolas, token_sha256="0" * 64, created_at=NOON)
    MailToken.objects.create(account=nicolas, token_sha256="1" * 64, expires_at=NOON)
    ActivationLink.objects.create(account=nicolas, token_sha256="2" * 64, expires_at=NOON)
    FormerProgramKey.objects.create(app_password=password, token_sha256="3" * 64, replaced_at=NOON)
    left = (MailToken.objects, ActivationLink.objects, FormerProgramKey.objects)
    moment = timedelta(seconds=1)
    for now, counts in (
        (NOON, [1, 1, 1]),
        (NOON + moment, [0, 1, 1]),
        (NOON + LINKS_KEPT + moment, [0, 0, 1]),
        (NOON + FORMER_KEYS_KEPT + moment, [0, 0, 0]),
    ):
        delete_expired_tokens(now=now)
        assert [rows.count() for rows in left] == counts
