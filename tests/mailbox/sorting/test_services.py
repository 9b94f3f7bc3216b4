"""A decision is kept first, then carried out, once or twice, now or later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import ALL, NOW, WINTER, nobody

from vaguemestre.engines.memory.scripts import MemoryScripts, MemorySieve
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow, ScriptRow
from vaguemestre.mailbox.sorting.rules.expert import MAX_SCRIPT_CHARACTERS, may_redirect
from vaguemestre.mailbox.sorting.services import (
    answer_for_leaver,
    drop_filter,
    end_absence,
    end_own_absences,
    foreign_active_script,
    program_rules,
    renew_scripts,
    rewrite_script,
    save_absence,
    save_expert,
    save_filter,
    stop_foreign_script,
    stop_redirects,
    tell_foreign_script,
)
from vaguemestre.mailbox.sorting.values import (
    EXPERT_SCRIPT,
    SCRIPT_NAME,
    Aspect,
    Condition,
    Filter,
    Outcome,
    Place,
    ProgramRules,
    ScriptStatus,
)
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import hold_mailbox, release_mailboxes
from vaguemestre.people.lifecycle import services as lives
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays

pytestmark = pytest.mark.django_db

THEIRS = "keep;\r\n"


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def sieve() -> MemorySieve:
    return MemorySieve()


def box(sieve: MemorySieve, of: Account) -> MemoryScripts:
    return sieve.boxes.setdefault(of.mailbox, MemoryScripts())


def save(of: Account, **changes: object) -> None:
    save_absence(of.pk, replace(WINTER, **changes), by="test", now=NOW)  # type: ignore[arg-type]


def test_a_refused_absence_leaves_no_trace(nicolas: Account) -> None:
    with pytest.raises(Refusal):
        save(nicolas, days=0)
    assert not AbsenceRow.objects.exists()
    assert not ScriptRow.objects.exists()
    assert not Entry.objects.filter(action__startswith="sorting").exists()


def test_what_is_saved_is_read_again_and_waits_for_the_engine(nicolas: Account) -> None:
    save(nicolas)
    assert queries.absence_of(nicolas.pk) == WINTER
    assert not queries.script_status_of(nicolas.pk).is_done
    assert Entry.objects.get(action="sorting.absence-saved").to == f"account:{nicolas.pk}"


def test_it_is_carried_out_and_says_so(nicolas: Account, sieve: MemorySieve) -> None:
    save(nicolas)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    held = box(sieve, nicolas)
    assert held.held == {}  # ManageSieve shows nothing that answers
    assert WINTER.external_text.splitlines()[-1] in held.house
    assert queries.script_status_of(nicolas.pk) == ScriptStatus(is_done=True)


def test_an_engine_away_loses_nothing(nicolas: Account, sieve: MemorySieve) -> None:
    sieve.is_away = True
    save(nicolas)
    with pytest.raises(EngineDown):
        rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert queries.absence_of(nicolas.pk) == WINTER
    assert not queries.script_status_of(nicolas.pk).is_done
    sieve.is_away = False
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert queries.script_status_of(nicolas.pk).is_done


def test_twice_is_once(nicolas: Account, sieve: MemorySieve) -> None:
    save(nicolas)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    before = box(sieve, nicolas).house
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW + timedelta(minutes=1))
    assert box(sieve, nicolas).house == before


def test_the_last_decision_wins_over_one_under_way(nicolas: Account, sieve: MemorySieve) -> None:
    """A change that comes while the former one is being installed is installed too, by the same run."""
    save(nicolas)

    def slow(mailbox: str, content: str) -> None:
        sieve.put_house_script(mailbox, content)
        if "corrigé" not in content:
            save(nicolas, external_text="Texte corrigé.")

    rewrite_script(nicolas.pk, sieve, slow, nobody, now=NOW)
    assert "Texte corrigé." in box(sieve, nicolas).house
    assert queries.script_status_of(nicolas.pk).is_done


def test_a_late_run_does_not_say_a_newer_decision_is_done(nicolas: Account) -> None:
    save(nicolas)

    @contextmanager
    def changed_on_leaving(mailbox: str) -> Iterator[MemoryScripts]:
        yield MemoryScripts()
        save(nicolas, days=3)

    rewrite_script(nicolas.pk, changed_on_leaving, lambda mailbox, content: None, nobody, now=NOW)
    assert not queries.script_status_of(nicolas.pk).is_done


def test_the_script_of_another_program_is_included_then_given_back(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", THEIRS)
    held.activate("roundcube")
    save_filter(nicolas.pk, ALL, (), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.active == SCRIPT_NAME
    assert 'include :personal :optional "roundcube";' in held.held[SCRIPT_NAME]
    assert queries.script_status_of(nicolas.pk).foreign_script == "roundcube"
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert queries.script_status_of(nicolas.pk).foreign_script == "roundcube"
    (known,) = queries.filters_of(nicolas.pk)
    drop_filter(nicolas.pk, known.filter_id or 0, by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.held == {"roundcube": THEIRS}
    assert held.active == "roundcube"


def test_an_absence_leaves_the_script_of_another_program_where_it_is(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", THEIRS)
    held.activate("roundcube")
    save(nicolas)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert (held.held, held.active) == ({"roundcube": THEIRS}, "roundcube")
    assert "vacation" in held.house


def test_a_script_that_does_not_compile_any_more_does_not_stop_ours(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", "erreur;\r\n")
    held.activate("roundcube")
    save_filter(nicolas.pk, ALL, (), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.active == SCRIPT_NAME
    assert "roundcube" not in held.held[SCRIPT_NAME]
    assert held.held["roundcube"] == "erreur;\r\n"  # their owner still reads it


REDIRECTING = 'redirect :copy "camille.petit@ac-amiens.test";\r\n'
FORWARD = Filter("Copie", (Condition(Aspect.OUTSIDE),), Outcome(forward_to="camille.petit@ac-amiens.test"))


def shelter(of: Account) -> None:
    with transaction.atomic():
        stop_redirects(of.pk, by="account:9", now=NOW)


def redirects(held: MemoryScripts) -> bool:
    """Whether the script that is active, or one it includes, sends mail on."""
    texts = [held.held.get(held.active, "")]
    for text in texts:
        texts += [content for name, content in held.held.items() if f'"{name}"' in text]
    return any(line.lstrip().startswith("redirect") for text in texts for line in text.splitlines())


@pytest.mark.parametrize("theirs", [REDIRECTING, 'require "include";\r\ninclude :personal "autre";\r\n'])
def test_no_redirect_runs_once_they_are_stopped_whoever_wrote_it(
    nicolas: Account, sieve: MemorySieve, theirs: str
) -> None:
    held = box(sieve, nicolas)
    held.held |= {"roundcube": theirs, "autre": REDIRECTING}
    held.activate("roundcube")
    save_filter(nicolas.pk, FORWARD, (), by="test", now=NOW)
    save_expert(nicolas.pk, REDIRECTING, sieve, by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert redirects(held)
    shelter(nicolas)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert not redirects(held)
    (kept,) = queries.filters_of(nicolas.pk)
    assert (kept.is_on, kept.outcome.forward_to) == (False, "camille.petit@ac-amiens.test")
    assert "# redirect" in queries.expert_script_of(nicolas.pk)
    assert held.held["roundcube"] == theirs  # their owner still reads it
    assert Entry.objects.get(action="sorting.redirects-stopped").details["filters"] == 1
    save_filter(nicolas.pk, replace(kept, is_on=True), (), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert redirects(held)  # set again by their owner, it is theirs


def test_the_script_of_another_program_alone_stops_too_and_its_owner_may_run_it_again(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", REDIRECTING)
    held.activate("roundcube")
    shelter(nicolas)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.active == ""
    held.activate("roundcube")
    save_filter(nicolas.pk, ALL, (), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert redirects(held)


def test_redirects_of_a_held_mailbox_are_stopped_when_it_opens(nicolas: Account, sieve: MemorySieve) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", REDIRECTING)
    held.activate("roundcube")
    with transaction.atomic():
        hold_mailbox(nicolas.pk, by="account:9", now=NOW)
    shelter(nicolas)
    sieve.is_away = True  # ManageSieve lets nobody in
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    sieve.is_away = False
    assert release_mailboxes(NOW, by="system", now=NOW) == 1
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.active == ""


def test_a_decision_taken_while_redirects_stop_does_not_bring_them_back(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", REDIRECTING)
    held.activate("roundcube")
    save_filter(nicolas.pk, ALL, (), by="test", now=NOW)

    def sheltered_meanwhile(mailbox: str, content: str) -> None:
        sieve.put_house_script(mailbox, content)
        if not Entry.objects.filter(action="sorting.redirects-stopped").exists():
            shelter(nicolas)

    rewrite_script(nicolas.pk, sieve, sheltered_meanwhile, nobody, now=NOW)
    assert not redirects(held)


def test_the_script_of_another_program_sends_nothing_on_during_a_long_leave(
    nicolas: Account, sieve: MemorySieve
) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", REDIRECTING)
    held.activate("roundcube")
    today = NOW.date()
    lives.declare_event(
        nicolas.pk, EventKind.LONG_LEAVE, today, LifecycleDelays(), by="account:9", now=NOW, today=today
    )
    answer_for_leaver(nicolas.pk, today, today + timedelta(days=90), "", now=NOW)
    for _ in range(2):
        rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
        assert not redirects(held)
    lives.end_event(nicolas.pk, by="account:9", now=NOW)
    end_absence(nicolas.pk, by="system", now=NOW, place=Place.LEFT)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert redirects(held)


def test_scripts_of_an_older_version_are_written_again_once(nicolas: Account, sieve: MemorySieve) -> None:
    """The absence that stood in the personal script goes to the house's; a suspended account's too."""
    gone = account("mdurand", first_name="Marie", last_name="Durand")
    for one in (nicolas, gone):
        save(one)
        held = box(sieve, one)
        held.put(SCRIPT_NAME, 'require "vacation"; vacation "Absent";')
        held.activate(SCRIPT_NAME)
    Account.objects.filter(pk=gone.pk).update(state="suspended")
    assert renew_scripts(sieve, sieve.put_house_script, nobody, now=NOW) == 2
    assert box(sieve, nicolas).held == {}
    assert all("vacation" in box(sieve, one).house for one in (nicolas, gone))
    assert renew_scripts(sieve, sieve.put_house_script, nobody, now=NOW) == 0


def test_the_absence_of_a_suspended_account_stops_answering_and_its_filters_stay(
    nicolas: Account, sieve: MemorySieve
) -> None:
    save(nicolas)
    save_filter(nicolas.pk, ALL, (), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    held = box(sieve, nicolas)
    personal = dict(held.held)
    assert "vacation" in held.house
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    AbsenceRow.objects.update(is_on=False)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert "vacation" not in held.house
    assert held.held == personal


def test_nothing_decided_touches_nothing(nicolas: Account, sieve: MemorySieve) -> None:
    held = box(sieve, nicolas)
    held.put("roundcube", THEIRS)
    held.activate("roundcube")
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert (held.held, held.active) == ({"roundcube": THEIRS}, "roundcube")


def test_an_absence_that_ended_answers_nobody_and_keeps_its_texts(nicolas: Account) -> None:
    save(nicolas)
    during = NOW + timedelta(days=30)
    assert queries.current_absence(nicolas.pk, during) == WINTER
    assert queries.current_absence(nicolas.pk, NOW) is None
    end_absence(nicolas.pk, by="test", now=during)
    assert queries.current_absence(nicolas.pk, during) is None
    known = queries.absence_of(nicolas.pk)
    assert known is not None
    assert known.internal_text == WINTER.internal_text


def test_what_the_owner_prepared_is_switched_off_once_and_keeps_its_texts(nicolas: Account) -> None:
    save(nicolas)
    with transaction.atomic():
        assert [event.account_id for event in end_own_absences(nicolas.pk, by="desk", now=NOW)] == [
            nicolas.pk
        ]
        assert end_own_absences(nicolas.pk, by="desk", now=NOW) == []
    assert queries.current_absence(nicolas.pk, NOW + timedelta(days=30)) is None
    assert AbsenceRow.objects.get(account=nicolas).internal_text == WINTER.internal_text
    assert Entry.objects.filter(action="sorting.absence-ended", by="desk").count() == 1


def test_replies_leave_under_the_shown_name_and_the_primary_address(nicolas: Account) -> None:
    owner = queries.owner_of(nicolas.pk, NOW)
    assert owner is not None
    assert owner.name == "Nicolas Morel"
    assert owner.address != nicolas.mailbox
    assert owner.addresses == (owner.address, nicolas.mailbox)
    assert owner.internal_domains == ("ac-amiens.test",)


def test_whoever_left_answers_neutrally_until_the_day_and_their_own_absences_stay() -> None:
    one = account("mdurand", first_name="Marie", last_name="Durand")
    event = answer_for_leaver(
        one.pk, NOW.date(), NOW.date() + timedelta(days=60), "marie@ac-lille.test", now=NOW
    )
    assert event is not None
    (absence,) = queries.absences_of(one.pk)
    assert absence.place is Place.LEFT
    assert "marie@ac-lille.test" in absence.external_text
    assert "Marie Durand ne lit plus" in absence.internal_text
    end_absence(one.pk, by="system", now=NOW, place=Place.LEFT)
    assert not queries.absences_of(one.pk)[0].is_on


def test_nobody_answers_for_whoever_nothing_opens() -> None:
    gone = account("parti", state="closed")
    assert answer_for_leaver(gone.pk, NOW.date(), NOW.date(), "", now=NOW) is None


class SlowScripts(MemoryScripts):
    """Another worker drops our script after ours has seen it in the list."""

    def drop(self, name: str) -> None:
        super().drop(name)
        super().drop(name)


class StubbornScripts(MemoryScripts):
    def drop(self, name: str) -> None:
        raise EngineRefused(f"script {name} is not given up")


def nothing_left(of: Account, sieve: MemorySieve, scripts: MemoryScripts) -> None:
    """A filter made, carried out, then deleted: `scripts` is what the mailbox holds from now on."""
    save_filter(of.pk, ALL, (), by="test", now=NOW)
    rewrite_script(of.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    former = box(sieve, of)
    assert former.active == SCRIPT_NAME
    scripts.held, scripts.active = dict(former.held), former.active
    sieve.boxes[of.mailbox] = scripts
    drop_filter(of.pk, queries.filters_of(of.pk)[0].filter_id or 0, by="test", now=NOW)


def test_a_script_that_another_worker_dropped_meanwhile_is_dropped(
    nicolas: Account, sieve: MemorySieve
) -> None:
    nothing_left(nicolas, sieve, SlowScripts())
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert box(sieve, nicolas).held == {}
    assert queries.script_status_of(nicolas.pk) == ScriptStatus(is_done=True)


def test_an_included_script_that_another_worker_dropped_meanwhile_is_dropped(
    nicolas: Account, sieve: MemorySieve
) -> None:
    save(nicolas)
    sieve.boxes[nicolas.mailbox] = SlowScripts({EXPERT_SCRIPT: THEIRS})
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert box(sieve, nicolas).held == {}


def test_a_script_that_stays_there_is_told(nicolas: Account, sieve: MemorySieve) -> None:
    nothing_left(nicolas, sieve, StubbornScripts())
    with pytest.raises(EngineRefused):
        rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert not queries.script_status_of(nicolas.pk).is_done


def test_a_script_that_a_program_activated_is_told_to_who_never_made_a_filter(
    nicolas: Account, sieve: MemorySieve
) -> None:
    assert foreign_active_script(nicolas.pk, sieve, now=NOW) is None
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'redirect "ailleurs@ac-amiens.test";\r\n')
        scripts.activate("pirate")
    assert foreign_active_script(nicolas.pk, sieve, now=NOW) == ("pirate", False)


def test_each_content_of_a_programs_script_is_told_to_its_owner_once(
    nicolas: Account, sieve: MemorySieve
) -> None:
    def told() -> int:
        tell_foreign_script(nicolas.pk, sieve, now=NOW)
        return Entry.objects.filter(action="sorting.script-by-program").count()

    assert told() == 0
    for number, forward in enumerate(("a@ac-amiens.test", "b@ac-amiens.test"), 1):
        with sieve(nicolas.mailbox) as scripts:
            scripts.put("pirate", f'redirect "{forward}";\r\n')
            scripts.activate("pirate")
        assert told() == told() == number


def test_a_programs_script_that_its_owner_disowns_runs_no_more(nicolas: Account, sieve: MemorySieve) -> None:
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", "discard;\r\n")
        scripts.activate("pirate")
    tell_foreign_script(nicolas.pk, sieve, now=NOW)
    with transaction.atomic():
        assert stop_foreign_script(nicolas.pk, 0, by="notice", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    with sieve(nicolas.mailbox) as scripts:
        assert scripts.list_scripts().active == ""
    tell_foreign_script(nicolas.pk, sieve, now=NOW)
    assert Entry.objects.filter(action="sorting.script-by-program").count() == 1


def test_what_a_program_forwards_is_known_whatever_name_its_script_has(
    nicolas: Account, sieve: MemorySieve
) -> None:
    assert program_rules(nicolas.pk, sieve, now=NOW) == ()
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'include :personal "aide";\r\n# redirect "x@y.test";\r\nkeep;\r\n')
        scripts.put("aide", 'redirect :copy "a@ailleurs.test"; redirect "${from}";\r\n')
        scripts.put("autre", 'redirect "b@ailleurs.test";\r\n')
        scripts.activate("pirate")
    pirate, helper = program_rules(nicolas.pk, sieve, now=NOW)
    assert pirate == ProgramRules("pirate", ())
    assert helper == ProgramRules("aide", ("a@ailleurs.test", ""))
    with sieve(nicolas.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, 'redirect "c@ailleurs.test";\r\n')
        scripts.activate(SCRIPT_NAME)
    assert program_rules(nicolas.pk, sieve, now=NOW) == (ProgramRules(SCRIPT_NAME, ("c@ailleurs.test",)),)


def test_what_the_owners_filters_forward_is_no_programs_doing(nicolas: Account, sieve: MemorySieve) -> None:
    FilterRow.objects.create(
        account=nicolas, name="Copie", position=1, outcome={"forward_to": "a@ailleurs.test"}, conditions=[]
    )
    with sieve(nicolas.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, 'redirect :copy "A@ailleurs.test";\r\n')
        scripts.activate(SCRIPT_NAME)
    assert program_rules(nicolas.pk, sieve, now=NOW) == ()


@pytest.mark.parametrize("endless", ["/* ", '"a ', "text:\n", "# "])
def test_a_script_without_an_end_is_judged_in_one_pass(endless: str) -> None:
    content = endless * (MAX_SCRIPT_CHARACTERS // len(endless) - 10)
    assert not may_redirect(content)
    assert may_redirect(f"{content}\nredirect") == (endless == "# ")
