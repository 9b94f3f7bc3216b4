from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_hidden_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="structure",
            name="district",
            field=models.CharField(blank=True, max_length=80),
        ),
    ]
