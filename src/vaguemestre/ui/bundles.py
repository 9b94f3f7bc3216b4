"""Files that a page asks for together, served as one: the mail reader opens with a handful of requests."""

import re

JOINING = 3  # how files are joined: raised with it, so that what was served before is made anew
_SPARED = (
    (re.compile(r"/\*.*?\*/", re.DOTALL), ""),
    (re.compile(r"\s*([{}])\s*"), r"\1"),
    (re.compile(r";\s+"), ";"),
    (re.compile(r";}"), "}"),
    (re.compile(r",\n\s*"), ","),
    (re.compile(r"(?<=[{;])([\w-]+):\s+"), r"\1:"),
)

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
        "dispatch/banner.js",
        "sharing/care.js",
    ),
}


def joined(name: str, texts: list[str]) -> str:
    """One file of several.

    Scripts stand each in a function, so that names stay their own (those of `var` would leave a block);
    styles lose what only eyes need.
    """
    if name.endswith(".js"):
        return "\n".join(f"(() => {{\n{text}\n}})();" for text in texts)
    told = "\n".join(texts)
    for spared, instead in _SPARED:
        told = spared.sub(instead, told)
    return told
