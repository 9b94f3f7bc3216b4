"""French labels of the states of letters and copies."""

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
_DELIVERY_STATES = {
    "waiting": ("Pas encore parti", ""),
    "accepted": ("En route", ""),
    "delayed": ("Retardé", "warn"),
    "delivered": ("Remis", "ok"),
    "read": ("Lu", "ok"),
    "refused": ("Non remis", "danger"),
}
_DECISIONS = {
    "dropped": "Jeté",
    "refused": "Refusé",
    "scheduled": "Programmé",
}


@register.filter
def decision_label(state: str) -> str:
    """What a manager decided of a letter in that state."""
    return _DECISIONS.get(state, "Accepté")


@register.filter
def state_label(state: str) -> str:
    return str(_STATES.get(state, state))


@register.filter
def delivery_label(state: str) -> str:
    return str(_DELIVERY_STATES[state][0]) if state in _DELIVERY_STATES else state


@register.filter
def delivery_color(state: str) -> str:
    return _DELIVERY_STATES[state][1] if state in _DELIVERY_STATES else ""
