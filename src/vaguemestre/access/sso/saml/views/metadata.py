"""Our metadata."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.access.sso.saml.http import absolute, entity_id, pair_now
from vaguemestre.access.sso.saml.rules.message_builder import written
from vaguemestre.access.sso.saml.rules.metadata import write_metadata
from vaguemestre.access.sso.saml.rules.pairs import published
from vaguemestre.access.sso.saml.rules.signatures import sign
from vaguemestre.access.sso.saml.services import pairs_now
from vaguemestre.people.credentials.ports import secret_keys


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Signed; every key that signs or will."""
    now = timezone.now()
    host = urlsplit(settings.CONFIG.public_url).hostname or "vaguemestre"
    pairs = published(pairs_now(secret_keys.get(), host, now), now)
    paths = {"sso": absolute("saml:sso"), "slo": absolute("saml:slo")}
    root = write_metadata(entity_id(), paths, settings.CONFIG.academy.name, pairs, now)
    answer = HttpResponse(written(sign(root, pair_now())), content_type="application/samlmetadata+xml")
    answer["Cache-Control"] = "public, max-age=300"
    return answer
