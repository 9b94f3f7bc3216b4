from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_refusing(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Links and files of removals that two people decided before stay refused."""
    rows = apps.get_model("removals", "Removal").objects.exclude(link="", file_sha256="")
    rows.exclude(state__in=("counting", "counted", "awaiting")).update(content_state="refused")


class Migration(migrations.Migration):

    suits_old_code = "it fills a column that the old code does not know"

    dependencies = [
        ('removals', '0005_undone_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='removal',
            name='content_state',
            field=models.CharField(blank=True, db_default='', default='', max_length=10),
        ),
        migrations.RunPython(keep_refusing, migrations.RunPython.noop),
    ]
