"""Screens speak French alone, and count as French does: no gettext, no « (s) », one helper for plurals."""

import ast
import re
from collections.abc import Iterator

import pytest
from tests.architecture.test_rooms import MODULES, SOURCE, imports_of, tree_of

PAGES = sorted((*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("jinja2/**/*.jinja")))
TEXTS = sorted((*SOURCE.rglob("templates/**/*.txt"), *(SOURCE / "demo").rglob("*.txt")))
_TRANSLATION = re.compile(
    r"""\{%-?\s*(?:(?:end)?blocktrans(?:late)?|trans(?:late)?|plural|load[^%]*\bi18n)\b|\b_\(\s*["']"""
)
_UNSURE = re.compile(r"[^\W\d_]\((?:s|es|x|nt|ent)\)")
_GENDERED = re.compile(
    r"[^\W\d_]\((?:e|ne|le|re|trice|euse)\)"
    r"|[Vv]ous (?:n’)?(?:êtes|serez) (?:pas )?"
    r"(?:absent|abonné|averti|autorisé|connecté|déconnecté|inscrit|invité|prévenu|seul)\b"
)
_BY_HAND = re.compile(r"\|\s*pluralize\b|%\}(?:s|x|nt|ent)\{%-?\s*(?:endif|else)")
# a number, then a noun that never agrees with it
_ALWAYS_PLURAL = re.compile(r"\}\}<span[^>]*> [a-zà-ÿ]+s</span>")
_OF_ENGINES = frozenset(
    {
        "EngineDown", "EngineRefused", "NotSubmitted", "_HungUp", "MailboxSilent", "ReaderBusy",
        "FileReaderBusy", "ConnectionDead", "TooSlow", "RepositoryDamaged", "_BatchHeld",
    }
)  # fmt: skip
_ENGLISH = re.compile(  # words that no French sentence holds, and those that once stood in these
    r"(?i)\b(?:the|no|not|did|does|is|was|be|been|has|have|may|cannot|without|which|that|this|and|every|of|for|in"
    r"|too|with|at|by|from|answer(?:s|ed)?|closed|missing|moved|known|nobody|nothing|somebody"
    r"|task|decoder|keys|file store|database|metrics|signing|signed|filing|welcome|greeting|letter|mail|away"
    r"|user|bytes|unknown|verb|longer|token|content|connection|sign-in)\b"
)
_ENDINGS = frozenset({"", "s", "x", "nt", "ent"})
_QUOTED_ENDING = re.compile(r"""["'](?:s|x|nt|ent)["']""")


def _is_gettext(module: str, names: list[str]) -> bool:
    parts = module.split(".")
    return "gettext" in parts or parts[-1] == "translation" or "translation" in names


@pytest.mark.heavy
def test_nothing_imports_gettext() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in MODULES
        for module, names, line in imports_of(path)
        if _is_gettext(module, names)
    ]
    assert breaches == [], "write the French sentence itself (docs/adr/0009)"


def _system_words(tree: ast.AST) -> Iterator[int]:
    """Lines that take what the system says, in English."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "strerror":
            yield node.lineno


def _engine_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, words) of each EngineDown, EngineRefused or kind of them: the command line shows them."""
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _OF_ENGINES:
            texts = [
                part.value
                for argument in call.args
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            yield call.lineno, " ".join(texts)


def test_what_the_system_says_is_seen() -> None:
    code = """
raise Failed(f"{file} : {error.strerror}.")
raise EngineDown(f"file store: {error.strerror}")
print(os.strerror(5))
"""
    assert sorted(_system_words(ast.parse(code))) == [2, 3, 4]


@pytest.mark.parametrize(
    "words", ["the other server does not answer what was asked", "no virus check", "decoder: {error}"]
)
def test_an_english_sentence_of_an_engine_is_seen(words: str) -> None:
    tree = ast.parse(f'raise EngineDown(f"{words}") from error')
    assert [line for line, text in _engine_words(tree) if _ENGLISH.search(text)] == [1]


@pytest.mark.heavy
def test_what_an_engine_says_on_the_command_line_is_french() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{line}: {words}"
        for path in MODULES
        for line, words in _engine_words(tree_of(path))
        if _ENGLISH.search(words)
    ]
    assert breaches == [], "« un service ne répond pas (…) »: a program's name, then French"


@pytest.mark.heavy
def test_what_the_system_refuses_is_said_in_french() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in MODULES
        if "strerror" in path.read_text(encoding="utf-8")
        for line in _system_words(tree_of(path))
    ]
    assert breaches == [], "`foundation.kernel.text.os_errors.os_error_fr`"


