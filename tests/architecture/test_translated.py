"""Every sentence of a page goes through gettext, in the rooms that are wrapped; the others are named here.

A room that leaves `NOT_YET` never comes back to it: what is added to a wrapped room is wrapped.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from tests.architecture.test_rooms import SOURCE, room_of

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
