"""What the logs say of a request: its route, never its path, where some addresses hold a token."""

import logging

from django.http import HttpRequest


class RoutesForPaths(logging.Filter):
    """Replaces the path of the request in a record's arguments by its route (`activation/<str:token>`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            route = route_of(request)
            record.args = tuple(route if item == request.path else item for item in record.args)
        return True


def route_of(request: HttpRequest) -> str:
    """The route of a request, as the table of addresses writes it; « ? » before it is known."""
    return request.resolver_match.route if request.resolver_match else "?"
