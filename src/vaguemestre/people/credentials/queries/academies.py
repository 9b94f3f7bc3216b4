"""The académie of an account: that of its person; without a person, that of its mailbox."""

from django.db.models import Q

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import academy_domain


def in_academy(academy_id: int, prefix: str = "") -> Q:
    """Condition on accounts of that académie; none for 0. `prefix`: a lookup path such as `account__`."""
    if not academy_id:
        return Q()
    without_person = {f"{prefix}person": None, f"{prefix}mailbox__endswith": f"@{academy_domain(academy_id)}"}
    return Q(**{f"{prefix}person__academy_id": academy_id}) | Q(**without_person)


def is_account_in(account_id: int, academy_id: int) -> bool:
    """Whether the account is of that académie; 0: of any."""
    return not academy_id or Account.objects.filter(in_academy(academy_id), pk=account_id).exists()
