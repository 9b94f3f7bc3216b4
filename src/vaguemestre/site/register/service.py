"""Security of accounts and the running of the service."""

from datetime import timedelta

from vaguemestre.access.signin import handlers as signin
from vaguemestre.access.signin.rules import session_lifetimes as lifetimes
from vaguemestre.access.signin.services.sessions import DELETED_AFTER
from vaguemestre.desks.breaches import handlers as breaches
from vaguemestre.desks.breaches.services import RETENTION as BREACHES_KEPT
from vaguemestre.desks.domainreports import handlers as domainreports
from vaguemestre.desks.domainreports.services import RETENTION as REPORTS_KEPT
from vaguemestre.desks.operations import handlers as operations
from vaguemestre.desks.operations.rules.slots import RETENTION as SAMPLES_KEPT
from vaguemestre.desks.operations.services.retention import ALARMS_KEPT, DESTINATIONS_KEPT
from vaguemestre.desks.operations.values import Resolution
from vaguemestre.foundation.jobs import handlers as jobs
from vaguemestre.foundation.jobs.services import RETENTION as JOBS_KEPT
from vaguemestre.foundation.journal import handlers as journal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.site.config import Config
from vaguemestre.site.register.values import (
    ENCRYPTED_LINKS,
    PUBLIC_TASK,
    Activity,
    Category,
    Duration,
    after,
    set_days,
    span_fr,
    with_account,
)

LEGAL_DUTY = "obligation légale (RGPD, articles 6-1-c et 32) : la sécurité du traitement"


def _sessions(_config: Config) -> Duration:
    longest = span_fr(lifetimes.MAX_DURATION)
    return Duration(
        f"fermées après {span_fr(lifetimes.IDLE)} sans rien faire ({span_fr(lifetimes.IDLE_SHARED)} sur un "
        f"ordinateur partagé), et après {longest} au plus ; avec « Mon appareil », "
        f"{span_fr(lifetimes.OWN_DEVICE)}, mais écrire ou changer un réglage redemande une preuve après "
        f"{longest}",
        lifetimes.OWN_DEVICE + DELETED_AFTER,
    )


def _journal(config: Config) -> Duration:
    months = config.retention.journal_months
    return Duration(
        f"{counted(months, 'mois', 'mois')} après celui de l’acte ; d’ici là, la base refuse d’en changer ou "
        "d’en retirer une ligne",
        timedelta(days=31 * (months + 1)),
    )


SECURITY = Activity(
    key="securite",
    purpose="Sécurité des comptes",
    basis=LEGAL_DUTY,
    persons="agents, et qui essaie de se connecter",
    data="actes sur les comptes, connexions : date, réseau, navigateur",
    source="navigateurs et logiciels, pages du service",
    recipients="l’agent ; les administrateurs, les auditeurs et l’assistance",
    security=f"{ENCRYPTED_LINKS} ; journal en ajout seul, scellé",
    categories=(
        Category(
            "Journal des connexions et des actes sur les comptes",
            ("journal.Entry", "journal.EntrySeal"),
            _journal,
            (journal.keep_journal,),
        ),
        Category(
            "Sessions",
            ("signin.BrowserSession", "credentials.MailToken"),
            _sessions,
            (signin.purge_expired,),
            (signin.erase_account,),
        ),
        Category(
            "Sessions terminées et essais de connexion infructueux",
            ("signin.Attempts", "signin.InterruptedAct"),
            after(DELETED_AFTER, "après leur fin"),
            (signin.purge_expired,),
            (signin.erase_account,),
        ),
        Category(
            "Registre des violations de données",
            ("breaches.Breach", "breaches.BreachNotice"),
            lambda _config: Duration(f"{BREACHES_KEPT.days // 365} ans après la clôture du dossier"),
            (breaches.purge_old_breaches,),
        ),
        Category(
            "Navigateurs reconnus",
            ("signin.Device",),
            with_account(),
            erasers=(signin.erase_account,),
        ),
    ),
)


def _backups(config: Config) -> Duration:
    backup = config.backup
    if not backup.repository:
        return Duration("selon la sauvegarde des machines de l’académie")
    months = counted(backup.keep_months, "mois", "mois")
    return Duration(f"{counted(backup.keep_days, 'jour')}, puis une par mois pendant {months}")


SERVICE = Activity(
    key="service",
    purpose="Fonctionnement du service",
    basis=PUBLIC_TASK,
    persons="agents",
    data="numéros de compte dans les travaux en attente, achevés ou en échec",
    source="pages et flux",
    recipients="les administrateurs",
    security=ENCRYPTED_LINKS,
    categories=(
        Category(
            "Travaux achevés",
            ("django_tasks_database.DBTaskResult",),
            after(JOBS_KEPT, "après leur fin"),
            (jobs.purge_finished_jobs,),
        ),
        Category(
            "Travaux en échec",
            ("django_tasks_database.DBTaskResult",),
            set_days("retention.failed_jobs_days", "après leur échec, s’ils ne sont pas repris"),
            (jobs.purge_failed_jobs,),
        ),
        Category(
            "Nombres par cinq minutes (courriels, connexions, place)",
            ("operations.MetricSample",),
            after(SAMPLES_KEPT[Resolution.FIVE_MINUTES], "après la mesure"),
            (operations.purge_old_measures,),
        ),
        Category(
            "Les mêmes, par heure",
            ("operations.MetricSample",),
            after(SAMPLES_KEPT[Resolution.HOUR], "après la mesure"),
            (operations.purge_old_measures,),
        ),
        Category(
            "Les mêmes, par jour",
            ("operations.MetricSample",),
            after(SAMPLES_KEPT[Resolution.DAY], "après la mesure"),
            (operations.purge_old_measures,),
        ),
        Category(
            "Délais par domaine de destination",
            ("operations.DestinationDay",),
            after(DESTINATIONS_KEPT, "après le jour mesuré"),
            (operations.purge_old_measures,),
        ),
        Category(
            "Alarmes du service",
            ("operations.Alarm",),
            after(ALARMS_KEPT, "après leur fin"),
            (operations.purge_old_measures,),
        ),
        Category(
            "Rapports DMARC et TLS d’autres serveurs (domaines et adresses de serveurs, nombres)",
            (
                "domainreports.DomainReport",
                "domainreports.SenderCount",
                "domainreports.TlsFailureCount",
            ),
            after(REPORTS_KEPT, "après leur réception"),
            (domainreports.purge_old_reports,),
        ),
        Category("Sauvegardes (chiffrées) de tout ce qui précède", (), _backups),
    ),
)
