"""What is typed in « À » is read with tolerance for form and none for tricks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.recipients import (
    check_recipients,
    formatted_recipients,
    parsed_recipients,
    split_recipients,
)
from vaguemestre.post.outbox.values import Recipient


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        (" , ;", []),
        ("a@b.fr", [("", "a@b.fr")]),
        ("A@B.FR, a@b.fr", [("", "a@b.fr")]),
        ("a@b.fr; c@d.fr,", [("", "a@b.fr"), ("", "c@d.fr")]),
        ("Éric Dupont <e@x.fr>", [("Éric Dupont", "e@x.fr")]),
        ('"Dupont, Éric; M." <e@x.fr>, z@z.fr', [("Dupont, Éric; M.", "e@x.fr"), ("", "z@z.fr")]),
        (r'"Un \"guillemet\"" <e@x.fr>', [('Un "guillemet"', "e@x.fr")]),
        ("<e@x.fr>", [("", "e@x.fr")]),
        ("e@école.fr", [("", "e@xn--cole-9oa.fr")]),
    ],
)
def test_usual_ways_to_write_addresses_are_read(text: str, read: list[tuple[str, str]]) -> None:
    assert [(r.name, r.address) for r in parsed_recipients("to", text)] == read


@pytest.mark.parametrize(
    "text",
    [
        "bonjour",
        "a@",
        "@b.fr",
        "a@b",
        "a b@c.fr",
        "Nom <a@b.fr",
        "a@b.fr c@d.fr",
        "<a@b.fr> <c@d.fr>",
        "liste: a@b.fr;",
    ],
)
def test_the_first_wrong_address_is_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsed_recipients("cc", f"juste@dehors.example, {text}")
    assert refused.value.code == "outbox.recipient-malformed"
    assert refused.value.facts["field"] == "cc"


@pytest.mark.parametrize("trick", ["\r\nBcc: x@y.fr", "\nx", "\x00", "\u2028", "%0d%0a\r"])
def test_a_line_end_among_recipients_is_refused(trick: str) -> None:
    for text in (f"a@b.fr{trick}", f"Nom{trick} <a@b.fr>", f'"{trick}" <a@b.fr>'):
        with pytest.raises(Refusal, match="control-character"):
            parsed_recipients("to", text)


@given(st.text(max_size=200))
def test_any_text_gives_recipients_or_a_refusal(text: str) -> None:
    try:
        found = parsed_recipients("to", text)
    except Refusal:
        return
    assert all("@" in person.address and "\n" not in person.name for person in found)


names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60).map(str.strip)


@given(st.lists(st.builds(Recipient, names, st.sampled_from(["a@b.fr", "c.d@e.test"])), max_size=4))
def test_what_is_shown_reads_back(people: list[Recipient]) -> None:
    unique = {person.address: person for person in reversed(people)}
    first = [unique[address] for address in dict.fromkeys(p.address for p in people)]
    assert list(parsed_recipients("to", formatted_recipients(people))) == first


def test_somebody_must_receive_it() -> None:
    with pytest.raises(Refusal, match="no-recipient"):
        check_recipients((), (), ())
    check_recipients((), (), (Recipient("", "a@b.fr"),))


def test_more_than_five_hundred_is_too_many() -> None:
    with pytest.raises(Refusal, match="too-many"):
        parsed_recipients("to", ",".join(f"a{n}@b.fr" for n in range(501)))


@pytest.mark.parametrize(
    "text", ['\\"' * 100_000, '"' * 200_001, "<" * 200_000, '"\\"' * 70_000, "a," * 100_000, '<"' * 100_000]
)
def test_recipients_made_to_last_are_told_apart_in_a_moment(text: str) -> None:
    """The first held a worker of the pages for minutes."""
    assert least_seconds(lambda: list(split_recipients(text)), 0.5) < 0.5


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('"Morel, Léa" <l@x.test>; p@x.test,, ', ['"Morel, Léa" <l@x.test>', "p@x.test"]),
        ('O"Neil <a@x.test>, "\\", c', ['O"Neil <a@x.test>, "\\"', "c"]),
        ('O"Neil <a@x.test>, c', ['O"Neil <a@x.test>', "c"]),
        ("<a,b> c, <d, e", ["<a,b> c", "<d", "e"]),
        ("a\n, b", ["a", "b"]),
    ],
)
def test_separators_part_recipients_outside_closed_quotes_and_brackets(text: str, items: list[str]) -> None:
    assert list(split_recipients(text)) == items
