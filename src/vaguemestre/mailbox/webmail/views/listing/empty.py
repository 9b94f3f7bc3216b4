"""The sentence of a list without rows, and what to try when a search found nothing."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.http import render_fragment
from vaguemestre.mailbox.webmail.rules.listing.labels import keyword_of, known_labels, searched_label
from vaguemestre.mailbox.webmail.rules.listing.search_advice import advice_on
from vaguemestre.mailbox.webmail.views.listing.chips import ChipLink, search_links
from vaguemestre.post.mailstore.values import Page, Use, View


class SearchAdvice(NamedTuple):
    """Criteria nobody knows, the search better spelled, the search without each of its items."""

    unknown: tuple[str, ...]
    nearest: tuple[ChipLink, ...]
    without: tuple[ChipLink, ...]


def empty_fragment(
    request: SignedInRequest,
    page: Page,
    uses: Mapping[str, Use],
    view: View,
    typed: str,
    unknown_folder: str,
    words: Collection[str],
) -> str:
    """HTML of a list without rows. `words`: those of recent messages, to spell the search with."""
    labels = known_labels(request.who.preferences)
    context = {
        "page": page,
        "typed": typed,
        "unknown_folder": unknown_folder,
        "label": searched_label(typed, labels),
        "is_filtered": bool(view.only),
        "advice": _advice(request, page, uses, typed, words) if typed else None,
    }
    return render_fragment("empty", context)


def _advice(
    request: SignedInRequest, page: Page, uses: Mapping[str, Use], typed: str, words: Collection[str]
) -> SearchAdvice:
    labels = known_labels(request.who.preferences)
    advice = advice_on(typed, words, paris_day(timezone.now()), lambda name: keyword_of(name, labels))
    folder = "" if uses.get(page.folder) is Use.ALL else page.folder
    nearest = (advice.nearest,) if advice.nearest else ()
    return SearchAdvice(advice.unknown, search_links(nearest, folder), search_links(advice.without, folder))
