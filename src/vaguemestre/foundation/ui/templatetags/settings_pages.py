"""`{% settings_tabs request.path request.who as tabs %}`: the pages of « Paramètres » of this instance."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

# URL name and title, in order; each room serves its own page.
TABS = (
    ("sorting:absence", "Notifications d’absence"),
    ("sorting:filters", "Filtres"),
    ("compose:signatures", "Signatures et identités"),
    ("tracking:sending", "Envoi"),
    ("portal:display", "Affichage"),
    ("portal:app-passwords", "Appareils et mots de passe d’application"),
    ("sharing:delegation", "Délégation"),
    ("portability:show", "Importer et exporter"),
    ("signin:security", "Sécurité"),
    ("signin:activity", "Mon activité"),
)

MAILBOX_TABS = frozenset({"sorting:absence", "sorting:filters", "compose:signatures", "tracking:sending"})


@dataclass(frozen=True)
class Tab:
    address: str
    title: str
    is_open: bool


@register.simple_tag
def settings_tabs(path: str, who: object = None) -> list[Tab]:
    """The tabs; the one of `path` is open. A shared mailbox has only the settings of a mailbox."""
    tabs = []
    for name, title in TABS:
        if getattr(who, "acting", None) and name not in MAILBOX_TABS:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue  # the room has no page in this URLconf
        is_open = path == address or path.startswith(f"{address}/")
        tabs.append(Tab(address, title, is_open))
    return tabs
