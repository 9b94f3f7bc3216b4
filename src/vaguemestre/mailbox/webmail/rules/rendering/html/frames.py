"""Document of the frame that shows a message's text, and its Content-Security-Policy.

The letter stands in an element of its own, to which its style sheet is confined (`selectors`). The name of
that element is none that a letter may use: no end tag of the letter can close it.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from vaguemestre.mailbox.webmail.rules.rendering.html.selectors import LETTER

_SHEET = """
:root {color-scheme: %(scheme)s}
* {box-sizing: border-box}
html, body {display: block !important}
html {background: light-dark(#fff, #1a1d25); outline: none}
html:focus-visible::after {
  content: ""; position: fixed; inset: 0; pointer-events: none;
  border: 3px solid light-dark(#2a45c2, #a9b8ff);
}
body {
  margin: 0; overflow-wrap: anywhere;
  font: 16px/1.6 system-ui, sans-serif;
  color: light-dark(#1c2130, #eceef4); background: light-dark(#fff, #1a1d25);
}
%(letter)s {padding: 2px 2px 24px}
.vm-part + .vm-part {border-top: 1px solid light-dark(#e3e0d8, #2e333f); margin-top: 16px; padding-top: 16px}
a {color: light-dark(#2a45c2, #a9b8ff)}
img {max-width: 100%%; height: auto}
img:not([src]) {
  display: inline !important; width: auto !important; height: auto !important;
  font-size: 13px; opacity: .8;
}
img:not([src]):not([alt]), img:not([src])[alt=""] {display: none !important}
table {max-width: 100%%; overflow-wrap: break-word}
pre {white-space: pre-wrap}
blockquote {
  margin: 8px 0; padding: 0 0 0 14px; border-left: 3px solid light-dark(#b9c3f2, #46528c);
  color: light-dark(#4a5163, #b9c0cf);
}
blockquote blockquote {border-color: light-dark(#9fcdb8, #3c6a55)}
blockquote blockquote blockquote {border-color: light-dark(#dec48e, #7a6130)}
details.vm-quote > summary {
  display: inline-block; margin: 6px 0; padding: 1px 10px; border-radius: 9px; cursor: pointer;
  font-size: 13px;
  color: light-dark(#565d6e, #aab1c1); background: light-dark(#efede6, #262b36);
}
details.vm-quote > summary:focus-visible {outline: 3px solid light-dark(#2a45c2, #a9b8ff)}
body:has(> .vm-paper) {max-width: 80ch; margin: 24px auto; padding: 0 24px}
.vm-paper h1 {font-size: 20px; margin: 8px 0 12px}
.vm-paper {break-after: avoid}
vm-sheet + .vm-paper {margin-top: 24px; border-top: 2px solid light-dark(#1c2130, #eceef4); padding-top: 8px}
.vm-paper th {text-align: left; padding: 1px 14px 1px 0; vertical-align: top; font-weight: 700}
@media print {.vm-screen {display: none} body:has(> .vm-paper) {max-width: none; margin: 0; padding: 0}}
@media print {%(letter)s {padding: 0}}
vm-sheet {display: flow-root; overflow: hidden; overflow: visible clip}
.vm-text {white-space: pre-wrap; max-width: 80ch}
mark {color: inherit; background: light-dark(#ffe9a8, #5b4a12)}
.vm-note {font-size: 14px; color: light-dark(#565d6e, #aab1c1)}
@media (max-width: 700px) {
  table, tbody, tr, td, th, div, p, img {max-width: 100%% !important; min-width: 0 !important}
  table[width], td[width] {width: auto !important}
}
@media print {:root {color-scheme: light}}
@media print {details.vm-quote > summary {display: none}}
@media print {details.vm-quote::details-content {content-visibility: visible}}
"""
# In a layer, `!important` wins over any of the letter, whose rules stand in none (CSS Cascade 5, 6.4.4).
_UNMOVED = """
@layer vm {
  %(letter)s {display: block !important}
  /* what holds the mark of a link neither cuts it off nor lets anything be drawn over it */
  %(letter)s :has(.vm-host) {overflow: visible !important; opacity: 1 !important}
  %(letter)s :has(> .vm-host) {text-align: start !important; text-indent: 0 !important}
  .vm-host {
    all: initial !important; color-scheme: inherit !important; direction: ltr !important;
    unicode-bidi: isolate !important; position: relative !important; z-index: 9 !important;
    display: inline-block !important; max-width: 100%% !important;
    padding: 0 3px !important; border-radius: 3px !important;
    font: 700 13px/1.5 system-ui, sans-serif !important; overflow-wrap: anywhere !important;
    color: light-dark(#7a4f00, #f0c774) !important; background: light-dark(#fff8e6, #2e2612) !important;
  }
  .vm-host * {
    all: unset !important; direction: ltr !important; unicode-bidi: normal !important;
    background: light-dark(#ffe9a8, #5b4a12) !important;
  }
}
"""
_FIXED = '.vm-text {font: 15px/1.5 ui-monospace, "Cascadia Mono", "Liberation Mono", monospace}'
_SCHEMES = {"light": "light", "dark": "dark"}


PRINTING = "print()"
# The height of the text, with the scrollbar of one too wide: a number, the only thing the frame ever says.
# Told once it is loaded, and at every change; browsers observe nothing in a frame that is out of sight.
MEASURING = (
    "{const r=document.documentElement,"
    't=()=>parent.postMessage(r.offsetHeight+innerHeight-r.clientHeight,"*");'
    'addEventListener("load",t);new ResizeObserver(t).observe(r)}'
)
# Browsers that can give the frame the height of its text without a script (CSS Sizing 4, responsive iframes).
# Whom the height is told is who may show the frame at all: `frame-ancestors` of the policy.
_SIZED = '<meta name="responsive-embedded-sizing" content="allow-origins=*">'


class PrintedLetter(NamedTuple):
    """A letter on a page to print: our header, then what `sanitize` or `plain` made of its text."""

    top: str
    css: str
    html: str


def document(css: str, html: str, *, theme: str, is_fixed: bool = False, is_measured: bool = False) -> bytes:
    """Build the document of the frame. `css` and `html` come from `sanitize` or `plain` and stay unchanged.

    `is_fixed`: plain text in a monospaced typeface. `is_measured`: tells its height (`MEASURING`) to the page
    around it. The document takes the focus, since one without links could not be scrolled from the keyboard
    otherwise.
    """
    script = f"<script>{MEASURING}</script>" if is_measured else _SIZED
    styles = f"<style>{_sheet(theme, is_fixed)}</style><style>{css}</style>"
    return _page(script + styles, f"<{LETTER}>{html}</{LETTER}>")


def paper(letters: Sequence[PrintedLetter], *, is_fixed: bool = False) -> bytes:
    """Build the page to print: letters one after the other, each under our header, which none is drawn over.

    Each of several stands in a shadow tree, where its style sheet reaches no other letter and no header.
    """
    sheet = _sheet("light", is_fixed)
    styles = f"<style>{sheet}</style>"
    if len(letters) == 1:
        top, css, html = letters[0]
        styles += f"<style>{css}</style>"
        body = f"{top}<vm-sheet><{LETTER}>{html}</{LETTER}></vm-sheet>"
    else:
        body = "".join(
            f'{top}<vm-sheet><template shadowrootmode="closed"><style>{sheet}</style><style>{css}</style>'
            f"<{LETTER}>{html}</{LETTER}></template></vm-sheet>"
            for top, css, html in letters
        )
    return _page(_SIZED + styles, f"{body}<script>{PRINTING}</script>")


def _sheet(theme: str, is_fixed: bool) -> str:
    names = {"scheme": _SCHEMES.get(theme, "light dark"), "letter": LETTER}
    return (_SHEET + _UNMOVED) % names + (_FIXED if is_fixed else "")


def _page(head: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="fr" tabindex="0"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><title>Texte du courriel</title>'
        f"{head}</head><body>{body}</body></html>"
    ).encode("utf-8", "replace")


SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_ELSEWHERE = (
    "style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'; frame-src 'none'; "
    "frame-ancestors 'self'"
)


def policy(pictures_at: str, *, is_measured: bool = False) -> str:
    """Content-Security-Policy of the frame. `pictures_at`: absolute address of our picture proxy.

    `sandbox` keeps the origin opaque even if the address is opened outside the frame. `is_measured`: one
    script may run, `MEASURING` by its hash; no script of the message can, as none has that hash.
    """
    scripts = f" allow-scripts; script-src {_source(MEASURING)}" if is_measured else ""
    return f"sandbox {SANDBOX}{scripts}; default-src 'none'; img-src data: {pictures_at}; {_ELSEWHERE}"


def paper_policy() -> str:
    """Content-Security-Policy of the page to print: that of the frame, plus `PRINTING` by its hash."""
    return (
        f"sandbox {SANDBOX} allow-scripts allow-modals; default-src 'none'; img-src data:; "
        f"script-src {_source(PRINTING)}; {_ELSEWHERE}"
    )


def _source(script: str) -> str:
    """Source expression that allows this very script (CSP 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


# Placeholder of a picture that could not be fetched, grey on any background. It has a height only, so that
# the message's own sizes apply; its lines stay thin at any size.
PICTURE_PLACEHOLDER = (
    '<svg xmlns="http://www.w3.org/2000/svg" height="24"><g fill="none" stroke="#868e9e" stroke-opacity=".6">'
    '<rect width="100%" height="100%" vector-effect="non-scaling-stroke"/>'
    '<line y1="100%" x2="100%" vector-effect="non-scaling-stroke"/></g></svg>'
)
