"""LIST … RETURN (SPECIAL-USE STATUS) → folders in the order of the sidebar (RFC 5258, 5819, 6154)."""

from typing import NamedTuple

from vaguemestre.engines.imap.protocol import answers, mailbox_names, response_tree
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.post.mailstore.values import Folder, Use

_USES = {
    "\\Drafts": Use.DRAFTS,
    "\\Sent": Use.SENT,
    "\\Archive": Use.ARCHIVE,
    "\\Junk": Use.JUNK,
    "\\Trash": Use.TRASH,
}
_NOT_SELECTABLE = {"\\Noselect", "\\NonExistent"}
_COUNTS = ("MESSAGES", "UNSEEN")


class _Listed(NamedTuple):
    name: str
    use: Use
    is_selectable: bool


def parse_folders(lines: list[Line], everything: str) -> tuple[Folder, ...]:
    """The folders of an answer, and the virtual folder `everything`, which servers need not list."""
    folders: list[_Listed] = []
    subscribed = {everything}
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        nodes = response_tree.tree(line)
        if len(nodes) >= 3 and nodes[0] == "LIST":
            name = _name(nodes[-1])
            flags = {response_tree.text_of(flag) for flag in response_tree.list_of(nodes[1])}
            folders.append(_Listed(name, _use(name, flags), not flags & _NOT_SELECTABLE))
            if "\\Subscribed" in flags:
                subscribed.add(name)
        elif len(nodes) >= 3 and nodes[0] == "STATUS":
            counts[_name(nodes[1])] = answers.status_figures(line.text)
    uses = {folder.name: folder.use for folder in folders}
    counts[everything] = _total(counts, uses)
    folders = [
        folder
        for folder in folders
        if folder.name != everything and not everything.startswith(f"{folder.name}/")
    ]
    folders.append(_Listed(everything, Use.ALL, is_selectable=True))
    folders.sort(key=lambda folder: _rank(folder.name, uses, everything))
    return tuple(
        Folder(
            name=name,
            use=use,
            total=counts.get(name, {}).get("MESSAGES", 0),
            unread=counts.get(name, {}).get("UNSEEN", 0),
            depth=name.count("/") if use is Use.OTHER else 0,
            selectable=is_selectable,
            subscribed=name in subscribed,
        )
        for name, use, is_selectable in folders
    )


def folder_names(lines: list[Line]) -> list[str]:
    """The names alone of a LIST answer."""
    trees = (response_tree.tree(line) for line in lines)
    return [_name(nodes[-1]) for nodes in trees if len(nodes) >= 3 and nodes[0] == "LIST"]


def _total(counts: dict[str, dict[str, int]], uses: dict[str, Use]) -> dict[str, int]:
    """The counts over all folders but trash and junk."""
    names = [name for name in counts if uses.get(name.split("/", 1)[0]) not in (Use.JUNK, Use.TRASH)]
    return {figure: sum(counts[name].get(figure, 0) for name in names) for figure in _COUNTS}


def _rank(name: str, uses: dict[str, Use], everything: str) -> tuple[int, list[str]]:
    """Special folders first, each followed by its subfolders; then the person's own, by name."""
    use = Use.ALL if name == everything else uses.get(name.split("/", 1)[0], Use.OTHER)
    return list(Use).index(use), [step.casefold() for step in name.split("/")]


def _use(name: str, flags: set[str]) -> Use:
    if name.upper() == "INBOX":
        return Use.INBOX
    return next((use for flag, use in _USES.items() if flag in flags), Use.OTHER)


def _name(node: response_tree.Node) -> str:
    return mailbox_names.from_wire(response_tree.octets_of(node).decode("utf-8", "replace"))
