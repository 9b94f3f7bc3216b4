from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sorting', '0003_severity'),
    ]

    operations = [
        migrations.AddField(
            model_name='scriptrow',
            name='program_rules',
            field=models.JSONField(null=True),
        ),
    ]
