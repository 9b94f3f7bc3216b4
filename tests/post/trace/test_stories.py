"""What became of a message by its steps, and which of them a person may see."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.trace.rules.found_messages import found_message, meets
from vaguemestre.post.trace.rules.stories import (
    fates_of,
    is_quarantined,
    masked,
    overall_fate,
    seen_by,
    sender_of,
    without_list_detail,
)
from vaguemestre.post.trace.values import Engine, Fate, MessageSearch, Step, StepKind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MARIE, PAUL, HIDDEN = "marie@ac-amiens.test", "paul@ac-amiens.test", "cachee@ac-amiens.test"
ADDRESSES = st.sampled_from(("", MARIE, PAUL, HIDDEN, MARIE.upper()))


def step(kind: StepKind, recipient: str = "", sender: str = "", detail: str = "") -> Step:
    return Step(NOW, Engine.POSTFIX, kind, "Q1", recipient=recipient, sender=sender, detail=detail)


STEPS = st.lists(st.builds(step, st.sampled_from(StepKind), ADDRESSES, ADDRESSES), max_size=12)


def test_the_last_word_about_a_recipient_decides_however_the_address_is_written() -> None:
    told = [
        step(StepKind.QUEUED),
        step(StepKind.DEFERRED, MARIE),
        step(StepKind.REFUSED, PAUL),
        step(StepKind.DELIVERED, MARIE.upper()),
        step(StepKind.DONE),
    ]
    assert fates_of(told) == {MARIE: Fate.DELIVERED, PAUL: Fate.REFUSED}


def test_the_worst_fate_stands_for_the_message_in_whatever_order_they_come() -> None:
    for fates in permutations((Fate.DELIVERED, Fate.WAITING, Fate.REFUSED)):
        assert overall_fate(fates) is Fate.REFUSED
    assert overall_fate([Fate.DELIVERED, Fate.DISCARDED]) is Fate.DISCARDED


def test_a_message_without_a_fate_is_held_or_on_its_way() -> None:
    assert overall_fate((), [step(StepKind.QUEUED), step(StepKind.HELD)]) is Fate.HELD
    assert overall_fate((), [step(StepKind.QUEUED)]) is Fate.ON_ITS_WAY


@pytest.mark.parametrize(
    ("kind", "detail", "is_one"),
    [
        (StepKind.FILED, f"stored mail into mailbox '{QUARANTINE}'", True),
        (StepKind.FILED, "stored mail into mailbox 'INBOX'", False),
        (StepKind.DELIVERED, "", False),
    ],
)
def test_only_what_sieve_filed_in_quarantine_is_there(kind: StepKind, detail: str, *, is_one: bool) -> None:
    assert is_quarantined(step(kind, MARIE, detail=detail)) is is_one


def test_pupils_of_a_domain_or_below_it_are_masked_and_nobody_else() -> None:
    assert masked("eleve@ent.test", "ent.test") == masked("e@a.ENT.test", "ent.test") == "…@ent.test"
    assert masked("a@parent.test", "ent.test") == "a@parent.test"
    assert masked("eleve@ent.test", "") == "eleve@ent.test"


@given(STEPS)
def test_whoever_sent_a_message_sees_all_of_it(steps: list[Step]) -> None:
    sender = sender_of(steps).lower()
    assert not sender or seen_by(steps, {sender}) == tuple(steps)


@given(STEPS, st.sampled_from((MARIE, PAUL, HIDDEN)))
def test_a_recipient_sees_no_other_recipient_but_of_what_they_sent(steps: list[Step], owner: str) -> None:
    seen = seen_by(steps, {owner})
    if sender_of(steps).lower() == owner:
        return
    others = {MARIE, PAUL, HIDDEN} - {owner}
    named = {one.recipient.lower() for one in seen if one.kind is not StepKind.RECEIVED}
    assert named.isdisjoint(others)
    assert not seen or any(one.recipient.lower() == owner for one in seen)
    assert {one for one in steps if one.recipient.lower() == owner} <= set(seen)


def letter(sender: str, queue_id: str, *recipients: str) -> list[Step]:
    told = [step(StepKind.QUEUED, sender=sender), *(step(StepKind.DELIVERED, one) for one in recipients)]
    return [replace(one, queue_id=queue_id, message_id="<same@ac.test>") for one in told]


def test_of_two_messages_with_one_message_id_each_sender_sees_their_own() -> None:
    """Copies of a mail merge are numbered: whoever sent the next number first read to whom it went."""
    mine, theirs = letter(PAUL, "Q1", PAUL), letter(MARIE, "Q2", PAUL, HIDDEN)
    seen = seen_by([*mine, *theirs], {PAUL})
    assert HIDDEN not in {one.recipient for one in seen}
    assert set(mine) <= set(seen)
    assert [one for one in seen_by([*mine, *theirs], {MARIE}) if one.queue_id == "Q2"] == theirs
    fan_out = [step(StepKind.QUEUED, sender="liste+l1.2@ac.test"), step(StepKind.DELIVERED, HIDDEN)]
    copies = [replace(one, queue_id="Q3") for one in fan_out]
    assert not set(copies) & set(seen_by([*letter(MARIE, "Q2", "liste@ac.test"), *copies], {MARIE}))


@pytest.mark.parametrize(
    "kind", [StepKind.FILED, StepKind.COPIED, StepKind.DELETED, StepKind.FORWARDED, StepKind.DISCARDED]
)
def test_what_a_mailbox_does_with_a_message_is_seen_by_its_owner_alone(kind: StepKind) -> None:
    """The sender read into which folder a colleague filed a letter, and when it was deleted."""
    inside = replace(step(kind, PAUL), engine=Engine.DOVECOT, queue_id="")
    steps = [*letter(MARIE, "Q1", PAUL), inside]
    assert inside not in seen_by(steps, {MARIE})
    assert inside in seen_by(steps, {PAUL})


def test_where_a_colleague_has_a_letter_sent_on_is_not_seen_by_its_author() -> None:
    """A filter that redirects keeps the author's address."""
    door = replace(step(StepKind.RECEIVED), queue_id="Q2", relay="sieve")
    sent_on = [door, *letter(MARIE, "Q2", HIDDEN)]
    assert seen_by([*letter(MARIE, "Q1", PAUL), *sent_on], {MARIE}) == tuple(letter(MARIE, "Q1", PAUL))
    assert set(sent_on) <= set(seen_by(sent_on, {HIDDEN}))


