"""The times of help requests, for their statistics. Who took or answered them is not read."""

from datetime import date, datetime

from vaguemestre.desks.helpdesk.queries.requests import made_to
from vaguemestre.desks.helpdesk.rules.request_statistics import RequestTimes
from vaguemestre.people.directory.queries import main_places

MAX_REQUESTS = 50_000  # the newest; a page says when there were more


def request_times(since: datetime, today: date, *, academy_id: int = 0) -> tuple[list[RequestTimes], bool]:
    """The requests made since then to that académie (0: to any), the newest first; whether some are left out.

    One query, and one for each five thousand authors.
    """
    columns = ("kind", "account__person_id", "made_at", "taken_at", "answered_at")
    rows = made_to(academy_id).filter(made_at__gte=since).order_by("-made_at").values_list(*columns)
    read = list(rows[: MAX_REQUESTS + 1])
    places = main_places({person_id for _, person_id, *_ in read if person_id}, today)
    requests = [
        RequestTimes(kind, places.get(person_id or 0, ""), *moments)
        for kind, person_id, *moments in read[:MAX_REQUESTS]
    ]
    return requests, len(read) > MAX_REQUESTS
