"""Which class somebody has, and what a change of classes moves."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.people.service_classes.rules import (
    changed_limits,
    class_of,
    lessened_limits,
    moves,
    ties_with,
    ties_without,
)
from vaguemestre.people.service_classes.values import (
    NO_CLASS,
    Basis,
    ClassDraft,
    ClassTies,
    PersonFacts,
)

IDS = st.integers(1, 4)
FUNCTIONS, CATEGORIES = st.sampled_from(("ENS", "DIR", "DOC")), st.sampled_from(("ATSS", "CPE"))
ties = st.builds(
    ClassTies,
    by_person=st.dictionaries(st.integers(1, 5), IDS),
    by_function=st.dictionaries(FUNCTIONS, IDS),
    by_category=st.dictionaries(CATEGORIES, IDS),
    whole=st.integers(0, 4),
)
people = st.builds(
    PersonFacts, st.integers(1, 5), CATEGORIES, st.lists(FUNCTIONS, max_size=3, unique=True).map(tuple)
)
drafts = st.builds(
    ClassDraft,
    st.just("Une classe"),
    st.just(NO_CLASS),
    st.lists(FUNCTIONS, max_size=2, unique=True).map(tuple),
    st.lists(CATEGORIES, max_size=2, unique=True).map(tuple),
    st.booleans(),
)


def basis(facts: PersonFacts, held: ClassTies) -> Basis | None:
    choice = class_of(facts, held)
    return choice.basis if choice else None


@given(people, ties)
def test_the_nearest_to_the_person_decides(facts: PersonFacts, held: ClassTies) -> None:
    expected = None
    if held.whole:
        expected = Basis.ACADEMY
    if facts.category in held.by_category:
        expected = Basis.CATEGORY
    if set(facts.functions) & set(held.by_function):
        expected = Basis.FUNCTION
    if facts.person_id in held.by_person:
        expected = Basis.PERSON
    assert basis(facts, held) == expected


def test_the_main_post_comes_before_the_others() -> None:
    held = ClassTies(by_function={"ENS": 1, "DIR": 2})
    choice = class_of(PersonFacts(1, "DIRECTION", ("DIR", "ENS")), held)
    assert choice is not None
    assert choice.class_id == 2


@given(people, ties, IDS, drafts)
def test_a_saved_class_has_whom_it_names_unless_somebody_nearer_decides(
    facts: PersonFacts, held: ClassTies, class_id: int, draft: ClassDraft
) -> None:
    after = class_of(facts, ties_with(held, class_id, draft))
    if facts.person_id in held.by_person:
        assert after == class_of(facts, held)
    elif facts.functions and facts.functions[0] in draft.functions:
        assert after == (class_id, Basis.FUNCTION)
    elif after and after.class_id == class_id:
        assert (
            {*facts.functions} & {*draft.functions} or facts.category in draft.categories or draft.is_for_all
        )


@given(people, ties, IDS)
def test_nobody_is_of_a_deleted_class(facts: PersonFacts, held: ClassTies, class_id: int) -> None:
    after = class_of(facts, ties_without(held, class_id))
    assert after is None or after.class_id != class_id
    before = class_of(facts, held)
    assert before is None or before.class_id == class_id or after == before


@given(st.lists(people), ties, ties)
def test_a_preview_counts_everybody_once(
    everybody: list[PersonFacts], before: ClassTies, after: ClassTies
) -> None:
    assert sum(moves(everybody, before, after).values()) == len(everybody)
    assert all(old == new for old, new in moves(everybody, before, before))


def test_what_differs_between_two_classes_is_named() -> None:
    assert changed_limits(NO_CLASS, replace(NO_CLASS, imap=False, trash_days=7)) == ("trash_days", "imap")


def test_what_gives_less_is_named_whatever_nothing_stands_for() -> None:
    generous = replace(NO_CLASS, quota_mb=4000, trash_days=60)
    assert lessened_limits(generous, NO_CLASS, 30) == ("trash_days",), "no size of its own may be any size"
    assert lessened_limits(NO_CLASS, generous, 30) == ("quota_mb",)
    assert lessened_limits(NO_CLASS, replace(NO_CLASS, trash_days=30, junk_days=7), 30) == ("junk_days",)
    assert lessened_limits(NO_CLASS, replace(NO_CLASS, imap=False), 30) == ("imap",)
