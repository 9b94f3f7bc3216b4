"""One function per screen: those of whoever left a file, those of whoever takes it."""

from vaguemestre.post.filelinks.views.keeping import change_terms, list_deposits, take_back
from vaguemestre.post.filelinks.views.lending import give, lend, nothing_here

__all__ = ["change_terms", "give", "lend", "list_deposits", "nothing_here", "take_back"]
