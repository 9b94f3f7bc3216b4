"""Mail client settings of this instance, and access to administration pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in, who_asks
from vaguemestre.mailbox.autoconfig.rules.offers import offer, site_of
from vaguemestre.mailbox.autoconfig.rules.records import Record, expected
from vaguemestre.mailbox.autoconfig.values import Offer


def offered() -> Offer:
    config = settings.CONFIG
    imaps, submissions, managesieve = config.client_ports
    return offer(
        public_url=config.public_url,
        domain=config.academy.domain,
        name=config.academy.name,
        imaps=imaps,
        submissions=submissions,
        managesieve=managesieve,
    )


def wanted_records() -> tuple[Record, ...]:
    """DNS records the domain must have."""
    site, port = site_of(settings.CONFIG.public_url)
    return expected(offered(), site=site, site_port=port)


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Restrict a view to administrators (403 for anybody else)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role != "administrator":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)
