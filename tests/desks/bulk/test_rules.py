"""Whom an act changes, as pure rules: whatever the account, acting again changes nothing more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.bulk.labels_fr import consequence
from vaguemestre.desks.bulk.rules.decisions import (
    check_approval,
    check_size,
    deciding_waits,
    is_for_two,
    state_after_stop,
    undoing_waits,
)
from vaguemestre.desks.bulk.rules.letter_text import Letter, paragraphs
from vaguemestre.desks.bulk.rules.usernames import MAX_BYTES, names_in
from vaguemestre.desks.bulk.rules.verdicts import UNDOABLE, undo_verdict, verdict
from vaguemestre.desks.bulk.values import Act, Order, Skip, State
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.account_states import StateChange, state_after
from vaguemestre.people.credentials.values import AccountRole, AccountState, ActFacts, MailboxState

BY = "account:1"


@st.composite
def accounts(draw: st.DrawFn) -> ActFacts:
    return ActFacts(
        account_id=draw(st.integers(1, 5)),
        person_id=1,
        username="u",
        mailbox="u@x",
        state=draw(st.sampled_from(AccountState)),
        mailbox_state=draw(st.sampled_from((MailboxState.OPEN, MailboxState.HELD, MailboxState.CLOSED))),
        role=draw(st.sampled_from((AccountRole.AGENT, AccountRole.HELPDESK, AccountRole.ADMINISTRATOR))),
        quota_mb=draw(st.sampled_from((100, 2048))),
        owes_factor=draw(st.booleans()),
    )


orders = st.builds(Order, st.sampled_from(Act), st.just("motif"), st.sampled_from((100, 2048)))
undoable_orders = st.builds(
    Order, st.sampled_from(sorted(UNDOABLE)), st.just("motif"), st.sampled_from((100, 2048))
)


def after(order: Order, facts: ActFacts) -> ActFacts:
    """The account once the act was done."""
    if order.act in (Act.SUSPEND, Act.RESUME):
        act: StateChange = "suspend" if order.act is Act.SUSPEND else "resume"
        return replace(facts, state=state_after(facts.state, act, was_activated=True))
    if order.act is Act.QUOTA:
        return replace(facts, quota_mb=order.quota_mb)
    return replace(facts, owes_factor=order.act is Act.FACTOR)


@given(undoable_orders, accounts())
def test_an_act_done_is_not_done_again(order: Order, facts: ActFacts) -> None:
    if verdict(order, facts, BY) is None:
        done = after(order, facts)
        assert done != facts
        assert verdict(order, done, BY) is Skip.ALREADY


@given(undoable_orders, accounts())
def test_what_an_act_changed_is_undone_unless_somebody_changed_it_since(
    order: Order, facts: ActFacts
) -> None:
    if verdict(order, facts, BY) is None:
        done = after(order, facts)
        assert undo_verdict(order, done, BY) is None
        assert undo_verdict(order, facts, BY) is Skip.CHANGED


@given(undoable_orders, accounts())
def test_nobody_acts_on_oneself_nor_on_an_office(order: Order, facts: ActFacts) -> None:
    assert verdict(order, replace(facts, account_id=1), BY) is Skip.ONESELF
    if facts.account_id != 1 and facts.role != "agent":
        assert verdict(order, facts, BY) is Skip.OFFICE


@given(orders)
def test_whoever_is_gone_is_left(order: Order) -> None:
    assert verdict(order, None, BY) is Skip.GONE


@given(accounts())
def test_letters_are_for_those_who_never_activated_and_notices_for_those_who_read(facts: ActFacts) -> None:
    assert (verdict(Order(Act.LETTERS, ""), facts, BY) is None) == (facts.state == "pending")
    reads = (facts.state, facts.mailbox_state) == ("active", "open")
    assert (verdict(Order(Act.NOTICE, ""), facts, BY) is None) == reads


@given(st.sets(st.integers(0, 50)), st.integers(0, 50))
def test_above_the_number_somebody_else_must_agree(people: set[int], limit: int) -> None:
    assert deciding_waits(people, (), limit, "") == (len(people) > limit)
    assert not deciding_waits(people, (), limit, "account:2")
    with pytest.raises(Refusal, match="bulk.same-person"):
        check_approval(BY, BY)


several_acts = st.lists(st.sets(st.integers(0, 50)))


@given(several_acts, st.integers(0, 50))
def test_acts_of_one_person_within_the_hour_count_together(acts: list[set[int]], limit: int) -> None:
    alone: set[int] = set()
    for people in acts:
        if not deciding_waits(people, alone, limit, ""):
            alone |= people
    assert len(alone) <= limit
    everybody = set().union(*acts)
    if len(everybody) > limit:  # cut in as many parts as one likes, somebody else sees one of them
        assert alone < everybody


@given(several_acts, st.integers(0, 50))
def test_what_one_person_did_alone_within_the_hour_is_undone_alone(acts: list[set[int]], limit: int) -> None:
    alone: set[int] = set()
    done = []
    for people in acts:
        if not deciding_waits(people, alone, limit, ""):
            alone |= people
            done.append(people)
    assert not any(undoing_waits(people, alone, limit, "") for people in done)


@given(st.sets(st.integers(0, 50)), st.sets(st.integers(0, 50)), st.integers(0, 50))
def test_what_two_people_did_is_not_undone_by_one(people: set[int], lately: set[int], limit: int) -> None:
    assert undoing_waits(people, lately, limit, "account:2")
    assert undoing_waits(people, lately, limit, "") == is_for_two(people, lately, limit)


@given(st.sampled_from(State), st.booleans(), st.booleans())
def test_declining_leaves_the_act_as_it_was(state: State, has_done: bool, has_waiting: bool) -> None:
    after = state_after_stop(state, has_done=has_done, has_waiting=has_waiting)
    assert (after is State.PREPARED) == (state is State.AWAITING and not has_done)
    assert (after is State.DONE) == (state is State.UNDO_AWAITING and not has_waiting)


def test_an_act_has_people_and_not_too_many() -> None:
    check_size(3, 3)
    with pytest.raises(Refusal, match="bulk.nobody"):
        check_size(0, 3)
    with pytest.raises(Refusal, match="bulk.too-many"):
        check_size(4, 3)


@given(st.lists(st.from_regex(r"[a-z][a-z0-9.\-]{0,20}", fullmatch=True)), st.sampled_from(";,\t"))
def test_usernames_are_read_from_text_and_from_the_first_column(names: list[str], separator: str) -> None:
    kept = tuple(dict.fromkeys(name for name in names if name != "identifiant"))
    plain = "\n".join(names)
    table = "\r\n".join(f'"{name.upper()}"{separator}Morel' for name in names)
    assert set(kept) <= {*names_in(plain.encode()), "username", "login", "adresse", "courriel", "email"}
    assert names_in(b"\xef\xbb\xbfIdentifiant;Nom\r\n" + table.encode()) == tuple(dict.fromkeys(names))


@pytest.mark.parametrize(
    ("content", "code"), [(b"\0PNG", "bulk.file-unreadable"), (b"a" * (MAX_BYTES + 1), "bulk.file-too-large")]
)
def test_another_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        names_in(content)


def test_the_letter_says_where_to_ask_for_a_numen_and_that_none_need_be_held() -> None:
    letter = Letter(
        "Ada Byron", "abyron", "a@x.test", "Collège", "Académie d’Amiens", "DPE", "https://x.test"
    )
    text = " ".join(paragraphs(letter))
    assert "Votre académie vous a ouvert un compte" in text
    assert "si vous ne l’avez pas" in text
    assert "donné par votre service" not in text


@pytest.mark.parametrize(
    ("days", "words"), [(14, "sous 14 jours ;"), (1, "sous 1 jour ;"), (0, "tout de suite ;")]
)
def test_asking_for_a_second_factor_says_how_many_days_are_left(days: int, words: str) -> None:
    assert words in consequence(Act.FACTOR, days)
