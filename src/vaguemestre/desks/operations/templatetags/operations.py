"""`{% load operations %}`: figures of « Aujourd’hui » as they are written."""

from django import template

from vaguemestre.desks.operations.labels_fr import number_fr, seconds_fr

register = template.Library()
register.filter("figure", number_fr)
register.filter("seconds", seconds_fr)


@register.filter
def dotted(value: float) -> str:
    """A number as SVG writes it, whatever the language of the page."""
    return str(value)
