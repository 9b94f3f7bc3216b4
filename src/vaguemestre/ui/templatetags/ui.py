"""`{% load ui %}`: `{% icon "inbox" %}`, `{% avatar name %}`, `{% describe field %}`."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from vaguemestre.ui import pictures

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return pictures.icon(name, size)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    return pictures.avatar(name, size)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The input of a form field, tied to the hint and the error that `ui/field.html` writes after it."""
    said = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        said.append(f"{field.auto_id}_error")
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(said)} if said else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)
