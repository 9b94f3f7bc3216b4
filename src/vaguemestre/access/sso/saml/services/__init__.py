"""Use cases: registration of service providers, key rotation, responses."""

from vaguemestre.access.sso.saml.services.answers import answer_request, decline_request, is_requested_subject
from vaguemestre.access.sso.saml.services.keys import rotate_pair, signing_pair, signing_pairs
from vaguemestre.access.sso.saml.services.peers import register_provider

__all__ = [
    "answer_request",
    "decline_request",
    "is_requested_subject",
    "register_provider",
    "rotate_pair",
    "signing_pair",
    "signing_pairs",
]
