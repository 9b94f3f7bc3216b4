"""Who holds a role."""

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries.academies import in_academy
from vaguemestre.people.credentials.values import AccountRole


def accounts_with_role(role: AccountRole, *, limit: int, academy_id: int = 0) -> list[int]:
    """Active accounts of that role, of one académie unless 0, in the order of their usernames."""
    rows = Account.objects.filter(in_academy(academy_id), role=role, state=Account.State.ACTIVE).order_by(
        "username"
    )
    return list(rows.values_list("pk", flat=True)[:limit])
