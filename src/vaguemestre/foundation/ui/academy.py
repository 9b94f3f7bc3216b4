"""The académie whose name, help and signature a page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def academy_of(request: HttpRequest) -> Any:
    """Settings of the signed-in user's académie; without a session, of the académie of the host."""
    who = getattr(request, "who", None)
    if who is not None:
        return academy_of_address(who.address)
    return settings.CONFIG.academy_on(request.META.get("HTTP_HOST", ""))


def domain_of(request: HttpRequest) -> str:
    """Mail domain of the signed-in user; without a session, of the host's académie; in lower case."""
    who = getattr(request, "who", None)
    return (who.address.rpartition("@")[2] if who is not None else str(academy_of(request).domain)).lower()


def academy_of_address(address: str) -> Any:
    """Settings of the académie of that mail address."""
    return settings.CONFIG.academy_at(address.rpartition("@")[2])
