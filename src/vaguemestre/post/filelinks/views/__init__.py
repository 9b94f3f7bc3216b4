"""One function per screen: those of whoever left a file, those of whoever takes it."""

from vaguemestre.post.filelinks.views.download import give, lend, nothing_here
from vaguemestre.post.filelinks.views.my_files import change_terms, list_deposits, take_back

__all__ = ["change_terms", "give", "lend", "list_deposits", "nothing_here", "take_back"]
