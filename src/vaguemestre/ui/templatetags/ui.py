"""`{% load ui %}`: `icon`, `avatar`, `describe`, `bundled`… as pages write them."""

from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from vaguemestre.ui import pictures
from vaguemestre.ui.bundles import BUNDLES

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return pictures.icon(name, size)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    return pictures.avatar(name, size)


@register.simple_tag
def bundled(name: str) -> SafeString:
    """The links of a bundle: one where files are gathered, one for each part where they are not."""
    is_gathered = settings.STATIC_URL != "/static/"
    form = (
        '<script type="module" src="{}"></script>'
        if name.endswith(".js")
        else '<link rel="stylesheet" href="{}">'
    )
    names = (name,) if is_gathered else BUNDLES[name]
    return format_html_join("\n  ", form, ((static(one),) for one in names))


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
