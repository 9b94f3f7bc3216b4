from django.db import migrations, models
from django.db.models.functions import Length


def weigh(apps, schema_editor):
    """Weigh the cards that are there."""
    apps.get_model("contacts", "Contact").objects.exclude(vcard="").update(weight=Length("vcard"))


class Migration(migrations.Migration):
    # what that version writes meanwhile weighs nothing until it is written again
    suits_old_code = "it fills a column that the version before does not know"

    dependencies = [
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='weight',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunPython(weigh, migrations.RunPython.noop),
    ]
