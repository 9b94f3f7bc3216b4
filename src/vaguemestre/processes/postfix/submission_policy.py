"""The process named `gate`: judges what is submitted to Postfix, and follows what becomes of it.

`python -m vaguemestre.processes.postfix.submission_policy`.
"""

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import django
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from vaguemestre.access.signin.rules.throttle import network_of_address
from vaguemestre.engines import stand_in
from vaguemestre.engines.outgoing.outgoing_services import rewrites_senders
from vaguemestre.engines.outgoing.srs import SenderRewriter
from vaguemestre.engines.postfix import milter
from vaguemestre.engines.postfix.configuration import gate_socket
from vaguemestre.engines.postfix.script_owner import ScriptOwners
from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.rules.limits import Limits
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.rules.self_mail import self_mail_address
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict
from vaguemestre.post.trace.rules.marks import marks_key
from vaguemestre.processes.postfix.heartbeat import beat
from vaguemestre.processes.postfix.key_watch import KeyWatch
from vaguemestre.processes.postfix.removed_content import RemovedContent
from vaguemestre.processes.postfix.socket_handover import listening_place, take_over
from vaguemestre.site import secrets
from vaguemestre.site.config import Config

log = logging.getLogger("gate")

_JUDGES = 4  # threads, each with its connection to the database
_LOOK_EVERY = 0.5  # seconds between two looks at the steps of messages
_PATIENCE = 20.0

type JudgePosting = Callable[..., Verdict]


class Gate:
    """Verdicts from the database; « later » when it does not answer."""

    def __init__(
        self,
        config: Config,
        judge: JudgePosting,
        judge_script: Callable[[SubmissionRequest], Verdict],
        own_addresses: Callable[[str], Collection[str]],
        forwards_mail: Callable[[str], bool] = lambda mailbox: False,
        withdrawn_at: Callable[..., float] = lambda mailbox, by_token: 0.0,
        note: Callable[[SubmissionRequest, datetime], None] = lambda submission, now: None,
        title_of_box: Callable[[int], str] = lambda account_id: "",
        waits_for_key: Callable[[SubmissionRequest], bool] = lambda submission: False,
        was_removed: Callable[[SubmissionRequest], bool] = lambda submission: False,
    ):
        self._limits: Limits = config.sending.limits()
        self._trusted = [ipaddress.ip_network(network) for network in config.network.trusted]
        own = self_mail_address(config.academy.domain)
        self._exempt = frozenset({own, *(address.lower() for address in config.sending.exempt)})
        self._judge, self._own, self._forwards_mail, self._note = judge, own_addresses, forwards_mail, note
        self._withdrawn_at, self._judge_script = withdrawn_at, judge_script
        self._waits_for_key, self._title_of_box = waits_for_key, title_of_box
        self._was_removed = was_removed
        self._threads = ThreadPoolExecutor(_JUDGES, "judge")

    async def __call__(self, submission: SubmissionRequest) -> tuple[Verdict, str]:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._verdict, submission)
        try:
            verdict = await asyncio.wait_for(work, _PATIENCE)
        except (DatabaseError, EngineDown, TimeoutError) as error:
            log.warning("no verdict on %s: %s", submission.queue_id, type(error).__name__)
            if submission.origin is Origin.REPLIED:
                # Dovecot does not come back: the reply would be lost
                return Verdict(Decision.TAKE, is_judged=False), ""
            return Verdict(Decision.REFUSE), ""  # without words: come back later
        return verdict, smtp_reply(verdict)

    def _verdict(self, submission: SubmissionRequest) -> Verdict:
        close_old_connections()
        if submission.origin is not Origin.REPLIED and self._was_removed(submission):
            return Verdict(Decision.REFUSE, "outbox.removed-content")
        if submission.origin is not Origin.SUBMITTED:
            return self._judge_script(submission)
        if self._waits_for_key(submission):
            return Verdict(Decision.REFUSE, "outbox.unsigned")
        request = replace(submission, network="" if self._is_ours(submission.network) else submission.network)
        verdict = self._judge(
            request,
            self._own(request.mailbox),
            self._limits,
            self._exempt,
            now=timezone.now(),
            forwards_mail=self._forwards_mail(request.mailbox),
            withdrawn_at=self._withdrawn_at(request.mailbox, by_token=request.by_token),
            title_of_box=self._title_of_box,
        )
        if verdict.decision is not Decision.REFUSE:
            self._note(submission, timezone.now())
        return verdict

    def _is_ours(self, network: str) -> bool:
        """Whether the client is a machine of ours: webmail submissions are counted by sender only."""
        try:
            address = ipaddress.ip_address(network)
        except ValueError:
            return True
        return any(address in trusted for trusted in self._trusted)


