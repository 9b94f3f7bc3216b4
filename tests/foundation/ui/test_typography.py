"""French punctuation never begins a line, whatever spaces authors type; nothing but text is touched."""

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Engine
from django.template.loader import get_template

import vaguemestre
from vaguemestre.foundation.kernel.texts import with_no_break_spaces
from vaguemestre.foundation.ui.refusals import merge_sentences
from vaguemestre.foundation.ui.typography import FormRenderer, typeset

SOURCE = Path(vaguemestre.__file__).parent
PAGES = sorted((*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("jinja2/**/*.jinja")))
WIDE, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Objet : conseil", f"Objet{WIDE}: conseil"),
        ("« Travail » est là", f"«{WIDE}Travail{WIDE}» est là"),
        ("Oui ? Non ! Peut-être ; voyez.", f"Oui{NARROW}? Non{NARROW}! Peut-être{NARROW}; voyez."),
        ("Est-ce « lui » ?", f"Est-ce «{WIDE}lui{WIDE}»{NARROW}?"),
        ("Trouvé :", f"Trouvé{WIDE}:"),
    ],
)
def test_punctuation_stays_with_the_word_before_it(typed: str, shown: str) -> None:
    assert with_no_break_spaces(typed) == shown


@pytest.mark.parametrize(
    "text", ["10:30", "https://ac-amiens.test/?q=a;b", "a ://b", "oui, non.", "ici ?q=1"]
)
def test_what_is_no_french_punctuation_is_left(text: str) -> None:
    assert with_no_break_spaces(text) == text


@pytest.mark.parametrize(
    "source",
    [
        '<a title="Oui ?" data-words="« a » : b">',
        """<a data-words='Oui "ici" ?'>""",
        '<input value="{{ x|default:"« rien » ?" }}" {% if a != "b" and c > "d" %}checked{% endif %}>',
        "{% column listing 'nom' 'Qui ?' %}{{ x|default:'Qui ?' }}{# Qui ? #}",
        "<script>a ? b : c;</script><style>a > b { color : red }</style><!-- Qui ? -->",
        '<textarea name="t">Bonjour : « ici »</textarea><pre>a : b</pre><code class="x">a ? b</code>',
    ],
)
def test_attributes_code_and_what_people_typed_are_left(source: str) -> None:
    assert typeset(source) == source


def test_the_words_of_a_form_are_typeset_and_what_was_typed_is_left() -> None:
    class Question(forms.Form):
        name = forms.CharField(
            label="Qui ?", help_text="Ainsi : Nom", error_messages={"required": "Qui « écrit » ?"}
        )

    (field,) = Question({"name": ""})
    assert (field.label, field.help_text) == (f"Qui{NARROW}?", f"Ainsi{WIDE}: Nom")
    assert list(field.errors) == [f"Qui «{WIDE}écrit{WIDE}»{NARROW}?"]
    (field,) = Question({"name": "Moi : « ici » ?"})
    assert (field.value(), field.errors) == ("Moi : « ici » ?", [])


def test_the_choices_of_a_form_are_typeset_and_their_values_are_left() -> None:
    class Choice(forms.Form):
        right = forms.ChoiceField(choices=[("a : b", "Lecture : <lire>"), ("Ici : là", [("c", "Qui ?")])])
        way = forms.ChoiceField(choices=[("c ; d", "Ici ; là")], widget=forms.RadioSelect)

    form = Choice(renderer=FormRenderer())
    assert f'value="a : b">Lecture{WIDE}: &lt;lire&gt;</option>' in str(form["right"])
    assert f'<optgroup label="Ici{WIDE}: là">' in str(form["right"])
    assert f">Qui{NARROW}?</option>" in str(form["right"])
    assert [radio.choice_label for radio in form["way"]] == [f"Ici{NARROW}; là"]
    given = Choice({"right": "a : b", "way": "c ; d"}, renderer=FormRenderer())
    assert given.is_valid()
    assert given.cleaned_data == {"right": "a : b", "way": "c ; d"}


def test_text_is_typeset_between_tags_and_values() -> None:
    source = '<p class="a > b">Reste : {{ n }} ?</p>{% if n > 1 %}Oui ;{% else %}« {{ name }} »{% endif %}'
    assert typeset(source) == (
        f'<p class="a > b">Reste{WIDE}: {{{{ n }}}}{NARROW}?</p>{{% if n > 1 %}}Oui{NARROW};{{% else %}}'
        f"«{WIDE}{{{{ name }}}}{WIDE}»{{% endif %}}"
    )


def test_a_tag_that_nothing_ends_is_read_in_time() -> None:
    source = "<p " + '{{ x|default:"y" }} ' * 2000
    assert typeset(source) == source


def test_only_spaces_change_in_the_pages_of_the_product() -> None:
    changes = {pair for page in PAGES for pair in differences(page.read_text(encoding="utf-8"))}
    assert changes == {(" ", WIDE), (" ", NARROW)}


def differences(source: str) -> Iterable[tuple[str, str]]:
    return (pair for pair in zip(source, typeset(source), strict=True) if pair[0] != pair[1])


def test_pages_and_fragments_are_loaded_so() -> None:
    page = Engine.get_default().get_template("bulk/people.html").source
    assert f"voyez pourquoi à «{WIDE}Ce qui ne change pas{WIDE}»" in page
    fragment = get_template("webmail/empty.jinja").render(
        {"page": SimpleNamespace(offset=0), "unknown_folder": "a : b"}
    )
    assert f"Aucun dossier ne s’appelle «{WIDE}a : b{WIDE}»" in fragment


def test_refusals_are_said_so() -> None:
    assert merge_sentences([{"a.b": "Trop lourd : %(most)s Mo"}]) == {"a.b": f"Trop lourd{WIDE}: %(most)s Mo"}
