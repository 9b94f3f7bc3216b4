"""Names in the data folder by which a restoration speaks to the next start."""

ENDED_ACCESS = "ended-access"  # foundation.journal.endings.FOLDER, which needs Django
RESTORED = "restored"  # tells the next start that a restoration took place
