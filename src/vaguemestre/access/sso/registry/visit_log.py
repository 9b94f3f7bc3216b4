"""The registry's side of `signin.ports.Visits`, for « Mon activité »."""

from datetime import datetime

from vaguemestre.access.signin.ports import ApplicationVisit
from vaguemestre.access.sso.registry import queries, services


class AccountVisits:
    """Implementation of `signin.ports.Visits`."""

    def visits_of(self, account_id: int) -> list[ApplicationVisit]:
        visits = queries.visits_of_account(account_id)
        return [ApplicationVisit(visit.visit_id, visit.name, visit.since) for visit in visits]

    def leave(self, account_id: int, number: int, *, now: datetime) -> None:
        services.end_visit(account_id, number, now=now)
