"""Who holds a role."""

from vaguemestre.people.credentials.models import Account


def accounts_with_role(role: str, *, limit: int) -> list[int]:
    """Active accounts of that role, in the order of their usernames."""
    rows = Account.objects.filter(role=role, state=Account.State.ACTIVE).order_by("username")
    return list(rows.values_list("pk", flat=True)[:limit])
