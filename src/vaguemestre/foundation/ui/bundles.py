"""Files that a page asks for together, served as one: the mail reader opens with a handful of requests."""

import re

JOINING = 7  # how files are joined: raised with it, so that what was served before is made anew
_SPARED_SCRIPT = (  # none of ours says a text of several lines
    (re.compile(r"^\s*(?://.*)?\n", re.MULTILINE), ""),
    (re.compile(r"^[ \t]+", re.MULTILINE), ""),
)
_SPARED_STYLE = (
    (re.compile(r"/\*.*?\*/", re.DOTALL), ""),
    (re.compile(r"\s*([{}])\s*"), r"\1"),
    (re.compile(r";\s+"), ";"),
    (re.compile(r";}"), "}"),
    (re.compile(r",\s+"), ","),
    (re.compile(r"\s+>\s+"), ">"),
    (re.compile(r"(?<=[{;])([\w-]+):\s+(?![\s;}])"), r"\1:"),  # an empty value keeps its space
)

BUNDLES = {
    # beside the font, which the first of them names by its bare name
    "ui/mail.css": (
        "ui/tokens.css",
        "ui/base.css",
        "ui/parts.css",
        "webmail/webmail.css",
        "webmail/message.css",
        "compose/dock.css",
        "sharing/care.css",
    ),
    "webmail/page.js": (
        "webmail/webmail.js",
        "compose/dock.js",
    ),
}


def joined(name: str, texts: list[str]) -> str:
    """One file of several.

    Scripts stand each in a function, so that names stay their own (those of `var` would leave a block);
    both lose what only eyes need.
    """
    if name.endswith(".js"):
        return "\n".join(f"(() => {{\n{_bare(text, _SPARED_SCRIPT)}\n}})();" for text in texts)
    return _bare("\n".join(texts), _SPARED_STYLE)


def _bare(text: str, spared: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for one, instead in spared:
        text = one.sub(instead, text)
    return text
