"""Who signs mail tokens: the holder of their key, or a question to the token service (ADR 0032)."""

from vaguemestre.people.credentials import ports as credentials
from vaguemestre.people.credentials.rules.tokens import keys_from
from vaguemestre.site import secrets
from vaguemestre.site.adapters.mail_tokens import AskedTokens, SignedTokens
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    if token_key := secrets.given(config.secrets_dir, "token_key.pem"):
        keys = keys_from(token_key, config.public_url)
        credentials.token_keys.plug(keys)
        credentials.mail_tokens.plug(SignedTokens(keys))
    else:
        credentials.mail_tokens.plug(AskedTokens(config))
