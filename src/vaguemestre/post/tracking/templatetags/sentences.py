"""`{{ code|as_sentence }}`: the French sentence of a refusal's code."""

from django import template

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence

register = template.Library()


@register.filter
def as_sentence(code: str) -> str:
    """The sentence of that code; empty without one."""
    return sentence(Refusal(code)) if code else ""
