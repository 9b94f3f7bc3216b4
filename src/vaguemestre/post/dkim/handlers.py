"""Rounds of the worker about DKIM keys."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.post.dkim import services
from vaguemestre.post.dkim.ports import look_up_text, signing_keys

_EVERY_MINUTES = 5


def write_own_keys() -> None:
    """On each machine: the keys that its signer uses, whichever machine made them."""
    if settings.CONFIG.mail.outgoing.leaves:
        for academy in academy_summaries():
            services.write_keys(academy.domain, signing_keys.get())


def advance_keys() -> None:
    """Every few minutes, the steps due of each domain's keys, where mail really leaves."""
    outgoing, now = settings.CONFIG.mail.outgoing, timezone.now()
    if not outgoing.leaves or now.minute % _EVERY_MINUTES:
        return
    for academy in academy_summaries():
        services.advance_keys(
            academy.domain,
            look_up_text.get(),
            signing_keys.get(),
            working_days=outgoing.dkim_days,
            now=now,
        )
