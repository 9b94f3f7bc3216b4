"""Scripts of Roundcube, SOGo and Zimbra, said in filters; what cannot be said exactly stays a script."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import NOW, OWNER, WINTER, composed, replying
from tests.processor import least_seconds

from vaguemestre.mailbox.sorting.rules.filters import RELATIONS
from vaguemestre.mailbox.sorting.script import translate_script
from vaguemestre.mailbox.sorting.script.sieve_parser import NotSieve, parse_script
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation

ROUNDCUBE = """require ["copy","fileinto","imap4flags","vacation"];
# rule:[Conseil de classe]
if allof (header :contains "subject" "conseil", not header :contains "from" "robot")
{
\taddflag "\\\\Flagged";
\tfileinto "INBOX.Conseils.2026";
\tstop;
}
# rule:[Parents]
if anyof (header :contains ["to","cc"] "parents@", address :all :is "from" "ape@exemple.fr")
{
\tfileinto :copy "Parents";
}
# rule:[Ancienne]
if false # header :contains "subject" ["foire", "salon"]
{
\tfileinto "Trash";
\tstop;
}
# rule:[Absence]
if true
{
\tvacation :days 7 "Je suis absente.";
}
"""
SOGO = (
    'require ["fileinto", "imap4flags"];\r\n'
    'if allof (address :contains "from" "@rectorat", not size :over 2048K) {\r\n'
    '    addflag "\\\\Seen";\r\n    fileinto "Rectorat/Notes";\r\n    stop;\r\n}\r\n'
    'if anyof (body :text :contains "inscription") {\r\n'
    '    redirect "secretariat@ac-amiens.test";\r\n    keep;\r\n}\r\n'
)
ZIMBRA = """# name nmorel@ac-amiens.test
zimbraMailSieveScript: require ["fileinto", "reject", "tag", "flag", "variables", "log"];

# Lettres d’information
if anyof (header :contains ["list-id"] "lettres",
  address :all :contains :comparator "i;ascii-casemap" ["to", "cc"] "abonnes@") {
    tag "À lire";
    flag "read";
    fileinto "/Lettres";
    stop;
}

