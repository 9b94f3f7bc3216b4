"""Pages count as French does."""

import re
from pathlib import Path

import pytest
from django.template import engines

import vaguemestre
from vaguemestre.people.directory.rules.nomenclature import structure_kind_label


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ('{{ n|counted:"demande" }}', ["0 demande", "1 demande", "2 demandes"]),
        ('{{ n|counted:"travail,travaux" }}', ["0 travail", "1 travail", "2 travaux"]),
        ("lu{{ n|plural }}", ["lu", "lu", "lus"]),
        ('{{ n|plural:"est,sont" }}', ["est", "est", "sont"]),
        ('attend{{ n|plural:",ent" }}', ["attend", "attend", "attendent"]),
    ],
)
def test_the_plural_of_a_page_begins_at_two(page: str, words: list[str]) -> None:
    template = engines["django"].from_string(page)
    assert [template.render({"n": n}) for n in range(3)] == words


def test_fragments_count_with_the_same_words() -> None:
    template = engines["jinja2"].from_string('{{ n|counted("image") }} {{ n|inflected("est", "sont") }}')
    assert [template.render({"n": n}) for n in range(3)] == ["0 image est", "1 image est", "2 images sont"]


@pytest.mark.parametrize(("code", "words"), [("Ecole", "École"), ("Collège", "Collège")])
def test_kinds_of_establishments_have_their_accent(code: str, words: str) -> None:
    assert structure_kind_label(code) == words


def test_pages_that_count_several_words_write_their_plural() -> None:
    """« 4 courriel retenus »: the s goes to the last word alone."""
    pages = Path(vaguemestre.__file__).parent.rglob("templates/**/*.html")
    assert not [(page.name, words) for page in pages for words in _ONE_FORM.findall(page.read_text())]


_ONE_FORM = re.compile(r'counted:"([^",]* [^",]*)"')
