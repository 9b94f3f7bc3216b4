"""The académie whose name, help and signature a page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def academy_of(request: HttpRequest) -> Any:
    """Settings of the signed-in person's académie; for anybody else, of the host they came by."""
    who = getattr(request, "who", None)
    if who is not None:
        return academy_of_address(who.address)
    return settings.CONFIG.academy_on(request.META.get("HTTP_HOST", ""))


def academy_of_address(address: str) -> Any:
    """Settings of the académie of that mail address."""
    return settings.CONFIG.academy_at(address.rpartition("@")[2])