# Gros envois
disabled_if allof (size :over "5M", attachment) {
    fileinto "Trash";
}
zimbraPrefMailSignature: Nadia
"""


def test_what_roundcube_wrote_is_said() -> None:
    told = translate_script(ROUNDCUBE)
    assert told.filters == (
        Filter(
            "Conseil de classe",
            (
                Condition(Aspect.SUBJECT, Relation.CONTAINS, "conseil"),
                Condition(Aspect.SENDER, Relation.LACKS, "robot"),
            ),
            Outcome(move_to="Conseils/2026", is_flagged=True),
        ),
        Filter(
            "Parents",
            (
                Condition(Aspect.RECIPIENT, Relation.CONTAINS, "parents@"),
                Condition(Aspect.SENDER, Relation.IS, "ape@exemple.fr"),
            ),
            Outcome(copy_to="Parents", stops=False),
            matches_all=False,
        ),
        Filter(
            "Ancienne",
            (
                Condition(Aspect.SUBJECT, Relation.CONTAINS, "foire"),
                Condition(Aspect.SUBJECT, Relation.CONTAINS, "salon"),
            ),
            Outcome(discards=True),
            matches_all=False,
            is_on=False,
        ),
    )
    assert (told.rest, told.absence_replies) == ("", 1)


def test_what_sogo_wrote_is_said() -> None:
    first, second = translate_script(SOGO).filters
    assert first.conditions == (
        Condition(Aspect.SENDER_ADDRESS, Relation.CONTAINS, "@rectorat"),
        Condition(Aspect.SIZE, Relation.LACKS, "2"),
    )
    assert first.outcome == Outcome(move_to="Rectorat/Notes", is_read=True)
    assert second.conditions == (Condition(Aspect.TEXT, Relation.CONTAINS, "inscription"),)
    assert second.outcome == Outcome(forward_to="secretariat@ac-amiens.test", stops=False)
    assert (first.name, second.name) == ("Règle reprise 1", "Règle reprise 2")


def test_what_zimbra_wrote_is_said() -> None:
    letters, heavy = translate_script(ZIMBRA).filters
    assert letters.name == "Lettres d’information"
    assert letters.conditions == (
        Condition(Aspect.LIST, Relation.CONTAINS, "lettres"),
        Condition(Aspect.RECIPIENT_ADDRESS, Relation.CONTAINS, "abonnes@"),
    )
    assert letters.outcome == Outcome(move_to="Lettres", label="À lire", is_read=True)
    assert heavy.conditions == (
        Condition(Aspect.SIZE, Relation.CONTAINS, "5"),
        Condition(Aspect.ATTACHMENT),
    )
    assert (heavy.is_on, heavy.outcome) == (False, Outcome(discards=True, stops=False))


RULE = 'require ["fileinto","variables"];\n# rule:[Une]\nif {test}\n{{\n{block}\n}}\n'
SAID = 'header :contains "subject" "a"'
DONE = '\tfileinto "A";\n\tstop;'


@pytest.mark.parametrize(
    ("test", "block"),
    [
        ("true", DONE),
        ('header :contains "to" "a"', DONE),  # « destinataire » is To or Cc
        ('header :is "from" "a@b.fr"', DONE),
        ('header :matches "subject" "a*"', DONE),
        ('header :contains :comparator "i;octet" "subject" "a"', DONE),
        ('header :contains "subject" "${x}"', DONE),
        ('address :domain :is "from" "b.fr"', DONE),
        ('envelope :is "from" "a@b.fr"', DONE),
        ("size :under 5M", DONE),
        ("size :over 5000K", DONE),
        ('exists "x-list"', DONE),
        (f"anyof (allof ({SAID}, {SAID}), {SAID})", DONE),
        (f'allof ({SAID}, header :contains "subject" ["a","b"])', DONE),
        ('not body :text :contains "a"', DONE),
        ('not address :is "from" "a@b.fr"', DONE),
        (SAID, "\tdiscard;\n\tstop;"),
        (SAID, '\treject "non";'),
        (SAID, '\tredirect "a@b.fr";\n\tstop;'),
        (SAID, "\tstop;"),
        (SAID, '\tfileinto "A";\n\tfileinto "B";\n\tkeep;'),
        (SAID, '\tfileinto "A";\n\taddflag "\\\\Seen";'),
        (SAID, '\tsetflag "\\\\Seen";\n\tfileinto "A";'),
        (SAID, '\taddflag "$Label1";'),
        (SAID, '\tif true {\n\tfileinto "A";\n}'),
    ],
)
def test_what_would_not_be_the_same_stays_a_script_and_so_does_what_follows(test: str, block: str) -> None:
    before = f"# rule:[Avant]\nif {SAID}\n{{\n{DONE}\n}}\n"
    after = before.replace("Avant", "Après")
    rule = RULE.format(test=test, block=block)
    told = translate_script(rule.replace("# rule:[Une]", f"{before}# rule:[Une]") + after)
    assert [one.name for one in told.filters] == ["Avant"]
    assert told.rest.startswith('require ["fileinto","variables"];\n')
    assert told.rest.endswith(rule.partition("\n")[2] + after)


def test_a_rule_with_an_alternative_stays_a_script() -> None:
    script = f'if {SAID} {{ fileinto "A"; }} else {{ fileinto "B"; }}\n'
    assert translate_script(script) == replace(translate_script(""), rest=script)


@pytest.mark.parametrize(
    "junk", ["", "# rien\n", "if", '"', "{", "if not " * 40 + "true { stop; }", "\0", "a" * 600_000]
)
def test_what_is_no_script_is_given_back_as_it_is(junk: str) -> None:
    told = translate_script(junk)
    assert told.filters == ()
    assert told.rest in (junk, "")


@given(st.text(st.sampled_from('if anyof(header :is "subject" ["a","b"]) {stop;}#/*\n\\'), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_script(text)
    except NotSieve:
        assert translate_script(text).rest == text


_words = st.text(
    st.sampled_from(string.ascii_letters + string.digits + ' éÀ"\\$@.-/#;{}'), min_size=1, max_size=12
).filter(lambda text: bool(text.strip()) and "${" not in text)
_places = st.sampled_from(["", "Conseils", "Archives/2026"])
_conditions = st.sampled_from(
    [
        (aspect, relation)
        for aspect, relations in RELATIONS.items()
        for relation in sorted(relations)
        if aspect not in (Aspect.ATTACHMENT, Aspect.OUTSIDE, Aspect.SINCE, Aspect.UNTIL)
    ]
).flatmap(
    lambda told: st.builds(
        Condition, st.just(told[0]), st.just(told[1]), st.just("3") if told[0] is Aspect.SIZE else _words
    )
)
_outcomes = st.builds(
    Outcome, move_to=_places, copy_to=st.sampled_from(["", "Copies"]), is_read=st.booleans(),
    is_flagged=st.booleans(), stops=st.booleans(), label=st.sampled_from(["", "à lire", "urgent"]),
    forward_to=st.sampled_from(["", "marie.ea@ac-amiens.test"]),
).filter(lambda one: one not in (Outcome(), Outcome(stops=False)))  # fmt: skip
_filters = st.builds(
    Filter,
    st.text(st.sampled_from(string.ascii_letters), min_size=1, max_size=10),
    st.lists(_conditions, min_size=1, max_size=3).map(tuple),
    _outcomes,
    st.booleans(),
)


@pytest.mark.heavy
@given(st.lists(_filters, min_size=1, max_size=4))
def test_our_own_script_is_read_back_as_the_filters_it_was_made_of(filters: list[Filter]) -> None:
    told = translate_script(composed(filters, OWNER))
    if told.rest:  # « not … is » has no sentence of another program’s to come from
        assert any(one.relation is Relation.IS for each in filters for one in each.conditions)
    for found, wanted in zip(told.filters, filters, strict=False):
        single = len(wanted.conditions) == 1
        assert replace(found, matches_all=True) == replace(wanted, matches_all=True)
        assert single or found.matches_all is wanted.matches_all


def test_an_absence_of_ours_stays_a_script() -> None:
    told = translate_script(replying(WINTER, OWNER, now=NOW))
    assert (told.filters, "vacation" in told.rest) == ((), True)


def test_a_comment_that_names_rules_without_end_is_read_once() -> None:
    rule = f"#{'rule:[' * 30_000}\nif {SAID}\n{{\n{DONE}\n}}\n"
    script = f'require ["fileinto"];\n{rule}'
    assert len(translate_script(script).filters) == 1
    assert least_seconds(lambda: translate_script(script), 0.5) < 0.5
