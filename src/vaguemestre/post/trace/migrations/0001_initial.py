"""Steps of messages. On PostgreSQL their table is partitioned by month (ADR 0034)."""

from django.db import migrations, models

# Whoever may not change tables still makes and drops months by calling `trace_roll_partitions`, for the present
# date only; the other function is the owner's.
POSTGRESQL = """
CREATE TABLE trace_messagestep_default PARTITION OF trace_messagestep DEFAULT;

CREATE FUNCTION trace_roll_partitions_at(today date, ahead integer, months integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    present date := date_trunc('month', today::timestamp);
    begins date;
    ends date;
    part text;
BEGIN
    IF months < 1 THEN
        RAISE EXCEPTION 'one month of steps is kept at least';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('trace_roll_partitions'));
    FOR month IN -1..least(ahead, 24) LOOP
        begins := present + make_interval(months => month);
        ends := begins + make_interval(months => 1);
        part := 'trace_messagestep_' || to_char(begins, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.trace_messagestep INCLUDING ALL)', part);
        EXECUTE format(
            'WITH moved AS (DELETE FROM public.trace_messagestep_default'
            ' WHERE at >= %L AND at < %L RETURNING *) INSERT INTO public.%I SELECT * FROM moved',
            begins || ' 00:00+00', ends || ' 00:00+00', part);
        EXECUTE format(
            'ALTER TABLE public.trace_messagestep ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            part, begins || ' 00:00+00', ends || ' 00:00+00');
    END LOOP;
    begins := present - make_interval(months => months);
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.trace_messagestep'::regclass
            AND c.relname ~ '^trace_messagestep_[0-9]{4}_[0-9]{2}$'
            AND c.relname::text < 'trace_messagestep_' || to_char(begins, 'YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE public.%I', part);
    END LOOP;
    DELETE FROM public.trace_messagestep_default WHERE at < (begins || ' 00:00+00')::timestamptz;
END $$;
REVOKE EXECUTE ON FUNCTION trace_roll_partitions_at(date, integer, integer) FROM PUBLIC;

CREATE FUNCTION trace_roll_partitions(ahead integer, months integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.trace_roll_partitions_at((now() AT TIME ZONE 'UTC')::date, ahead, months)
$$;
REVOKE EXECUTE ON FUNCTION trace_roll_partitions(integer, integer) FROM PUBLIC;

SELECT trace_roll_partitions(3, 12);
"""


def create_table(apps, schema_editor):
    """The table of steps; on PostgreSQL partitioned, with the functions that make and drop its months."""
    model = apps.get_model("trace", "MessageStep")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.create_model(model)
        return
    sql, parameters = schema_editor.table_sql(model)
    schema_editor.execute(f"{sql} PARTITION BY RANGE (at)", parameters or None)
    for index in model._meta.indexes:
        schema_editor.add_index(model, index)
    schema_editor.execute(POSTGRESQL, None)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="LogCursor",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("reached_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StepCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="MessageStep",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "number", "at", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("number", models.BigIntegerField()),
                        ("engine", models.CharField(max_length=8)),
                        ("kind", models.CharField(max_length=10)),
                        ("queue_id", models.CharField(max_length=32, null=True)),
                        ("message_id", models.CharField(max_length=255, null=True)),
                        ("sender", models.CharField(max_length=254, null=True)),
                        ("recipient", models.CharField(max_length=254, null=True)),
                        ("relay", models.CharField(max_length=255, null=True)),
                        ("status", models.CharField(max_length=20, null=True)),
                        ("detail", models.CharField(max_length=500, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("message_id__isnull", False)),
                                fields=["message_id"],
                                name="step_message_id",
                            ),
                            models.Index(
                                condition=models.Q(("queue_id__isnull", False)),
                                fields=["queue_id"],
                                name="step_queue_id",
                            ),
                            models.Index(
                                condition=models.Q(("recipient__isnull", False)),
                                fields=["recipient", "at"],
                                name="step_recipient",
                            ),
                            models.Index(
                                condition=models.Q(("sender__isnull", False)),
                                fields=["sender", "at"],
                                name="step_sender",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(create_table, migrations.RunPython.noop),
    ]
