"""The ENT as a SAML provider: `rosters.ports.EntBySaml` over the rules and the key of `sso.saml`."""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from vaguemestre.access.sso.saml.rules import authn_request
from vaguemestre.access.sso.saml.rules.documents import NotRead, decoded, deflated, parse
from vaguemestre.access.sso.saml.rules.message_builder import written
from vaguemestre.access.sso.saml.rules.metadata import read_provider, write_consumer
from vaguemestre.access.sso.saml.rules.pairs import published
from vaguemestre.access.sso.saml.rules.signatures import NotSigned, query_signed, sign
from vaguemestre.access.sso.saml.services import pairs_now, signing_pair
from vaguemestre.access.sso.saml.values import Provider, SigningPair
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
        request_element = authn_request.request(
            provider, request_id, issuer=self._issuer, consumer=self._consumer, now=now
        )
        joint = "&" if "?" in provider.address else "?"
        query = query_signed("SAMLRequest", deflated(written(request_element)), "", self._pair(now))
        return f"{provider.address}{joint}{query}"

    def read_response(self, response: str, now: datetime) -> EntAssertion:
        provider = self._provider(now)
        try:
            assertion = authn_request.said(
                parse(decoded(response)),
                provider,
                issuer=self._issuer,
                consumer=self._consumer,
                now=now,
                name=self._name,
            )
        except (NotRead, NotSigned) as error:
            raise Refusal("rosters.ent-refused") from error
        key = hashlib.sha256(f"{provider.entity_id} {assertion.assertion_id}".encode()).hexdigest()
        return EntAssertion(provider.entity_id, assertion.user, assertion.answers, key, assertion.until)

    def metadata(self, now: datetime) -> bytes:
        pairs = published(pairs_now(secret_keys.get(), self._host, now), now)
        descriptor = write_consumer(self._issuer, self._consumer, self._title, pairs, now)
        return written(sign(descriptor, self._pair(now)))

    def _provider(self, now: datetime) -> Provider:
        try:
            return read_provider(self._file.read_bytes(), now)
        except (OSError, NotRead) as error:
            raise EngineDown(f"metadata of the ent: {error}") from error

    def _pair(self, now: datetime) -> SigningPair:
        return signing_pair(secret_keys.get(), self._host, now)
