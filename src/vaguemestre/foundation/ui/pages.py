"""The context of every page (context processor)."""

from django.conf import settings
from django.http import HttpRequest


def page_context(request: HttpRequest) -> dict[str, str]:
    """`academy`: the name beside the brand."""
    return {"academy": settings.CONFIG.academy.name}
