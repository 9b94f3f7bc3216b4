"""Sessions end when they should, all or those named only; a partner vouches for a password, no more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.access.signin.people import APP_SECRET, NOON, PASSWORD, account, add_application

from vaguemestre.access.signin.models import Attempts, BrowserSession, Device, InterruptedAct
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.activity import Kind, actor_label, kind_of
from vaguemestre.access.signin.services import sessions
from vaguemestre.access.signin.services.erasure import erase_account
from vaguemestre.access.signin.services.steps import continue_sign_in, sign_in_by_partner
from vaguemestre.access.signin.values import Denied, Factor, Granted, PendingSignIn
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.rules.second_factors import Policy
from vaguemestre.people.credentials.services import hash_password, matches_hash

pytestmark = pytest.mark.django_db
REFUSED = Denied("signin.partner-refused")


def opened(who: Account, key: str, *, ends_in: timedelta = timedelta(hours=1)) -> None:
    BrowserSession.objects.create(
        session_key=key, session_data="", expire_date=NOON + ends_in, account=who, started_at=NOON
    )


def interrupted(who: Account, key: str, *, ends_in: timedelta = timedelta(minutes=5)) -> None:
    InterruptedAct.objects.create(
        session_key=key, account=who, path="/", page="/", until=NOON + ends_in, sealed=b""
    )


def keys() -> set[str]:
    return set(BrowserSession.objects.values_list("pk", flat=True))


def test_what_is_past_its_time_is_deleted_and_nothing_before() -> None:
    who, past = account(), -sessions.DELETED_AFTER
    for key, ends_in in (("old", past - timedelta(seconds=1)), ("over", past), ("open", timedelta(hours=1))):
        opened(who, key, ends_in=ends_in)
        Attempts.objects.create(subject=key, failures=1, last_at=NOON + ends_in)
    interrupted(who, "old", ends_in=timedelta(seconds=-1))
    interrupted(who, "open")
    sessions.delete_expired(now=NOON)
    assert keys() == {"over", "open"}
    assert set(Attempts.objects.values_list("subject", flat=True)) == {"over", "open"}
    assert InterruptedAct.objects.get().session_key == "open"


def test_a_session_that_is_over_is_not_prolonged() -> None:
    who, later = account(), NOON + timedelta(hours=9)
    opened(who, "open")
    opened(who, "over", ends_in=timedelta(seconds=-1))
    for key in ("open", "over"):
        sessions.extend_session(key, later, now=NOON)
    ends = dict(BrowserSession.objects.values_list("pk", "expire_date"))
    assert (ends["open"], ends["over"]) == (later, NOON - timedelta(seconds=1))


def test_all_the_sessions_of_one_account_end_and_those_of_others_go_on() -> None:
    who, other = account(), account("autre")
    for owner, key in ((who, "s1"), (who, "s2"), (other, "s3")):
        opened(owner, key)
    event = sessions.end_all_sessions(who.pk, by="account:1", now=NOON)
    assert set(event.session_keys) == {"s1", "s2"}
    assert keys() == {"s3"}
    assert Entry.objects.get(action="signin.sessions-ended").details["number"] == 2


def test_every_session_ends_before_anybody_is_served() -> None:
    for name in ("un", "deux"):
        who = account(name)
        opened(who, name)
        interrupted(who, name)
    assert sessions.end_every_session() == 2
    assert not keys()
    assert not InterruptedAct.objects.exists()


def test_an_erased_account_leaves_no_browser_no_session_no_counter_and_no_act() -> None:
    who, other = account(), account("autre")
    for owner in (who, other):
        opened(owner, f"s{owner.pk}")
        interrupted(owner, f"s{owner.pk}")
        Device.objects.create(account=owner, mark="m", first_at=NOON, last_at=NOON)
        Attempts.objects.create(subject=f"account:{owner.pk}", failures=1, last_at=NOON)
    erase_account(who.pk)
    for table in (BrowserSession, InterruptedAct, Device):
        assert [row.account_id for row in table._default_manager.all()] == [other.pk]
    assert Attempts.objects.get().subject == f"account:{other.pk}"


def test_a_partner_stands_for_a_password_and_for_nothing_else() -> None:
    who = account()
    assert sign_in_by_partner(who.pk, shared=True, now=NOON) == Granted(
        who.pk, shared=True, by=Factor.PARTNER
    )
    add_application(who)
    step = sign_in_by_partner(who.pk, shared=False, now=NOON)
    assert isinstance(step, PendingSignIn)
    assert step.needed == (Factor.CODE,)


@pytest.mark.parametrize("changed", [{}, {"password_barred_at": NOON}, {"password": "another"}])
def test_what_its_owner_changes_ends_a_sign_in_that_a_partner_began(changed: dict[str, object]) -> None:
    """Whoever came by the ENT and has a code left does not enter after « Ce n’était pas moi »."""
    who = account()
    add_application(who)
    step = sign_in_by_partner(who.pk, shared=False, now=NOON)
    assert isinstance(step, PendingSignIn)
    Account.objects.filter(pk=who.pk).update(**changed)
    code = code_at(APP_SECRET, NOON, 30)
    ended = continue_sign_in(step, code, secret_keys.get(), now=NOON)
    assert isinstance(ended, Granted) is not bool(changed)


@pytest.mark.parametrize("by_desk", [False, True])
def test_a_sign_in_begun_before_the_sessions_were_ended_is_not_finished(*, by_desk: bool) -> None:
    """« Fermer mes autres sessions » ends whoever waits for a code as well; one begun since goes on."""
    who = account()
    add_application(who)
    before = sign_in_by_partner(who.pk, shared=False, now=NOON)
    ended_at = NOON - timedelta(seconds=10)  # what ended them was asked for before, and done after
    if by_desk:
        sessions.end_all_sessions(who.pk, by="account:9", now=ended_at)
    else:
        sessions.end_other_sessions(who.pk, "kept", revocations.get(), by="account:1", now=ended_at)
    since = sign_in_by_partner(who.pk, shared=False, now=NOON)
    now = NOON + timedelta(seconds=30)
    code = code_at(APP_SECRET, now, 30)
    assert isinstance(before, PendingSignIn)
    assert isinstance(since, PendingSignIn)
    assert not isinstance(continue_sign_in(before, code, secret_keys.get(), now=now), Granted)
    assert isinstance(continue_sign_in(since, code, secret_keys.get(), now=now), Granted)


def other_sessions_end(who: Account) -> None:
    sessions.end_other_sessions(who.pk, "kept", revocations.get(), by="notice", now=NOON)


def all_sessions_end(who: Account) -> None:
    sessions.end_all_sessions(who.pk, by="account:9", now=NOON)


def it_is_suspended(who: Account) -> None:
    Account.objects.filter(pk=who.pk).update(state="suspended")


def its_password_changes(who: Account) -> None:
    Account.objects.filter(pk=who.pk).update(password=hash_password("trois autres vélos"))


@pytest.mark.parametrize(
    "meanwhile", [None, other_sessions_end, all_sessions_end, it_is_suspended, its_password_changes]
)
def test_no_session_opens_once_the_account_was_shut_as_its_password_was_compared(
    client: Client, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Account], None] | None
) -> None:
    """A thief who signs in without pause came in beside « tout refermer », and stayed for twelve hours."""
    who = account()

    def matches(secret: str, hashed: str) -> bool:
        if meanwhile:
            meanwhile(who)
        return matches_hash(secret, hashed)

    monkeypatch.setattr("vaguemestre.access.signin.services.steps.matches_hash", matches)
    answer = client.post("/alogin", {"username": who.username, "secret": PASSWORD})
    assert BrowserSession.objects.filter(account=who).exists() is not bool(meanwhile)
    assert (answer.status_code, "vient d’être refermé" in answer.content.decode()) == (
        (422, True) if meanwhile else (302, False)
    )


@pytest.mark.parametrize(
    "changed", [{"state": "suspended"}, {"state": "pending"}, {"password_barred_at": NOON}]
)
def test_a_partner_opens_no_account_that_does_not_open_here(changed: dict[str, object]) -> None:
    who = account()
    Account.objects.filter(pk=who.pk).update(**changed)
    assert sign_in_by_partner(who.pk, shared=False, now=NOON) == REFUSED


def test_a_partner_does_not_vouch_for_whoever_must_always_hold_a_second_factor() -> None:
    boss = account(role="administrator")
    assert (
        sign_in_by_partner(boss.pk, shared=False, now=NOON, policy=Policy(roles=frozenset({"administrator"})))
        == REFUSED
    )
    assert isinstance(
        sign_in_by_partner(boss.pk, shared=False, now=NOON, policy=Policy(frozenset())), Granted
    )


@pytest.mark.parametrize(
    ("by", "role", "shown"),
    [
        ("account:7", "agent", "Vous"),
        ("account:8", "", "Un agent de l’académie"),
        ("anybody", "", "Quelqu’un"),
        ("cli", "", "L’exploitation"),
        ("notice", "", "Le lien d’un avertissement"),
        ("system", "", "Le système"),
    ],
)
def test_an_owner_reads_who_did_it_and_never_a_colleagues_name(by: str, role: str, shown: str) -> None:
    assert actor_label(by, 7, role) == shown


def test_what_an_owner_did_is_a_change_and_what_was_done_to_them_is_apart() -> None:
    assert kind_of("signin.signed-in", "account:7", 7) is Kind.ENTRY
    assert kind_of("credentials.password-changed", "account:7", 7) is Kind.CHANGE
    assert kind_of("credentials.password-changed", "notice", 7) is Kind.CHANGE
    assert kind_of("credentials.password-changed", "account:8", 7) is Kind.OTHERS
