"""Lists of senders, and what may not be written by hand."""

import pytest
from tests.mailbox.sorting.samples import OWNER
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.rules.expert import MAX_SCRIPT_CHARACTERS, check_expert
from vaguemestre.mailbox.sorting.rules.senders import check_spam, read_senders
from vaguemestre.mailbox.sorting.script import junk_choices_script
from vaguemestre.mailbox.sorting.values import Severity, SpamSettings


def test_senders_are_read_however_they_are_written() -> None:
    typed = " Ami@Dehors.example \n\n@journal.example; ami@dehors.example, b@c.fr"
    assert read_senders(typed) == ("ami@dehors.example", "@journal.example", "b@c.fr")


@pytest.mark.parametrize("typed", ["quoi", "@", "a@", "@pas un domaine", "journal.example", 'x"@a.fr'])
def test_what_is_no_sender_is_refused_by_name(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_senders(typed)
    assert refused.value.code == "sorting.senders-malformed"


def test_nobody_is_in_both_lists() -> None:
    with pytest.raises(Refusal, match="senders-both"):
        check_spam(SpamSettings(allowed=("a@b.fr",), denied=("a@b.fr",)))


def test_the_rule_of_everybody_is_told_only_what_it_must_know() -> None:
    assert junk_choices_script(SpamSettings()) == ""
    assert '"ami" "oui"' in junk_choices_script(SpamSettings(is_sorted=False))
    assert '"dehors.example"' in junk_choices_script(SpamSettings(allowed=("@dehors.example",)))
    cautious = junk_choices_script(SpamSettings(severity=Severity.CAUTIOUS))
    assert 'set "severity" "cautious";' in cautious
    assert '"oui"' not in cautious


@pytest.mark.parametrize(
    "script",
    [
        "",
        'redirect "collegue@ac-amiens.test";',
        'require "copy"; redirect :copy "collegue@ac-amiens.test";',
        '# redirect "x@dehors.example";\nkeep;',
        '/* redirect "x@dehors.example"; */ keep;',
        'require "fileinto"; fileinto "redirect";',
    ],
)
def test_what_stays_in_the_academie_may_be_written(script: str) -> None:
    assert check_expert(script, OWNER, forwards_outside=False) == ()


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ('redirect "x@dehors.example";', 1),
        ('keep;\n\nREDIRECT :copy "x@dehors.example";', 3),
        ('require "variables";\nset "a" "x@dehors.example";\nredirect "${a}";', 3),
        ('redirect "x\\@dehors.example";', 1),
        ("redirect text:\nx@dehors.example\n.\n;", 1),
        ('redirect ["x@ac-amiens.test"];', 1),
        ('require "copy"; redirect :copy "Liste.profs@ac-amiens.test";', 1),
        ('require "enotify";\nnotify "mailto:x@dehors.example";', 2),
        ('require "vacation";\nvacation "Absent";', 2),
        ('require "reject";\nreject "non";', 2),
        ('/* rien */\nif true {\n  redirect "x@dehors.example";\n}', 3),
    ],
)
def test_mail_sent_away_by_hand_is_refused_at_its_line(script: str, line: int) -> None:
    (error,) = check_expert(script, OWNER, forwards_outside=False)
    assert error.line == line


def test_where_the_academie_lets_mail_out_an_address_still_has_to_be_written_out() -> None:
    assert check_expert('redirect "x@dehors.example";', OWNER, forwards_outside=True) == ()
    assert check_expert('redirect "${a}";', OWNER, forwards_outside=True)
    assert check_expert('redirect "liste.profs@ac-amiens.test";', OWNER, forwards_outside=True)
    assert check_expert('redirect "liste.amis@dehors.example";', OWNER, forwards_outside=True) == ()


def test_a_string_that_ends_in_a_backslash_is_read_once() -> None:
    """64 kB of them held a worker of the pages for 13 s of processor."""
    script = '"\\' * (MAX_SCRIPT_CHARACTERS // 2)
    assert least_seconds(lambda: check_expert(script, OWNER, forwards_outside=True), 0.3) < 0.3
