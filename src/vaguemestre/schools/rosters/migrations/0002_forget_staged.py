"""Files staged before they had a key of their own: they are given again."""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("rosters", "StagedRow").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("rosters", "0001_initial")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