class ScriptGate:
    """Verdicts on what Sieve sends. The HELO name stands for the mailbox in what the listener tells.

    `rewrite_sender`: gives what is sent on to other domains a return path of ours (SRS), or EngineDown.
    """

    def __init__(
        self,
        config: Config,
        judge: JudgePosting,
        directory: MailDirectory,
        rewrite_sender: Callable[[str], str] | None = None,
    ) -> None:
        self._limits, self._directory, self._judge = config.sending.limits(), directory, judge
        self._rewrite_sender = rewrite_sender
        self._may_leave, self._domain = config.mail.forward_outside, config.academy.domain.lower()
        self._owner = ScriptOwners(directory.held_names)

    def __call__(self, submission: SubmissionRequest) -> Verdict:
        mailbox = self._owner(submission.mailbox)
        domains = {address.rpartition("@")[2] for address in submission.recipients}
        outside = {domain for domain in domains if not self._is_ours(domain)}
        lists = [
            address
            for address in submission.recipients
            if has_list_form(address) and address.rpartition("@")[2] not in outside
        ]
        return_path = self._return_path(submission) if outside else ""
        verdict = self._judge(
            replace(submission, mailbox=mailbox, network=""),
            self._directory.addresses_of(mailbox) | {mailbox},
            self._limits,
            leaves_academy=bool(outside) and not self._may_leave,
            goes_outside=bool(outside),
            reaches_list=bool(lists),
            now=timezone.now(),
        )
        return replace(verdict, return_path=return_path)

    def _is_ours(self, domain: str) -> bool:
        return domain == self._domain or self._directory.is_ours(domain)

    def _return_path(self, submission: SubmissionRequest) -> str:
        """What stands for a foreign sender, whose SPF does not name our servers; empty without need."""
        if self._rewrite_sender is None or not submission.sender:
            return ""
        is_ours = self._is_ours(submission.sender.rpartition("@")[2])
        return "" if is_ours else self._rewrite_sender(submission.return_path)


async def follow(read: Callable[[], int]) -> None:
    """Follow the steps of messages for as long as the process runs."""
    while True:
        try:
            await asyncio.to_thread(read)
        except (DatabaseError, OSError) as error:
            log.warning("delivery statuses wait: %s", type(error).__name__)
        except Exception:  # a defect, told each time: without this, delivery statuses stop without a word
            log.exception("the steps could not be read")
        await asyncio.sleep(_LOOK_EVERY)


def _read() -> int:
    close_old_connections()
    read = import_string("vaguemestre.post.outbox.services.read_deliveries")
    ports = {
        name: import_string(f"vaguemestre.post.outbox.ports.{name}").get()
        for name in ("deliveries_after", "on_deliveries")
    }
    noted: int = read(**ports)
    return noted


def _note(submission: SubmissionRequest, now: datetime) -> None:
    """Record which member submitted a message from a shared mailbox by mail client."""
    since, until = (datetime.fromtimestamp(at, UTC) for at in submission.signed_in_between)
    import_string("vaguemestre.schools.sharing.services.announce_client_message")(
        submission.mailbox,
        submission.message_id,
        submission.in_reply_to,
        import_string("vaguemestre.schools.sharing.services.SubmissionConnection")(
            _named(submission.network), since, until
        ),
        now=now,
    )


def _named(network: str) -> str:
    try:
        return network_of_address(ipaddress.ip_address(network.partition("%")[0]))
    except ValueError:
        return "unknown"


async def main() -> None:
    config = settings.CONFIG
    import_string("vaguemestre.foundation.jobs.ports.subscriptions").get()  # what cannot load ends here
    directory = import_string("vaguemestre.people.provisioning.ports.mail_directory").get()
    gate = Gate(
        config,
        import_string("vaguemestre.post.outbox.services.judge_submission"),
        ScriptGate(
            config,
            import_string("vaguemestre.post.outbox.services.judge_automatic"),
            directory,
            SenderRewriter(config.ports.srs_forward) if rewrites_senders(config) else None,
        ),
        directory.sending_addresses,
        import_string("vaguemestre.post.outbox.ports.forwards_mail").get(),
        directory.withdrawn_at,
        _note,
        import_string("vaguemestre.post.outbox.ports.title_of_box").get(),
        KeyWatch(config, directory, import_string("vaguemestre.post.dkim.queries.has_active_key")),
        RemovedContent(import_string("vaguemestre.desks.removals.queries.is_refused")),
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _listening(config, gate):
        tasks = [asyncio.create_task(beat(stand_in.own_heartbeat(config.run_dir / "gate.heartbeat")))]
        if not stand_in.is_one():  # one reads the log
            tasks.append(asyncio.create_task(follow(_read)))
        await stop.wait()
        for task in tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def _listening(config: Config, gate: Gate) -> AsyncIterator[None]:
    """Answer at the socket of submissions."""
    with listening_place(gate_socket(config)) as own:
        key = secrets.read(config.secrets_dir, "seal_key").encode("ascii")
        name, marks = f"mail.{config.academy.domain.lower()}", marks_key(settings.SECRET_KEY)
        server = await milter.serve(str(own), gate, name, key, marks)
        take_over(own, gate_socket(config))
        yield
        server.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    asyncio.run(main())
