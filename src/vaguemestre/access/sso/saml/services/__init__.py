"""Service providers written down, keys made and turned, assertions given."""

from vaguemestre.access.sso.saml.services.answers import answer_for, decline
from vaguemestre.access.sso.saml.services.keys import pairs_now, rotate_pair, signing_pair
from vaguemestre.access.sso.saml.services.peers import keep_peer

__all__ = ["answer_for", "decline", "keep_peer", "pairs_now", "rotate_pair", "signing_pair"]
