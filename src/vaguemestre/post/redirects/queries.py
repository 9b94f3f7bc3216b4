"""Who followed links."""

from collections.abc import Collection
from itertools import batched

from vaguemestre.post.redirects.models import LinkClick
from vaguemestre.post.redirects.rules.listed_names import link_digest

_BATCH = 500


def accounts_that_clicked(message_ids: Collection[str], link: str) -> frozenset[int]:
    """Accounts that followed a link of those messages, or that link anywhere, in the last 30 days.

    Clicks that a listed link stopped are left out. `link` may be empty.
    """
    rows = LinkClick.objects.filter(was_listed=False)
    clicked = set(
        rows.filter(link_sha256=link_digest(link)).values_list("account_id", flat=True) if link else ()
    )
    for batch in batched(message_ids, _BATCH):
        ours = [message_id[:255] for message_id in batch]
        clicked.update(rows.filter(message_id__in=ours).values_list("account_id", flat=True))
    return frozenset(clicked)
