"""The context of every page (context processor)."""

from typing import Any, Protocol

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.functional import SimpleLazyObject

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.addresses import is_served
from vaguemestre.foundation.ui.places import OF_INSTALLATION, Group
from vaguemestre.foundation.ui.shell import Shell, shell_of


class OwnGroups(Protocol):
    """What the side column shows of a person's own: their mailboxes, their lists."""

    def __call__(self, who: Any, path: str) -> tuple[Group, ...]:
        """`who`: the signed-in user; `path`: the whole address of the page, in a shared mailbox too."""
        ...


own_groups: Slot[OwnGroups] = Slot("ui.own_groups")


def stand_under(request: HttpRequest, address: str) -> None:
    """Light that entry of the side column, instead of the one of this page's own address."""
    request.shell_path = address  # type: ignore[attr-defined]


def page_context(request: HttpRequest) -> dict[str, Any]:
    """`academy`: the name under the brand. `shell`: what surrounds the pages of a signed-in person."""
    return {"academy": academy_of(request).name, "shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    who = getattr(request, "who", None)
    is_limited = bool(getattr(who, "office_academy", 0))
    prefix = get_script_prefix().rstrip("/")
    path = getattr(request, "shell_path", request.path_info)
    return shell_of(
        path,
        getattr(who, "role", ""),
        box_prefix=prefix,
        served=lambda address: is_served(address) and not (is_limited and address in OF_INSTALLATION),
        own=own_groups.get()(who, prefix + path) if who else (),
    )
