"""The file of declared applications is read whole, or refused in a sentence that says where it is wrong."""

from dataclasses import fields
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.sso.people import registration

from vaguemestre.access.sso.registry.rules.declared import (
    DeclarationError,
    DeclaredApplication,
    parse_declarations,
)
from vaguemestre.access.sso.registry.values import Assurance, Protocol, Registration, Signing

CAS = """
[[application]]
client_id = "notes"
name = "Notes"
protocol = "cas"
addresses = ["https://notes.example/"]
"""
_WORDS = st.text(st.characters(categories=("L", "N", "P")), max_size=12)
_LISTS = st.lists(_WORDS, max_size=3).map(tuple)
registrations = st.builds(
    Registration,
    client_id=_WORDS,
    name=_WORDS,
    protocol=st.sampled_from(Protocol),
    addresses=_LISTS,
    home=_WORDS,
    public=st.booleans(),
    consent=st.booleans(),
    signing=st.sampled_from(Signing),
    assurance=st.sampled_from(Assurance),
    released=_LISTS,
    roles=_LISTS,
    prefixes=_LISTS,
)


def written(value: Any) -> str:
    """A TOML value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    text = value.value if isinstance(value, Enum) else value
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def table(application: Registration) -> str:
    lines = [f"{field.name} = {written(getattr(application, field.name))}" for field in fields(Registration)]
    return "\n".join(["[[application]]", *lines, ""])


@given(st.lists(registrations, max_size=3, unique_by=lambda one: one.client_id))
def test_a_file_gives_the_applications_it_was_written_from(applications: list[Registration]) -> None:
    declared = parse_declarations("".join(map(table, applications)))
    assert declared == [DeclaredApplication(application) for application in applications]


def test_what_is_left_out_is_as_in_a_registration_by_hand_and_paths_are_kept_apart() -> None:
    (declared,) = parse_declarations(f'{CAS}secret_file = "notes.secret"\nencrypts = true\n')
    assert declared.registration == Registration("notes", "Notes", Protocol.CAS, ("https://notes.example/",))
    assert (declared.secret_file, declared.encrypts, declared.metadata_file) == ("notes.secret", True, "")


def test_a_saml_application_has_its_addresses_from_its_metadata() -> None:
    (declared,) = parse_declarations(
        '[[application]]\nclient_id = "ent"\nname = "ENT"\nprotocol = "saml"\nmetadata_file = "ent.xml"\n'
    )
    assert (declared.registration.addresses, declared.metadata_file) == ((), "ent.xml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[application]\n", "ligne 1"),
        ("x = 1\n", "seules des tables"),
        ("application = 1\n", "seules des tables"),
        ("application = [1]\n", "seules des tables"),
        (CAS + CAS, "deux fois"),
        (CAS.replace('name = "Notes"\n', ""), "notes : « name » manque"),
        (CAS.replace("name", "nom"), "notes : « nom » n’est pas connu"),
        (CAS.replace('"cas"', '"caz"'), "notes : « protocol » est l’un de : oidc, cas, saml, headers"),
        (CAS.replace('"Notes"', "1"), "notes : « name » n’a pas le bon type"),
        (CAS.replace('["https', '[1, "https'), "notes : « addresses » est une liste de textes"),
        (f'{CAS}encrypts = "oui"\n', "notes : « encrypts » n’a pas le bon type"),
        (f"{CAS}secret_file = 1\n", "notes : « secret_file » n’a pas le bon type"),
    ],
)
def test_what_is_wrong_refuses_the_whole_file_and_says_which_application(text: str, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        parse_declarations(text)


def test_the_registration_of_other_tests_is_one_a_file_can_hold() -> None:
    assert parse_declarations(table(registration())) == [DeclaredApplication(registration())]
