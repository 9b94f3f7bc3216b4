"""`{% load ui %}`: `icon`, `avatar`, `describe`, `bundled`… as pages write them."""

from datetime import date, datetime

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.text.french_dates import day_fr, elapsed_fr, hour_fr, moment_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.bundles import BUNDLES
from vaguemestre.foundation.ui.files import pictures
from vaguemestre.foundation.ui.listing import Listing

register = template.Library()
register.filter("octets", sizes.on_one_line)
register.filter("hour", hour_fr)
register.filter("elapsed", elapsed_fr)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return pictures.icon(name, size)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    return pictures.avatar(name, size)


@register.filter
def long_day(day: date | None, kind: str = "") -> str:
    """« 1er décembre 2026 »; with `weekday`, « mardi 1er décembre 2026 ». Of a moment: its day in Paris."""
    if isinstance(day, datetime):
        day = paris_day(day)
    return day_fr(day, with_weekday=kind == "weekday") if day else ""


@register.filter
def moment(at: datetime | None, kind: str = "") -> str:
    """Day and hour as in a sentence: « aujourd’hui à 8 h », « hier à 12 h 45 », « le 1er décembre à 8 h ».

    With `alone`, as it begins a cell or a line: « Hier à 12 h 45 », « 1er décembre à 8 h ».
    """
    words = moment_fr(at, paris_day(timezone.now())) if at else ""
    if kind == "alone":
        return words[:1].upper() + words[1:]
    return f"le {words}" if words[:1].isdigit() else words


# What a notice of each kind looks like and says to screen readers, unless the page says otherwise.
_NOTICES = {
    "": ("info-circle", ""),
    "ok": ("circle-check", "status"),
    "warn": ("alert-triangle", ""),
    "danger": ("alert-circle", "alert"),
}


@register.simple_block_tag(takes_context=True)
def notice(
    context: Context,
    content: SafeString,
    kind: str = "",
    icon: str = "",
    role: str = "",
    *,
    undo: str = "",
    label: str = "Annuler",
    name: str = "",
    value: object = "",
) -> SafeString:
    """`{% notice "ok" %}Enregistré.{% endnotice %}`: a sentence of the page with the icon of its kind.

    `kind`: "ok", "warn", "danger", or "" for what is only told.
    `undo`: the address that takes back what the sentence tells, by POST, with the field `name` set to
    `value` if it needs one; the button then follows the sentence, and both are told as a status.
    An empty address means that nothing can be taken back.
    """
    usual_icon, usual_role = _NOTICES[kind]
    role = role or usual_role or ("status" if undo else "")
    return format_html(
        '<{tag} class="notice{kind}"{role}>{icon}<span>{content}</span>{form}</{tag}>',
        tag="div" if undo else "p",
        kind=f" {kind}" if kind else "",
        role=format_html(' role="{}"', role) if role else "",
        icon=pictures.icon(icon or usual_icon),
        content=content,
        form=_undo_form(context, undo, label, name, value) if undo else "",
    )


def _undo_form(context: Context, address: str, label: str, name: str, value: object) -> SafeString:
    return format_html(
        '<form method="post" action="{}">{}{}<button type="submit">{}</button></form>',
        address,
        CsrfTokenNode().render(context),
        format_html('<input type="hidden" name="{}" value="{}">', name, value) if name else "",
        label,
    )


@register.simple_tag
def bundled(name: str) -> SafeString:
    """The tags of a bundle: one for the bundle if static files are collected, else one per part."""
    is_collected = settings.STATIC_URL != "/static/"
    form = (
        '<script type="module" src="{}"></script>'
        if name.endswith(".js")
        else '<link rel="stylesheet" href="{}">'
    )
    names = (name,) if is_collected else BUNDLES[name]
    return format_html_join("\n  ", form, ((static(part),) for part in names))


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The input of a form field, described by the hint and the error that `ui/field.html` writes after it."""
    described_by = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        described_by.append(f"{field.auto_id}_error")
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described_by)} if described_by else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def column(listing: Listing, sort: str, title: str, kind: str = "") -> SafeString:
    """The sortable head of a column. `kind`: `number` for a column of figures."""
    is_open = listing.sort == sort
    direction = "descending" if listing.backwards else "ascending"
    return format_html(
        '<th scope="col"{}{}><a class="sorted" href="{}">{}{}</a></th>',
        format_html(' class="{}"', kind) if kind else "",
        format_html(' aria-sort="{}"', direction) if is_open else "",
        listing.sorted_by(sort),
        title,
        pictures.icon(
            ("chevron-down" if listing.backwards else "chevron-up") if is_open else "arrows-sort", "s"
        ),
    )


@register.inclusion_tag("ui/pager.html")
def pager(listing: Listing, total: int = -1, *, more: bool = False) -> dict[str, object]:
    """Links « Précédents » and « Suivants », by `total` if it is known, else by `more`."""
    pages = -(-total // listing.count) if total >= 0 else 0
    has_next = more or listing.page < pages
    return {
        "page": listing.page,
        "pages": pages,
        "before": listing.page_link(listing.page - 1) if listing.page > 1 else "",
        "after": listing.page_link(listing.page + 1) if has_next else "",
    }
