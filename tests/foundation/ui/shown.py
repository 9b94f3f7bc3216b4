"""What the page of a shared form carries: the digests of the values it showed."""

import html
import re

from vaguemestre.foundation.ui.shared_form import SHOWN


def shown_on(page: str, name: str = SHOWN) -> dict[str, str]:
    """The hidden field of that page, as its form sends it back."""
    match = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert match, "the page carries no digests"
    return {name: html.unescape(match[1])}
