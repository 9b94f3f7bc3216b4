"""A page of confirmation read, then confirmed."""

import re
from typing import Any

from django.test import Client

MARK = re.compile(r'name="confirm" value="([0-9a-f]{32})"')


def confirmed(client: Client, url: str, given: dict[str, Any], **options: Any) -> Any:
    """The answer to the form once what it will do was shown and confirmed; that of the form otherwise."""
    first = client.post(url, given, **options)
    mark = MARK.search(first.content.decode())
    return client.post(url, {**given, "confirm": mark[1]}, **options) if mark else first
