"""Client metadata of an application (RFC 7591 §2): what is read, what is refused."""

from typing import Any

import pytest

from vaguemestre.access.sso.oidc.rules.imports import parse_client
from vaguemestre.access.sso.registry.values import Protocol, Signing
from vaguemestre.foundation.kernel.errors import Refusal

GIVEN: dict[str, Any] = {
    "redirect_uris": ["https://livret.example/retour"],
    "client_name": "Livret scolaire",
    "contacts": ["equipe@livret.example"],
    "backchannel_logout_uri": "https://livret.example/fin",
}


def test_what_metadata_say_is_registered_and_the_rest_has_the_defaults_of_the_standard() -> None:
    client = parse_client(GIVEN)
    assert (client.client_id, client.name, client.protocol) == (
        "livret-scolaire",
        "Livret scolaire",
        Protocol.OIDC,
    )
    assert (client.contact, client.tell_sign_out) == ("equipe@livret.example", "https://livret.example/fin")
    assert (client.signing, client.public, client.pairwise) == (Signing.RS256, False, False)


@pytest.mark.parametrize(
    ("metadata", "name", "client_id"),
    [
        ({"redirect_uris": ["https://livret.example/"]}, "livret.example", "livret-example"),
        ({}, "Application", "application"),
        ({"client_name": "é"}, "é", "application-sans-nom"),
        ({"client_name": "X"}, "X", "application-x"),
    ],
)
def test_an_application_without_a_usable_name_has_one_all_the_same(
    metadata: dict[str, Any], name: str, client_id: str
) -> None:
    client = parse_client(metadata)
    assert (client.name, client.client_id) == (name, client_id)


@pytest.mark.parametrize(
    "metadata",
    [[], "texte", {"client_name": 3}, {"redirect_uris": "https://livret.example/"}, {"contacts": [1]}],
)
def test_what_is_no_metadata_is_refused(metadata: object) -> None:
    with pytest.raises(Refusal, match="sso.metadata-unreadable"):
        parse_client(metadata)


@pytest.mark.parametrize(
    "more",
    [
        {"response_types": ["code", "id_token"]},
        {"id_token_signed_response_alg": "none"},
        {"token_endpoint_auth_method": "private_key_jwt"},
    ],
)
def test_what_is_not_offered_is_refused_by_its_name(more: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="sso.metadata-unsupported") as refused:
        parse_client({**GIVEN, **more})
    assert refused.value.facts["what"] in more
