"""The metadata endpoint."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.access.sso.saml.http import absolute, current_pair, entity_id
from vaguemestre.access.sso.saml.rules.message_builder import serialize
from vaguemestre.access.sso.saml.rules.metadata import build_idp_metadata
from vaguemestre.access.sso.saml.rules.pairs import published_pairs
from vaguemestre.access.sso.saml.rules.signatures import sign
from vaguemestre.access.sso.saml.services import signing_pairs
from vaguemestre.people.credentials.ports import secret_keys


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Our signed metadata, with every key that signs or will."""
    now = timezone.now()
    host = urlsplit(settings.CONFIG.public_url).hostname or "vaguemestre"
    pairs = published_pairs(signing_pairs(secret_keys.get(), host, now), now)
    paths = {"sso": absolute("saml:sso"), "slo": absolute("saml:slo")}
    root = build_idp_metadata(entity_id(), paths, settings.CONFIG.academy.name, pairs, now)
    answer = HttpResponse(serialize(sign(root, current_pair())), content_type="application/samlmetadata+xml")
    answer["Cache-Control"] = "public, max-age=300"
    return answer
