"""Weight of the copies of a mail merge, reckoned before any is built: a small text could ask gigabytes."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain, islice

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.mail_merge import VARIABLE, html_of_value, plain_name
from vaguemestre.mailbox.compose.values import MergeCopy

MAX_VARIABLES = 1000  # in a text, repetitions and quotation included
MAX_ADDED = 2_000_000  # characters that values add to a text: as many as may be typed


def column_uses(*texts: str) -> Counter[str]:
    """How many times the texts use each column (plain name). Raises Refusal `compose.too-many-variables`."""
    matches = list(islice(chain.from_iterable(map(VARIABLE.finditer, texts)), MAX_VARIABLES + 1))
    if len(matches) > MAX_VARIABLES:
        raise Refusal("compose.too-many-variables", most=MAX_VARIABLES)
    return Counter(plain_name(match[1]) for match in matches)


def heaviest_copy(uses: Counter[str], copies: Iterable[MergeCopy]) -> MergeCopy:
    """The copy to which its values add most. Raises Refusal `compose.copy-too-long`."""
    heaviest = max(copies, key=lambda copy: added_characters(uses, copy))
    check_added(uses, heaviest)
    return heaviest


def check_added(uses: Counter[str], copy: MergeCopy) -> None:
    """Raise Refusal `compose.copy-too-long` if the values of the copy add more than may be typed."""
    if added_characters(uses, copy) > MAX_ADDED:
        raise Refusal("compose.copy-too-long", address=copy.address)


def added_characters(uses: Counter[str], copy: MergeCopy) -> int:
    """Characters that the values of the copy add, as HTML."""
    return sum(count * len(html_of_value(copy.values.get(column, ""))) for column, count in uses.items())
