"""What every page shows besides its own content."""

from django.conf import settings
from django.http import HttpRequest


def about(request: HttpRequest) -> dict[str, str]:
    """`academy`: the name shown beside the brand."""
    return {"academy": settings.CONFIG.academy.name}
