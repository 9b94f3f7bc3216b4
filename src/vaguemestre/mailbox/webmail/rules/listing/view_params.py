"""How a list is looked at ↔ what its address says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal
from vaguemestre.mailbox.webmail.rules.listing.search_query import Asked
from vaguemestre.post.mailstore.values import Clause, Only, Order, View, Where

RECENT = 92  # days
PLAIN = View()
NOTHING = Asked()
ORDERS = {
    Order.DATE: ("Date", "Plus récents d’abord", "Plus anciens d’abord"),
    Order.SENDER: ("Expéditeur", "De A à Z", "De Z à A"),
    Order.SUBJECT: ("Objet", "De A à Z", "De Z à A"),
    Order.SIZE: ("Taille", "Plus lourds d’abord", "Plus légers d’abord"),
    Order.RELEVANCE: ("Pertinence", "Plus pertinents d’abord", "Moins pertinents d’abord"),
}
NARROWED = {
    Only.UNREAD: "Non lus",
    Only.FLAGGED: "Suivis",
    Only.ATTACHED: "Avec pièce jointe",
    Only.COLLEAGUES: "De collègues",
    Only.TO_ME: "À moi seulement",
}
_NEEDS_MINE, _NEEDS_DOMAINS = Only.TO_ME, Only.COLLEAGUES


def view(
    asked: Mapping[str, Sequence[str]],
    *,
    mine: frozenset[str],
    domains: frozenset[str],
    is_grouped: bool,
    found: Asked = NOTHING,
) -> View:
    """`asked`: the parameters of an address, each with its values; `found`: what `q` among them looks for.

    What means nothing is passed over.
    """
    if not asked or not ("tri" in asked or "seul" in asked or "q" in asked or "sens" in asked):
        return View(is_grouped=True) if is_grouped else PLAIN
    order = _last(asked, "tri")
    only = frozenset(Only(word) for word in asked.get("seul", ()) if word in set(Only))
    is_search = bool(found.terms or found.clauses)
    if order == Order.RELEVANCE and not found.terms:
        order = ""
    return View(
        order=Order(order) if order in set(Order) else Order.DATE,
        is_reversed=_last(asked, "sens") == "inverse",
        only=only,
        terms=found.terms,
        clauses=found.clauses,
        is_grouped=is_grouped and not is_search and order in {"", Order.DATE},
        mine=mine if _NEEDS_MINE in only else frozenset(),
        domains=domains if _NEEDS_DOMAINS in only else frozenset(),
    )


def query(view: View, asked: str = "") -> str:
    """The parameters that say this view, without `?`; `asked` is what was typed to search."""
    said = [("q", asked)] if asked else []
    if view.order is not Order.DATE:
        said.append(("tri", view.order.value))
    if view.is_reversed:
        said.append(("sens", "inverse"))
    said += [("seul", only.value) for only in Only if only in view.only]
    return urlencode(said)


def recent(view: View, today: date) -> View:
    """The same search among the messages of the last months."""
    since = (today - timedelta(days=RECENT)).isoformat()
    return replace(view, clauses=(*view.clauses, Clause(Where.SINCE, since)))


def day(typed: str) -> date:
    """`25/11/2026`, `25-11-2026` or `2026-11-25`. Raises Refusal `webmail.unreadable-day`."""
    tidy = typed.strip().replace("-", "/").replace(".", "/")
    for form in ("%d/%m/%Y", "%Y/%m/%d", "%d/%m/%y"):
        try:
            return datetime.strptime(tidy, form).date()  # noqa: DTZ007 - a day, in no zone
        except ValueError:
            continue
    raise Refusal(day_refusal(typed, "webmail.unreadable-day"))


def _last(asked: Mapping[str, Sequence[str]], name: str) -> str:
    values = asked.get(name)
    return values[-1].strip() if values else ""
