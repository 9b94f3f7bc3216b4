"""`{% load lists_shown %}`: where a letter is, what became of a copy, in words."""

from django import template

register = template.Library()

_STATES = {
    "held": "En attente",
    "scheduled": "Programmé",
    "sending": "En cours de diffusion",
    "sent": "Diffusé",
    "refused": "Refusé",
    "dropped": "Jeté",
    "stopped": "Arrêté",
}
_MARKS = {
    "waiting": ("Pas encore parti", ""),
    "accepted": ("En route", ""),
    "delayed": ("Retardé", "warn"),
    "delivered": ("Remis", "ok"),
    "read": ("Lu", "ok"),
    "refused": ("Non remis", "danger"),
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
