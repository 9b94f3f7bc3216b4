"""The Jinja environment of the webmail's hot fragments: autoescaped, same static() as the pages.

`url` is for addresses without parameters. `icon` is a filter: Jinja works out a filter of constants when it
compiles, so that an icon named in a template costs nothing to show.
"""

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment

from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.foundation.ui.pictures import avatar, icon


def environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend with its own options (autoescape on)."""
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - autoescape is in options
    made.globals.update(static=static, url=address, avatar=avatar)
    made.filters.update(octets=sizes.in_words, icon=icon, counted=counted, inflected=inflected)
    return made
