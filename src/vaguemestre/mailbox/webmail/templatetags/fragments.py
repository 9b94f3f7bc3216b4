"""`{{ rows|fragment }}`: a fragment that Jinja already wrote, escaped by Jinja, inside a page of Django."""

from django import template
from markupsafe import Markup

register = template.Library()


@register.filter
def fragment(written: str) -> Markup:
    return Markup(written)  # noqa: S704 - written by our own autoescaped templates (http.written)
