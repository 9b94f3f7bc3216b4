"""Use cases: codes and tokens, key rotation."""

from vaguemestre.access.sso.oidc.services.codes import issue_code, redeem_code, refresh_tokens
from vaguemestre.access.sso.oidc.services.keys import rotate_keys, signing_key, signing_keys
from vaguemestre.access.sso.oidc.services.tokens import bearer_grant, introspected_token, revoke_token

__all__ = [
    "bearer_grant",
    "introspected_token",
    "issue_code",
    "redeem_code",
    "refresh_tokens",
    "revoke_token",
    "rotate_keys",
    "signing_key",
    "signing_keys",
]
