"""`{% settings_tabs request.path request.who as tabs %}`: the pages of « Paramètres » of this instance."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

# URL name and title, in the order shown; each room answers for its own page.
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

OF_A_BOX = frozenset({"sorting:absence", "sorting:filters", "compose:signatures", "tracking:sending"})


@dataclass(frozen=True)
class Tab:
    address: str
    title: str
    is_open: bool


@register.simple_tag
def settings_tabs(path: str, who: object = None) -> list[Tab]:
    """`path` is the address shown now: its tab is the open one. A shared mailbox has settings of its own."""
    found = []
    for name, title in TABS:
        if getattr(who, "acting", None) and name not in OF_A_BOX:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue  # that room is not served
        is_open = path == address or path.startswith(f"{address}/")
        found.append(Tab(address, title, is_open))
    return found
