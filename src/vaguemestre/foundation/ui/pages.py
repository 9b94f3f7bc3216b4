"""The context of every page (context processor)."""

from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.functional import SimpleLazyObject

from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.addresses import is_served
from vaguemestre.foundation.ui.shell import OF_INSTALLATION, Shell, shell_of


def page_context(request: HttpRequest) -> dict[str, Any]:
    """`academy`: the name under the brand. `shell`: what surrounds the pages of a signed-in person."""
    return {"academy": academy_of(request).name, "shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    who = getattr(request, "who", None)
    is_limited = bool(getattr(who, "office_academy", 0))
    return shell_of(
        request.path_info,
        getattr(who, "role", ""),
        box_prefix=get_script_prefix().rstrip("/"),
        served=lambda address: is_served(address) and not (is_limited and address in OF_INSTALLATION),
    )
