from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="requestrow",
            name="domain",
            field=models.CharField(blank=True, db_default="", default="", max_length=253),
        ),
    ]
