"""Codes and tokens given, exchanged and taken back; keys made and turned."""

from vaguemestre.access.sso.oidc.services.codes import give_code, redeem, refresh
from vaguemestre.access.sso.oidc.services.keys import keys_now, rotate_keys, signing_key
from vaguemestre.access.sso.oidc.services.tokens import bearer, looked_into, take_back

__all__ = [
    "bearer",
    "give_code",
    "keys_now",
    "looked_into",
    "redeem",
    "refresh",
    "rotate_keys",
    "signing_key",
    "take_back",
]
