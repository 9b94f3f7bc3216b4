"""Block of download links under the text of a message."""

from collections.abc import Sequence
from html import escape

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.mailbox.compose.values import FileLink

_BOX = "margin:16px 0;padding:12px 14px;border:1px solid #c9ced6;border-radius:8px"


def links_html(links: Sequence[FileLink]) -> str:
    """HTML of the block; "" without links."""
    if not links:
        return ""
    lines = "".join(
        f"<div>{_anchor(link)} ({sizes.in_words(link.size)}), {_terms(link)}</div>" for link in links
    )
    return f'<div style="{_BOX}"><div><b>{_title(links)}</b></div>{lines}</div>'


def links_text(links: Sequence[FileLink]) -> str:
    """Plain text of the block; "" without links."""
    lines = [f"{link.name} ({sizes.in_words(link.size)}), {_terms(link)}\n{link.address}" for link in links]
    return "\n".join([_title(links), *lines]) if lines else ""


def _anchor(link: FileLink) -> str:
    return f'<a href="{escape(link.address)}">{escape(link.name)}</a>'


def _title(links: Sequence[FileLink]) -> str:
    return "Fichiers à télécharger" if len(links) > 1 else "Fichier à télécharger"


def _terms(link: FileLink) -> str:
    password = ", avec un mot de passe donné à part" if link.has_password else ""
    return f"disponible jusqu’au {link.until:%d/%m/%Y}{password}"
