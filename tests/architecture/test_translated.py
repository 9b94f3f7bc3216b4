"""Every sentence of a page goes through gettext, in the rooms that are wrapped; the others are named here.

A room that leaves `NOT_YET` never comes back to it: what is added to a wrapped room is wrapped.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.architecture.test_rooms import MODULES, SOURCE, room_of, tree_of

PAGES = sorted((*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("jinja2/**/*.jinja")))
NOT_YET = frozenset(
    (
        "assistant", "classes", "contacts", "deposits", "devices", "dispatch", "lists", "moving", "portal",
        "sharing", "signin", "sorting", "sso", "ui", "webmail", "writing",
    )
)  # fmt: skip
_TOLD = ("alt", "aria-label", "placeholder", "title")  # attributes that people read or hear
_WRAPPED = re.compile(r"\{% blocktrans(?:late)?\b.*?%\}.*?\{% endblocktrans(?:late)? %\}", re.DOTALL)
_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CLASSES = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
_IN_TAGS = re.compile(
    r"""\{%\s*column\s+\w+\s+"[^"]+"\s+"([^"]+)"|\|default:"((?=[^"]*[^\W\d_]{2})[^"]+)\""""
)
_A_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMES = frozenset({"Vaguemestre"})  # proper names: the same in every language


class _Read(HTMLParser):
    """What a page says to people, piece by piece."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._mute = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mute += tag in ("script", "style", "code", "pre")
        self.said += [value or "" for name, value in attrs if name in _TOLD]

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.said.append(data)


def unwrapped(text: str) -> Iterator[str]:
    """Words of a page that no translation replaces."""
    bare = _WRAPPED.sub("", _CLASSES.sub("", text))
    for found in _IN_TAGS.finditer(bare):
        yield found[1] or found[2]
    for said in _Read(_CODE.sub("", bare)).said:
        words = " ".join(said.split())
        if _A_WORD.search(words) and words not in _NAMES:
            yield words


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('{% block title %}{% translate "Personnes" %}{% endblock %}<h1>{{ name }}</h1>', []),
        (
            "{% blocktranslate count n=all %}{{ n }} clé{% plural %}{{ n }} clés{% endblocktranslate %}",
            [],
        ),
        ("<h1>Personnes</h1><p>{{ name }} · {{ place }}</p>", ["Personnes"]),
        ('<p aria-label="Pages"></p><script>let a = "Bonjour"</script>', ["Pages"]),
        ('{% column listing "nom" "Nom" %}{% column listing "age" _("Âge") %}', ["Nom"]),
        ('{{ place|default:"sans poste" }}{{ day|date:"d/m/Y" }}', ["sans poste"]),
        ("{# à revoir #}<code>vaguemestre</code>", []),
        ('{% if a %}oui{% else %}{% translate "non" %}{% endif %}', ["oui"]),
    ],
)
def test_words_are_found_where_no_translation_replaces_them(page: str, found: list[str]) -> None:
    assert list(unwrapped(page)) == found


def test_pages_of_a_wrapped_room_say_nothing_that_cannot_be_translated() -> None:
    breaches = [
        f"{page.relative_to(SOURCE)}: {words}"
        for page in PAGES
        if room_of(page) not in NOT_YET
        for words in unwrapped(page.read_text(encoding="utf-8"))
    ]
    assert breaches == [], "write {% translate %} or {% blocktranslate %} around these"


def test_a_room_that_is_wrapped_is_counted_as_such() -> None:
    bare = {room_of(page) for page in PAGES if any(unwrapped(page.read_text(encoding="utf-8")))}
    assert NOT_YET - bare == set(), "these are wrapped: take them from NOT_YET"


_FRENCH = re.compile("[éèêàçùôîâûœÉÈÀ’«»]")
_LABELS = frozenset({"label", "help_text"})
_GETTEXT = frozenset({"_", "gettext", "ngettext", "pgettext"})


def _sentences(tree: ast.AST) -> Iterator[ast.Constant]:
    """Texts that no call to gettext holds: labels, and whatever is written in French; no docstring."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _GETTEXT:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_label = isinstance(tree, ast.keyword) and tree.arg in _LABELS and _A_WORD.search(node.value)
            if is_label or _FRENCH.search(node.value):
                yield node
        yield from _sentences(node)


def _doors_of(room: str) -> list[Path]:
    """Its forms and its views."""
    inside = (path for path in MODULES if room_of(path) == room)
    return [path for path in inside if {path.stem, *path.parts} & {"forms", "views"}]


def test_doors_of_a_wrapped_room_say_nothing_that_cannot_be_translated() -> None:
    rooms = {room_of(path) for path in MODULES} - NOT_YET
    breaches = [
        f"{path.relative_to(SOURCE)}:{node.lineno}: {node.value!r}"
        for room in sorted(rooms)
        for path in _doors_of(room)
        for node in _sentences(tree_of(path))
    ]
    assert breaches == [], "write _( ) around these"


def test_texts_of_doors_are_found_where_no_gettext_holds_them() -> None:
    told = """
class Form:
    '''Une réponse.'''
    name = Field(label="Nom", help_text=_("Déjà dit"))
    kind = Field(label=_("Type"), choices=[("a", "Fermés"), ("b", _("Ouverts"))])
    def clean(self):
        raise ValidationError(f"Trop gros : {size} d’octets")
"""
    assert [node.value for node in _sentences(ast.parse(told))] == ["Nom", "Fermés", " d’octets"]
