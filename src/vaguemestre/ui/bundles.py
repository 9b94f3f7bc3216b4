"""Files that a page asks for together, served as one: the mail reader opens with a handful of requests."""

import re

_INDENTED = re.compile(r"\n\s+")

BUNDLES = {
    # beside the font, which the first of them names by its bare name
    "ui/mail.css": (
        "ui/tokens.css",
        "ui/base.css",
        "ui/parts.css",
        "webmail/webmail.css",
        "webmail/message.css",
        "writing/dock.css",
        "sharing/care.css",
    ),
    "webmail/page.js": (
        "webmail/webmail.js",
        "webmail/message.js",
        "writing/dock.js",
        "sorting/banner.js",
        "sharing/care.js",
    ),
}


def joined(name: str, texts: list[str]) -> str:
    """One file of several: scripts each in a block, so that names stay their own; styles not indented."""
    if name.endswith(".js"):
        return "\n".join(f"{{\n{text}\n}}" for text in texts)
    return "\n".join(_INDENTED.sub("\n", text) for text in texts)
