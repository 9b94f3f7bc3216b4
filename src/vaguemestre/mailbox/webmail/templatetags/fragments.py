"""`{{ rows|fragment }}`: a fragment that Jinja already wrote, escaped by Jinja, inside a page of Django."""

from django import template
from markupsafe import Markup

register = template.Library()


@register.filter
def fragment(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - written by our own autoescaped templates (http.written)
