"""Mail client settings of this instance, and access to administration pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in, who_asks
from vaguemestre.mailbox.autoconfig.ports import key_digest
from vaguemestre.mailbox.autoconfig.rules.mail_records import PublicKey, mail_records, mta_sts_policy
from vaguemestre.mailbox.autoconfig.rules.offers import offer, site_of
from vaguemestre.mailbox.autoconfig.rules.records import Record, expected
from vaguemestre.mailbox.autoconfig.values import Offer
from vaguemestre.post.dkim.queries import keys_of
from vaguemestre.post.dkim.values import KeyState


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
    config = settings.CONFIG
    site, port = site_of(config.public_url)
    domain = config.academy.domain
    keys = [
        PublicKey(key.record_name, key.record_value)
        for key in keys_of(domain)
        if key.state is not KeyState.GONE
    ]
    others = mail_records(domain, site=site, keys=keys, key_digest=key_digest.get()(), policy=stated_policy())
    return (*expected(offered(), site=site, site_port=port), *others)


def stated_policy() -> str:
    """Our MTA-STS policy; empty when none is stated."""
    config = settings.CONFIG
    return mta_sts_policy(config.academy.domain, config.mail.mta_sts) if config.mail.mta_sts != "none" else ""


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Restrict a view to administrators (403 for anybody else)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role != "administrator":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)
