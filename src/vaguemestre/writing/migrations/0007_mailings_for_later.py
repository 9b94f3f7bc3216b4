from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("writing", "0006_links")]

    operations = [
        migrations.AddField("mailing", "due_at", models.DateTimeField(blank=True, null=True)),
    ]
