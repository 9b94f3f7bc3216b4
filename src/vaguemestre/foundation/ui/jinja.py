"""The Jinja environment of the webmail's hot fragments: autoescaped, same static() as the pages.

`url` is for URLs without parameters. `icon` is a filter, because Jinja evaluates a filter of constants at
compile time: an icon costs nothing at rendering.
"""

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.foundation.ui.files.pictures import avatar, icon
from vaguemestre.foundation.ui.typography import Typography


def environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend with its own options (autoescape on)."""
    jinja = Environment(**options, extensions=[Typography], trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - autoescape is in options
    jinja.globals.update(static=static, url=address, avatar=avatar)
    jinja.filters.update(octets=sizes.on_one_line, icon=icon, counted=counted, inflected=inflected)
    return jinja
