"""What « Mon activité » asks of the registry."""

from datetime import datetime

from vaguemestre.access.signin.ports import Visited
from vaguemestre.access.sso.registry import queries, services


class Visiting:
    """`signin.ports.Visits`."""

    def visits_of(self, account_id: int) -> list[Visited]:
        return [Visited(number, name, since) for number, name, since in queries.visits_of_account(account_id)]

    def leave(self, account_id: int, number: int, *, now: datetime) -> None:
        services.end_visit(account_id, number, now=now)
