"""The server's clock and the lines' own dates decide which months are sealed and which lines are erased."""

from django.db import migrations

_REFUSED = "the journal is append-only"
# A line is as old as its own date says, whichever month its seal names.
_SQLITE_YOUNG = "date('now', 'start of month', '-6 months')"
SQLITE = [
    "DROP TRIGGER journal_entry_no_delete",
    "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry WHEN"
    f" OLD.at >= {_SQLITE_YOUNG} OR NOT EXISTS ("
    "SELECT 1 FROM journal_entryseal s JOIN journal_monthseal m ON s.number BETWEEN m.first AND m.last"
    " WHERE s.entry_id = OLD.id AND m.expires_on <= date('now'))"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    "DROP TRIGGER journal_monthseal_time",
    "CREATE TRIGGER journal_monthseal_time BEFORE INSERT ON journal_monthseal BEGIN"
    " SELECT RAISE(ABORT, 'a month is kept six months')"
    " WHERE NEW.expires_on < date(NEW.month, '+7 months');"
    " SELECT RAISE(ABORT, 'a month is sealed once it is over')"
    " WHERE date(NEW.month, '+1 month') > date('now')"
    " OR NEW.month <= (SELECT max(month) FROM journal_monthseal);"
    " SELECT RAISE(ABORT, 'a month follows the one before')"
    " WHERE NEW.first <> 1 + COALESCE((SELECT max(last) FROM journal_monthseal), 0)"
    " OR NOT EXISTS (SELECT 1 FROM journal_entryseal"
    " WHERE number = NEW.last AND number >= NEW.first AND seal = NEW.head);"
    " SELECT RAISE(ABORT, 'a line is younger than its month') WHERE EXISTS ("
    "SELECT 1 FROM journal_entryseal s JOIN journal_entry e ON e.id = s.entry_id"
    " WHERE s.number BETWEEN NEW.first AND NEW.last"
    " AND min(e.at, s.sealed_at) >= date(NEW.month, '+1 month')); END",
]
POSTGRESQL = """
CREATE FUNCTION journal_young_since() RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '6 months') AT TIME ZONE 'UTC'
$$;

CREATE OR REPLACE FUNCTION journal_keep_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.at >= public.journal_young_since() OR NOT EXISTS (
        SELECT 1 FROM public.journal_entryseal s
        JOIN public.journal_monthseal m ON s.number BETWEEN m.first AND m.last
        WHERE s.entry_id = OLD.id AND m.expires_on <= (now() AT TIME ZONE 'UTC')::date
    ) THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    RETURN OLD;
END $$;

CREATE OR REPLACE FUNCTION journal_check_month() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    following timestamptz := (NEW.month + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF NEW.expires_on < NEW.month + interval '7 months' THEN
        RAISE EXCEPTION 'a month is kept six months';
    END IF;
    IF following > now() OR NEW.month <= (SELECT max(month) FROM public.journal_monthseal) THEN
        RAISE EXCEPTION 'a month is sealed once it is over';
    END IF;
    IF NEW.first <> 1 + COALESCE((SELECT max(last) FROM public.journal_monthseal), 0) OR NOT EXISTS (
        SELECT 1 FROM public.journal_entryseal
        WHERE number = NEW.last AND number >= NEW.first AND seal = NEW.head
    ) THEN
        RAISE EXCEPTION 'a month follows the one before';
    END IF;
    IF EXISTS (
        SELECT 1 FROM public.journal_entryseal s JOIN public.journal_entry e ON e.id = s.entry_id
        WHERE s.number BETWEEN NEW.first AND NEW.last AND least(e.at, s.sealed_at) >= following
    ) THEN
        RAISE EXCEPTION 'a line is younger than its month';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION journal_erase(first_number bigint, last_number bigint, today date) RETURNS void
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
    DELETE FROM public.journal_entry WHERE at < public.journal_young_since() AND id IN (
        SELECT entry_id FROM public.journal_entryseal WHERE number BETWEEN first_number AND last_number
    );
    DELETE FROM public.journal_entryseal s WHERE number BETWEEN first_number AND last_number
        AND NOT EXISTS (SELECT 1 FROM public.journal_entry e WHERE e.id = s.entry_id);
END $$;
"""


def guard(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_seals_apart")]
    suits_old_code = "it refuses months that the code of before seals by mistake only, and lines erased early"
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