def test_the_noun_beside_a_number_agrees_with_it() -> None:
    assert _ALWAYS_PLURAL.search('{{ n }}<span class="on-phone"> agents</span>')
    breaches = [
        f"{page.relative_to(SOURCE)}: {match[0]}"
        for page in PAGES
        for match in _ALWAYS_PLURAL.finditer(page.read_text(encoding="utf-8"))
    ]
    assert breaches == [], "write `agent{{ n|plural }}`"


@pytest.mark.parametrize("page", ['{% translate "Nom" %}', "{% load ui i18n %}", '{{ a|default:_("non") }}'])
def test_what_asks_for_a_translation_is_seen(page: str) -> None:
    assert _TRANSLATION.search(page)


def test_no_page_asks_for_a_translation() -> None:
    breaches = [
        f"{page.relative_to(SOURCE)}: {match[0]}"
        for page in PAGES
        for match in _TRANSLATION.finditer(page.read_text(encoding="utf-8"))
    ]
    assert breaches == [], "write the French sentence itself (docs/adr/0009)"


def _sentences(tree: ast.AST) -> Iterator[ast.Constant]:
    """Texts of a module, docstrings left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        yield from _sentences(node)


def _is_ending_by_hand(node: ast.AST) -> bool:
    """`"s" if number > 1 else ""`, and its like."""
    if not isinstance(node, ast.IfExp):
        return False
    ends = [side.value for side in (node.body, node.orelse) if isinstance(side, ast.Constant)]
    return len(ends) == 2 and ends[0] != ends[1] and set(ends) <= _ENDINGS


def _breaches(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for text in _sentences(tree):
        if match := _UNSURE.search(str(text.value)):
            yield text.lineno, match[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and _is_ending_by_hand(node):
            yield node.lineno, ast.unparse(node)


def _may_breach(text: str) -> bool:
    """Whether the text of a module is worth parsing."""
    return bool(_UNSURE.search(text) or _QUOTED_ENDING.search(text))


def test_plurals_made_by_hand_are_seen() -> None:
    code = """
def words(count):
    '''Told as « message(s) ».'''
    return f"{count} message(s)", f"lu{'s' if count > 1 else ''}", f"absent(e){'s' if count > 1 else 'x'}"
"""
    assert _may_breach(code)
    assert [words for _, words in _breaches(ast.parse(code))] == [
        "e(s)", "'s' if count > 1 else ''", "'s' if count > 1 else 'x'",
    ]  # fmt: skip


@pytest.mark.heavy
def test_no_sentence_of_the_code_makes_its_plural_by_hand() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{line}: {words}"
        for path in MODULES
        if _may_breach(path.read_text(encoding="utf-8"))
        for line, words in _breaches(tree_of(path))
    ]
    assert breaches == [], "use `counted` or `inflected` of vaguemestre.foundation.kernel.texts"


@pytest.mark.parametrize(
    "page", ["{{ n }} mail(s)", "lu{{ n|pluralize }}", "trouvé{% if n > 1 %}s{% endif %}"]
)
def test_plurals_made_by_hand_are_seen_in_pages(page: str) -> None:
    assert _UNSURE.search(page) or _BY_HAND.search(page)


def test_no_page_makes_its_plural_by_hand() -> None:
    breaches = [
        f"{page.relative_to(SOURCE)}: {match[0]}"
        for page in (*PAGES, *TEXTS)
        for form in (_UNSURE, _BY_HAND)
        for match in form.finditer(page.read_text(encoding="utf-8"))
    ]
    assert breaches == [], 'write {{ n|counted:"message" }} or lu{{ n|plural }}'


@pytest.mark.parametrize(
    "words", ["est absent(e) jusqu’au", "né(e) le", "Vous êtes déconnecté.", "Vous n’êtes pas connecté"]
)
def test_words_for_men_alone_are_seen(words: str) -> None:
    assert _GENDERED.search(words)


@pytest.mark.heavy
def test_screens_speak_to_women_as_to_men() -> None:
    scripts = sorted((SOURCE.parents[1] / "frontend" / "src").rglob("*.js"))
    assert scripts
    pages = (*PAGES, *scripts)
    breaches = [
        f"{page.name}: {match[0]}"
        for page in pages
        for match in _GENDERED.finditer(page.read_text(encoding="utf-8"))
    ]
    breaches += [
        f"{path.relative_to(SOURCE)}:{text.lineno}: {match[0]}"
        for path in MODULES
        if _GENDERED.search(path.read_text(encoding="utf-8"))
        for text in _sentences(tree_of(path))
        for match in _GENDERED.finditer(str(text.value))
    ]
    assert breaches == [], "say it another way: « Votre absence », « Un rappel viendra »"
