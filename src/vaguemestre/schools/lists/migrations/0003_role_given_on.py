import datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("lists", "0002_restored"),
    ]

    operations = [
        migrations.AddField(
            model_name="listrole",
            name="given_on",
            field=models.DateField(db_default=datetime.date(1970, 1, 1)),
        ),
    ]
