from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compose", "0002_rename_deposits")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="acting_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
