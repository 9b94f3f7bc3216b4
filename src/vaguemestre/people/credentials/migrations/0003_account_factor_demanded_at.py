from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_account_spans_academies")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="factor_demanded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
