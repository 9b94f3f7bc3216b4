"""French labels of the journal's actions of the instance (backups, jobs, journal), sorted by code."""

INSTANCE_LABELS = {
    "backup.messages-restored": "Courriels remis depuis une sauvegarde",
    "jobs.given-up": "Travail en échec abandonné",
    "jobs.run-again": "Travail en échec relancé",
    "journal.month-erased": "Mois du journal effacé à son terme",
}
