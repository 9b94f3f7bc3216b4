"""What comes in the messages of a provider is bounded and plain before anything reads it."""

import base64
import zlib

import pytest

from vaguemestre.access.sso.saml.rules.client_ids import client_id_for
from vaguemestre.access.sso.saml.rules.documents import (
    MAX_MESSAGE_BYTES,
    MalformedMessage,
    decode_base64,
    deflate,
    inflate,
)


def packed(content: bytes) -> str:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return base64.b64encode(machine.compress(content) + machine.flush()).decode()


def test_a_message_comes_back_as_it_was_written() -> None:
    assert inflate(deflate(b"<a/>")) == b"<a/>"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"plain").decode(),
        packed(b"0" * (MAX_MESSAGE_BYTES + 1)),
        base64.b64encode(base64.b64decode(packed(b"<a/>" * 50))[:-4]).decode(),
    ],
    ids=["not deflated", "a bomb", "cut"],
)
def test_what_is_not_deflated_or_grows_without_end_or_is_cut_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        inflate(text)


@pytest.mark.parametrize("text", ["é", "a", "A" * (2 * MAX_MESSAGE_BYTES + 4)])
def test_what_is_no_base64_of_a_message_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        decode_base64(text)


@pytest.mark.parametrize(
    ("entity_id", "beginning"),
    [
        ("https://livret.example/saml", "livret-example-"),
        ("urn:livret", "saml-"),
        ("https://[", "saml-"),
    ],
)
def test_every_provider_has_a_client_id_of_its_own(entity_id: str, beginning: str) -> None:
    assert client_id_for(entity_id).startswith(beginning)
    assert client_id_for(entity_id) != client_id_for(f"{entity_id}2")
