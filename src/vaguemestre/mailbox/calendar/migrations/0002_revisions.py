from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
