"""Views: the owner's files, and the public download page."""

from vaguemestre.post.filelinks.views.download import download, not_found, show_download
from vaguemestre.post.filelinks.views.my_files import change_terms, list_files, withdraw

__all__ = ["change_terms", "download", "list_files", "not_found", "show_download", "withdraw"]
