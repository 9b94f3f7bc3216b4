"""Slots, subscriptions, periodic tasks, sentences: tables, the only place that sees rooms and engines.

A slot's table is loaded when the first of its slots is used: most processes need few of them, and a start is
made of loading.
"""

from django.utils.module_loading import import_string

from vaguemestre.foundation.kernel.slots import fill_on_demand
from vaguemestre.site.config import Config

# room, or one slot of it → the module here that plugs it
TABLES = {
    "credentials": "instance",
    "credentials.token_keys": "tokens",
    "credentials.mail_tokens": "tokens",
    "credentials.numen_words": "numens",
    "directory": "numens",
    "signin.revocations": "instance",
    "cluster": "foundation",
    "jobs": "foundation",
    "ui": "foundation",
    "intake": "people",
    "lifecycle": "people",
    "provisioning": "people",
    "assistant": "access",
    "signin": "access",
    "sso": "access",
    "dkim": "post",
    "filelinks": "post",
    "mailstore": "post",
    "outbox": "post",
    "outbox.check_due_date": "mailbox",
    "outbox.is_draft_deleted": "mailbox",
    "quarantine": "post",
    "redirects": "post",
    "reports": "post",
    "trace": "post",
    "tracking": "mailbox",
    "lists": "schools",
    "rosters": "schools",
    "sharing": "schools",
    "autoconfig": "mailbox",
    "compose": "mailbox",
    "contacts": "mailbox",
    "portability": "mailbox",
    "sorting": "mailbox",
    "webmail": "mailbox",
    "enrolment": "desks",
    "enrolment.disclose_numen": "numens",
    "helpdesk": "desks",
    "operations": "desks",
    "domainreports": "desks",
    "portal": "record",
    "portal.waiting_errands": "desks",
    "removals": "desks",
    "schoolstaff": "desks",
}


def plug_engines(config: Config) -> None:
    """Have every slot plugged for one instance. Nothing is opened: engines connect when first used."""

    def fill(table: str) -> None:
        import_string(f"{__name__}.{table}.plug")(config)

    fill_on_demand(TABLES, fill)
