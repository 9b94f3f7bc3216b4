"""Counted sentences as French counts: « 0 demande », « 1 demande », « 2 demandes »."""

from gettext import NullTranslations

from django.utils.translation import trans_real


class _FrenchPlurals(NullTranslations):
    """The sentences are written in French already: only their number is missing."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if -2 < n < 2 else msgid2


def count_in_french() -> None:
    """Sentences without a translation are counted in French, where Django would count them in English."""
    trans_real.translation("fr").add_fallback(_FrenchPlurals())
