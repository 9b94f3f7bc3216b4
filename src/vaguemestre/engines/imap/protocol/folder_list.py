"""LIST … RETURN (SPECIAL-USE STATUS) → folders in the order they are shown (RFC 5258, 5819, 6154)."""

from vaguemestre.engines.imap.protocol import mailbox_names, parse, response_tree
from vaguemestre.engines.imap.protocol.wire import Line
from vaguemestre.post.mailstore.values import Folder, Use

_USES = {
    "\\Drafts": Use.DRAFTS,
    "\\Sent": Use.SENT,
    "\\Archive": Use.ARCHIVE,
    "\\Junk": Use.JUNK,
    "\\Trash": Use.TRASH,
}
_CLOSED = {"\\Noselect", "\\NonExistent"}
_COUNTS = ("MESSAGES", "UNSEEN")


def listed(lines: list[Line], everything: str) -> tuple[Folder, ...]:
    """The folders of an answer, and the box of `everything`, which servers need not list."""
    found: list[tuple[str, Use, bool]] = []
    subscribed = {everything}
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        nodes = response_tree.tree(line)
        if len(nodes) >= 3 and nodes[0] == "LIST":
            name, flags = (
                _name(nodes[-1]),
                {response_tree.text_of(flag) for flag in response_tree.list_of(nodes[1])},
            )
            found.append((name, _use(name, flags), not flags & _CLOSED))
            if "\\Subscribed" in flags:
                subscribed.add(name)
        elif len(nodes) >= 3 and nodes[0] == "STATUS":
            counts[_name(nodes[1])] = parse.numbers(line.text[line.text.rfind(b"(") :])
    uses = {name: use for name, use, _ in found}
    # what is counted in it: all but trash and junk
    inside = [name for name in counts if uses.get(name.split("/", 1)[0]) not in (Use.JUNK, Use.TRASH)]
    counts[everything] = {what: sum(counts[name].get(what, 0) for name in inside) for what in _COUNTS}
    found = [one for one in found if one[0] != everything and not everything.startswith(f"{one[0]}/")]
    found.append((everything, Use.ALL, True))
    return tuple(
        Folder(
            name=name,
            use=use,
            total=counts.get(name, {}).get("MESSAGES", 0),
            unread=counts.get(name, {}).get("UNSEEN", 0),
            depth=name.count("/") if use is Use.OTHER else 0,
            selectable=selectable,
            subscribed=name in subscribed,
        )
        for name, use, selectable in sorted(found, key=lambda one: _rank(one[0], uses, everything))
    )


def listed_names(lines: list[Line]) -> list[str]:
    """The names alone of a LIST answer."""
    nodes = (response_tree.tree(line) for line in lines)
    return [_name(one[-1]) for one in nodes if len(one) >= 3 and one[0] == "LIST"]


def _rank(name: str, uses: dict[str, Use], everything: str) -> tuple[int, list[str]]:
    """Special folders first, each followed by what it holds; then the person's own, by name."""
    use = Use.ALL if name == everything else uses.get(name.split("/", 1)[0], Use.OTHER)
    order = list(Use).index(use)
    return order, [step.casefold() for step in name.split("/")]


def _use(name: str, flags: set[str]) -> Use:
    if name.upper() == "INBOX":
        return Use.INBOX
    return next((use for flag, use in _USES.items() if flag in flags), Use.OTHER)


def _name(node: response_tree.Node) -> str:
    return mailbox_names.from_wire(response_tree.octets_of(node).decode("utf-8", "replace"))
