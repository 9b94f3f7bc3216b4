"""An index of the few rows that are looked for all the time: jobs that run, jobs that failed.

The table's own package has one of those that are ready only. Should a later migration of that package make the
table anew (SQLite does, for some changes), this index is to be made again after it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("django_tasks_database", "0021_conditional_partial_index_ordering")]

    operations = [
        migrations.RunSQL(
            # OR, not IN: SQLite then knows that `status = 'FAILED'` lies in this index
            "CREATE INDEX jobs_running_failed_idx ON django_tasks_database_dbtaskresult (status, queue_name) "
            "WHERE status = 'RUNNING' OR status = 'FAILED'",
            "DROP INDEX jobs_running_failed_idx",
        )
    ]
