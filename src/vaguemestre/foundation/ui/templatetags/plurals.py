"""Filters of every page, without `{% load %}`: `counted` and `plural` agree with a number as French does.

`{{ 2|counted:"message" }}` is « 2 messages », `{{ 2|counted:"travail,travaux" }}` « 2 travaux »;
`lu{{ 2|plural }}` is « lus », `{{ 2|plural:"est,sont" }}` « sont ».
"""

from django import template

from vaguemestre.foundation.kernel import texts

register = template.Library()


@register.filter
def counted(number: int, forms: str) -> str:
    singular, _, plural = forms.partition(",")
    return texts.counted(number, singular, plural)


@register.filter
def plural(number: int, forms: str = ",s") -> str:
    """One of two comma-separated forms; by default, the s of the plural."""
    singular, _, several = forms.partition(",")
    return texts.inflected(number, singular, several)
