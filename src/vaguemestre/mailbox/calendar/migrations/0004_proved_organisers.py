from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0003_moved_events")]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="is_proved",
            field=models.BooleanField(null=True),
        ),
    ]
