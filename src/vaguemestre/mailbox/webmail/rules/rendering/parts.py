"""Walking a message's structure: what is read, what stands inside, what is attached (RFC 2046, RFC 2387).

Whatever the tree, the walk ends and every leaf is found once, in the text, behind it or beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vaguemestre.post.mailstore.values import Part

DEEPEST = 40
MOST_BODIES = 40  # texts drawn one after the other
_NOTHING = 2  # octets of a text that is only a line end
MOST = 400  # leaves shown one by one; beyond, the message is offered whole

_TEXTS = frozenset(("text/plain", "text/html"))
_NEVER_SHOWN = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)


@dataclass(frozen=True)
class Chosen:
    """`bodies` are read one after the other; `inside` may be named by a body; `beside` are attachments.

    `other` is the text the message also carries in the other kind (HTML or plain), not shown now.
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
        if depth > DEEPEST:
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
        """The last one we can show, as its author ranked them (RFC 2046 §5.1.4); plain when asked for."""
        wanted = "text/plain" if self.plain else "text/html"
        said = [child for child in children if any(_says(leaf) for leaf in leaves_of(child))]
        for some in (said, children):
            ranked = [child for child in some if _holds(child, wanted)]
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
        """An alternative not chosen: its pictures go with it, what is a file stays a file."""
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
        """A file. What holds parts deeper than we look is none: the message is offered whole."""
        if part.kind.startswith("multipart/"):
            self.is_cut = True
        else:
            self.beside.append(part)


def chosen(root: Part, *, plain: bool = False) -> Chosen:
    """What to read of a message. `plain` prefers its plain text."""
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
    return Chosen(
        tuple(walk.bodies[:MOST_BODIES]),
        tuple(walk.inside[:MOST]),
        tuple(walk.beside[:MOST]),
        tuple(walk.other),
        tuple(walk.signatures),
        walk.is_cut or count > MOST or len(walk.bodies) > MOST_BODIES,
    )


def leaves_of(part: Part, depth: int = 0) -> Iterator[Part]:
    """Leaves in order; a message enclosed in the message is one leaf."""
    if depth > DEEPEST or not part.kind.startswith("multipart/"):
        yield part
        return
    for child in part.children:
        yield from leaves_of(child, depth + 1)


def is_empty(root: Part) -> bool:
    """Whether a multipart holds nothing: most likely its boundary is written wrong."""
    return root.kind.startswith("multipart/") and not any(_says(leaf) for leaf in leaves_of(root))


def find_part(root: Part, number: str) -> Part | None:
    """The leaf of that number, also inside an enclosed message."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part.number == number and not part.kind.startswith("multipart/"):
            return part
        stack.extend(part.children)
    return None


def bare_id(content_id: str) -> str:
    """A Content-ID without its angle brackets."""
    return content_id.strip().removeprefix("<").removesuffix(">").strip()


def _holds(part: Part, kind: str) -> bool:
    return any(leaf.kind == kind and leaf.disposition != "attachment" for leaf in leaves_of(part))


def _says(leaf: Part) -> bool:
    return leaf.size > _NOTHING
