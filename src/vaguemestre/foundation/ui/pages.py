"""The context of every page (context processor)."""

from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.functional import SimpleLazyObject

from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.shell import Shell, shell_of


def page_context(request: HttpRequest) -> dict[str, Any]:
    """`academy`: the name under the brand. `shell`: what surrounds the pages of a signed-in person."""
    return {"academy": academy_of(request).name, "shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    role = getattr(getattr(request, "who", None), "role", "")
    return shell_of(request.path_info, role, box_prefix=get_script_prefix().rstrip("/"))
