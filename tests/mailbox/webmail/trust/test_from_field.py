"""The From field: whom it names, and when it names several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.post.outbox.test_authors import HIDDEN

from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS, holds_address, parse_from
from vaguemestre.post.mailstore.values import Correspondent

HEAD, EVIL = "philippe.vasseur@ac-amiens.test", "evil@dehors.example"


def people(*addresses: str) -> tuple[Correspondent, ...]:
    return tuple(Correspondent("", address) for address in addresses)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ([f"=?utf-8?Q?A:{HEAD};?= <{EVIL}>"], people(HEAD)),
        ([f"A: {HEAD}; <{EVIL}>"], people(HEAD)),
        ([f"A: {HEAD}; <{EVIL}>"], people(HEAD, EVIL)),
        ([f"{HEAD}, {EVIL}"], people(HEAD, EVIL)),
        ([f"Le principal <{HEAD}> <{EVIL}>"], people(HEAD)),
        ([f"<{HEAD}><{EVIL}>"], people(EVIL)),
        ([f"<@a.example,@b.example:{EVIL}>"], people(EVIL)),
        ([HEAD, EVIL], people(HEAD)),
        ([HEAD, HEAD], people(HEAD)),
        ([f"Thomas <{EVIL}>"], people(HEAD)),
        ([f"Thomas <{EVIL}>" + " " * 3000], people(EVIL)),
        ([], people(HEAD, EVIL)),
    ],
)
def test_a_field_that_may_be_read_in_two_ways_names_nobody(
    values: list[str], read: tuple[Correspondent, ...]
) -> None:
    field = parse_from(values, read)
    assert field.is_ambiguous
    assert field.sender.name == AMBIGUOUS
    assert all(value[:50] in field.sender.address for value in values)


@pytest.mark.parametrize(
    "value",
    [
        EVIL,
        f"<{EVIL}>",
        f'"Dupont, Jean" <{EVIL}>',
        f"{EVIL} <{EVIL}>",
        f"{EVIL.upper()} <{EVIL}>",
        f"'{EVIL}' <{EVIL}>",
        f'"{HEAD}" <{EVIL}>',  # told by the name that is shown
        f"Jean (secrétariat (2e) de {HEAD}) <{EVIL}>",
        f"LinkedIn: emplois <{EVIL}>",
        f"=?utf-8?Q?info@dehors.example?= <{EVIL}>",
    ],
)
def test_an_ordinary_field_names_its_author(value: str) -> None:
    field = parse_from([value], (Correspondent("Jean", EVIL),))
    assert (field.sender, field.is_ambiguous) == (Correspondent("Jean", EVIL), False)


@pytest.mark.parametrize(
    ("value", "read", "name"),
    [
        (f"Vasseur, Philippe <{EVIL}>", (("", "Vasseur"), ("Philippe", EVIL)), "Vasseur, Philippe"),
        (f"Rectorat, DSI, <{EVIL}>", (("", "Rectorat"), ("", "DSI"), ("", EVIL)), "Rectorat, DSI"),
        (
            f"Jean <{EVIL}>, Philippe Vasseur",
            (("Jean", EVIL), ("", "Philippe Vasseur")),
            "Jean, Philippe Vasseur",
        ),
        (f", <{EVIL}>", (("", EVIL),), ""),
    ],
)
def test_a_name_cut_by_a_comma_is_read_whole(
    value: str, read: tuple[tuple[str, str], ...], name: str
) -> None:
    senders = tuple(Correspondent(*person) for person in read)
    field = parse_from([value], senders)
    assert (field.sender, field.is_ambiguous) == (Correspondent(name, EVIL), False)
    assert len(parse_from([value], senders * 3000).sender.name) <= 300


def test_without_any_field_nobody_wrote() -> None:
    assert not parse_from([], ()).is_ambiguous
    assert parse_from([], ()).sender == Correspondent("", "")


@pytest.mark.parametrize("name", ["a@b", "philippe.vasseur＠ac-amiens.test", "a﹫b", *HIDDEN])
def test_an_address_in_a_name_is_seen_whatever_its_sign(name: str) -> None:
    assert holds_address(name)
    assert not holds_address("Élodie Dupré")


@pytest.mark.heavy
@given(st.lists(st.text(max_size=60), max_size=3), st.text(max_size=30))
def test_any_field_is_read(values: list[str], address: str) -> None:
    parse_from(values, people(address))
