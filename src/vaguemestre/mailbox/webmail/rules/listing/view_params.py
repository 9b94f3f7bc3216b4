"""List views as URL parameters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, NoReturn
from urllib.parse import urlencode

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal
from vaguemestre.mailbox.webmail.rules.listing.search_query import SearchQuery
from vaguemestre.post.mailstore.values import Clause, Only, Order, View, Where

_HOUR = re.compile(r"(?P<hour>[0-9]{1,2})\s*(?:[h:]\s*(?P<minutes>[0-9]{2})?)?", re.IGNORECASE)


class OrderNames(NamedTuple):
    """French names of a sort key and of its two directions, the default one first."""

    name: str
    default: str
    reverse: str


RECENT_DAYS = 92
PLAIN = View()
EMPTY_QUERY = SearchQuery()
ORDERS = {
    Order.DATE: OrderNames("Date", "Plus récents d’abord", "Plus anciens d’abord"),
    Order.SENDER: OrderNames("Expéditeur", "De A à Z", "De Z à A"),
    Order.SUBJECT: OrderNames("Objet", "De A à Z", "De Z à A"),
    Order.SIZE: OrderNames("Taille", "Plus lourds d’abord", "Plus légers d’abord"),
    Order.RELEVANCE: OrderNames("Pertinence", "Plus pertinents d’abord", "Moins pertinents d’abord"),
}
FILTERS = {
    Only.UNREAD: "Non lus",
    Only.FLAGGED: "Avec une étoile",
    Only.ATTACHED: "Avec pièce jointe",
    Only.COLLEAGUES: "De collègues",
    Only.TO_ME: "À moi seulement",
}
_NEEDS_MINE, _NEEDS_DOMAINS = Only.TO_ME, Only.COLLEAGUES


def parse_view(
    params: Mapping[str, Sequence[str]],
    *,
    mine: frozenset[str],
    domains: frozenset[str],
    is_grouped: bool,
    query: SearchQuery = EMPTY_QUERY,
) -> View:
    """Parse URL parameters, each with its values, and ignore invalid ones. `query`: parsed value of `q`."""
    if not params or not ("tri" in params or "seul" in params or "q" in params or "sens" in params):
        return View(is_grouped=True) if is_grouped else PLAIN
    order = _last_value(params, "tri")
    only = frozenset(Only(word) for word in params.get("seul", ()) if word in set(Only))
    is_search = bool(query.terms or query.clauses)
    if order == Order.RELEVANCE and not query.terms:
        order = ""
    return View(
        order=Order(order) if order in set(Order) else Order.DATE,
        is_reversed=_last_value(params, "sens") == "inverse",
        only=only,
        terms=query.terms,
        clauses=query.clauses,
        is_grouped=is_grouped and not is_search and order in {"", Order.DATE},
        mine=mine if _NEEDS_MINE in only else frozenset(),
        domains=domains if _NEEDS_DOMAINS in only else frozenset(),
    )


def view_query(view: View, typed: str = "") -> str:
    """URL parameters of a view, without `?`. `typed`: the text of the search box."""
    params = [("q", typed)] if typed else []
    if view.order is not Order.DATE:
        params.append(("tri", view.order.value))
    if view.is_reversed:
        params.append(("sens", "inverse"))
    params += [("seul", only.value) for only in Only if only in view.only]
    return urlencode(params)


def recent_only(view: View, today: date) -> View:
    """The same view, limited to the last `RECENT_DAYS`."""
    since = (today - timedelta(days=RECENT_DAYS)).isoformat()
    return replace(view, clauses=(*view.clauses, Clause(Where.SINCE, since)))


def parse_typed_day(typed: str) -> date:
    """Parse `25/11/2026`, `25-11-2026` or `2026-11-25`. Raises Refusal `webmail.unreadable-day`."""
    tidy = typed.strip().replace("-", "/").replace(".", "/")
    for form in ("%d/%m/%Y", "%Y/%m/%d", "%d/%m/%y"):
        try:
            return datetime.strptime(tidy, form).date()  # noqa: DTZ007 - a day, in no zone
        except ValueError:
            continue
    raise Refusal(day_refusal(typed, "webmail.unreadable-day"))


def parse_typed_hour(typed: str) -> time:
    """Parse `8 h`, `8h30`, `08:30` or `14`. Raises Refusal `webmail.unreadable-hour`."""
    match = _HOUR.fullmatch(typed.strip())
    try:
        return time(int(match["hour"]), int(match["minutes"] or 0)) if match else _no_hour()
    except ValueError:
        return _no_hour()


def _no_hour() -> NoReturn:
    raise Refusal("webmail.unreadable-hour")


def _last_value(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name)
    return values[-1].strip() if values else ""
