"""What scripts of programs do in a mailbox: read there, and kept for the desk, which opens no mailbox."""

from datetime import datetime

from django.db import transaction

from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import OpenScripts, Scripts
from vaguemestre.mailbox.sorting.rules.expert import included_scripts, redirect_addresses
from vaguemestre.mailbox.sorting.values import EXPERT_SCRIPT, OURS, ProgramRules


def keep_program_rules(account_id: int, open_scripts: OpenScripts, *, now: datetime) -> None:
    """Keep what programs have run in the mailbox, for the desk, which may not open it.

    Raises EngineDown, EngineRefused.
    """
    if queries.owner_of(account_id, now) is None:
        return
    rules = program_rules(account_id, open_scripts, now=now)
    with transaction.atomic(durable=True):
        ScriptRow.objects.get_or_create(account_id=account_id)
        row = ScriptRow.objects.filter(account_id=account_id)
        row.update(program_rules=[[rule.name, *rule.redirects] for rule in rules])


def program_rules(account_id: int, open_scripts: OpenScripts, *, now: datetime) -> tuple[ProgramRules, ...]:
    """The scripts that run and came from a program or by hand, with what they include.

    One of ours stands there too when it sends mail where no filter does: a program may write under our names.
    Raises EngineDown; EngineRefused for a mailbox that nothing opens, whose redirects do not leave either.
    """
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return ()
    known = {to.lower() for _, to in queries.redirects_of(account_id)}
    by_hand = {to.lower() for to in redirect_addresses(queries.settings_of(account_id).expert)}
    with open_scripts(owner.mailbox) as scripts:
        running = _running(scripts)
    rules = []
    for name, content in running.items():
        expected = known | by_hand if name == EXPERT_SCRIPT else known
        redirects = tuple(to for to in redirect_addresses(content) if to.lower() not in expected)
        if redirects or name not in OURS:
            rules.append(ProgramRules(name, tuple(dict.fromkeys(redirects))))
    return tuple(rules)


def _running(scripts: Scripts) -> dict[str, str]:
    """The active script and those it includes, by name."""
    waiting, running = [scripts.list_scripts().active], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name and name not in running and (content := scripts.read(name)):
            running[name] = content
            waiting.extend(included_scripts(content))
    return running
