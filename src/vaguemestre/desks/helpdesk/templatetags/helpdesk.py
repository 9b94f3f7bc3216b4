"""`{% load helpdesk %}`: delays of help requests as they are written."""

from datetime import timedelta

from django import template

from vaguemestre.desks.helpdesk.rules.delay_labels import delay_fr

register = template.Library()


@register.filter
def delay(value: timedelta | None) -> str:
    return "–" if value is None else delay_fr(value)
