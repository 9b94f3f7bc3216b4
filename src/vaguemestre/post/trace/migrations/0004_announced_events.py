"""Who reads the logs, which anybody writes in, announces its own events and no other work (PostgreSQL)."""

from django.db import migrations

# The end of the role's name (processes/database_rights). The handlers of an event are the code's: no other runs.
POSTGRESQL = """
CREATE FUNCTION trace_check_announced() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (
        NEW.task_path = 'vaguemestre.foundation.jobs.tasks.wake'
        AND NEW.status = 'READY'
        AND NEW.args_kwargs -> 'kwargs' = '{}'
        AND jsonb_typeof(NEW.args_kwargs -> 'args') = 'array'
        AND NEW.args_kwargs #>> '{args,1}' IN (
            'vaguemestre.post.trace.events:ScriptsChanged',
            'vaguemestre.post.trace.events:MailQuarantined',
            'vaguemestre.post.trace.events:MailUnexamined'
        )
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'who reads the logs announces what they tell' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trace_announced BEFORE INSERT ON django_tasks_database_dbtaskresult
    FOR EACH ROW WHEN (right(current_user, 10) = '_collector') EXECUTE FUNCTION trace_check_announced();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, None)


class Migration(migrations.Migration):
    dependencies = [("trace", "0003_message_marks"), ("jobs", "0001_index_of_running_and_failed")]
    suits_old_code = "it announces these events and no others"
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
