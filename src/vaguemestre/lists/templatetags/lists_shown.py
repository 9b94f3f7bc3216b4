"""`{% load lists_shown %}`: where a letter is, what became of a copy, in words."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

_STATES = {
    "held": _("En attente"),
    "scheduled": _("Programmé"),
    "sending": _("En cours de diffusion"),
    "sent": _("Diffusé"),
    "refused": _("Refusé"),
    "dropped": _("Jeté"),
    "stopped": _("Arrêté"),
}
_MARKS = {
    "waiting": (_("Pas encore parti"), ""),
    "accepted": (_("En route"), ""),
    "delayed": (_("Retardé"), "warn"),
    "delivered": (_("Remis"), "ok"),
    "read": (_("Lu"), "ok"),
    "refused": (_("Non remis"), "danger"),
}


@register.filter
def state_said(state: str) -> str:
    return str(_STATES.get(state, state))


@register.filter
def mark_said(mark: str) -> str:
    return str(_MARKS[mark][0]) if mark in _MARKS else mark


@register.filter
def mark_kind(mark: str) -> str:
    return _MARKS[mark][1] if mark in _MARKS else ""
