"""Who followed links."""

from django.db.models import Q

from vaguemestre.post.redirects.models import LinkClick
from vaguemestre.post.redirects.rules.listed_names import link_digest


def accounts_that_clicked(message_id: str, link: str) -> frozenset[int]:
    """Accounts that followed a link of that message, or that link anywhere, in the last 30 days.

    Clicks that a listed link stopped are left out. Both may be empty.
    """
    clicks = Q(pk__in=())
    if message_id:
        clicks |= Q(message_id=message_id[:255])
    if link:
        clicks |= Q(link_sha256=link_digest(link))
    rows = LinkClick.objects.filter(clicks, was_listed=False)
    return frozenset(rows.values_list("account_id", flat=True))
