from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0005_auditor")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="taken_passwords",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