def search(owner: str = "", **criteria: object) -> MessageSearch:
    """A search of the help desk, or of that person about their own mail."""
    return MessageSearch(
        frozenset({owner}),
        NOW,
        NOW,
        is_own=bool(owner),
        **criteria,  # type: ignore[arg-type]
    )


LETTER = (
    step(StepKind.QUEUED, sender=MARIE),
    step(StepKind.DELIVERED, recipient=PAUL),
    step(StepKind.REFUSED, recipient=HIDDEN),
)


def test_the_desk_and_the_author_see_each_recipient_and_a_recipient_themselves_alone() -> None:
    everybody = {PAUL: Fate.DELIVERED, HIDDEN: Fate.REFUSED}
    for criteria, expected in (
        (search(), everybody), (search(MARIE), everybody), (search(PAUL), {PAUL: Fate.DELIVERED})
    ):  # fmt: skip
        found = found_message("Q1", LETTER, criteria)
        assert found is not None
        assert found.fates == expected
    assert found_message("Q1", LETTER, search("autre@ac-amiens.test")) is None


def test_a_message_that_nobody_got_yet_has_the_fate_of_the_whole() -> None:
    found = found_message("Q1", LETTER[:1], search(MARIE))
    assert found is not None
    assert found.fates == {"": Fate.ON_ITS_WAY}


@pytest.mark.parametrize(
    ("other", "fate", "is_met"),
    [
        ("", None, True),
        (PAUL.upper(), None, True),
        ("ac-amiens.test", Fate.REFUSED, True),
        ("amiens.test", None, False),
        ("", Fate.WAITING, False),
    ],
)
def test_a_search_is_met_by_a_correspondent_or_their_domain_and_by_the_fate_of_one(
    other: str, fate: Fate | None, *, is_met: bool
) -> None:
    found = found_message("Q1", LETTER, search())
    assert found is not None
    assert meets(found, search(other=other, fate=fate)) == is_met


def test_a_list_is_named_without_what_marks_one_letter() -> None:
    assert without_list_detail("liste.conseil+l2.0d@ac.test") == "liste.conseil@ac.test"
    assert without_list_detail("marie+cours@ac.test") == "marie+cours@ac.test"
