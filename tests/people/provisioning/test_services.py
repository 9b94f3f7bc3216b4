"""The engines made to hold what is expected."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.people import account

from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.rules.account_states import StateChange
from vaguemestre.people.credentials.services import add_app_password, change_states, revoke_every_app_password
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.provisioning import handlers
from vaguemestre.people.provisioning.ports import connections, mail_directory
from vaguemestre.people.provisioning.queries import expected_mailboxes
from vaguemestre.people.provisioning.services import make_mailboxes, provision_accounts, reconcile
from vaguemestre.people.provisioning.values import ExpectedMailbox

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Engines:
    """What engines hold, in dicts; and whom they cut."""

    def __init__(self) -> None:
        self.boxes: dict[str, ExpectedMailbox] = {}
        self.was_cut: list[str] = []
        self.made: list[tuple[str, ...]] = []

    def put(self, expected: Iterable[ExpectedMailbox]) -> Collection[str]:
        wanted = {one.mailbox: one for one in expected}
        held = {mailbox: self.boxes[mailbox] for mailbox in wanted if mailbox in self.boxes}
        self.boxes |= wanted
        return [mailbox for mailbox, one in held.items() if {*one.app_keys} - {*wanted[mailbox].app_keys}]

    def drop(self, mailboxes: Iterable[str]) -> None:
        for mailbox in mailboxes:
            self.boxes.pop(mailbox, None)

    def held(self) -> Mapping[str, ExpectedMailbox]:
        return dict(self.boxes)

    def sending_addresses(self, mailbox: str) -> frozenset[str]:
        raise NotImplementedError

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        raise NotImplementedError

    def mailboxes_of(self, addresses: Collection[str]) -> dict[str, str]:
        return {}

    def delivered(self, addresses: Collection[str]) -> frozenset[str]:
        raise NotImplementedError

    def is_ours(self, domain: str) -> bool:
        raise NotImplementedError

    def held_names(self) -> frozenset[str]:
        raise NotImplementedError

    def withdrawn_at(self, mailbox: str, *, by_token: bool) -> float:
        raise NotImplementedError

    def allow_token(
        self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
    ) -> None:
        raise NotImplementedError

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        raise NotImplementedError

    def cut(self, mailbox: str) -> None:
        self.was_cut.append(mailbox)

    def make(self, mailboxes: Sequence[str]) -> None:
        assert set(mailboxes) <= self.boxes.keys(), "engines make what they know"
        self.made.append(tuple(mailboxes))


@pytest.fixture
def engines() -> Engines:
    return Engines()


def changed(act: StateChange, one: Account) -> None:
    change_states([one.pk], act, by="test", now=NOW)


def test_an_account_is_matched_and_again_without_harm(engines: Engines) -> None:
    marie = account("mdurand")
    for _ in range(2):
        provision_accounts(engines, engines, [marie.pk], now=NOW)
        assert engines.boxes.keys() == {"mdurand@ac-amiens.test"}
    assert not engines.was_cut


def test_a_suspended_account_keeps_its_box_and_loses_its_connections(engines: Engines) -> None:
    marie = account("mdurand")
    changed("suspend", marie)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    assert not engines.boxes["mdurand@ac-amiens.test"].active
    assert engines.was_cut == ["mdurand@ac-amiens.test"]
    changed("resume", marie)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    assert engines.boxes["mdurand@ac-amiens.test"].active


def test_a_closed_account_is_unknown_to_the_engines(engines: Engines) -> None:
    marie = account("mdurand")
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    changed("close", marie)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    assert not engines.boxes
    assert engines.was_cut == ["mdurand@ac-amiens.test"]


def test_nobody_is_cut_who_could_never_have_come_in(engines: Engines) -> None:
    arrivals = [account(f"agent{number}", state="pending").pk for number in range(3)]
    provision_accounts(engines, engines, arrivals, now=NOW)
    assert (len(engines.boxes), engines.was_cut) == (3, [])


def test_new_mailboxes_are_made_once_the_engines_know_them_and_none_that_they_do_not(
    engines: Engines,
) -> None:
    arrivals = [account(f"agent{number:02}", state="pending").pk for number in range(51)]
    gone = account("parti", state="closed").pk
    make_mailboxes(engines, engines, engines, [*arrivals, gone], now=NOW)
    assert [len(batch) for batch in engines.made] == [50, 1]
    assert {mailbox for batch in engines.made for mailbox in batch} == engines.boxes.keys()


def test_only_good_application_passwords_reach_the_engines(engines: Engines) -> None:
    marie = account("mdurand")
    add_app_password(marie.pk, "Thunderbird", by="test", now=NOW)
    add_app_password(marie.pk, "Ancien", by="test", now=NOW, expires_at=NOW - timedelta(days=1))
    marie.app_passwords.filter(name="Thunderbird").update(expires_at=NOW + timedelta(days=1))
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    (key,) = engines.boxes["mdurand@ac-amiens.test"].app_keys
    assert key.expires_at == int((NOW + timedelta(days=1)).timestamp())


def test_reconcile_puts_everything_right_and_says_what(engines: Engines) -> None:
    account("mdurand")
    account("jmartin", state="pending", last_name="Martin")
    account("parti", state="closed")
    engines.put(
        [ExpectedMailbox("stranger@ac-amiens.test", active=True, quota_mb=1, names=(), receives=(), sends=())]
    )
    dry = reconcile(engines, now=NOW, dry_run=True)
    assert (len(dry.put), dry.dropped, dry.right) == (2, ("stranger@ac-amiens.test",), 0)
    assert engines.boxes.keys() == {"stranger@ac-amiens.test"}
    assert reconcile(engines, now=NOW) == dry
    assert engines.boxes == expected_mailboxes(NOW)
    again = reconcile(engines, now=NOW)
    assert (again.put, again.dropped, again.right) == ((), (), 2)


def test_an_account_provisioned_while_all_are_compared_keeps_its_mailbox(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held() -> Mapping[str, ExpectedMailbox]:
        provision_accounts(engines, engines, [account("mdurand").pk], now=NOW)
        return dict(engines.boxes)

    monkeypatch.setattr(engines, "held", held)
    assert reconcile(engines, now=NOW).dropped == ()
    assert engines.boxes.keys() == {"mdurand@ac-amiens.test"}


def test_everything_owed_is_found_in_four_questions(
    engines: Engines, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        add_app_password(account(f"agent{number}").pk, "x", by="test", now=NOW)
    with django_assert_num_queries(4):
        assert len(expected_mailboxes(NOW)) == 5


def test_handlers_follow_accounts_and_people(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_directory, "get", lambda: engines)
    monkeypatch.setattr(connections, "get", lambda: engines)
    one, two, three = account("a1"), account("a2"), account("a3")
    handlers.provision_mailbox(AccountChanged(one.pk))
    handlers.provision_mailboxes(AccountsChanged([two.pk]))
    assert three.person_id is not None
    handlers.provision_people(PeopleChanged([three.person_id]))
    assert engines.boxes.keys() == {f"a{n}@ac-amiens.test" for n in (1, 2, 3)}


def test_a_password_revoked_by_whatever_door_cuts_the_programs_of_its_mailbox(engines: Engines) -> None:
    marie = account("marie")
    add_app_password(marie.pk, "Thunderbird", by="test", now=NOW)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    add_app_password(marie.pk, "Téléphone", by="test", now=NOW)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    assert engines.was_cut == []
    revoke_every_app_password(marie.pk, by="test", now=NOW)
    provision_accounts(engines, engines, [marie.pk], now=NOW)
    assert engines.was_cut == [marie.mailbox]
