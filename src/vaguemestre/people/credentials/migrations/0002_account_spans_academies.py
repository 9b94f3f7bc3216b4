from django.db import migrations, models


def let_administrators_span(apps, schema_editor):
    """Those of before administer the installation, whatever académies it gets later."""
    account = apps.get_model("credentials", "Account")
    account.objects.filter(role="administrator").update(spans_academies=True)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    suits_old_code = "a column with a default of the database's, which the code of before does not read"

    operations = [
        migrations.AddField(
            model_name="account",
            name="spans_academies",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(let_administrators_span, migrations.RunPython.noop),
    ]
