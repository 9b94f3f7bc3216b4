"""A seal follows the one before, in number and in time: a false date makes no line older than the last seal."""

from django.db import migrations

_REFUSED = "a seal follows the one before"
SQLITE = [
    "CREATE TRIGGER journal_entryseal_order BEFORE INSERT ON journal_entryseal BEGIN"
    f" SELECT RAISE(ABORT, '{_REFUSED}') FROM"
    " (SELECT number, sealed_at FROM journal_entryseal ORDER BY number DESC LIMIT 1) AS last"
    " WHERE NEW.number <= last.number OR NEW.sealed_at < last.sealed_at; END",
]
POSTGRESQL = f"""
CREATE FUNCTION journal_check_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
BEGIN
    SELECT number, sealed_at INTO last FROM public.journal_entryseal ORDER BY number DESC LIMIT 1;
    IF FOUND AND (NEW.number <= last.number OR NEW.sealed_at < last.sealed_at) THEN
        RAISE EXCEPTION '{_REFUSED}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_entryseal_order BEFORE INSERT ON journal_entryseal
    FOR EACH ROW EXECUTE FUNCTION journal_check_seal();
"""


def guard(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_months_by_clock")]
    suits_old_code = "it seals in order; while its clock goes back, lines wait for their seal"
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
