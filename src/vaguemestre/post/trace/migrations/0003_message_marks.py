"""Marks of messages. On PostgreSQL partitioned by month, by the functions that roll the months of steps."""

from django.db import migrations, models

# As in 0001, for both tables: what a month holds of one goes with what it holds of the other.
POSTGRESQL = """
CREATE TABLE trace_messagemark_default PARTITION OF trace_messagemark DEFAULT;

CREATE OR REPLACE FUNCTION trace_roll_partitions_at(today date, ahead integer, months integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    present date := date_trunc('month', today::timestamp);
    begins date;
    ends date;
    parent text;
    part text;
BEGIN
    IF months < 1 THEN
        RAISE EXCEPTION 'one month of steps is kept at least';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('trace_roll_partitions'));
    FOREACH parent IN ARRAY ARRAY['trace_messagestep', 'trace_messagemark'] LOOP
        FOR month IN -1..least(ahead, 24) LOOP
            begins := present + make_interval(months => month);
            ends := begins + make_interval(months => 1);
            part := parent || '_' || to_char(begins, 'YYYY_MM');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', part, parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM public.%I WHERE at >= %L AND at < %L RETURNING *)'
                ' INSERT INTO public.%I SELECT * FROM moved',
                parent || '_default', begins || ' 00:00+00', ends || ' 00:00+00', part);
            EXECUTE format(
                'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                parent, part, begins || ' 00:00+00', ends || ' 00:00+00');
        END LOOP;
        begins := present - make_interval(months => months);
        FOR part IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = ('public.' || parent)::regclass
                AND c.relname ~ ('^' || parent || '_[0-9]{4}_[0-9]{2}$')
                AND c.relname::text < parent || '_' || to_char(begins, 'YYYY_MM')
        LOOP
            EXECUTE format('DROP TABLE public.%I', part);
        END LOOP;
        EXECUTE format(
            'DELETE FROM public.%I WHERE at < %L', parent || '_default', begins || ' 00:00+00');
    END LOOP;
END $$;

SELECT trace_roll_partitions(3, 12);
"""


def create_table(apps, schema_editor):
    """The table of marks; on PostgreSQL partitioned, its months made and dropped with those of steps."""
    model = apps.get_model("trace", "MessageMark")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.create_model(model)
        return
    sql, parameters = schema_editor.table_sql(model)
    schema_editor.execute(f"{sql} PARTITION BY RANGE (at)", parameters or None)
    schema_editor.execute(POSTGRESQL, None)


class Migration(migrations.Migration):
    dependencies = [("trace", "0002_step_counts")]
    suits_old_code = "it makes a table, and months of both tables by the function that old code calls"
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="MessageMark",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "mark", "at", "queue_id", blank=True, editable=False, primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("mark", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("queue_id", models.CharField(max_length=32)),
                    ],
                ),
            ],
        ),
        migrations.RunPython(create_table, migrations.RunPython.noop),
    ]
