"""`{% settings_tabs request.path request.who as tabs %}`: the pages of « Paramètres » of this instance."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

# URL name and title, in the order shown; each room answers for its own page.
TABS = (
    ("sorting:absence", _("Notifications d’absence")),
    ("sorting:filters", _("Filtres")),
    ("writing:signatures", _("Signatures et identités")),
    ("dispatch:sending", _("Envoi")),
    ("portal:display", _("Affichage")),
    ("portal:programs", _("Appareils et mots de passe d’application")),
    ("sharing:loans", _("Délégation")),
    ("moving:show", _("Importer et exporter")),
    ("signin:security", _("Sécurité")),
    ("signin:activity", _("Mon activité")),
)

OF_A_BOX = frozenset({"sorting:absence", "sorting:filters", "writing:signatures", "dispatch:sending"})


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
        found.append(Tab(address, str(title), is_open))
    return found
