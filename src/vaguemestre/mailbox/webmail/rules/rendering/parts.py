"""Parts of a message: bodies to show, inline parts, attachments (RFC 2046, RFC 2387).

Whatever the tree, the walk ends and visits each leaf once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vaguemestre.post.mailstore.values import Part

MAX_DEPTH = 40
MAX_BODIES = 40  # shown one after the other
_NOTHING = 2  # octets of a text with only a line end
MAX_LEAVES = 400  # beyond, the message is offered as a whole

_TEXTS = frozenset(("text/plain", "text/html"))
_NEVER_SHOWN = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)


@dataclass(frozen=True)
class ChosenParts:
    """Parts by role. `bodies`: shown in order; `inside`: inline parts that bodies may name; `beside`:
    attachments.

    `other`: the alternative texts that are not shown.
    """

    bodies: tuple[Part, ...]
    inside: tuple[Part, ...]
    beside: tuple[Part, ...]
    other: tuple[Part, ...]
    signatures: tuple[Part, ...]
    is_too_much: bool


class _Walk:
    def __init__(self, *, plain: bool) -> None:
        self.plain = plain
        self.bodies: list[Part] = []
        self.inside: list[Part] = []
        self.beside: list[Part] = []
        self.other: list[Part] = []
        self.signatures: list[Part] = []
        self.is_cut = False

    def visit(self, part: Part, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.put_beside(part)
        elif part.kind == "multipart/alternative" and part.children:
            self.alternative(part, depth)
        elif part.kind == "multipart/related" and part.children:
            self.related(part, depth)
        elif part.kind.startswith("multipart/"):
            for child in part.children:
                self.visit(child, depth + 1)
        else:
            self.leaf(part)

    def alternative(self, part: Part, depth: int) -> None:
        chosen = self.best(part.children)
        for child in part.children:
            if child is chosen:
                self.visit(child, depth + 1)
            elif child.kind in _TEXTS and child.disposition != "attachment":
                self.other.append(child)
            else:
                self.set_aside(child)

    def best(self, children: tuple[Part, ...]) -> Part:
        """The preferred alternative: of the kind asked for, else the last readable one (RFC 2046 §5.1.4)."""
        preferred = "text/plain" if self.plain else "text/html"
        filled = [child for child in children if any(_has_content(leaf) for leaf in leaves_of(child))]
        for some in (filled, children):
            ranked = [child for child in some if _holds(child, preferred)]
            readable = [child for child in some if any(_holds(child, kind) for kind in _TEXTS)]
            if ranked or readable:
                return (ranked or readable)[-1]
        return children[-1]

    def related(self, part: Part, depth: int) -> None:
        root, *others = part.children
        self.visit(root, depth + 1)
        for other in others:
            for leaf in leaves_of(other):
                if leaf.content_id or leaf.kind.startswith("image/"):
                    self.inside.append(leaf)
                else:
                    self.leaf(leaf)

    def set_aside(self, part: Part) -> None:
        """Sort the leaves of an alternative not shown: texts, inline pictures, attachments."""
        for leaf in leaves_of(part):
            if leaf.kind in _TEXTS and leaf.disposition != "attachment":
                self.other.append(leaf)
            elif leaf.content_id and leaf.kind.startswith("image/"):
                self.inside.append(leaf)
            else:
                self.put_beside(leaf)

    def leaf(self, part: Part) -> None:
        if part.kind in _NEVER_SHOWN:
            self.signatures.append(part)
        elif part.kind in _TEXTS and part.disposition != "attachment" and not part.name:
            self.bodies.append(part)
        else:
            self.put_beside(part)

    def put_beside(self, part: Part) -> None:
        """Add an attachment; a multipart beyond `MAX_DEPTH` is none, and the message is cut."""
        if part.kind.startswith("multipart/"):
            self.is_cut = True
        else:
            self.beside.append(part)


def choose_parts(root: Part, *, plain: bool = False) -> ChosenParts:
    """Choose the parts to show. `plain`: prefer plain text to HTML."""
    walk = _Walk(plain=plain)
    walk.visit(root, 0)
    if not walk.bodies:
        first = next(
            (part for part in walk.beside if part.kind in _TEXTS and part.disposition != "attachment"), None
        )
        if first is not None:
            walk.bodies.append(first)
            walk.beside.remove(first)
    count = len(walk.bodies) + len(walk.inside) + len(walk.beside)
    return ChosenParts(
        tuple(walk.bodies[:MAX_BODIES]),
        tuple(walk.inside[:MAX_LEAVES]),
        tuple(walk.beside[:MAX_LEAVES]),
        tuple(walk.other),
        tuple(walk.signatures),
        walk.is_cut or count > MAX_LEAVES or len(walk.bodies) > MAX_BODIES,
    )


def leaves_of(part: Part, depth: int = 0) -> Iterator[Part]:
    """Leaves in order; an enclosed message is one leaf."""
    if depth > MAX_DEPTH or not part.kind.startswith("multipart/"):
        yield part
        return
    for child in part.children:
        yield from leaves_of(child, depth + 1)


def is_empty(root: Part) -> bool:
    """Whether a multipart has no content, usually because of a wrong boundary."""
    return root.kind.startswith("multipart/") and not any(_has_content(leaf) for leaf in leaves_of(root))


def find_part(root: Part, number: str) -> Part | None:
    """The leaf of that number, also within enclosed messages."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part.number == number and not part.kind.startswith("multipart/"):
            return part
        stack.extend(part.children)
    return None


def covers_all(root: Part, number: str) -> bool:
    """Whether the signature in the part of that number may cover all the text that is shown.

    It is the whole message, or the second of the two parts of one that is signed (RFC 1847 §2.1). Anywhere
    else somebody's signed text stands beside another, which its sender may have added.
    """
    if not root.children:
        return root.number == number
    is_signed = root.kind == "multipart/signed" and len(root.children) == 2
    return is_signed and root.children[1].number == number


def bare_id(content_id: str) -> str:
    """A Content-ID without its angle brackets."""
    return content_id.strip().removeprefix("<").removesuffix(">").strip()


def _holds(part: Part, kind: str) -> bool:
    return any(leaf.kind == kind and leaf.disposition != "attachment" for leaf in leaves_of(part))


def _has_content(leaf: Part) -> bool:
    return leaf.size > _NOTHING
