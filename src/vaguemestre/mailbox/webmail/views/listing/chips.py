"""Chips above the results of a search: its criteria, to take away, and others to add."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.rules.listing.folders import display_name
from vaguemestre.mailbox.webmail.rules.listing.labels import keyword_of, known_labels
from vaguemestre.mailbox.webmail.rules.listing.search_chips import Chip, criteria, offers
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.post.mailstore.values import Folder


class ChipLink(NamedTuple):
    """`address`: of the search that the chip leads to."""

    words: str
    address: str


class SearchChips(NamedTuple):
    """Criteria of the search, and frequent ones that it does not have."""

    criteria: tuple[ChipLink, ...]
    offers: tuple[ChipLink, ...]


def search_chips(
    who: Who, typed: str, folder: str, narrower: str, folders: tuple[Folder, ...]
) -> SearchChips:
    """Chips of a search in one of the `folders`.

    `folder`: the only one it looks in, may be empty; `narrower`: slug, may be empty.
    """
    labels, today = known_labels(who.preferences), paris_day(timezone.now())

    def keyword(name: str) -> str:
        return keyword_of(name, labels)

    def place(name: str) -> str:
        match = message_lists.named_folder(folders, name)
        return display_name(match) if match else name

    def links(chips: tuple[Chip, ...]) -> tuple[ChipLink, ...]:
        return tuple(ChipLink(chip.words, _address(chip.query, folder, narrower)) for chip in chips)

    return SearchChips(links(criteria(typed, today, keyword, place)), links(offers(typed, today, keyword)))


def search_links(chips: tuple[Chip, ...], folder: str) -> tuple[ChipLink, ...]:
    """Links to the searches of chips. `folder`: the only one they look in, may be empty."""
    return tuple(ChipLink(chip.words, _address(chip.query, folder, "")) for chip in chips)


def _address(query: str, folder: str, narrower: str) -> str:
    if not query:
        return reverse("webmail:show-folder", args=(folder,)) if folder else address("webmail:inbox")
    if folder:
        return f"{reverse('webmail:show-folder', args=(folder,))}?{urlencode({'q': query})}"
    place = {"ici": narrower} if narrower else {}
    return f"{address('webmail:inbox')}?{urlencode({'q': query, 'partout': '1', **place})}"
