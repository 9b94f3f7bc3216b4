"""Sorting settings as Sieve scripts."""

from dataclasses import replace
from datetime import datetime

from vaguemestre.mailbox.sorting.rules.expert import may_redirect
from vaguemestre.mailbox.sorting.script.absence import absence_commands
from vaguemestre.mailbox.sorting.script.filters import filter_commands
from vaguemestre.mailbox.sorting.script.spam import denied_commands
from vaguemestre.mailbox.sorting.script.syntax import Command, Tag, encode_script
from vaguemestre.mailbox.sorting.values import EXPERT_SCRIPT, Filter, Outcome, Owner, SortingSettings


def personal_script(settings: SortingSettings, owner: Owner, *, foreign_script: str) -> str:
    """Personal script of the settings; "" when they need none.

    In order: denied senders, filters, the script written by hand, then `foreign_script`, the script of
    another program that ran before ours.
    """
    filters = _without_redirects(settings) if settings.stays_here else settings.filters
    commands = (
        *denied_commands(settings.spam),
        *filter_commands(filters, owner),
        *(_include(EXPERT_SCRIPT, "Partie écrite à la main") if _includes_expert(settings) else ()),
    )
    return (
        encode_script((*commands, *_include(foreign_script, "Règles d’un autre logiciel")))
        if commands
        else ""
    )


def absence_script(settings: SortingSettings, owner: Owner, *, now: datetime) -> str:
    """House's script, which replies before the personal one sorts; "" when no absence is on or to come.

    Separate, because `vacation` writes in the owner's name: personal scripts may not use it.
    """
    return encode_script(commands) if (commands := absence_commands(settings, owner, now)) else ""


def _without_redirects(settings: SortingSettings) -> tuple[Filter, ...]:
    """The filters without their redirects; those that only redirect are left out."""
    filters = (
        replace(mail_filter, outcome=replace(mail_filter.outcome, forward_to=""))
        for mail_filter in settings.filters
    )
    return tuple(mail_filter for mail_filter in filters if mail_filter.outcome != Outcome(stops=False))


def _includes_expert(settings: SortingSettings) -> bool:
    is_suspended = settings.stays_here and may_redirect(settings.expert)
    return bool(settings.expert.strip()) and not is_suspended


def _include(name: str, note: str) -> tuple[Command, ...]:
    if not name:
        return ()
    arguments = (Tag("personal"), Tag("optional"), name)
    return (Command("include", arguments, needs=("include",), note=note),)
