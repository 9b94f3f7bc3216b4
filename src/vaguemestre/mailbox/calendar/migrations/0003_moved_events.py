from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0002_revisions")]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="moved_sequence",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="engagement",
            name="moved_starts",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="engagement",
            name="moved_ends",
            field=models.DateTimeField(null=True),
        ),
    ]
