from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_account_taken_passwords")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="sessions_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
