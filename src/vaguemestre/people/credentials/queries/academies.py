"""Which académie an account belongs to: its person's, or for an account of nobody that of its mailbox."""

from django.db.models import Q

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import academy_domain


def in_academy(academy_id: int, prefix: str = "") -> Q:
    """Condition: the account is of that académie; no condition for 0. `prefix`: as in `account__`."""
    if not academy_id:
        return Q()
    nobodys = {f"{prefix}person": None, f"{prefix}mailbox__endswith": f"@{academy_domain(academy_id)}"}
    return Q(**{f"{prefix}person__academy_id": academy_id}) | Q(**nobodys)


def is_account_in(account_id: int, academy_id: int) -> bool:
    """Whether the account is of that académie; 0: of any."""
    return not academy_id or Account.objects.filter(in_academy(academy_id), pk=account_id).exists()
