"""The ENT as a SAML provider: `rosters.ports.EntBySaml` over the rules and the key of `sso.saml`."""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from vaguemestre.access.sso.saml.rules import authn_request
from vaguemestre.access.sso.saml.rules.documents import (
    MalformedMessage,
    decode_base64,
    deflate,
    parse_message,
)
from vaguemestre.access.sso.saml.rules.message_builder import serialize
from vaguemestre.access.sso.saml.rules.metadata import build_sp_metadata, read_identity_provider
from vaguemestre.access.sso.saml.rules.pairs import published_pairs
from vaguemestre.access.sso.saml.rules.signatures import InvalidSignatureError, sign, sign_query
from vaguemestre.access.sso.saml.services import signing_pair, signing_pairs
from vaguemestre.access.sso.saml.values import IdentityProvider, SigningPair
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.schools.rosters.values import EntAssertion
from vaguemestre.site.config import Config


class EntBySaml:
    """SAML service provider towards the ENT; reads its metadata at each use, so a new file takes effect."""

    def __init__(self, config: Config) -> None:
        self._file = config.home / config.ent.saml_metadata
        self._name = config.ent.saml_name
        self._title = f"Messagerie – {config.academy.name}"
        self._host = urlsplit(config.public_url).hostname or "vaguemestre"
        self._issuer = f"{config.public_url}/ent/metadata.xml"
        self._consumer = f"{config.public_url}/ent/saml"

    def sign_in_url(self, request_id: str, now: datetime) -> str:
        provider = self._provider(now)
        request_element = authn_request.build_request(
            provider, request_id, issuer=self._issuer, consumer=self._consumer, now=now
        )
        joint = "&" if "?" in provider.address else "?"
        query = sign_query("SAMLRequest", deflate(serialize(request_element)), "", self._pair(now))
        return f"{provider.address}{joint}{query}"

    def read_response(self, response: str, now: datetime) -> EntAssertion:
        provider = self._provider(now)
        try:
            assertion = authn_request.read_response(
                parse_message(decode_base64(response)),
                provider,
                issuer=self._issuer,
                consumer=self._consumer,
                now=now,
                name=self._name,
            )
        except (MalformedMessage, InvalidSignatureError) as error:
            raise Refusal("rosters.ent-refused") from error
        key = hashlib.sha256(f"{provider.entity_id} {assertion.assertion_id}".encode()).hexdigest()
        return EntAssertion(provider.entity_id, assertion.user, assertion.answers, key, assertion.until)

    def metadata(self, now: datetime) -> bytes:
        pairs = published_pairs(signing_pairs(secret_keys.get(), self._host, now), now)
        descriptor = build_sp_metadata(self._issuer, self._consumer, self._title, pairs, now)
        return serialize(sign(descriptor, self._pair(now)))

    def _provider(self, now: datetime) -> IdentityProvider:
        try:
            return read_identity_provider(self._file.read_bytes(), now)
        except (OSError, MalformedMessage) as error:
            raise EngineDown(f"métadonnées de l’ENT : {error}") from error

    def _pair(self, now: datetime) -> SigningPair:
        return signing_pair(secret_keys.get(), self._host, now)
