"""What a departure must know of shared mailboxes."""

from django.utils import timezone

from vaguemestre.sharing import queries as sharing_queries


def boxes_owned(account_id: int) -> tuple[str, ...]:
    """The boxes nobody else owns."""
    now = timezone.now()
    return tuple(
        one.address
        for one in sharing_queries.boxes_of(account_id, now)
        if one.is_owner and set(sharing_queries.owners_of(one.box_id, now)) == {account_id}
    )
