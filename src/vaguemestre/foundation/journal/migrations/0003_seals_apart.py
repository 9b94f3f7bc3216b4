"""Seals in tables of their own: who writes in the journal waits for nobody. Months go after their time."""

from django.db import migrations, models

_REFUSED = "the journal is append-only"
# At least six months after the month itself, whoever writes the seal.
_SQLITE_MONTH = (
    "CREATE TRIGGER journal_monthseal_time BEFORE INSERT ON journal_monthseal"
    " WHEN NEW.expires_on < date(NEW.month, '+7 months') BEGIN SELECT RAISE(ABORT, 'a month is kept six months'); END"
)
_EXPIRED = "SELECT 1 FROM journal_monthseal m WHERE m.expires_on <= date('now') AND "
SQLITE = [
    # Changing a column made the table anew, without its triggers.
    "DROP TRIGGER IF EXISTS journal_entry_no_update",
    "DROP TRIGGER IF EXISTS journal_entry_no_delete",
    "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry WHEN NOT EXISTS ("
    "SELECT 1 FROM journal_entryseal s JOIN journal_monthseal m ON s.number BETWEEN m.first AND m.last"
    " WHERE s.entry_id = OLD.id AND m.expires_on <= date('now'))"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    "CREATE TRIGGER journal_entryseal_no_delete BEFORE DELETE ON journal_entryseal WHEN NOT EXISTS ("
    f"{_EXPIRED} OLD.number BETWEEN m.first AND m.last)"
    " OR EXISTS (SELECT 1 FROM journal_entry WHERE id = OLD.entry_id)"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    *(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for table, verb in (
            ("journal_entry", "UPDATE"),
            ("journal_entryseal", "UPDATE"),
            ("journal_monthseal", "UPDATE"),
            ("journal_monthseal", "DELETE"),
        )
    ),
    _SQLITE_MONTH,
]
POSTGRESQL = """
DROP TRIGGER journal_entry_append_only ON journal_entry;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_entryseal_append_only BEFORE UPDATE OR TRUNCATE ON journal_entryseal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_monthseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_monthseal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();

CREATE FUNCTION journal_keep_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.journal_entryseal s
        JOIN public.journal_monthseal m ON s.number BETWEEN m.first AND m.last
        WHERE s.entry_id = OLD.id AND m.expires_on <= (now() AT TIME ZONE 'UTC')::date
    ) THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER journal_entry_kept BEFORE DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_keep_entry();

CREATE FUNCTION journal_keep_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.journal_entry WHERE id = OLD.entry_id) OR NOT EXISTS (
        SELECT 1 FROM public.journal_monthseal m WHERE OLD.number BETWEEN m.first AND m.last
            AND m.expires_on <= (now() AT TIME ZONE 'UTC')::date
    ) THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER journal_entryseal_kept BEFORE DELETE ON journal_entryseal
    FOR EACH ROW EXECUTE FUNCTION journal_keep_seal();

CREATE FUNCTION journal_check_month() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.expires_on < NEW.month + interval '7 months' THEN
        RAISE EXCEPTION 'a month is kept six months';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_monthseal_time BEFORE INSERT ON journal_monthseal
    FOR EACH ROW EXECUTE FUNCTION journal_check_month();

CREATE FUNCTION journal_erase(first_number bigint, last_number bigint, today date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.journal_entryseal s WHERE s.number BETWEEN first_number AND last_number
        AND NOT EXISTS (
            SELECT 1 FROM public.journal_monthseal m
            WHERE s.number BETWEEN m.first AND m.last AND m.expires_on <= today
        )
    ) THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    DELETE FROM public.journal_entry WHERE id IN (
        SELECT entry_id FROM public.journal_entryseal WHERE number BETWEEN first_number AND last_number
    );
    DELETE FROM public.journal_entryseal WHERE number BETWEEN first_number AND last_number;
END $$;
REVOKE EXECUTE ON FUNCTION journal_erase(bigint, bigint, date) FROM PUBLIC;
"""


def guard(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    suits_old_code = "it writes entries with their seal, which nothing reads; the guards let it insert"
    operations = [
        migrations.AlterField(
            model_name="entry", name="previous", field=models.CharField(max_length=64, null=True)
        ),
        migrations.AlterField(
            model_name="entry", name="seal", field=models.CharField(max_length=64, null=True, unique=True)
        ),
        migrations.CreateModel(
            name="EntrySeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("seal", models.CharField(max_length=64, unique=True)),
                ("sealed_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=models.DO_NOTHING,
                        related_name="place",
                        to="journal.entry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MonthSeal",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("expires_on", models.DateField()),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
