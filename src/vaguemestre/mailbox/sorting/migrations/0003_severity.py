from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sorting', '0002_foreign_scripts'),
    ]

    operations = [
        migrations.AddField(
            model_name='spamrow',
            name='severity',
            field=models.CharField(db_default='normal', default='normal', max_length=8),
        ),
    ]
