"""Of several machines, each tells its own queue what was decided of held messages: whose queue had it is known.

What was decided before was told when it was decided.
"""

from django.db import migrations, models

_TOLD = """
UPDATE outbox_submission SET hold_ended_at = at WHERE hold IN ('released', 'discarded')
"""


class Migration(migrations.Migration):
    suits_old_code = "it fills a column that the version before does not know"
    dependencies = [("outbox", "0002_remove_logcursor_inode")]
    operations = [
        migrations.AddField("submission", "hold_ended_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_TOLD, migrations.RunSQL.noop),
    ]
