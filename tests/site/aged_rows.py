"""What each category of the record holds at the moment its retention counts from."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from tests.rows import make

from vaguemestre.foundation.journal.chain import seal_entries
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.intake.models import Feed
from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.rosters.rules.retention import purge_day


def _row(label: str, **given: Any) -> Any:
    return make(apps.get_model(label), **given)


def _feed_lines(at: datetime) -> None:
    feed = Feed.objects.create(**_feed(at))
    _row("intake.AppliedLine", feed=feed)
    _row("intake.RefusedRow", feed=feed)
    for decision in ({}, {"decided_at": at, "confirmed_by": "account:1"}):  # confirmed, and never applied
        held = Feed.objects.create(**_feed(at), refusal="Trop de départs.", **decision)
        _row("intake.PlannedRow", feed=held)
        _row("intake.HeldPiece", feed=held)


def _homonyms(at: datetime) -> None:
    _row("intake.MatchCandidate", seen_at=at, answered_at=at, answer="other")
    _row("intake.MatchCandidate", seen_at=at, answered_at=None, answer="")


def _feed(at: datetime) -> dict[str, Any]:
    academy = apps.get_model("directory.Academy").objects.first()
    return {"academy": academy, "file_name": "rh.csv", "sha256": "0", "by": "cli", "started_at": at}


def _domain_report(at: datetime) -> None:
    report = _row("domainreports.DomainReport", received_at=at)
    _row("domainreports.ReadingCost", day=at.date())
    _row("domainreports.SetAsideMessage", counted_at=at)
    _row("domainreports.SenderCount", report=report)
    _row("domainreports.TlsFailureCount", report=report)


def _sent(at: datetime) -> None:
    _row("outbox.RecipientStatus", submission=_row("outbox.Submission", at=at, hold=""))
    _row("outbox.OutboxMessage", due_at=at, state="filed")


def _mailing(at: datetime) -> None:
    _row("compose.MailingCopy", mailing=_row("compose.Mailing", state="done", created_at=at, audiences=[]))


def _text(at: datetime) -> None:
    text = _row("compose.Composition", updated_at=at, is_sending=False)
    _row("compose.Slice", enclosure=_row("compose.Enclosure", composition=text))


def _visit(at: datetime) -> None:
    visit = _row("sso_registry.Visit", started_at=at)
    for label in ("sso_cas.Ticket", "sso_cas.ProxyGrant", "sso_headers.Pass"):
        _row(label, visit=visit)
    _row("sso_oidc.Token", code=_row("sso_oidc.Code", visit=visit))


def _copies(at: datetime) -> None:
    letter = _row("lists.ListLetter", ended_at=at)
    assert isinstance(letter, ListLetter)
    _row("lists.LetterCopy", letter=letter)
    _row("lists.Batch", letter=letter)


def _roster(at: datetime) -> None:
    roster = _row("rosters.RosterRow", purge_on=purge_day(at.date()))
    for label in ("GroupRow", "RelativeRow", "PupilRow", "TeacherRow"):
        _row(f"rosters.{label}", roster=roster)


def _request(at: datetime) -> None:
    request = _row("enrolment.NumenRequest", closed_at=at, applicant={})
    _row("enrolment.Step", request=request)
    _row("enrolment.RequestNote", request=request)


def _session(at: datetime) -> None:
    ends_at = at + timedelta(days=30)  # « Mon appareil »
    _row("signin.BrowserSession", started_at=at, expire_date=ends_at, session_data="")
    _row("credentials.MailToken", expires_at=at + timedelta(hours=1))


def _failures(at: datetime) -> None:
    _row("signin.Attempts", last_at=at)
    _row("signin.InterruptedAct", until=at)


def _presence(at: datetime) -> None:
    _row("sharing.ClientSignIn", at=at)
    _row("sharing.Presence", seen_at=at)


def _moved_file(at: datetime) -> None:
    folder = settings.CONFIG.moves_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "moved.zip").write_bytes(b"mail")
    _row("portability.Move", state="done", begun_at=at, ended_at=at, stored="moved.zip")


def _job(status: str) -> Callable[[datetime], None]:
    def make_job(at: datetime) -> None:
        table = apps.get_model("django_tasks_database.DBTaskResult")
        table.objects.create(
            status=status,
            args_kwargs={"args": [], "kwargs": {}},
            task_path="vaguemestre.foundation.jobs.tasks.wake",
            backend_name="default",
            run_after=at,
            enqueued_at=at,
            started_at=at,
            finished_at=at,
            exception_class_path="",
            traceback="",
        )

    return make_job


def _rows(label: str, **columns: Any) -> Callable[[datetime], None]:
    """A row whose columns hold what a function of the moment gives, or the moment itself (`...`)."""

    def make_row(at: datetime) -> None:
        _row(label, **{name: at if value is ... else value for name, value in columns.items()})

    return make_row


def _journaled(at: datetime) -> None:
    record("signin.signed-in", to="account:1", by="account:1", at=at, network="192.0.2.1")
    seal_entries(now=at)


def _withdrawn(at: datetime) -> None:
    _row("credentials.Passkey", removed_at=at)
    _row("credentials.OneTimeDevice", removed_at=at)
    _row("credentials.RecoveryCode", replaced_at=at)
    _row("credentials.RecoveryContact", dropped_at=at)
    _row("signin.UsedLink", used_at=at)


def _lent(at: datetime) -> None:
    last_day = at.date() + timedelta(days=settings.CONFIG.files.most_days)
    _row("filelinks.SharedFile", expires_on=last_day, token_sha256="a" * 64)


def _reported(at: datetime) -> None:
    _row("reports.Report", at=at)
    _row("reports.Vote", at=at)


def _clicks(at: datetime) -> None:
    _row("redirects.LinkClick", clicked_at=at, account_id=1, was_listed=False)


def _quarantined(at: datetime) -> None:
    _row("quarantine.QuarantinedMessage", arrived_at=at)


def _unexamined(at: datetime) -> None:
    _row("quarantine.UnexaminedMail", queue_id=f"{at:%Y%m%d%H%M%S%f}", found_at=at, next_try_at=at)


def _removed(at: datetime) -> None:
    removal = _row("removals.Removal", changed_at=at, state="removed")
    _row("removals.TakenCopy", box=_row("removals.RemovalBox", removal=removal, message_ids=[]))


def _acted(at: datetime) -> None:
    act = _row("bulk.BulkAct", changed_at=at, state="done", act="export")
    _row("bulk.BulkTarget", bulk_act=act)


AGED: Mapping[str, Callable[[datetime], None]] = {
    "Moyens de connexion retirés": _withdrawn,
    "Actes de l’administration sur plusieurs comptes": _acted,
    "Liens d’activation": _rows("credentials.ActivationLink", expires_at=...),
    "Codes d’identification": _rows("assistant.IssuedCode", until=...),
    "Anciennes clés des logiciels de messagerie": _rows("credentials.FormerProgramKey", replaced_at=...),
    "Accords donnés à un logiciel de messagerie": _rows("autoconfig.ProgramCode", expires_at=...),
    "Lignes des flux des ressources humaines": _feed_lines,
    "Réponses aux homonymies": _homonyms,
    "Visites des applications, avec leurs jetons": _visit,
    "Suivi des envois (destinataires, heure, ce que chacun est devenu)": _sent,
    "Destinataires des publipostages": _mailing,
    "Textes commencés et laissés": _text,
    "Chemin de chaque courriel (expéditeur, destinataires, heures, réponses des serveurs)": _rows(
        "trace.MessageStep", at=..., number=1
    ),
    "Empreintes de l’objet, des liens et des pièces jointes de chaque courriel, et avis du filtre": _rows(
        "trace.MessageMark", at=..., mark=1
    ),
    "Actions en nombre sur des courriels": _rows("webmail.BulkRow", created_at=..., state="done"),
    "Fichiers prêtés par un lien": _lent,
    "Fichiers apportés ou à emporter (import, export)": _moved_file,
    "Trace d’un import ou d’un export": _rows("portability.Move", state="done", ended_at=..., stored=""),
    "Clics sur les liens contrôlés : courriel, site et empreinte du lien": _clicks,
    "Courriels en quarantaine (virus, lien dangereux, macros), avec leur verdict": _quarantined,
    "Courriels arrivés en l’absence de l’antivirus : identifiant dans la file": _unexamined,
    "Courriels dangereux retirés des boîtes": _removed,
    "Empreintes des courriels retirés puis effacés, qu’aucune sauvegarde ne ramène": _rows(
        "removals.DiscardedCopy", discarded_at=..., mailbox="", guid=""
    ),
    "Courriels signalés": _reported,
    "Activité des boîtes partagées": _rows("sharing.BoxActivity", at=...),
    "Présence et connexions dans une boîte partagée": _presence,
    "Demandes de boîte": _rows("sharing.BoxRequest", decided_at=..., state="refused"),
    "Copies envoyées à chaque abonné": _copies,
    "Élèves et responsables": _roster,
    "Fichiers de classes reçus": _rows("rosters.StagedRow", at=...),
    "Pièces d’une demande de NUMEN": lambda at: _rows(
        "enrolment.Proof", request=_row("enrolment.NumenRequest", closed_at=at, applicant={})
    )(at),
    "Demande de NUMEN": _request,
    "Demandes d’aide": _rows("helpdesk.RequestRow", answered_at=..., state="answered"),
    "Codes remis en main propre": _rows("helpdesk.HandOverRow", until=...),
    "Journal des connexions et des actes sur les comptes": _journaled,
    "Sessions": _session,
    "Sessions terminées et essais de connexion infructueux": _failures,
    "Nombres par cinq minutes (courriels, connexions, place)": _rows(
        "operations.MetricSample", at=..., resolution="5m", series="arrived"
    ),
    "Les mêmes, par heure": _rows("operations.MetricSample", at=..., resolution="1h", series="arrived"),
    "Les mêmes, par jour": _rows("operations.MetricSample", at=..., resolution="1d", series="arrived"),
    "Délais par domaine de destination": lambda at: _row("operations.DestinationDay", day=paris_day(at)),
    "Rapports DMARC et TLS d’autres serveurs (domaines et adresses de serveurs, nombres)": _domain_report,
    "Alarmes du service": _rows("operations.Alarm", closed_at=..., opened_at=...),
    "Travaux achevés": _job("SUCCESSFUL"),
    "Travaux en échec": _job("FAILED"),
}
