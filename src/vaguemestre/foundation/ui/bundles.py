"""Static files bundled into one, so that pages open with a handful of requests."""

import re

BUNDLING_VERSION = 8  # raised with any change here, so that bundles are rebuilt
_SCRIPT_MINIFICATION = (  # none of our scripts has a multi-line string
    (re.compile(r"^\s*(?://.*)?\n", re.MULTILINE), ""),
    (re.compile(r"^[ \t]+", re.MULTILINE), ""),
)
_STYLE_MINIFICATION = (
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
        "ui/shell.css",
        "webmail/webmail.css",
        "webmail/message.css",
        "compose/dock.css",
        "sharing/care.css",
    ),
    "ui/page.css": (
        "ui/tokens.css",
        "ui/base.css",
        "ui/parts.css",
        "ui/shell.css",
        "ui/pages.css",
    ),
    "sorting/absence.js": (
        "sorting/rich-text.js",
        "sorting/enter-key.js",
    ),
    "webmail/page.js": (
        "webmail/webmail.js",
        "compose/dock.js",
    ),
}


def bundle(name: str, texts: list[str]) -> str:
    """Bundle and minify files.

    Each script is wrapped in a function, which keeps its names private (`var` would leave a block).
    """
    if name.endswith(".js"):
        return "\n".join(f"(() => {{\n{_minified(text, _SCRIPT_MINIFICATION)}\n}})();" for text in texts)
    return _minified("\n".join(texts), _STYLE_MINIFICATION)


def _minified(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
